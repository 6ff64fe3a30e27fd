"""How long the items of past sessions took, for small bar charts in text. Drills teach nothing about real servers."""

from __future__ import annotations

import statistics
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from smtui.report.phrases import duration
from smtui.report.words import item_of
from smtui.session.events import Record, Resumed
from smtui.session.reading import completed
from smtui.session.state import SessionState
from smtui.text import one_line

WIDTH = 24
"""Characters of the longest bar."""

_EIGHTHS = " ▏▎▍▌▋▊▉"
_NAME = 40


@dataclass(frozen=True, slots=True)
class Past:
    """A completed session: seconds in all, and of every item that was done."""

    session: str
    checklist: str
    title: str
    seconds: float
    items: Mapping[str, float]


def past(records: Sequence[Record], state: SessionState) -> Past | None:
    """What a session tells; None for drills and for sessions that were not completed.

    An item took from its first event to where it was closed; one that only has the event that closed it, from the
    event before. Time in which nobody had the session open does not count.
    """
    if state.mode == "drill" or completed(records) is None:
        return None
    away = tuple(_away(records))
    items = {}
    for begun, item in _begun(records):
        closed = state.items[item].closed if item in state.items and state.items[item].status == "done" else None
        if closed is not None and item not in items:
            items[item] = _between(begun, closed, away)
    checklist = state.procedure.checklist
    end = records[-1].stamp.at
    return Past(state.session, checklist.id, checklist.title, _between(records[0].stamp.at, end, away), items)


def _begun(records: Sequence[Record]) -> Iterator[tuple[datetime, str]]:
    """When each item was turned to, the first time."""
    events: dict[str, list[Record]] = {}
    for record in records:
        if (item := item_of(record.event)) is not None:
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


def charts(sessions: Sequence[Past]) -> Iterator[str]:
    """Lines for each checklist, newest session first: a bar for all of it and one for each item."""
    for checklist in dict.fromkeys(one.checklist for one in sessions):
        of_it = [one for one in sessions if one.checklist == checklist]
        yield f"{one_line(of_it[0].title)} ({one_line(checklist)}), {_counted(len(of_it))}"
        yield _line("all of it", [one.seconds for one in of_it], None)
        items = {item: [one.items[item] for one in of_it if item in one.items] for item in _items(of_it)}
        longest = max((statistics.median(seconds) for seconds in items.values()), default=0.0)
        for item, seconds in items.items():
            yield _line(item, seconds, longest)
        yield ""


def _items(sessions: Sequence[Past]) -> Iterator[str]:
    """Every item, in the order of the newest session, those that only older ones have behind."""
    yield from dict.fromkeys(item for one in sessions for item in one.items)


def _line(name: str, seconds: Sequence[float], longest: float | None) -> str:
    middle = statistics.median(seconds)
    width = WIDTH if longest is None else WIDTH * middle / longest if longest else 0.0
    spread = f"  {duration(min(seconds))} to {duration(max(seconds))}" if len(seconds) > 1 else ""
    return f"  {one_line(name, _NAME):<{_NAME}} {bar(width):<{WIDTH}} {duration(middle):>16}{spread}"


def bar(width: float) -> str:
    """A bar of so many characters, in eighths."""
    whole, rest = divmod(round(width * 8), 8)
    return "█" * whole + (_EIGHTHS[rest] if rest else "")


def _counted(count: int) -> str:
    return "1 session" if count == 1 else f"median of {count} sessions"
