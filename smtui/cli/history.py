"""`smtui history`: how long things took in past exercises and recoveries."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import click

from smtui.cli.failures import Failure

if TYPE_CHECKING:
    from smtui.telling.history import History, Timing


@click.command()
@click.argument("checklist", required=False)
@click.option("--json", "as_json", is_flag=True, help="As JSON, a list with an object for each checklist.")
def command(checklist: str | None, as_json: bool) -> int:
    """Show how long each item of CHECKLIST, or of every one, took in past exercises and recoveries.

    Bars are medians over the completed sessions on real hosts; the times behind them are the single ones, newest
    first. Drills do not count: they teach nothing about how long real servers take. Time in which nobody had the
    session open does not count either.
    """
    from smtui.cli.remembering import past_sessions
    from smtui.cli.surroundings import here
    from smtui.telling.history import charts, histories
    from smtui.text import one_line

    around = here()
    found = histories(past_sessions(around, checklist, lambda text: click.echo(text, err=True)))
    if checklist is not None and not found and checklist not in {one.id for one in around.library.listing()}:
        raise Failure(f"there is no checklist {one_line(checklist)}: smtui checklists lists them")
    if as_json:
        click.echo(json.dumps([_facts(one) for one in found], indent=2))
        return 0
    if not found:
        of_it = f" of {checklist}" if checklist else ""
        click.echo(f"There is no completed exercise or recovery{of_it} yet. Drills do not count.")
    for line in charts(found):
        click.echo(line)
    return 0


def _facts(one: History) -> dict[str, object]:
    return {
        "checklist": one.checklist,
        "title": one.title,
        "sessions": [
            {
                "session": each.session,
                "mode": each.mode,
                "ended": each.ended.strftime("%Y-%m-%dT%H:%M:%SZ"),
                "seconds": each.seconds,
            }
            for each in one.sessions
        ],
        "whole": _timing(one.whole),
        "items": [{"item": item.name, "number": item.number, **_timing(item)} for item in one.items],
    }


def _timing(of: Timing) -> dict[str, object]:
    return {"median": of.median, "last": of.last, "seconds": list(of.seconds)}
