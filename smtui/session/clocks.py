"""Adds up where the time of a session went, one record at a time."""

from __future__ import annotations

from smtui.session import events as ev
from smtui.session.events import Event, Record
from smtui.session.state import Spent

_OF_THE_PROGRAM = (ev.Sensed, ev.Ended, ev.Accepted)


class Clocks:
    """Feed it every record in order; `spent` is what came out so far."""

    def __init__(self) -> None:
        self._seconds = dict.fromkeys(("hands_on", "machine", "waiting", "away"), 0.0)
        self._running: set[str] = set()
        self._before: Record | None = None

    @property
    def spent(self) -> Spent:
        """Until the latest record."""
        return Spent(**self._seconds)

    def feed(self, record: Record) -> None:
        """Count the time before this record."""
        event = record.event
        if self._before is not None:
            self._seconds[self._kind(event)] += (record.stamp.at - self._before.stamp.at).total_seconds()
        if isinstance(event, ev.Started):
            self._running.add(event.token)
        elif isinstance(event, ev.Ended):
            self._running.discard(event.token)
        elif isinstance(event, ev.Resumed):
            self._running.clear()
        self._before = record

    def _kind(self, event: Event) -> str:
        if isinstance(event, ev.Resumed):
            return "away"
        if self._running:
            return "machine"
        by_person = getattr(event, "item", None) is not None and not isinstance(event, _OF_THE_PROGRAM)
        return "hands_on" if by_person or isinstance(event, ev.InputGiven) else "waiting"
