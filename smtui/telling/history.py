"""How long past sessions and their items took. Pure. Drills are left out: they teach nothing about real servers."""

from __future__ import annotations

import statistics
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from smtui.checklist.model import Mode
from smtui.session.events import Completed, Record, Resumed
from smtui.session.reading import completed
from smtui.session.state import SessionState
from smtui.telling.statuses import duration
from smtui.text import one_line

WIDTH = 24
"""Characters of the longest bar."""

_EIGHTHS = " ▏▎▍▌▋▊▉"
_NAME = 44
_SHOWN = 5
"""Sessions of which a line gives the single times."""


@dataclass(frozen=True, slots=True)
class Past:
    """One completed exercise or recovery: seconds in all, and of every item that was done."""

    session: str
    checklist: str
    title: str
    mode: Mode
    ended: datetime
    """When it was completed, UTC."""
    seconds: float
    items: Mapping[str, float]
    """By full id."""
    numbers: Mapping[str, str] = field(default_factory=dict)
    """Positions for people, as `2.3`, of the same items."""


@dataclass(frozen=True, slots=True)
class Timing:
    """How long one thing took, each time; never empty."""

    name: str
    """Full id of the item; empty for the whole session."""
    number: str
    seconds: tuple[float, ...]
    """Newest first."""

    @property
    def median(self) -> float:
        """The middle of all of them."""
        return statistics.median(self.seconds)

    @property
    def last(self) -> float:
        """The newest."""
        return self.seconds[0]

    @property
    def shortest(self) -> float:
        """The least of all of them."""
        return min(self.seconds)

    @property
    def longest(self) -> float:
        """The most of all of them."""
        return max(self.seconds)


@dataclass(frozen=True, slots=True)
class History:
    """The past sessions of one checklist."""

    checklist: str
    title: str
    sessions: tuple[Past, ...]
    """Newest first; never empty."""
    whole: Timing
    items: tuple[Timing, ...]
    """In the order of the newest session; those that only older ones have stand behind."""

    @property
    def scale(self) -> float:
        """The longest median among the items: what a full bar stands for."""
        return max((item.median for item in self.items), default=0.0)


def past(records: Sequence[Record], state: SessionState) -> Past | None:
    """What a session tells; None for drills and for sessions that were not completed.

    An item took from its first event to where it was closed; one that only has the event that closed it, from the
    event before. Time in which nobody had the session open does not count.
    """
    if state.mode == "drill" or completed(records) is None:
        return None
    ended = next(record.stamp.at for record in reversed(records) if isinstance(record.event, Completed))
    away = tuple(_away(records))
    items = {}
    for begun, item in _begun(records):
        closed = state.items[item].closed if item in state.items and state.items[item].status == "done" else None
        if closed is not None and item not in items:
            items[item] = _between(begun, closed, away)
    checklist = state.procedure.checklist
    return Past(
        session=state.session,
        checklist=checklist.id,
        title=checklist.title,
        mode=state.mode,
        ended=ended,
        seconds=_between(records[0].stamp.at, ended, away),
        items={step.id: items[step.id] for step in state.procedure.steps if step.id in items},
        numbers={step.id: step.number for step in state.procedure.steps if step.id in items},
    )


def _begun(records: Sequence[Record]) -> Iterator[tuple[datetime, str]]:
    """When each item was turned to, the first time."""
    events: dict[str, list[Record]] = {}
    for record in records:
        item = getattr(record.event, "item", None)
        if isinstance(item, str):
            events.setdefault(item, []).append(record)
    for item, of_item in events.items():
        first = of_item[0]
        before = records[first.seq - 2] if len(of_item) == 1 and first.seq > 1 else first
        yield before.stamp.at, item


def _away(records: Sequence[Record]) -> Iterator[tuple[datetime, datetime]]:
    for number, record in enumerate(records):
        if isinstance(record.event, Resumed) and number:
            yield records[number - 1].stamp.at, record.stamp.at


def _between(start: datetime, end: datetime, away: Iterable[tuple[datetime, datetime]]) -> float:
    lost = sum(max((min(end, back) - max(start, gone)).total_seconds(), 0.0) for gone, back in away)
    return max((end - start).total_seconds() - lost, 0.0)


def histories(sessions: Iterable[Past]) -> tuple[History, ...]:
    """One for each checklist, that of the newest session first."""
    newest = sorted(sessions, key=lambda one: one.ended, reverse=True)
    return tuple(
        _history([one for one in newest if one.checklist == checklist])
        for checklist in dict.fromkeys(one.checklist for one in newest)
    )


def _history(sessions: Sequence[Past]) -> History:
    numbers = {item: number for one in reversed(sessions) for item, number in one.numbers.items()}
    items = dict.fromkeys(item for one in sessions for item in one.items)
    return History(
        checklist=sessions[0].checklist,
        title=sessions[0].title,
        sessions=tuple(sessions),
        whole=Timing("", "", tuple(one.seconds for one in sessions)),
        items=tuple(
            Timing(item, numbers.get(item, ""), tuple(one.items[item] for one in sessions if item in one.items))
            for item in items
        ),
    )


def usual(sessions: Iterable[Past], checklist: str) -> Mapping[str, float]:
    """Median seconds of each item of a checklist over its past sessions: what `pace` takes in place of estimates."""
    of_it = [one for one in sessions if one.checklist == checklist]
    return {item.name: item.median for item in _history(of_it).items} if of_it else {}


def charts(past_of: Sequence[History]) -> Iterator[str]:
    """Lines for each checklist: a bar for the median of all of it and one for each item, the single times behind."""
    for one in past_of:
        yield f"{one_line(one.title)} ({one_line(one.checklist)})"
        yield "  " + ", ".join(f"{each.mode} of {each.ended:%Y-%m-%d}" for each in one.sessions[:_SHOWN]) + _more(one)
        yield _line("all of it", one.whole, one.whole.median)
        for item in one.items:
            yield _line(f"{one_line(item.number):>5} {one_line(item.name)}", item, one.scale)
        yield ""


def _more(one: History) -> str:
    hidden = len(one.sessions) - _SHOWN
    return f" and {hidden} before" if hidden > 0 else ""


def _line(name: str, timing: Timing, longest: float) -> str:
    drawn = bar(WIDTH * timing.median / longest if longest else 0.0)
    shown = f"  {one_line(name, _NAME):<{_NAME}} {drawn:<{WIDTH}} {duration(timing.median):>10}"
    if len(timing.seconds) == 1:
        return shown
    return f"{shown}  of {', '.join(duration(seconds) for seconds in timing.seconds[:_SHOWN])}"


def bar(width: float) -> str:
    """A bar of so many characters, in eighths."""
    whole, rest = divmod(round(width * 8), 8)
    return "█" * whole + (_EIGHTHS[rest] if rest else "")
