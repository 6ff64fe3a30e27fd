"""`smtui judge`: were the objectives met that were fixed when a session began?"""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from smtui.cli.failures import Failure

if TYPE_CHECKING:
    from collections.abc import Iterator

    from smtui.session.events import Verdict
    from smtui.session.state import SessionState

RESULTS = ("met", "not met", "not judged")


@click.command()
@click.argument("session")
@click.option("--objective", "number", type=click.IntRange(min=1), metavar="N", help="Which one, by its number.")
@click.option("--result", type=click.Choice(RESULTS), help="Whether it was met.")
@click.option("--judge", "name", metavar="NAME", help="Who judges.")
@click.option("--reason", metavar="TEXT", help="On what ground.")
def command(session: str, number: int | None, result: Verdict | None, name: str | None, reason: str | None) -> int:
    """Record whether an objective of SESSION was met, or list the objectives with what was said of them.

    Objectives are given when a session begins (--objective). The last word on each counts; the report has it, with
    who judged, when, and on what ground. Nobody may have the session open.
    """
    from smtui.cli.looking import read_state
    from smtui.cli.surroundings import here
    from smtui.engine.clock import SystemClock
    from smtui.engine.decisions import Refused
    from smtui.engine.judging import judgement
    from smtui.report.words import words_of

    around = here()
    state, _ = read_state(around, session)
    if number is None:
        if result or name or reason:
            raise click.UsageError("--objective N says which one is judged.")
        for line in _lines(state):
            click.echo(line)
        return 0
    if result is None or name is None or reason is None:
        raise click.UsageError("A judgement takes --result, --judge and --reason.")
    if number > len(state.objectives):
        raise Failure(f"{session} has {len(state.objectives)} objectives; smtui judge {session} lists them")
    try:
        event = judgement(state, state.objectives[number - 1], result, name, reason)
    except Refused as refused:
        raise Failure(str(refused)) from None
    file = around.store.open(session)
    try:
        if file.torn is not None:
            file.append(file.torn, around.operator.stamp(SystemClock()))
        record = file.append(event, around.operator.stamp(SystemClock()))
    finally:
        file.release()
    click.echo(f"{session}: event {record.seq}: {words_of(event)}")
    return 0


def _lines(state: SessionState) -> Iterator[str]:
    from smtui.text import one_line

    if not state.objectives:
        yield "No objectives were fixed when this session began."
    for number, objective in enumerate(state.objectives, 1):
        yield f"{number}. {one_line(objective)}"
        said = state.judged.get(objective)
        yield f"   {said.result}, says {one_line(said.judge)}: {one_line(said.reason)}" if said else "   not judged"
