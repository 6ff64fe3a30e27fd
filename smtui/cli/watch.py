"""`smtui watch`: look on while somebody else works."""

from __future__ import annotations

import time

import click


@click.command()
@click.argument("session")
@click.option("--new", is_flag=True, help="Only what happens from now on.")
def command(session: str, new: bool) -> int:
    """Follow SESSION read-only, as lines: each event within a second, and live output.

    Any number may look on; nothing is written and nobody is disturbed. It ends when the session is complete, or by
    Ctrl-C.
    """
    from smtui.cli.following import PAUSE, Onlooker, until
    from smtui.cli.surroundings import here
    from smtui.session.reading import completed

    store = here().store
    folder = store.path(session)
    store.brief(session)  # says it when there is no such session
    onlooker = Onlooker(folder)
    if new:
        onlooker.skip()
    held = [True]

    def complete() -> bool:
        if held[0] != (now := store.is_held(session)):
            held[0] = now
            click.echo("--- somebody has it open again" if now else "--- nobody has it open now")
        return completed(onlooker.records) is not None

    try:
        until(complete, onlooker, click.echo, lambda: time.sleep(PAUSE))
    except KeyboardInterrupt:
        click.echo("")
    finally:
        onlooker.close()
    return 0
