"""`smtui sessions`: what there is to resume, to watch, to report."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from smtui.session.reading import Brief


@click.command()
@click.option("--json", "as_json", is_flag=True, help="As JSON, a list of objects.")
def command(as_json: bool) -> int:
    """List the sessions, newest first. How long they took is told by `smtui history`."""
    from smtui.cli.surroundings import here
    from smtui.text import one_line

    store = here().store
    rows = [_row(store.brief(session)) for session in store.ids()]
    if as_json:
        click.echo(json.dumps(rows, indent=2))
        return 0
    if not rows:
        click.echo("There are no sessions yet. Begin with: smtui drill")
    for row in rows:
        click.echo(f"{row['condition']:<11} {row['mode'] or '-':<9} {row['touched'] or '-':<20} {row['session']}")
        if row["title"]:
            click.echo(f"{'':<11} {one_line(str(row['title']))}, {one_line(str(row['environment']))}")
        if row["reason"]:
            click.echo(f"{'':<11} {one_line(str(row['reason']))}")
    return 0


def _row(brief: Brief) -> dict[str, str | None]:
    from smtui.session.events import Completed

    opened, last = brief.opened, brief.last
    condition = "unfinished"
    if brief.reason or opened is None or last is None:
        condition = "damaged"
    elif isinstance(last.event, Completed):
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
