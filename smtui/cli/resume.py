"""`smtui resume`: an unfinished session, where it was."""

from __future__ import annotations

import click


@click.command()
@click.argument("session")
@click.option("--plain", is_flag=True, help="As a dialogue of lines: for screen readers, serial consoles, scripts.")
@click.option("--take-over", metavar="REASON", help="Ask the program that has it open to let it go.")
@click.option("--from", "mirror", metavar="DIR", help="Go on from the copy of the session in this mirror folder.")
def command(session: str, plain: bool, take_over: str | None, mirror: str | None) -> int:
    """Take SESSION up again; what ran when it was left is settled first.

    Where another program has it open and ends already, its output is shown until it has ended. One that goes on is
    left alone, or asked with --take-over: it starts nothing more, ends what runs, and the reason is recorded.

    With --from it goes on from a mirror, as on another machine when the first one is lost.
    """
    from smtui.cli.home import resumed

    return resumed(session, plain=plain, take_over=take_over, mirror=mirror)
