"""What the commands that check and sign a bundle share."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

import smtui
from smtui.checklist.load import ChecklistError
from smtui.cli.exporting import evidence_of
from smtui.cli.failures import Failure
from smtui.report.remade import CannotRemakeError, Expectations
from smtui.report.sign import Signed, SigningError, sign_bundle, signer
from smtui.report.signers import Signers, signers_line
from smtui.report.verification import Verification
from smtui.report.verify import verify_bundle
from smtui.report.zipped import ZipError, write_zip, zip_of
from smtui.text import one_line
from smtui.toml_source import SourceError

if TYPE_CHECKING:
    from smtui.cli.surroundings import Surroundings
    from smtui.report.model import Evidence
    from smtui.session.journal import Verdict
    from smtui.session.reading import Reading

TAMPERED = 5


def check_bundle(
    folder: Path, signers: Signers | None = None, at: datetime | None = None, authority: Path | None = None
) -> Verification:
    """Check a bundle, its report made anew included; keys are judged for `at`, or for now."""
    against = Expectations(
        at=at or datetime.now(UTC),
        remake=_remake,
        smtui=smtui.__version__,
        signers=signers,
        authority=authority,
    )
    return verify_bundle(folder, against)


def require_whole(folder: Path, what: str) -> None:
    """Raise Failure for a bundle that was changed; `what` is not done to it then."""
    found = check_bundle(folder)
    if found.outcome == "tampered":
        raise Failure(f"{folder} was changed since it was written and is not {what}: {found.wrong}", TAMPERED)


def sign(around: Surroundings, folder: Path, wish: str, principal: str | None) -> Signed:
    """Sign a bundle that was found whole. Raises Failure."""
    try:
        return sign_bundle(
            folder, principal or around.operator.account, signer(wish, around.environ.get("SSH_AUTH_SOCK"))
        )
    except SigningError as error:
        raise Failure(str(error)) from None


def zip_anew(folder: Path) -> None:
    """After a signature or a time stamp: the zip beside the bundle gets it too, if there is one. Raises Failure."""
    if zip_of(folder).exists():
        try:
            click.echo(f"{write_zip(folder)}: written anew")
        except ZipError as error:
            raise Failure(str(error)) from None


def tell_signed(signed: Signed) -> None:
    """Print what was signed with which key, and how others know that it is that key."""
    click.echo(f"{signed.path}: signed as {signed.principal} ({signed.key.kind})")
    click.echo(f"  fingerprint  {signed.key.fingerprint}")
    click.echo(
        "  It proves nothing to those who have it from this bundle alone: give it to them by another way (in person,"
    )
    click.echo("  by phone, on paper), and let them compare. Their list of signers then holds this line:")
    click.echo(f"  {signers_line(signed.principal, signed.key)}")


def _remake(folder: Path, reading: Reading, verdict: Verdict, reason: str) -> Evidence:
    try:
        return evidence_of(folder, reading, verdict, reason)
    except (ChecklistError, SourceError) as error:
        raise CannotRemakeError(one_line(str(error.problems[0]))) from None
    except (Failure, OSError) as error:
        raise CannotRemakeError(one_line(str(error))) from None
    except Exception as error:
        # A journal that no smtui wrote, however well it is sealed, may break any of its readers: it is not evidence.
        raise CannotRemakeError(f"its journal tells no session ({type(error).__name__})") from error
