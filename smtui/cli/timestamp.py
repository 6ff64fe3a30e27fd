"""`smtui timestamp`: when a bundle was there at the latest, said by a third party."""

from __future__ import annotations

from pathlib import Path

import click

from smtui.cli.failures import Failure


@click.command()
@click.argument("bundle", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--url", metavar="URL", help="Ask this time stamp authority (RFC 3161).")
@click.option("--request", "question", metavar="FILE", help="Write the request into FILE, to be carried to one.")
@click.option("--reply", metavar="FILE", help="Take in the authority's reply that was carried back.")
def command(bundle: Path, url: str | None, question: str | None, reply: str | None) -> int:
    """Put a time stamp of an authority beside the sums of BUNDLE.

    Without a network carry the request to a machine that has one: curl -H 'Content-Type: application/timestamp-query'
    --data-binary @FILE URL. The time stamp shows that the bundle was there then; the sooner, the better.
    """
    from smtui.cli.verifying import require_whole, zip_anew
    from smtui.report.phrases import clock
    from smtui.report.sealed import TOKEN, read_sums
    from smtui.report.timestamp import LARGEST, TimestampError, add_reply, fetch, request

    if sum(option is not None for option in (url, question, reply)) != 1:
        raise Failure("say one of --url, --request, --reply")
    require_whole(bundle, "stamped")
    if question is not None:
        data, _ = read_sums(bundle)
        Path(question).write_bytes(request(data))
        click.echo(f"{question}: send it to a time stamp authority; then: smtui timestamp {bundle} --reply FILE")
        return 0
    try:
        if url is not None:
            answer, nonce = fetch(bundle, url)
            token = add_reply(bundle, answer, nonce)
        else:
            with Path(reply or "").open("rb") as file:
                token = add_reply(bundle, file.read(LARGEST))
    except TimestampError as error:
        raise Failure(str(error)) from None
    click.echo(f"{bundle / TOKEN}: {clock(token.at)}, by {' and '.join(token.certificates) or 'an authority'}")
    click.echo(f"  Who that is, openssl and its certificates tell: smtui verify {bundle} --authority FILE")
    zip_anew(bundle)
    return 0
