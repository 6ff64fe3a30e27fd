"""One attempt on one target: the intent is durable, then the action leaves, then the outcome is durable."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from smtui.checklist.procedure import Step
from smtui.checklist.references import Place
from smtui.engine.calls import Prepared
from smtui.engine.output import LiveOutputs, OutputFile, Stored, Stream
from smtui.engine.recorder import Recorder
from smtui.secrets.redaction import Redactor
from smtui.session.errors import JournalError
from smtui.session.events import Accepted, Ended, Outcome, Started
from smtui.session.state import Attempt
from smtui.targets.base import Result, Settlement, Target, TargetError, Watch
from smtui.text import one_line

ACCEPTED_PATIENCE = 5.0
"""Seconds for which an action that was not let go yet waits for the record of what finds it again."""


class NotAcceptedError(Exception):
    """What would find the action again could not be recorded, so it was not let go."""


@dataclass(frozen=True, slots=True)
class Try:
    """An item on its way to one target."""

    step: Step
    place: Place
    prepared: Prepared
    number: int
    token: str
    recorder: Recorder
    redactor: Redactor
    new_output: Callable[[str], OutputFile]
    outputs: LiveOutputs
    """For the screen."""
    cancelled: threading.Event
    prove: Callable[[Target], str] | None = None
    """Asks the target who it is before a consequential item; raises TargetError when it is somebody else."""

    def run(self, target: Target) -> Result:
        """Intent, action, outcome. Raises what the journal raises; without a durable intent nothing is sent.

        Once the intent is durable there is an outcome, whatever the target or the disk do.
        """
        started = self.recorder.append(self._started).event
        if not isinstance(started, Started):
            raise TypeError("the intent came back as another event")
        stream = self._stream(started.output)
        watch = Watch(accepted=self._accepted, output=stream.take, cancelled=self.cancelled)
        result = self._unproven(target, watch) or self._act(target, watch)
        self._append(result, stream.close())
        return result

    def could_not_begin(self, reason: str) -> None:
        """Record an attempt whose target was not to be had: nothing was sent. Raises what the journal raises."""
        attempts = self.recorder.state.items[self.step.id].attempts
        if all(attempt.token != self.token for attempt in attempts):
            self.recorder.append(self._started)
            self._append(Result("unreachable", reason=reason), Stored())

    def _unproven(self, target: Target, watch: Watch) -> Result | None:
        """Why a consequential item is not begun: the target did not prove who it is."""
        if self.prove is None:
            return None
        try:
            watch.output(f"{self.prove(target)}\n")
        except Exception as error:  # noqa: BLE001  a defect in asking is a missing proof too
            reason = str(error) if isinstance(error, TargetError) else defect(error)
            return Result("not-started", reason=reason)
        return None

    def _act(self, target: Target, watch: Watch) -> Result:
        try:
            return target.run(self.prepared.call(self.token), watch)
        except NotAcceptedError as error:
            return Result("not-started", reason=f"{error}; without a record of it nothing was run")
        except BaseException as error:  # noqa: BLE001  a defect of a target leaves the outcome open, never the program
            return Result("unknown", reason=f"{defect(error)}; it may have run")

    def settle(self, target: Target, attempt: Attempt) -> bool:
        """See an attempt to its end whose outcome was not seen; it is never made again. Whether it runs no more."""
        if not attempt.remote:
            never = Result("not-started", reason="the program ended before anything was sent")
            self._append(never, Stored(), settled=True, settling=True)
            return True
        stream = self._stream(f"{attempt.output.removesuffix('.txt')}-settled-{self.recorder.state.seq:06d}.txt")
        watch = Watch(accepted=lambda _: None, output=stream.take, cancelled=self.cancelled)
        try:
            settlement = target.settle(self.prepared.call(attempt.token), attempt.remote, watch)
        except BaseException as error:  # noqa: BLE001  a defect of a target settles nothing, and ends nothing
            settlement = Settlement("unclear", reason=f"{defect(error)}; settle it again, or a person decides")
        result, settled = self._result_of(settlement), settlement.state in ("ended", "gone", "never")
        self._append(result, stream.close(), settled=settled, settling=True)
        return settled

    def _result_of(self, settlement: Settlement) -> Result:
        if settlement.state == "ended" and settlement.result is not None:
            return settlement.result
        if settlement.state == "never" and self.step.item.sense is None:
            return Result("not-started", reason=settlement.reason)
        return Result("unknown", reason=settlement.reason)  # a look decides, where there is one

    def _started(self, seq: int) -> Started:
        return Started(
            item=self.step.id,
            attempt=self.number,
            target=self.place.label,
            token=self.token,
            action_sha256=self.prepared.digest(self.place),
            output=f"{seq:06d}-{_file_name(self.step.id)}-{_file_name(self.place.label)}.txt",
            of=len(self.prepared.places),
        )

    def _stream(self, name: str) -> Stream:
        stream = Stream(
            self.step.id,
            self.place.label,
            name,
            open_file=self.new_output,
            recorder=self.recorder,
            redactor=self.redactor,
        )
        self.outputs.begin(self.step.id, self.place.label, self.number, stream)
        return stream

    def _accepted(self, remote: Mapping[str, str]) -> None:
        try:
            self.recorder.insist(Accepted(item=self.step.id, token=self.token, remote=dict(remote)), ACCEPTED_PATIENCE)
        except JournalError as error:
            raise NotAcceptedError(str(error)) from error

    def _append(self, result: Result, stored: Stored, *, settled: bool = False, settling: bool = False) -> None:
        reason = "; ".join(part for part in (result.reason, stored.lost) if part)
        ended = Ended(
            item=self.step.id,
            target=self.place.label,
            token=self.token,
            outcome=outcome_of(result),
            exit_code=result.exit_code,
            fields={k: self.redactor.text(v) if isinstance(v, str) else v for k, v in result.fields.items()},
            output_sha256=stored.sha256,
            output_bytes=stored.size,
            output_left_out=stored.left_out or None,
            output_lines_left_out=stored.lines_left_out or None,
            output=stored.name if settling else None,
            reason=self.redactor.text(reason) or None,
            settled=settled,
            not_simulated=result.not_simulated,
        )
        self.recorder.insist(ended)


def defect(error: BaseException) -> str:
    """One line for an exception that nothing foresaw."""
    return one_line(f"{type(error).__name__} in the program itself: {error}", 300)


def outcome_of(result: Result) -> Outcome:
    """What the journal calls it: only `unknown` leaves it open whether something ran."""
    if result.not_simulated:
        return "failed"
    match result.ending:
        case "ok":
            return "ok"
        case "unknown":
            return "unknown"
        case _:
            return "failed"


def _file_name(text: str) -> str:
    return re.sub(r"[^A-Za-z0-9.]+", "-", text).strip("-.")[:60] or "x"
