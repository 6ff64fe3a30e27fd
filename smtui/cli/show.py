"""`smtui show`: one session in facts."""

from __future__ import annotations

import click

from smtui.cli.showing import shown


@click.command()
@click.argument("session")
@click.option("--json", "as_json", is_flag=True, help="As JSON, with every attempt; for a drill what really happened.")
def command(session: str, as_json: bool) -> int:
    """Show SESSION: how every item stands, how it got there, what is next."""
    for line in shown(session, as_json=as_json):
        click.echo(line)
    return 0
