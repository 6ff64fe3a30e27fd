"""`smtui report`: the evidence of a session as files."""

from __future__ import annotations

from pathlib import Path

import click

UNSIGNED = 3


@click.command()
@click.argument("session")
@click.option("--output", "output", metavar="DIR", help="Where to write it; default: SESSION-report here.")
def command(session: str, output: str | None) -> int:
    """Write the evidence report of SESSION: HTML, Markdown, JSON, CSV, the journal, and how to check them.

    An unfinished or damaged session is reported too, and marked so.
    """
    from smtui.cli.exporting import export
    from smtui.cli.surroundings import here

    folder = export(here(), session, Path(output) if output else Path(f"{session}-report"))
    click.echo(f"{folder}: open report.html; VERIFY.txt says how to check it without smtui")
    return 0
