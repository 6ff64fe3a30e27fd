"""What is said of a session when it begins: by whom and when it was declared, what for, who takes part."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import wraps

import click


@dataclass(frozen=True, slots=True)
class Declaration:
    """Who declared the recovery and when, what it is to show, who takes part."""

    by: str | None = None
    at: datetime | None = None
    objectives: tuple[str, ...] = ()
    people: tuple[str, ...] = ()
    """`role: name` each, as the event `opened` holds them."""
    classification: str | None = None


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
    @click.option("--classification", metavar="TEXT", help="Who may read the report, such as internal.")
    @wraps(command)
    def declared(
        declared_by: str | None,
        declared_at: str | None,
        objectives: tuple[str, ...],
        people: tuple[str, ...],
        classification: str | None,
        **others: object,
    ) -> int:
        declaration = Declaration(
            by=declared_by,
            at=moment(declared_at, datetime.now(UTC)) if declared_at else None,
            objectives=tuple(text.strip() for text in objectives if text.strip()),
            people=tuple(person(one) for one in people),
            classification=classification,
        )
        return command(**others, declaration=declaration)

    return declared


def moment(text: str, now: datetime) -> datetime:
    """A time that has passed, in UTC; one without an offset is this machine's local time. Raises UsageError."""
    try:
        at = datetime.fromisoformat(text.strip()).astimezone(UTC)
    except (ValueError, OverflowError):
        raise click.UsageError(
            f"--declared-at {text}: write a time as 2026-03-01T04:00 or 2026-03-01T04:00Z."
        ) from None
    if at > now:
        raise click.UsageError(f"--declared-at {text}: that is still to come.")
    return at


def person(text: str) -> str:
    """`ROLE=NAME` as `role: name`. Raises UsageError."""
    role, equals, name = text.partition("=")
    if not equals or not role.strip() or not name.strip() or ": " in role:
        raise click.UsageError(f"--person {text}: write ROLE=NAME, both not empty.")
    return f"{role.strip()}: {name.strip()}"
