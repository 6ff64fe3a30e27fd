"""What is said of a session when it begins: by whom and when it was declared, what for, who takes part."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import wraps
from typing import TypeVar, overload

import click

from smtui.checklist.durations import seconds


@dataclass(frozen=True, slots=True)
class Declaration:
    """Who declared the recovery and when, what it is to show, who takes part, in which time."""

    by: str | None = None
    at: datetime | None = None
    objectives: tuple[str, ...] = ()
    people: tuple[str, ...] = ()
    """`role: name` each, as the event `opened` holds them."""
    classification: str | None = None
    rto: float | None = None
    """Seconds; None: as the checklist says."""
    rpo: float | None = None
    """As `rto`."""


Read = TypeVar("Read")

NOTHING = Declaration()
"""Of a session that nobody said anything of."""


def declaring(command: Callable[..., int]) -> Callable[..., int]:
    """Gives a command the options of a declaration; it gets them as one parameter, `declaration`."""

    @click.option("--declared-by", metavar="NAME", help="Who declared the recovery, for the record.")
    @click.option(
        "--declared-at",
        metavar="TIME",
        help="When (2026-03-01T04:00, local, or with an offset); the RTO counts from it.",
    )
    @click.option(
        "--objective", "objectives", multiple=True, metavar="TEXT", help="What the session is to show; repeatable."
    )
    @click.option("--person", "people", multiple=True, metavar="ROLE=NAME", help="Who takes part, as what; repeatable.")
    @click.option("--rto", metavar="TIME", help="The recovery time objective, as 4h; else the checklist's own.")
    @click.option("--rpo", metavar="TIME", help="How much may be lost, as 15m; else as the checklist says.")
    @click.option("--classification", metavar="TEXT", help="Who may read the report, such as internal.")
    @wraps(command)
    def declared(  # noqa: PLR0917  one parameter for each option
        declared_by: str | None,
        declared_at: str | None,
        objectives: tuple[str, ...],
        people: tuple[str, ...],
        rto: str | None,
        rpo: str | None,
        classification: str | None,
        **others: object,
    ) -> int:
        declaration = Declaration(
            by=declared_by,
            at=_of("--declared-at", declared_at, lambda text: moment(text, datetime.now(UTC))),
            objectives=tuple(text.strip() for text in objectives if text.strip()),
            people=tuple(_of("--person", one, person) for one in people),
            classification=classification,
            rto=_of("--rto", rto, span),
            rpo=_of("--rpo", rpo, span),
        )
        return command(**others, declaration=declaration)

    return declared


@overload
def _of(name: str, text: str, read: Callable[[str], Read]) -> Read: ...
@overload
def _of(name: str, text: str | None, read: Callable[[str], Read]) -> Read | None: ...
def _of(name: str, text: str | None, read: Callable[[str], Read]) -> Read | None:
    if text is None:
        return None
    try:
        return read(text)
    except ValueError as error:
        raise click.UsageError(f"{name} {text}: {error}.") from None


def moment(text: str, now: datetime) -> datetime:
    """A time that has passed, in UTC; one without an offset is this machine's local time. Raises ValueError."""
    try:
        at = datetime.fromisoformat(text.strip()).astimezone(UTC)
    except (ValueError, OverflowError):
        raise ValueError("write a time as 2026-03-01T04:00 or 2026-03-01T04:00Z") from None
    if at > now:
        raise ValueError("that is still to come")
    return at


def person(text: str) -> str:
    """`ROLE=NAME` as `role: name`. Raises ValueError."""
    role, equals, name = text.partition("=")
    if not equals or not role.strip() or not name.strip() or ": " in role:
        raise ValueError("write ROLE=NAME, both not empty")
    return f"{role.strip()}: {name.strip()}"


def span(text: str) -> float:
    """Seconds. Raises ValueError."""
    found = seconds(text.strip().replace(" ", ""))
    if found is None:
        raise ValueError("write a span as 90s, 15m or 4h")
    return found
