"""`smtui sessions`: what there is to resume, to watch, to report."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from collections.abc import Iterator

    from smtui.cli.surroundings import Surroundings
    from smtui.report.history import Past
    from smtui.session.reading import Brief


@click.command()
@click.option("--history", is_flag=True, help="How long each item took in past exercises and recoveries.")
@click.option("--json", "as_json", is_flag=True, help="As JSON, a list of objects.")
def command(history: bool, as_json: bool) -> int:
    """List the sessions, newest first.

    With --history only completed sessions on real hosts count: a drill teaches nothing about how long they take.
    """
    from smtui.cli.surroundings import here
    from smtui.text import one_line

    if history:
        return _history(here(), as_json=as_json)
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


def _history(around: Surroundings, *, as_json: bool) -> int:
    from dataclasses import asdict

    from smtui.report.history import charts

    sessions = list(_past(around))
    if as_json:
        click.echo(json.dumps([asdict(one) for one in sessions], indent=2))
        return 0
    if not sessions:
        click.echo("There is no completed exercise or recovery yet. Drills do not count.")
    for line in charts(sessions):
        click.echo(line)
    return 0


def _past(around: Surroundings) -> Iterator[Past]:
    """Every session that tells how long things take, newest first; what cannot be read is told on the side."""
    from smtui.checklist.load import ChecklistError
    from smtui.cli.opening import pinned_procedure
    from smtui.report.history import past
    from smtui.session.errors import JournalError
    from smtui.session.events import Opened
    from smtui.session.fold import Fold
    from smtui.text import one_line

    for session in around.store.ids():
        try:
            opened = around.store.brief(session).opened
            if not isinstance(opened, Opened) or opened.mode == "drill":
                continue
            records = around.store.read(session).records
            fold = Fold(pinned_procedure(around.store.path(session), opened))
            for record in records:
                fold.feed(record)
        except (JournalError, ChecklistError, OSError) as error:
            click.echo(f"{session}: left out: {one_line(str(error))}", err=True)
            continue
        if (told := past(records, fold.state())) is not None:
            yield told


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
