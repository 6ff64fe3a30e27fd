"""Words for values that every form shows: times, durations, actions, expectations, fields."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime

from smtui.checklist.model import Action, Condition, Scalar, Sense

NONE = "—"
"""Shown where there is no value."""


def clock(at: datetime | None) -> str:
    """A time as `2026-03-01 04:05:06 UTC`, whole seconds; a dash where there is none."""
    return NONE if at is None else f"{at.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC"


def offset(seconds: int) -> str:
    """Seconds ahead of UTC as `+01:00`."""
    minutes = abs(seconds) // 60
    return f"{'-' if seconds < 0 else '+'}{minutes // 60:02}:{minutes % 60:02}"


def duration(seconds: float | None) -> str:
    """Seconds as `1 h 02 min 03 s`, `2 min 03 s` or `1.4 s`; a dash where there are none."""
    if seconds is None:
        return NONE
    if seconds < 0:
        return f"-{duration(-seconds)}"
    if seconds < 10:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    if hours:
        return f"{hours} h {minutes:02} min {rest:02} s"
    return f"{minutes} min {rest:02} s" if minutes else f"{rest} s"


def plural(count: int, one: str, many: str = "") -> str:
    """`1 event`, `2 events`."""
    return f"{count} {one if count == 1 else many or one + 's'}"


def scalar(value: Scalar) -> str:
    """A value as the checklist file writes it: `true`, not `True`."""
    return str(value).lower() if isinstance(value, bool) else str(value)


def pairs(values: Mapping[str, Scalar]) -> str:
    """`name = value` for each, on one line."""
    return ", ".join(f"{name} = {scalar(value)}" for name, value in values.items())


def action(of: Action) -> str:
    """What the program does, on whom and with which values."""
    if of.command is not None:
        what = f"command {' '.join(of.command)}"
    elif of.script is not None:
        what = f"script {of.script}"
    else:
        what = f"SQL {of.sql}"
    given = pairs(of.parameters) or ", ".join(scalar(value) for value in of.values)
    return f"{what} on {of.on}" + (f" with {given}" if given else "")


def expectation(sense: Sense) -> str:
    """What a look at the state must find."""
    return " and ".join(f"{name} {_condition(condition)}" for name, condition in sense.expect.items())


def _condition(condition: Condition) -> str:
    if condition.one_of is not None:
        return f"is one of {', '.join(scalar(value) for value in condition.one_of)}"
    if condition.at_least is not None:
        return f"is at least {condition.at_least:g}"
    if condition.at_most is not None:
        return f"is at most {condition.at_most:g}"
    if condition.matches is not None:
        return f"matches {condition.matches}"
    if condition.absent is not None:
        return "is absent" if condition.absent else "is present"
    return f"is {scalar(condition.equal)}" if condition.equal is not None else "is there"
