"""Carries out runs, settlements and looks on the targets' threads; one item is worked on once at a time."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Protocol

from smtui.checklist.procedure import Step
from smtui.checklist.references import Place, ReferenceError_, Scope
from smtui.engine.accounts import Accounts
from smtui.engine.attempt import Try
from smtui.engine.calls import Prepared, prepare
from smtui.engine.decisions import Refused
from smtui.engine.look import Look
from smtui.engine.news import Trouble
from smtui.engine.output import LiveOutputs, OutputFile
from smtui.engine.proof import prove
from smtui.engine.recorder import Recorder
from smtui.engine.rounds import Round
from smtui.engine.workers import Connect, Workers
from smtui.environment import Environment
from smtui.secrets.redaction import Redactor
from smtui.session.errors import JournalError
from smtui.session.events import Sensed
from smtui.session.state import Attempt
from smtui.targets.base import Result, Target

_NOT_BEGUN = frozenset({"not-started", "unreachable"})
"""Ends of attempts of which nothing ran (design 7.4); a rejected account is never tried again by itself."""


class NewOutput(Protocol):
    """Opens a file under `outputs/`."""

    def __call__(self, name: str, /) -> OutputFile:
        """A new, empty file of that name."""


@dataclass(frozen=True, slots=True)
class Workshop:
    """What the engine works with."""

    environment: Environment
    scope_of: Callable[[Step], Scope]
    connect: Connect
    redactor: Redactor
    new_output: NewOutput
    new_token: Callable[[], str]
    shared: bool = False
    """Whether accounts besides the operator's can reach the session, and so agree to what it does."""
    login: int | None = None
    """The account that logged in, where the kernel tells; they may have changed to another one since."""
    retry_pause: float = 5.0
    """Seconds before an attempt that did not begin is made again."""


class Runner:
    """The engine's hands."""

    def __init__(self, recorder: Recorder, workshop: Workshop) -> None:
        self._recorder, self._shop = recorder, workshop
        self._accounts = Accounts(workshop.environment)
        self._workers = Workers(workshop.connect)
        self._stopping = threading.Event()
        self._guard = threading.Lock()
        self._cancels: dict[str, threading.Event] = {}
        self.outputs = LiveOutputs()
        """The latest of each item in this program's life."""

    @property
    def idle(self) -> threading.Event:
        """Set while nothing runs and nothing is looked at."""
        return self._workers.idle

    def items(self) -> tuple[str, ...]:
        """Items that are being worked on."""
        with self._guard:
            return tuple(self._cancels)

    def run(self, step: Step, prepared: Prepared) -> None:
        """Start an item on the targets that still need it. Raises Refused."""
        for place in prepared.places:
            self._accounts.check(place)
        places = self._remaining(step, prepared)
        number = self._recorder.state.items[step.id].next_attempt
        cancelled = self._begin(step.id)
        round_ = Round(len(places), lambda ran: self._after_run(step, ran=ran))
        for place in places:
            one = self._try(step, place, prepared, number, self._shop.new_token(), cancelled)
            self._workers.submit(place, self._run_job(one, round_), self._not_begun(one, round_))

    def make_ready(self, prepared: Prepared) -> None:
        """Let the target of an item get ready. Raises Refused.

        Several are left to the run: an account that each of them refuses would be locked before anybody has decided.
        """
        if len(prepared.places) > 1 or self._stopping.is_set() or self._recorder.halted:
            return
        for place in prepared.places:
            self._accounts.check(place)
            self._workers.submit(place, self._ready_job(place), lambda _: None)  # the run meets the same and says it

    def settle(self, step: Step, prepared: Prepared) -> None:
        """Find out what became of the attempts whose end was not seen, then look. Raises Refused."""
        places = {place.label: place for place in prepared.places}
        unsettled = [a for a in self._attempts(step) if a.outcome == "unknown" and not a.settled]
        cancelled = self._begin(step.id)
        if not unsettled:
            self._after_run(step, ran=True)
            return
        round_ = Round(len(unsettled), lambda ran: self._after_run(step, ran=ran))
        for attempt in unsettled:
            place = places.get(attempt.target)
            if place is None:
                self._trouble(f"{attempt.target} is no target of {step.id} any more; a person decides")
                round_.done(ran=False)
                continue
            one = self._try(step, place, prepared, attempt.number, attempt.token, cancelled)
            self._workers.submit(place, self._settle_job(one, attempt, round_), self._not_settled(round_))

    def look(self, step: Step) -> None:
        """Look at the state of an item. Raises Refused."""
        self._begin(step.id)
        self._look(step)

    def cancel(self, item: str) -> None:
        """Ask what runs to stop."""
        with self._guard:
            if event := self._cancels.get(item):
                event.set()

    def stop(self) -> None:
        """Start nothing more. Never blocks."""
        self._stopping.set()

    def drain(self, timeout: float | None) -> bool:
        """Wait until what runs has ended, at most `timeout` seconds; whether it has."""
        self._stopping.set()
        ended = self._workers.idle.wait(timeout)
        self._workers.close()
        return ended

    def close(self) -> None:
        """Keep nothing on a server where nothing runs."""
        self._stopping.set()
        self._workers.close()

    def _attempts(self, step: Step) -> tuple[Attempt, ...]:
        return self._recorder.state.items[step.id].attempts

    def _begin(self, item: str) -> threading.Event:
        if self._stopping.is_set():
            raise Refused("nothing more is started: the session is being left")
        if halted := self._recorder.halted:
            raise Refused(f"nothing is started: {halted}")
        with self._guard:
            if item in self._cancels:
                raise Refused(f"{item} is being worked on")
            cancelled = self._cancels[item] = threading.Event()
            return cancelled

    def _finish(self, item: str) -> None:
        with self._guard:
            self._cancels.pop(item, None)

    def _remaining(self, step: Step, prepared: Prepared) -> tuple[Place, ...]:
        """The targets that still need it: all, unless some of them ended well and look well."""
        item = self._recorder.state.items[step.id]
        if item.status not in ("todo", "failed") or not item.attempts:
            return prepared.places
        good = {
            attempt.target
            for attempt in {a.target: a for a in item.attempts}.values()
            if attempt.outcome == "ok"
            and (attempt.target not in item.sensings or item.sensings[attempt.target].answer == "agrees")
        }
        rest = tuple(place for place in prepared.places if place.label not in good)
        return rest or prepared.places

    def _try(  # noqa: PLR0917  the parts of one attempt, each of its own type
        self, step: Step, place: Place, prepared: Prepared, number: int, token: str, cancelled: threading.Event
    ) -> Try:
        return Try(
            step=step,
            place=place,
            prepared=prepared,
            number=number,
            token=token,
            recorder=self._recorder,
            redactor=self._shop.redactor,
            new_output=self._shop.new_output,
            outputs=self.outputs,
            cancelled=cancelled,
            prove=self._proof(place) if step.item.consequential else None,
        )

    def _proof(self, place: Place) -> Callable[[Target], str]:
        return lambda target: prove(target, place, self._shop.environment)

    def _ready_job(self, place: Place) -> Callable[[Target], None]:
        def job(target: Target) -> None:
            self._accounts.learn(place, rejected=target.prepare().ending == "rejected")

        return job

    def _run_job(self, one: Try, round_: Round) -> Callable[[Target], None]:
        def job(target: Target) -> None:
            try:
                result = self._until_begun(one, target)
            except JournalError as error:  # no durable intent: nothing was begun, so there is no attempt either
                self._trouble(str(error))
                round_.done(ran=False)
                return
            round_.done(ran=result.ending in ("ok", "failed"))

        return job

    def _until_begun(self, one: Try, target: Target) -> Result:
        """The end of the first attempt that began, or of the last that the item's `retry` allows.

        Only an attempt of which nothing ran is made again, as a new one with a token of its own.
        """
        left = one.step.item.retry
        while True:
            result = one.run(target)
            self._accounts.learn(one.place, rejected=result.ending == "rejected")
            if left == 0 or result.ending not in _NOT_BEGUN or not self._may_go_on(one):
                return result
            left -= 1
            one = replace(one, number=one.number + 1, token=self._shop.new_token())

    def _may_go_on(self, one: Try) -> bool:
        """Whether, after a pause, another attempt may still be made."""
        if self._stopping.wait(self._shop.retry_pause) or one.cancelled.is_set() or self._recorder.halted:
            return False
        try:
            self._accounts.check(one.place)
        except Refused:
            return False
        return True

    def _not_begun(self, one: Try, round_: Round) -> Callable[[str], None]:
        """A target that cannot be had is the outcome of the attempt."""

        def failed(reason: str) -> None:
            try:
                one.could_not_begin(reason)
            except JournalError as error:
                self._trouble(f"{reason}; {error}")
            round_.done(ran=False)

        return failed

    def _not_settled(self, round_: Round) -> Callable[[str], None]:
        def failed(reason: str) -> None:
            self._trouble(reason)
            round_.done(ran=False)

        return failed

    def _settle_job(self, one: Try, attempt: Attempt, round_: Round) -> Callable[[Target], None]:
        def job(target: Target) -> None:
            round_.done(ran=one.settle(target, attempt))

        return job

    def _after_run(self, step: Step, *, ran: bool) -> None:
        """All targets have ended: look at the state, unless nothing can have changed."""
        if step.item.sense is None or not ran:
            self._finish(step.id)
            return
        try:
            self._look(step)
        except BaseException as error:  # whatever it was, the item is not worked on any more
            self._finish(step.id)
            if not isinstance(error, Refused):
                raise  # the thread that called says so
            self._trouble(str(error))

    def _look(self, step: Step) -> None:
        sense = step.item.sense
        if sense is None:
            self._finish(step.id)
            raise Refused(f"{step.id} has nothing to look at")
        try:
            scope = self._shop.scope_of(step)
            prepared = prepare(sense, self._recorder.state.procedure, scope)
            for place in prepared.places:
                self._accounts.check(place)
        except (ReferenceError_, Refused) as error:
            self._finish(step.id)
            raise Refused(str(error)) from None
        look = Look(
            step=step,
            sense=sense,
            prepared=prepared,
            scope=scope,
            recorder=self._recorder,
            redactor=self._shop.redactor,
            stopping=self._stopping,
            token=self._shop.new_token(),
            limit=step.item.run.timeout if step.item.run else sense.timeout,
            cancelled=self._cancels[step.id],
        )
        round_ = Round(len(prepared.places), lambda _: self._finish(step.id))
        for place in prepared.places:
            self._workers.submit(place, self._look_job(look, place, round_), self._unseen(look, place, round_))

    def _look_job(self, look: Look, place: Place, round_: Round) -> Callable[[Target], None]:
        def job(target: Target) -> None:
            result = look.at(target, place)
            self._accounts.learn(place, rejected=result.ending == "rejected")
            round_.done(ran=True)

        return job

    def _unseen(self, look: Look, place: Place, round_: Round) -> Callable[[str], None]:
        """A target that cannot be had is an answer too."""

        def failed(reason: str) -> None:
            answer = Sensed(
                item=look.step.id, target=place.label, answer="cannot-tell", why=reason, of=len(look.prepared.places)
            )
            try:
                self._recorder.insist(answer)
            except JournalError as error:
                self._trouble(str(error))
            round_.done(ran=False)

        return failed

    def _trouble(self, text: str) -> None:
        self._recorder.tell(Trouble(self._shop.redactor.text(text)))
