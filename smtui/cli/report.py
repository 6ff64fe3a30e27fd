"""`smtui report`: the evidence of a session as files."""

from __future__ import annotations

from pathlib import Path

import click

from smtui.cli.failures import Failure


@click.command()
@click.argument("session")
@click.option(
    "--output", "output", metavar="DIR", help="Where to write it; default: SESSION-report here, or SESSION-redacted."
)
@click.option(
    "--sign", "key", metavar="KEY", help="Sign it with a private key of SSH, or `agent`, or `agent:FINGERPRINT`."
)
@click.option("--principal", metavar="NAME", help="Who signs; default: this account and machine.")
@click.option("--redact", is_flag=True, help="The edition for outsiders: names replaced, outputs and journal withheld.")
@click.option("--ask-targets", is_flag=True, help="First ask the targets what their own logs hold of that time.")
def command(
    *, session: str, output: str | None, key: str | None, principal: str | None, redact: bool, ask_targets: bool
) -> int:
    """Write the evidence report of SESSION: HTML, Markdown, JSON, CSV, the journal, and how to check them.

    An unfinished or damaged session is reported too, and marked so. Nothing has to be writable but DIR.

    With --ask-targets the servers and the instances of SQL Server that the session touched are asked first for their
    event logs and error logs, from its opening to its completion. This changes nothing on them; the answers become
    events of the journal.
    """
    from smtui.cli.exporting import export, note
    from smtui.cli.surroundings import here
    from smtui.report.zipped import ZipError, require_room, write_zip

    around, destination = here(), Path(output or f"{session}-{'redacted' if redact else 'report'}")
    try:
        require_room(destination)
        if ask_targets:
            from smtui.cli.inquiring import ask_targets as inquire
            from smtui.cli.prompting import ask_password

            inquire(around, session, ask_password, click.echo)
        folder = export(around, session, destination, redact=redact)
        click.echo(f"{folder}: open report.html; VERIFY.txt says how to check it without smtui")
        if key:
            from smtui.cli.verifying import sign, tell_signed

            tell_signed(sign(around, folder, key, principal))
        click.echo(f"{write_zip(folder)}: the same as one file")
        if unlisted := note(around, session, folder):
            click.echo(f"smtui: {unlisted}", err=True)
    except ZipError as error:
        raise Failure(str(error)) from None
    return 0
