"""A session without a terminal: does what it may, says each step in one line, and stops where a person is needed."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import FrameType

from smtui.checklist.procedure import Step
from smtui.engine.core import Engine
from smtui.engine.decisions import Refused
from smtui.engine.news import Changed, News, Trouble
from smtui.session.state import ItemState
from smtui.text import one_line

COMPLETE, FAILED, PERSON_NEEDED, WITH_EXCEPTIONS, INTERRUPTED = 0, 1, 3, 4, 75


@dataclass(frozen=True, slots=True)
class Mandate:
    """What the caller has decided beforehand."""

    confirm: Mapping[str, str] = field(default_factory=dict)
    """Hand items that were done, with the words for the record."""
    authorise: Mapping[str, str] = field(default_factory=dict)
    """Consequential items, with the name of their target."""
    choose: Mapping[str, str] = field(default_factory=dict)
    rehearsal: str = ""
    """In drills: confirms every hand item and authorises every consequential one, with these words."""


class Stop(Exception):
    """The session cannot go on by itself."""

    def __init__(self, text: str, exit_code: int) -> None:
        super().__init__(text)
        self.exit_code = exit_code


class Interruption:
    """SIGINT, SIGTERM or SIGHUP came: what runs is seen to its end as far as the sender waits, nothing new starts."""

    def __init__(self) -> None:
        self.event = threading.Event()
        self.name = ""

    def install(self) -> None:
        """Take the signals over; call in the main thread."""
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._take)

    def check(self) -> None:
        """Raise Stop once a signal has come."""
        if self.event.is_set():
            raise Stop(f"interrupted by {self.name}", INTERRUPTED)

    def _take(self, number: int, _frame: FrameType | None) -> None:
        self.name = signal.Signals(number).name
        self.event.set()


def work(engine: Engine, mandate: Mandate, say: Callable[[str], None], interruption: Interruption) -> int:
    """Go through the session to its end or to where a person is needed; the exit code."""
    unsubscribe = engine.subscribe(_Teller(say))
    try:
        while (item := engine.state.next_item) is not None:
            interruption.check()
            _advance(engine, engine.state.procedure.by_id[item], mandate, interruption)
        verdict = engine.complete()
        say(f"{verdict}: {engine.state.session}")
    except Stop as stop:
        engine.stop_after_current()
        engine.record_left(str(stop))
        say(f"stopped: {stop}")
        say(f"session {engine.state.session}; resume it with: smtui resume {engine.state.session}")
        return stop.exit_code
    except Refused as refused:
        engine.record_left(str(refused))
        say(f"stopped: {one_line(str(refused), 400)}")
        return PERSON_NEEDED
    finally:
        unsubscribe()
    return COMPLETE if verdict == "complete" else WITH_EXCEPTIONS


def _advance(engine: Engine, step: Step, mandate: Mandate, interruption: Interruption) -> None:
    """One decision on the item that is next; Stop where none can be taken."""
    state = engine.state.items[step.id]
    may = engine.allowed(step.id)
    if "settle" in may and any(not attempt.settled for attempt in state.attempts):
        _do(engine, interruption, lambda: engine.settle(step.id))
        if engine.state.items[step.id].status == "unknown":
            raise Stop(_why(engine, step, "what became of it is unknown; a person decides"), PERSON_NEEDED)
    elif state.status == "unknown" and "sense" in may and _look_is_due(state):
        _do(engine, interruption, lambda: engine.sense(step.id))
    elif step.item.choose:
        _choose(engine, step, mandate)
    elif "sensed" in may:
        engine.accept_sensed(step.id)
    elif "run" in may and state.status in ("todo", "reverted"):
        _run(engine, step, mandate, interruption)
    elif step.item.run is None and step.item.sense is not None and "sense" in may and not state.sensings:
        _do(engine, interruption, lambda: engine.sense(step.id))
    elif _was_done_by_hand(step, state, mandate) and "sense" in may:
        before = state.sensings
        _do(engine, interruption, lambda: engine.sense(step.id))
        if engine.state.items[step.id].status == "failed" and before:
            _by_person(engine, step, mandate)
    else:
        _by_person(engine, step, mandate)


def _was_done_by_hand(step: Step, state: ItemState, mandate: Mandate) -> bool:
    """Whether a check that differed is one that somebody has mended since: then it is looked at once more."""
    return step.item.run is None and state.status == "failed" and bool(mandate.rehearsal or step.id in mandate.confirm)


def _look_is_due(state: ItemState) -> bool:
    """Whether nobody has looked since the last attempt ended."""
    last_end = max((attempt.ended_seq or 0 for attempt in state.attempts), default=0)
    return all(sensing.seq < last_end for sensing in state.sensings.values())


def _run(engine: Engine, step: Step, mandate: Mandate, interruption: Interruption) -> None:
    preview = engine.preview(step.id)
    authorised = mandate.authorise.get(step.id)
    if preview.must_type and authorised is None:
        if not mandate.rehearsal:
            hint = f"authorise it with --authorise {step.id}='{preview.must_type}'"
            raise Stop(_why(engine, step, f"it cannot be taken back; {hint}"), PERSON_NEEDED)
        authorised = preview.must_type
    if step.item.consequential and step.item.sense is not None and not engine.state.items[step.id].sensings:
        _do(engine, interruption, lambda: engine.sense(step.id))
        if "sensed" in engine.allowed(step.id):
            engine.accept_sensed(step.id)
            return
    _do(engine, interruption, lambda: engine.run(step.id, authorised))


def _choose(engine: Engine, step: Step, mandate: Mandate) -> None:
    branch = mandate.choose.get(step.id)
    if branch is None:
        branches = ", ".join(step.item.choose or {})
        raise Stop(_why(engine, step, f"choose one of {branches} with --choose {step.id}=BRANCH"), PERSON_NEEDED)
    engine.choose(step.id, branch)


def _by_person(engine: Engine, step: Step, mandate: Mandate) -> None:
    """Nothing automatic is left to do with the item as it stands."""
    state = engine.state.items[step.id]
    if state.status in ("failed", "reverted", "running"):
        raise Stop(_why(engine, step, state.reason or state.status), FAILED)
    words = mandate.confirm.get(step.id) or mandate.rehearsal
    if not words or "confirm" not in engine.allowed(step.id):
        hint = "" if words else f"; once it is done, say so with --confirm {step.id}=REASON"
        raise Stop(_why(engine, step, (state.reason or "it is done by hand") + hint), PERSON_NEEDED)
    engine.confirm(step.id, dict.fromkeys(step.item.confirm, words), words)


def _do(engine: Engine, interruption: Interruption, begin: Callable[[], None]) -> None:
    """Begin something and wait for its end; a signal ends the waiting, what runs is recorded as interrupted."""
    begin()
    while not engine.idle.wait(0.2):
        interruption.check()


def _why(engine: Engine, step: Step, text: str) -> str:
    return f"{step.number} {one_line(engine.prose(step.item.title, step.id))} ({step.id}): {one_line(text, 600)}"


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
