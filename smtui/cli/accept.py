"""`smtui accept`: the business owner takes the service back."""

from __future__ import annotations

import click

from smtui.cli.failures import NOT_NOW, Failure


@click.command()
@click.argument("session")
@click.option("--owner", required=True, metavar="NAME", help="Who took the service back.")
def command(session: str, owner: str) -> int:
    """Record that the business owner accepted what SESSION recovered; the recovery time counts until then.

    The session must be completed, and nobody may have it open.
    """
    from smtui.cli.surroundings import here
    from smtui.engine.clock import SystemClock
    from smtui.report.phrases import clock
    from smtui.session.events import AcceptedByOwner
    from smtui.session.reading import completed

    around = here()
    if not owner.strip():
        raise Failure("acceptance takes the name of the owner")
    file = around.store.open(session)
    try:
        if completed(file.records) is None:
            raise Failure(f"{session} is not completed; the owner accepts what is", NOT_NOW)
        if file.torn is not None:
            file.append(file.torn, around.operator.stamp(SystemClock()))
        record = file.append(AcceptedByOwner(owner=owner.strip()), around.operator.stamp(SystemClock()))
    finally:
        file.release()
    click.echo(f"{session}: accepted by {owner.strip()} at {clock(record.stamp.at)}, event {record.seq}")
    return 0
