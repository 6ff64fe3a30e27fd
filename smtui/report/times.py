"""Where the time went: hands-on, machine, waiting; of each item and of the whole session."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from smtui.report.model import Times
from smtui.report.model_items import SectionEvidence
from smtui.report.words import item_of
from smtui.session.events import Accepted as Taken
from smtui.session.events import (
    Ended,
    Event,
    InputGiven,
    Record,
    Resumed,
    Sensed,
    Started,
    TakenOver,
)

FORMULAS = (
    (
        "Hands-on is an estimate, rather too high: the time before each thing that a person did with the item, since "
        "the event before it in the journal, unless the item itself was running. Nobody measured what the person did."
    ),
    "Machine time runs from started to ended of every attempt whose end was seen; several targets are added up.",
    "Waiting of an item is the rest, from the beginning of its first hands-on time until it was closed.",
    "Work is hands-on plus machine time; it is compared with the estimate of the procedure.",
    (
        "In sum each moment counts once: not recorded (from the last event until somebody resumed), machine (while any "
        "attempt ran), hands-on (until a person did something), and waiting (the rest: looks and signs of the program)."
    ),
)
_OF_THE_PROGRAM = (Sensed, Ended, Taken)


@dataclass(slots=True)
class ItemTimes:
    """What the journal tells of one item's time, in seconds."""

    hands_on: float = 0.0
    reached: datetime | None = None
    """When a person turned to it, by the event before their first one."""

    def waiting(self, closed: datetime | None, machine: float) -> float | None:
        """What is neither hands-on nor machine time; None while the item is open."""
        if closed is None or self.reached is None:
            return None
        return max((closed - self.reached).total_seconds() - self.hands_on - machine, 0.0)


def item_times(records: Sequence[Record]) -> dict[str, ItemTimes]:
    """The hands-on time of every item."""
    times: dict[str, ItemTimes] = defaultdict(ItemTimes)
    running: dict[str, set[str]] = defaultdict(set)
    rounds: set[tuple[str, int]] = set()
    before = records[0].stamp.at
    for record in records:
        event, item = record.event, item_of(record.event)
        if item is not None and not isinstance(event, _OF_THE_PROGRAM):
            another_target = isinstance(event, Started) and (item, event.attempt) in rounds
            if not running[item] and not another_target:
                times[item].reached = times[item].reached or before
                times[item].hands_on += max((record.stamp.at - before).total_seconds(), 0.0)
        if isinstance(event, Started):
            running[event.item].add(event.token)
            rounds.add((event.item, event.attempt))
        elif isinstance(event, Ended):
            running[event.item].discard(event.token)
        elif isinstance(event, Resumed | TakenOver):
            running.clear()
        before = record.stamp.at
    return times


def times_of(records: Sequence[Record], sections: Iterable[SectionEvidence]) -> Times:
    """The whole session: each moment is counted once, and all of them are its length."""
    sums = dict.fromkeys(("hands-on", "machine", "waiting", "not recorded"), 0.0)
    running: set[str] = set()
    before = records[0].stamp.at
    for record in records:
        sums[_kind(record.event, running)] += (record.stamp.at - before).total_seconds()
        if isinstance(record.event, Started):
            running.add(record.event.token)
        elif isinstance(record.event, Ended):
            running.discard(record.event.token)
        elif isinstance(record.event, Resumed):
            running.clear()
        before = record.stamp.at
    timed = [item for part in sections for item in part.items if item.estimate is not None and item.status == "done"]
    return Times(
        elapsed=sum(sums.values()),
        hands_on=sums["hands-on"],
        machine=sums["machine"],
        waiting=sums["waiting"],
        not_recorded=sums["not recorded"],
        estimate=sum(item.estimate or 0.0 for item in timed),
        worked=sum(item.hands_on_seconds + item.machine_seconds for item in timed),
        formulas=FORMULAS,
    )


def _kind(event: Event, running: set[str]) -> str:
    if isinstance(event, Resumed):
        return "not recorded"
    if running:
        return "machine"
    by_person = item_of(event) is not None and not isinstance(event, _OF_THE_PROGRAM)
    return "hands-on" if by_person or isinstance(event, InputGiven) else "waiting"
