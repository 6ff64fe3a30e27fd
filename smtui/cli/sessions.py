"""`smtui sessions`: what there is to resume, to watch, to report."""

from __future__ import annotations

import click

from smtui.cli.listing import listed


@click.command()
@click.option("--json", "as_json", is_flag=True, help="As JSON, a list of objects.")
def command(as_json: bool) -> int:
    """List the sessions, newest first. How long they took is told by `smtui history`."""
    for line in listed(as_json=as_json):
        click.echo(line)
    return 0
