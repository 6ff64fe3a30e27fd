"""`smtui sign`: a signature more on a bundle, by the operator or by a witness."""

from __future__ import annotations

from pathlib import Path

import click


@click.command()
@click.argument("bundle", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option(
    "--sign",
    "key",
    required=True,
    metavar="KEY",
    help="A private key of SSH, or `agent`, or `agent:FINGERPRINT`.",
)
@click.option("--principal", metavar="NAME", help="Who signs; default: this account and machine.")
def command(bundle: Path, key: str, principal: str | None) -> int:
    """Sign BUNDLE, a folder that `smtui report` wrote; a witness signs the same way.

    The bundle is checked first: one that was changed is not signed. Keys with a passphrase and hardware keys are left
    to ssh-keygen.
    """
    from smtui.cli.surroundings import here
    from smtui.cli.verifying import require_whole, sign, tell_signed, zip_anew

    require_whole(bundle, "signed")
    tell_signed(sign(here(), bundle, key, principal))
    zip_anew(bundle)
    return 0
