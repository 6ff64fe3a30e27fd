"""`smtui environment`: the deployment file that a session works with, and another one in its place."""

from __future__ import annotations

from pathlib import Path

import click


@click.command()
@click.argument("session")
@click.option("--replace", "file", metavar="FILE", help="Go on with this file instead.")
@click.option("--reason", help="With --replace: why, for the record.")
def command(session: str, file: str | None, reason: str | None) -> int:
    """Show the deployment file of SESSION, or replace it: by a new address, another CA, another way to log on.

    With --replace and no --reason it only says what would change. Nobody may have the session open, and nothing in it
    may be without a known end. Items that are done stay as they are; what comes next uses the new file.
    """
    from smtui.cli.environment_file import EnvironmentFile
    from smtui.cli.failures import Failure
    from smtui.cli.replacing import changed_from, history, replace
    from smtui.cli.surroundings import here
    from smtui.text import visible

    around = here()
    if file is None:
        if reason is not None:
            raise Failure("--reason goes with --replace FILE")
        for line in history(around, session):
            click.echo(visible(line))
        return 0
    fresh = EnvironmentFile.read(Path(file))
    for line in changed_from(around, session, fresh):
        click.echo(f"  {visible(line)}")
    if not (reason or "").strip():
        raise Failure("nothing was changed; to change it, say why with --reason TEXT")
    record = replace(around, session, fresh, str(reason).strip())
    click.echo(
        f"{session}: works with {visible(file)} from now on, event {record.seq}; go on with: smtui resume {session}"
    )
    return 0
