"""The one way into the journal: an event is durable, then folded, then told."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Protocol

from smtui.engine.clock import Clock, Operator
from smtui.engine.news import Changed, Listener, News
from smtui.session.events import Event, Record, Stamp
from smtui.session.fold import Fold
from smtui.session.state import SessionState


class Ledger(Protocol):
    """What is written to: a session's file."""

    def append(self, event: Event, stamp: Stamp) -> Record:
        """Write one event and return it once it is durable."""


class Recorder:
    """Appends events from any thread and keeps the state that they add up to."""

    def __init__(self, ledger: Ledger, fold: Fold, clock: Clock, operator: Operator) -> None:
        self._ledger, self._fold, self._clock, self._operator = ledger, fold, clock, operator
        self._guard = threading.RLock()
        self._listeners: list[Listener] = []
        self._state = fold.state()

    @property
    def state(self) -> SessionState:
        """The state after the last durable event."""
        return self._state

    def append(self, event: Event | Callable[[int], Event]) -> Record:
        """Make one event durable, then known. A callable gets the number that the event will have.

        Raises what the journal raises; then nothing was folded and nobody was told.
        """
        with self._guard:
            made = event(self._state.seq + 1) if callable(event) else event
            record = self._ledger.append(made, self._operator.stamp(self._clock))
            self._fold.feed(record)
            self._state = self._fold.state()
            self.tell(Changed(self._state))
            return record

    def tell(self, news: News) -> None:
        """Pass news on to every listener."""
        for listener in tuple(self._listeners):
            listener(news)

    def subscribe(self, listener: Listener) -> Callable[[], None]:
        """Hear of everything from now on; call what comes back to hear no more."""
        self._listeners.append(listener)

        def unsubscribe() -> None:
            if listener in self._listeners:
                self._listeners.remove(listener)

        return unsubscribe
