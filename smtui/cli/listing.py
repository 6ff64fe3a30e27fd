"""The sessions, as `smtui sessions` lists them."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from smtui.session.reading import Brief


def listed(*, as_json: bool) -> Iterator[str]:
    """A few lines for each, newest first, by their first and last event."""
    from smtui.cli.surroundings import here
    from smtui.text import one_line

    store = here().store
    rows = [_row(store.brief(session)) for session in store.ids()]
    if as_json:
        import json

        yield json.dumps(rows, indent=2)
        return
    if not rows:
        yield "There are no sessions yet. Begin with: smtui drill"
    for row in rows:
        yield f"{row['condition']:<11} {row['mode'] or '-':<9} {row['touched'] or '-':<20} {row['session']}"
        if row["title"]:
            yield f"{'':<11} {one_line(str(row['title']))}, {one_line(str(row['environment']))}"
        if row["reason"]:
            yield f"{'':<11} {one_line(str(row['reason']))}"


def _row(brief: Brief) -> dict[str, str | None]:
    opened, last = brief.opened, brief.last
    condition = "unfinished"
    if brief.reason or opened is None or last is None:
        condition = "damaged"
    elif brief.completed:
        condition = "complete"
    elif brief.held:
        condition = "in use"
    return {
        "session": brief.session,
        "condition": condition,
        "checklist": opened.checklist if opened else None,
        "title": opened.title if opened else None,
        "mode": opened.mode if opened else None,
        "environment": opened.environment if opened else None,
        "touched": last.stamp.at.strftime("%Y-%m-%dT%H:%M:%SZ") if last else None,
        "reason": brief.reason or (brief.holder if brief.held else ""),
    }
