"""`smtui archive`: sessions that are over, out of the way."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from pathlib import Path

    from smtui.session.store import Store


@click.command()
@click.argument("session", required=False)
@click.option("--unfinished", is_flag=True, help="Also a session that is not complete.")
@click.option("--restore", is_flag=True, help="Bring SESSION back from the archive.")
def command(session: str | None, unfinished: bool, restore: bool) -> int:
    """Put SESSION away where the lists do not show it; without SESSION, list what is there.

    Its folder is moved whole into `archive` beside the sessions; nothing in it changes. One that somebody has open, or
    whose files differ from its journal, stays where it is.
    """
    from smtui.cli.failures import Failure
    from smtui.cli.surroundings import here
    from smtui.session.archive import archived, bring_back, put_away

    store = here().store
    if session is None:
        for root in store.roots:
            for name in archived(root):
                click.echo(name)
        return 0
    store.path(session)  # refuses what cannot be the name of a session
    if restore:
        click.echo(f"{session} is back: {bring_back(_archived_in(store, session), session)}")
        return 0
    brief = store.brief(session)
    if not unfinished and brief.completed is None:
        raise Failure(f"{session} is not complete; to put it away all the same: smtui archive {session} --unfinished")
    if problems := store.problems(session):
        raise Failure("\n".join(problems))
    click.echo(f"{session} is put away: {put_away(store.root_of(session), session)}")
    return 0


def _archived_in(store: Store, session: str) -> Path:
    """The folder of sessions that it was put away from."""
    from smtui.session.archive import archive_of

    return next((root for root in store.roots if (archive_of(root) / session).is_dir()), store.root)
