"""`smtui resume`: an unfinished session, where it was."""

from __future__ import annotations

import click


@click.command()
@click.argument("session")
@click.option("--plain", is_flag=True, help="As a dialogue of lines: for screen readers, serial consoles, scripts.")
def command(session: str, plain: bool) -> int:
    """Take SESSION up again; what ran when it was left is settled first."""
    from smtui.cli.home import resumed

    return resumed(session, plain=plain)
