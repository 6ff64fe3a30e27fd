"""How a status is told: by shape, by word and by the name of its colour, so that none of the three is needed."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from smtui.checklist.model import Scalar
from smtui.session.state import Grade, ItemState, SessionState, Status
from smtui.text import one_line


@dataclass(frozen=True, slots=True)
class Look:
    """One status as it is shown. `kind` names a component class; shapes are one cell wide in every common font."""

    shape: str
    word: str
    kind: str


LOOKS: Mapping[Status, Look] = {
    "todo": Look("○", "to do", "plain"),
    "running": Look("►", "running", "busy"),
    "done": Look("✓", "done", "good"),
    "reverted": Look("↺", "reverted", "bad"),
    "failed": Look("✗", "failed", "bad"),
    "unknown": Look("?", "unknown", "warn"),
    "skipped": Look("-", "skipped", "aside"),
    "deferred": Look("»", "deferred", "aside"),
    "not-applicable": Look("·", "n/a", "faint"),
}

OPEN: Collection[Status] = ("todo", "running", "failed", "unknown", "reverted")
"""What still asks for something."""

TROUBLE: Collection[Status] = ("failed", "unknown", "reverted")

GRADE_MARKS: Mapping[Grade, str] = {
    "verified": "V",
    "executed": "E",
    "sensed": "S",
    "attested": "A",
    "overridden": "O",
}

GRADE_MEANINGS: Mapping[Grade, str] = {
    "verified": "it ran, and a look agrees",
    "executed": "it ran, exit code 0",
    "sensed": "it was already so",
    "attested": "a person says so",
    "overridden": "a person says so, though a look differs",
}


def told(item: ItemState) -> str:
    """A status in words: `done (verified: it ran, and a look agrees)`."""
    word = LOOKS[item.status].word
    return f"{word} ({item.grade}: {_founded(item, item.grade)})" if item.grade else word


def _founded(item: ItemState, grade: Grade) -> str:
    doubt = may_have_done_it(item)
    return f"found in place; {doubt}" if grade == "sensed" and doubt else GRADE_MEANINGS[grade]


def may_have_done_it(item: ItemState) -> str:
    """`attempt 1 may have done it`, where it was tried and did not end well; empty where nobody tried."""
    tried = dict.fromkeys(str(one.number) for one in item.attempts if one.outcome in ("failed", "unknown"))
    if not tried:
        return ""
    return f"{'attempt' if len(tried) == 1 else 'attempts'} {', '.join(tried)} may have done it"


def briefly(item: ItemState) -> str:
    """As `told`, in two words: `done (verified)`."""
    word = LOOKS[item.status].word
    return f"{word} ({item.grade})" if item.grade else word


@dataclass(frozen=True, slots=True)
class Tally:
    """How far a session is."""

    closed: int
    total: int
    """Without those that do not apply."""
    failed: int
    unknown: int
    reverted: int
    running: int
    aside: int
    """Skipped, deferred and overridden: what makes it complete with exceptions."""


def tally(state: SessionState, section: str | None = None) -> Tally:
    """Count the items of a session, or of one of its sections."""
    counts = dict.fromkeys(LOOKS, 0)
    overridden = 0
    steps = state.procedure.steps
    for item in (state.items[step.id] for step in steps if section is None or step.section == section):
        counts[item.status] += 1
        overridden += item.status == "done" and item.grade == "overridden"
    aside = counts["skipped"] + counts["deferred"]
    return Tally(
        closed=counts["done"] + aside,
        total=sum(counts.values()) - counts["not-applicable"],
        failed=counts["failed"],
        unknown=counts["unknown"],
        reverted=counts["reverted"],
        running=counts["running"],
        aside=aside + overridden,
    )


def duration(seconds: float) -> str:
    """A span as people say it: `40 s`, `12 min`, `1 h 05 min`."""
    whole = max(0, round(seconds))
    if whole < 100:
        return f"{whole} s"
    hours, minutes = divmod(whole // 60, 60)
    if not hours:
        return f"{minutes} min"
    return f"{hours} h {minutes:02d} min" if minutes else f"{hours} h"


def fields_text(fields: Mapping[str, Scalar]) -> str:
    """`status = Stopped, start_type = Disabled`."""
    return ", ".join(f"{name} = {one_line(str(value), 80)}" for name, value in fields.items())
