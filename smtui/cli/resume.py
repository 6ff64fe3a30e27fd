"""`smtui resume`: an unfinished session, where it was."""

from __future__ import annotations

import click


@click.command()
@click.argument("session")
def command(session: str) -> int:
    """Take SESSION up again; what ran when it was left is settled first."""
    from smtui.cli.home import resumed

    return resumed(session)
