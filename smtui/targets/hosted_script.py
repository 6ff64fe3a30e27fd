"""One script in the PowerShell host of a server: sent, followed to its end, and asked for where the link broke.

The host runs a frame at most once, so a frame whose fate is not known may be sent again; and it can be asked, so the
result of a script outlives a lost reply.
"""

from __future__ import annotations

import math
import threading
from typing import Final, Literal

from smtui.targets.base import PowerShellCall, Result, Watch
from smtui.targets.host_frames import READY, Answer, FrameError, FrameReader, ask_line, run_line
from smtui.targets.outcome import outcome
from smtui.targets.powershell_host import PowerShellHost
from smtui.targets.remote_script import STRANGE, Pace, request_of
from smtui.targets.script_output import ScriptOutput, result_in
from smtui.targets.wsman import START, Chunk
from smtui.targets.wsman_errors import WireError

_RESENT: Final = 3
"""How often a frame is sent anew because it arrived in part."""
_PAUSE: Final = 0.05

Kind = Literal["unsent", "rejected", "late", "unready", "died", "gone", "lost", "cancelled", "deadline"]


class HostStopped(Exception):
    """The script was not followed to its end; the text is one line.

    `unsent`: it certainly did not reach the host. `rejected`: the same, for the account was refused. `late`: the same,
    and it is not wanted any more. `unready`: the host never took a frame. `died`: the host ended before it told the
    script's end. `gone`: the server does not know the host any more. `lost`: it may still run. `cancelled`, `deadline`:
    asked for by us.
    """

    def __init__(self, kind: Kind, text: str) -> None:
        super().__init__(text)
        self.kind = kind


class Delivery:
    """Brings one frame to the host, on a thread of its own where output has its own connection."""

    def __init__(self, host: PowerShellHost, line: bytes, pace: Pace, until: float) -> None:
        self._host = host
        self._line = line
        self._pace = pace
        self._until = until
        self._thread: threading.Thread | None = None
        self.over = threading.Event()
        """Set by whoever needs it no more."""
        self.arrived: bool | None = False
        """None: perhaps. Final once `done`."""
        self.trouble = ""
        self.rejected = False

    @property
    def done(self) -> bool:
        """Whether nothing more is sent."""
        return self._thread is None or not self._thread.is_alive()

    def start(self) -> None:
        """Send, beside the caller where that is possible."""
        if not self._host.paired:
            self._deliver()
            return
        self._thread = threading.Thread(target=self._deliver, name="winrm-input", daemon=True)
        self._host.sender = self._thread
        self._thread.start()

    def settle(self) -> None:
        """Wait until its fate is known; bounded by the time-outs of a request."""
        self.over.set()
        if self._thread is not None:
            self._thread.join()

    def _deliver(self) -> None:
        since = self._pace.clock()
        while True:
            try:
                self._host.send(self._line, seconds_until(self._until, self._pace))
            except WireError as trouble:
                if trouble.kind in {"lost", "waiting"}:
                    self.arrived = None
                self.trouble, self.rejected = str(trouble), trouble.kind == "rejected"
                if trouble.kind in {"refused", "rejected"}:
                    return
            else:
                self.arrived = True
                return
            waited = self._pace.clock() - since
            if waited >= self._pace.patience or self._pace.clock() >= self._until:
                return
            self._host.reconnect_input()
            if self.over.wait(min(0.1 + waited / 2, 2.0)):
                return


class HostedScript:
    """The conversation about one call; `frame` is its name in the host."""

    def __init__(self, host: PowerShellHost, frame: str, call: PowerShellCall, watch: Watch, pace: Pace) -> None:
        self._host = host
        self._frame = frame
        self._call = call
        self._watch = watch
        self._pace = pace
        self._until = pace.clock() + call.timeout
        self._output = ScriptOutput(call.token, watch.output)
        self._reader = FrameReader(frame)
        self._delivery = Delivery(host, run_line(frame, request_of(call)), pace, self._until)
        self._resent = 0
        self._unasked = False
        """The link broke, so output may be lost and the host has to be asked."""
        self._asked = False

    def run(self) -> Result:
        """Send the script and follow it to its end. Raises HostStopped."""
        self._check()
        self._delivery.start()
        return self._result(self._follow())

    def settle(self) -> Result:
        """Find out how the script ended that an earlier program sent, or see it to its end. Raises HostStopped."""
        self._reader = FrameReader(self._frame, begun=True)
        self._delivery.arrived = None
        self._unasked = True
        return self._result(self._follow())

    def _follow(self) -> Answer:
        broken_since: float | None = None
        strange = 0
        while True:
            self._check()
            try:
                self._attend()
                chunk = self._host.receive()
            except WireError as trouble:
                broken_since = self._broken(trouble, broken_since)
                continue
            broken_since = None
            if chunk is None:
                continue
            answer = self._take(chunk)
            if answer is not None:
                self._delivery.over.set()
                return answer
            if chunk.exit_code is not None:
                raise self._died(chunk.exit_code)
            strange = 0 if chunk.output or chunk.error else strange + 1
            if strange > STRANGE:
                raise HostStopped("lost", "the server answers, but not with what WS-Man answers")
            if strange:
                self._watch.cancelled.wait(_PAUSE)

    def _attend(self) -> None:
        """Send what has to be sent again; raises HostStopped where the frame certainly did not arrive, WireError."""
        if not self._delivery.done:
            return
        if self._delivery.arrived is False:
            raise self._unsent()
        if self._reader.torn and self._resent < _RESENT:
            self._resent += 1
            self._delivery.start()
        elif self._unasked or (self._delivery.arrived is None and not self._asked):
            self._host.send(ask_line(self._frame), seconds_until(self._until, self._pace))
            self._unasked, self._asked = False, True

    def _take(self, chunk: Chunk) -> Answer | None:
        """Pass output on; the answer that counts, once it is there."""
        try:
            self._reader.feed(chunk.output)
        except FrameError as error:
            raise HostStopped("lost", str(error)) from error
        self._host.ready = self._host.ready or READY in self._reader.noise
        self._output.take_output(self._reader.output)
        self._output.take_error(self._reader.error)
        broken = self._asked or self._unasked
        counting = [answer for answer in self._reader.answers if answer.kind != "end" or not broken]
        return counting[-1] if counting else None

    def _result(self, answer: Answer) -> Result:
        self._output.finish()
        if answer.kind == "never":
            return Result("not-started", reason="it had not begun, and cannot begin any more; run it again")
        if answer.kind == "over":
            raise HostStopped("gone", "the host has run another script since and forgot how this one ended")
        line = self._output.result_line
        if answer.kind == "again" and line.fields is None:
            line = result_in(self._call.token, answer.tail)
        return outcome(answer.code, line, torn=False)

    def _died(self, code: int) -> HostStopped:
        self._delivery.settle()
        if not self._host.ready:
            return HostStopped("unready", f"the PowerShell host did not start: exit code {code}")
        if self._delivery.arrived is False:
            return self._unsent()
        return HostStopped("died", f"the PowerShell host ended with exit code {code} before it told the script's end")

    def _broken(self, trouble: WireError, since: float | None) -> float:
        """Wait a moment and connect anew, as long as patience lasts."""
        now = self._pace.clock()
        since = now if since is None else since
        if trouble.kind == "refused" or now - since >= self._pace.patience:
            self._delivery.settle()
            if self._delivery.arrived is False:
                raise self._unsent()
            raise HostStopped("gone" if trouble.shell_gone else "lost", str(trouble))
        self._unasked = True
        self._watch.cancelled.wait(min(0.1 + (now - since) / 2, 2.0))
        self._host.reconnect_output()
        if self._delivery.done:
            self._host.reconnect_input()
        return since

    def _unsent(self) -> HostStopped:
        return HostStopped("rejected" if self._delivery.rejected else "unsent", self._delivery.trouble)

    def _check(self) -> None:
        if self._watch.cancelled.is_set():
            raise self._ended("cancelled", "cancelled")
        if self._pace.clock() >= self._until:
            raise self._ended("deadline", f"its {self._call.timeout:g} s are over")

    def _ended(self, kind: Kind, text: str) -> HostStopped:
        self._delivery.settle()
        self._output.finish()
        return HostStopped("late" if self._delivery.arrived is False else kind, text)


def seconds_until(until: float, pace: Pace) -> int:
    """What is left for a request, in whole seconds as WS-Man takes it here."""
    return max(1, min(START, math.ceil(until - pace.clock())))
