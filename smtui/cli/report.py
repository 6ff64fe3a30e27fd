"""`smtui report`: the evidence of a session as files."""

from __future__ import annotations

from pathlib import Path

import click


@click.command()
@click.argument("session")
@click.option("--output", "output", metavar="DIR", help="Where to write it; default: SESSION-report here.")
@click.option(
    "--sign", "key", metavar="KEY", help="Sign it with a private key of SSH, or `agent`, or `agent:FINGERPRINT`."
)
@click.option("--principal", metavar="NAME", help="Who signs; default: this account and machine.")
def command(session: str, output: str | None, key: str | None, principal: str | None) -> int:
    """Write the evidence report of SESSION: HTML, Markdown, JSON, CSV, the journal, and how to check them.

    An unfinished or damaged session is reported too, and marked so.
    """
    from smtui.cli.exporting import export
    from smtui.cli.surroundings import here

    around = here()
    folder = export(around, session, Path(output) if output else Path(f"{session}-report"))
    click.echo(f"{folder}: open report.html; VERIFY.txt says how to check it without smtui")
    if key:
        from smtui.cli.verifying import sign, tell_signed

        tell_signed(sign(around, folder, key, principal))
    return 0
