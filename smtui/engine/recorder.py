"""The one way into the journal: an event is durable, then folded, then told."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import datetime
from itertools import chain
from typing import Protocol

from smtui.engine.clock import Clock, Operator
from smtui.engine.halting import Halt, pauses
from smtui.engine.news import Changed, Listener, News
from smtui.engine.passing import slept, stepped
from smtui.session.errors import JournalDamaged, JournalHalted
from smtui.session.events import Event, Record, Stamp
from smtui.session.fold import Fold
from smtui.session.state import SessionState

RETRY_SECONDS = 1.0


class Ledger(Protocol):
    """What is written to: a session's file."""

    def append(self, event: Event, stamp: Stamp) -> Record:
        """Write one event and return it once it is durable."""

    def has_room(self) -> bool:
        """Whether the disk takes more than a last word."""


class Recorder:
    """Appends events from any thread and keeps the state that they add up to."""

    def __init__(
        self,
        ledger: Ledger,
        fold: Fold,
        clock: Clock,
        operator: Operator,
        *,
        asleep: Callable[[], float] = lambda: 0.0,
        pause: float = RETRY_SECONDS,
    ) -> None:
        """`asleep`: seconds since boot for which the machine was suspended.

        `pause`: the longest, in seconds, between two tries to write to a journal that refused.
        """
        self._ledger, self._fold, self._clock, self._operator = ledger, fold, clock, operator
        self._pause = pause
        self._asleep, self._slept = asleep, asleep()
        self._last: Stamp | None = None
        self._halt = Halt(self.append, ledger.has_room, self.tell, pause)
        self._guard = threading.RLock()
        self._listeners: list[Listener] = []
        self._state = fold.state()

    @property
    def state(self) -> SessionState:
        """The state after the last durable event."""
        return self._state

    def now(self) -> datetime:
        """The time by the clock that stamps events."""
        return self._clock.now()

    @property
    def halted(self) -> str:
        """Why nothing may start, as the journal takes no events; empty otherwise."""
        return self._halt.reason

    @property
    def awaits_journal(self) -> bool:
        """Whether it is halted and may go on."""
        return bool(self._halt.reason) and not self._halt.final

    def append(self, event: Event | Callable[[int], Event]) -> Record:
        """Make one event durable, then known. A callable gets the number that the event will have.

        For intents and decisions: raises what the journal raises; then it did not happen and nobody was told.
        """
        try:
            with self._guard:
                stamp = self._operator.stamp(self._clock)
                slept_now = self._asleep()
                for passed in self._passed(stamp, slept_now):
                    self._write(passed, stamp)
                self._last, self._slept = stamp, slept_now
                return self._write(event(self._state.seq + 1) if callable(event) else event, stamp)
        except (JournalHalted, JournalDamaged) as error:
            self._halt.begin(error)
            raise

    def _passed(self, now: Stamp, slept_now: float) -> Iterator[Event]:
        """What the clocks say of the time since the event before."""
        if self._last is not None and (step := stepped(self._last, now)):
            yield step
        if pause := slept(self._slept, slept_now):
            yield pause

    def _write(self, event: Event, stamp: Stamp) -> Record:
        record = self._ledger.append(event, stamp)
        self._fold.feed(record)
        self._state = self._fold.state()
        self.tell(Changed(self._state))
        return record

    def insist(self, event: Event, patience: float | None = None) -> Record:
        """Make durable what has happened already, however long the journal refuses it, or for `patience` seconds.

        Raises JournalHalted when that is over; another JournalError when the session was closed meanwhile or is
        damaged: then nothing can be recorded at all.
        """
        until = None if patience is None else time.monotonic() + patience
        for pause in chain([0.0], pauses(self._pause)):  # at once first: a full disk has just got the ballast's room
            try:
                return self.append(event)
            except JournalHalted:
                if until is not None and time.monotonic() >= until:
                    raise
                threading.Event().wait(pause)
        raise AssertionError("it is tried without end")

    def tell(self, news: News) -> None:
        """Pass news on to every listener. What breaks in one of them is its own affair: the event is durable."""
        for listener in tuple(self._listeners):
            with suppress(Exception):
                listener(news)

    def subscribe(self, listener: Listener) -> Callable[[], None]:
        """Hear of everything from now on; call what comes back to hear no more."""
        self._listeners.append(listener)

        def unsubscribe() -> None:
            if listener in self._listeners:
                self._listeners.remove(listener)

        return unsubscribe
