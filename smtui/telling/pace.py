"""Time: what was used, what the items still to be done are estimated at, and whether the objective holds. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType

from smtui.session.state import ItemState, SessionState
from smtui.telling.statuses import LOOKS, OPEN, duration, tally

NOTHING_KNOWN: Mapping[str, float] = MappingProxyType({})
"""No past session tells anything."""


@dataclass(frozen=True, slots=True)
class Pace:
    """Seconds."""

    elapsed: float
    """Since the session was opened."""
    machine: float
    """Of that, while anything ran on a target; several at a time count once."""
    remaining: float
    """Estimates of what is open; what runs counts with what is left of its own."""
    unestimated: int
    """Open items without an estimate: they count as nothing in `remaining`."""
    objective: float | None
    """The recovery time objective."""
    ahead: float = 0.0
    """From the declaration of the recovery to the opening of the session; counts against the objective."""
    remembered: int = 0
    """Open items that count in `remaining` with what they took in past sessions."""

    @property
    def counted(self) -> float:
        """What counts against the objective: since the declaration, or since the opening where nobody declared."""
        return self.elapsed + self.ahead

    @property
    def forecast(self) -> float:
        """When it will be done, by the estimates, counted as the objective is."""
        return self.counted + self.remaining

    @property
    def margin(self) -> float | None:
        """What is left of the objective then; negative when it will be missed."""
        return None if self.objective is None else self.objective - self.forecast

    @property
    def people(self) -> float:
        """While nothing ran: hands at work, and waiting."""
        return max(0.0, self.elapsed - self.machine)


def pace(state: SessionState, now: datetime, usual: Mapping[str, float] = NOTHING_KNOWN) -> Pace:
    """The pace of a session as it stands; `now` counts only until it is complete.

    `usual` holds the seconds that items took in past sessions (`history.usual`); they stand in for their estimates.
    """
    end = state.at if state.completed else max(now, state.at)
    remaining, unestimated, remembered = 0.0, 0, 0
    for step in state.procedure.steps:
        item = state.items[step.id]
        left = _left(item, usual.get(step.id, step.item.estimate), end)
        if left is None:
            unestimated += 1
        else:
            remaining += left
            remembered += step.id in usual and item.status in OPEN
    declared = state.opened if state.declared is None else min(state.declared, state.opened)
    return Pace(
        elapsed=max(0.0, (end - state.opened).total_seconds()),
        machine=_covered(state, end),
        remaining=remaining,
        unestimated=unestimated,
        objective=state.rto,
        ahead=(state.opened - declared).total_seconds(),
        remembered=remembered,
    )


def _left(item: ItemState, estimate: float | None, now: datetime) -> float | None:
    """Seconds still to be spent on an item; None when nobody said."""
    if item.status not in OPEN:
        return 0.0
    if estimate is None:
        return None
    if item.status == "running" and item.attempts:
        return max(0.0, estimate - (now - item.attempts[-1].started).total_seconds())
    return estimate


def _covered(state: SessionState, end: datetime) -> float:
    """Length of the union of all attempts."""
    spans = sorted(
        (attempt.started, attempt.ended or end) for item in state.items.values() for attempt in item.attempts
    )
    return sum((until - since).total_seconds() for since, until in _merged(spans))


def _merged(spans: Iterable[tuple[datetime, datetime]]) -> list[tuple[datetime, datetime]]:
    merged: list[tuple[datetime, datetime]] = []
    for since, until in spans:
        if merged and since <= merged[-1][1]:
            merged[-1] = merged[-1][0], max(merged[-1][1], until)
        else:
            merged.append((since, until))
    return merged


def outlook(now: Pace) -> str:
    """`RTO missed by 12 min` or `8 min to spare`, by the estimates; empty without an objective."""
    if now.objective is None or now.margin is None:
        return ""
    if now.counted > now.objective:
        return f"RTO exceeded by {duration(now.counted - now.objective)}"
    if now.margin < 0:
        return f"RTO missed by {duration(-now.margin)} at this pace"
    return f"{duration(now.margin)} to spare"


def for_the_bridge(
    state: SessionState, now: datetime, title_of_next: str, usual: Mapping[str, float] = NOTHING_KNOWN
) -> str:
    """Where the session stands in one breath, to be read out to people who do not see it."""
    count, time = tally(state), pace(state, now, usual)
    kind = {"drill": "Drill on simulated hosts", "exercise": "Exercise", "recovery": "Recovery"}[state.mode]
    parts = [f"{kind}, {state.procedure.checklist.title}: {count.closed} of {count.total} items closed"]
    troubles = ((count.running, "running"), (count.failed, "failed"), (count.unknown, "unknown"))
    parts += [f"{number} {word}" for number, word in (*troubles, (count.reverted, "reverted")) if number]
    said = ", ".join(parts) + ". "
    if state.completed:
        return f"{said}The session is {state.completed} after {duration(time.elapsed)}."
    if state.halted:
        said += f"Nothing more is started: {state.halted}. "
    if state.next_item is not None:
        step = state.procedure.by_id[state.next_item]
        said += f"Next is {step.number}, {title_of_next} ({LOOKS[state.items[step.id].status].word}). "
    if time.ahead:
        said += f"{duration(time.counted)} since the declaration, of that {duration(time.elapsed)} in this session, "
    else:
        said += f"{duration(time.elapsed)} elapsed, "
    source = "past sessions and the estimates" if time.remembered else "the estimates"
    said += f"about {duration(time.remaining)} of work remain by {source}"
    if time.unestimated:
        said += f" (without {time.unestimated} items that have none)"
    ending = outlook(time)
    return f"{said}; {ending}." if ending else f"{said}."
