"""`smtui verify`: whether evidence is whole, and who says so."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from smtui.cli.failures import Failure

if TYPE_CHECKING:
    from smtui.report.signers import Signers
    from smtui.report.verification import Verification

TAMPERED = 5


@click.command()
@click.argument("evidence", metavar="BUNDLE|SESSION")
@click.option("--signers", metavar="FILE", help="Whose keys are good: an allowed_signers file that you made yourself.")
@click.option("--revoked", metavar="FILE", help="Public keys that are good no more, one a line.")
@click.option(
    "--at",
    metavar="TIME",
    type=click.DateTime(["%Y-%m-%dT%H:%M:%SZ", "%Y-%m-%d"]),
    help="Judge the signers' keys for this moment (UTC); default: now.",
)
@click.option("--authority", metavar="FILE", help="Certificates (PEM) of the authority whose time stamp is trusted.")
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
def command(
    *,
    evidence: str,
    signers: str | None,
    revoked: str | None,
    at: datetime | None,
    authority: str | None,
    as_json: bool,
) -> int:
    """Check a bundle as its VERIFY.txt does, or a session where it lies, and name the first thing that is wrong.

    Exit codes: 0 intact, and every signature is of a signer in FILE; 3 intact, but not signed, or whose key it was is
    not known; 5 changed, damaged or not completed.
    """
    from smtui.report.verification import EXIT_CODES
    from smtui.text import visible

    if revoked and not signers:
        raise Failure("--revoked goes with --signers")
    moment = at.replace(tzinfo=UTC) if at else None
    found = _checked(evidence, _signers(signers, revoked), moment, Path(authority) if authority else None)
    if as_json:
        import msgspec

        click.echo(json.dumps({**msgspec.to_builtins(found), "exit_code": EXIT_CODES[found.outcome]}, indent=2))
    else:
        for line in _lines(found):
            click.echo(visible(line))
    return EXIT_CODES[found.outcome]


def _checked(evidence: str, signers: Signers | None, at: datetime | None, authority: Path | None) -> Verification:
    from smtui.cli.surroundings import here
    from smtui.report.verify import verify_session
    from smtui.session.errors import SessionMissing

    path = Path(evidence)
    if path.is_dir():
        from smtui.cli.verifying import check_bundle

        return check_bundle(path, signers, at, authority)
    if path.is_file():
        from smtui.cli.verifying import check_bundle
        from smtui.report.zipped import ZipError, unpacked

        try:
            with unpacked(path) as folder:
                return check_bundle(folder, signers, at, authority)
        except ZipError as error:
            raise Failure(str(error), TAMPERED) from None
    store = here().store
    try:
        return verify_session(evidence, store.read(evidence), store.problems(evidence))
    except SessionMissing:
        raise Failure(f"{evidence} is neither a bundle (a folder or a zip) nor a session") from None


def _signers(signers: str | None, revoked: str | None) -> Signers | None:
    if signers is None:
        return None
    from smtui.report.signers import SignersError, read_signers

    try:
        return read_signers(Path(signers), Path(revoked) if revoked else None)
    except SignersError as error:
        raise Failure(str(error)) from None


def _lines(found: Verification) -> list[str]:
    told = [found.outcome.upper() + (f": {found.wrong}" if found.wrong else "")]
    if found.session:
        told.append(f"  session {found.session}, {found.completed or 'not completed'}, last seal {found.seal}")
    told += [f"  ok  {line}" for line in found.passed]
    told += [f"  !   {line}" for line in found.remarks]
    return told
