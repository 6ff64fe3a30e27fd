"""A session without a terminal: does what it may, says each step in one line, and stops where a person is needed."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field

from smtui.checklist.procedure import Procedure, Step
from smtui.cli.failures import Failure
from smtui.cli.signals import INTERRUPTED, Signals
from smtui.engine.core import Engine
from smtui.engine.decisions import Refused, needed_first
from smtui.engine.news import Changed, News, Trouble
from smtui.session.errors import JournalError, JournalHalted
from smtui.session.state import ItemState
from smtui.telling.statuses import duration
from smtui.text import one_line
from smtui.toml_shape import nearest

MOST_RUNS = 3
"""How often an item that is found not to have taken effect is run in one go."""
COMPLETE, FAILED, PERSON_NEEDED, WITH_EXCEPTIONS = 0, 1, 3, 4
SILENCE = 15.0
"""Seconds after which something that takes its time is said to be under way."""
_PAUSE = 0.2
"""Seconds after which an interruption is noticed."""


@dataclass(frozen=True, slots=True)
class Mandate:
    """What the caller has decided beforehand."""

    confirm: Mapping[str, str] = field(default_factory=dict)
    """Hand items that were done, with the words for the record."""
    authorise: Mapping[str, str] = field(default_factory=dict)
    """Consequential items, with the name of their target."""
    choose: Mapping[str, str] = field(default_factory=dict)
    break_glass: Mapping[str, str] = field(default_factory=dict)
    """Items that are done without their second person, with the reason."""
    approval_timeout: float = 1800.0
    """Seconds for which a second person is waited for."""
    rehearsal: str = ""
    """In drills: confirms every hand item, authorises every consequential one, breaks every glass, with these words."""


def check_names(mandate: Mandate, procedure: Procedure) -> None:
    """Raise Failure for an item that the procedure does not have: a slip must not pass for a decision."""
    for option, names in (
        ("--confirm", mandate.confirm),
        ("--authorise", mandate.authorise),
        ("--choose", mandate.choose),
        ("--break-glass", mandate.break_glass),
    ):
        for name in names:
            if name not in procedure.by_id:
                hint = nearest(name, procedure.by_id)
                raise Failure(f"{option} {name}: {procedure.checklist.id} has no such item{hint}")


class Stop(Exception):
    """The session cannot go on by itself."""

    def __init__(self, text: str, exit_code: int) -> None:
        super().__init__(text)
        self.exit_code = exit_code


class Interruption:
    """What ends the work from outside: a signal, or somebody who asked for the session."""

    def __init__(self, engine: Engine, signals: Signals) -> None:
        self._engine, self._signals = engine, signals

    def check(self) -> None:
        """Raise Stop once nothing more is to be begun; what ran was seen to its end."""
        self.give_way()
        if self._engine.heir:
            self._engine.handed_over.wait()
            raise Stop(f"handed over to {self._engine.heir}", INTERRUPTED)
        if self._signals.hung_up.is_set():
            self._engine.stop_after_current()
            self._engine.idle.wait()
            self.give_way()
            raise Stop("the terminal was lost; what ran was finished", INTERRUPTED)

    def give_way(self) -> None:
        """Leave the last words to whoever ends the process already."""
        if self._signals.ending.is_set():
            self._signals.park()


def work(
    engine: Engine,
    mandate: Mandate,
    say: Callable[[str], None],
    interruption: Interruption,
    *,
    silence: float = SILENCE,
) -> int:
    """Go through the session to its end or to where a person is needed; the exit code.

    What takes longer than `silence` seconds is said to be under way, and again after twice as long.
    """
    unsubscribe = engine.subscribe(_Teller(say))
    try:
        verdict = _to_the_end(engine, _Walk(engine, mandate, interruption, _Patience(say, silence)), interruption)
        say(f"{verdict}: {engine.state.session}")
        say(f"its evidence: smtui report {engine.state.session}")
    except (Stop, Refused, JournalError) as end:
        interruption.give_way()
        engine.stop_after_current()
        with suppress(JournalError):  # the journal itself may be why it ends here
            engine.record_left(str(end))
        say(f"stopped: {one_line(str(end), 700)}")
        say(resume_hint(engine.state.session))
        return end.exit_code if isinstance(end, Stop) else PERSON_NEEDED
    finally:
        unsubscribe()
    return COMPLETE if verdict == "complete" else WITH_EXCEPTIONS


def resume_hint(session: str) -> str:
    """How an unfinished session is taken up again."""
    return f"session {session}; resume it with: smtui resume {session}"


def _to_the_end(engine: Engine, walk: _Walk, interruption: Interruption) -> str:
    """The verdict. A journal that refuses events is waited for: nothing is begun without it."""
    while True:
        interruption.check()
        try:
            if (item := engine.state.next_item) is None:
                return engine.complete()
            walk.advance(engine.state.procedure.by_id[item])
        except (JournalHalted, Refused):
            interruption.check()
            if not engine.awaits_journal:
                raise
            while engine.awaits_journal:
                interruption.check()
                time.sleep(_PAUSE)


class _Walk:
    """One way through a session: what it decides on each item, and what it has looked at."""

    def __init__(self, engine: Engine, mandate: Mandate, interruption: Interruption, patience: _Patience) -> None:
        self._engine, self._mandate, self._interruption = engine, mandate, interruption
        self._patience = patience
        self._looks: Counter[str] = Counter()
        self._runs: Counter[str] = Counter()

    def advance(self, step: Step) -> None:
        """One decision on the item that is next; Stop where none can be taken."""
        state = self._engine.state.items[step.id]
        may = self._engine.allowed(step.id)
        if "settle" in may and any(not attempt.settled for attempt in state.attempts):
            self._settle(step)
        elif state.status == "unknown" and "sense" in may and _look_is_due(state):
            self._look(step)
        elif step.item.choose:
            self._choose(step)
        elif "sensed" in may:
            self._engine.accept_sensed(step.id)
        elif step.item.run is not None and {"run", "break-glass"} & set(may) and state.status in ("todo", "reverted"):
            self._run(step)
        elif "sense" in may and step.item.run is None and self._looks[step.id] < self._looks_due(step):
            self._look(step)
        else:
            self._by_person(step)

    def _looks_due(self, step: Step) -> int:
        """How often a check is looked at: once more where somebody is said to have mended what differed."""
        return 2 if self._mandate.rehearsal or step.id in self._mandate.confirm else 1

    def _settle(self, step: Step) -> None:
        self._do(step, "what became of it is found out", lambda: self._engine.settle(step.id))
        state = self._engine.state.items[step.id]
        if state.status == "unknown" and step.item.on_interrupt == "rerun" and all(a.settled for a in state.attempts):
            self._engine.reopen(step.id, "it was interrupted and runs no more; it may be run as often as one likes")
            return
        if state.status == "unknown":
            raise self._stop(step, "what became of it is unknown; a person decides", PERSON_NEEDED)
        if state.status == "failed" and not any(_latest(state)):
            self._run(step)  # the program had died before any of it was sent

    def _look(self, step: Step) -> None:
        self._looks[step.id] += 1
        self._do(step, "its real state is looked at", lambda: self._engine.sense(step.id))

    def _run(self, step: Step) -> None:
        must_type = self._engine.preview(step.id).must_type
        authorised = self._mandate.authorise.get(step.id)
        if must_type and authorised is None:
            if not self._mandate.rehearsal:
                hint = f"authorise it with --authorise {step.id}='{must_type}'"
                raise self._stop(step, f"it cannot be taken back; {hint}", PERSON_NEEDED)
            authorised = must_type
        if step.item.consequential and step.item.sense is not None and not self._looks[step.id]:
            self._look(step)
            if "sensed" in self._engine.allowed(step.id):
                return
        self._second_person(step)
        self._runs[step.id] += 1
        if self._runs[step.id] > MOST_RUNS:
            reason = self._engine.state.items[step.id].reason
            raise self._stop(step, f"it was run {MOST_RUNS} times and is still open: {reason}", PERSON_NEEDED)
        self._do(step, "it runs", lambda: self._engine.run(step.id, authorised))

    def _choose(self, step: Step) -> None:
        if needs := needed_first(step, self._engine.state):
            raise self._stop(step, f"it needs these first: {needs}", PERSON_NEEDED)
        branch = self._mandate.choose.get(step.id)
        if branch is None and self._mandate.rehearsal:
            branch = next(iter(step.item.choose or {}))  # the first one is the usual way
        if branch is None:
            branches = ", ".join(step.item.choose or {})
            raise self._stop(step, f"choose one of {branches} with --choose {step.id}=BRANCH", PERSON_NEEDED)
        self._engine.choose(step.id, branch)

    def _by_person(self, step: Step) -> None:
        """Nothing automatic is left to do with the item as it stands."""
        state = self._engine.state.items[step.id]
        if state.status in ("failed", "reverted", "running"):
            raise self._stop(step, state.reason or state.status, FAILED)
        if needs := needed_first(step, self._engine.state):
            raise self._stop(step, f"it needs these first: {needs}", PERSON_NEEDED)
        words = self._mandate.confirm.get(step.id) or self._mandate.rehearsal
        if words:
            self._second_person(step)
        if not words or "confirm" not in self._engine.allowed(step.id):
            hint = "" if words else f"; once it is done, say so with --confirm {step.id}=REASON"
            raise self._stop(step, (state.reason or "it is done by hand") + hint, PERSON_NEEDED)
        self._engine.confirm(step.id, dict.fromkeys(step.item.confirm, words), words)

    def _second_person(self, step: Step) -> None:
        """Return once a second person has agreed, or the mandate says to do without; Stop where neither happens."""
        if "break-glass" not in self._engine.allowed(step.id):
            return
        if reason := self._mandate.break_glass.get(step.id) or self._mandate.rehearsal:
            self._engine.break_glass(step.id, reason)
            return
        otherwise = f"do without them with --break-glass {step.id}=REASON"
        try:
            if "request" in self._engine.allowed(step.id):
                self._engine.request_approval(step.id)
        except Refused as refused:
            raise self._stop(step, f"{refused}: {otherwise}", PERSON_NEEDED) from None
        approval = self._engine.state.items[step.id].approval
        code = approval.code if approval else ""
        limit = self._mandate.approval_timeout
        self._patience.say(
            f"{step.number:>5} {step.id}: waits for a second person, {duration(limit)} at most: smtui approve {code}"
        )
        deadline = time.monotonic() + limit
        while "withdraw" in (may := self._engine.allowed(step.id)) and "break-glass" in may:
            self._interruption.check()
            if time.monotonic() >= deadline:
                raise self._stop(step, f"no second person agreed in {duration(limit)}; {otherwise}", PERSON_NEEDED)
            time.sleep(_PAUSE)
        if "break-glass" in self._engine.allowed(step.id):
            approval = self._engine.state.items[step.id].approval
            why = approval.ended if approval else ""
            raise self._stop(step, f"the second person did not agree ({why}); {otherwise}", PERSON_NEEDED)

    def _do(self, step: Step, what: str, begin: Callable[[], None]) -> None:
        """Begin something and wait for its end."""
        began = time.monotonic()
        due = self._patience.seconds
        begin()
        while not self._engine.idle.wait(min(_PAUSE, due)):
            self._interruption.check()
            if (waited := time.monotonic() - began) >= due:
                self._patience.say(f"{step.number:>5} {step.id}: {what}, {duration(waited)} so far")
                due *= 2

    def _stop(self, step: Step, text: str, exit_code: int) -> Stop:
        title = one_line(self._engine.prose(step.item.title, step.id))
        return Stop(f"{step.number} {title} ({step.id}): {one_line(text, 600)}", exit_code)


@dataclass(frozen=True, slots=True)
class _Patience:
    """After how many seconds without a word one is said, and how."""

    say: Callable[[str], None]
    seconds: float


def _latest(state: ItemState) -> Iterator[Mapping[str, str]]:
    """What finds the attempts of the latest round again; nothing for one that was never let go."""
    return (attempt.remote for attempt in state.attempts if attempt.number == state.attempts[-1].number)


def _look_is_due(state: ItemState) -> bool:
    """Whether nobody has looked since the last attempt ended."""
    last_end = max((attempt.ended_seq or 0 for attempt in state.attempts), default=0)
    return all(sensing.seq < last_end for sensing in state.sensings.values())


class _Teller:
    """Says every change of an item's status in a line of its own."""

    def __init__(self, say: Callable[[str], None]) -> None:
        self._say = say
        self._said: dict[str, str] = {}

    def __call__(self, news: News) -> None:
        match news:
            case Trouble():
                self._say(f"trouble: {one_line(news.text, 400)}")
            case Changed():
                for step in news.state.procedure.steps:
                    item = news.state.items[step.id]
                    if self._said.get(step.id, "todo") != item.status:
                        self._said[step.id] = item.status
                        grade = f" ({item.grade})" if item.grade else ""
                        reason = f": {one_line(item.reason, 300)}" if item.status in ("failed", "unknown") else ""
                        self._say(f"{step.number:>5} {step.id}: {item.status}{grade}{reason}")
            case _:
                pass
