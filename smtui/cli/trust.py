"""`smtui trust`: accept what a checklist of one's own runs, after reading it."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from smtui.cli.failures import Failure

if TYPE_CHECKING:
    from smtui.cli.surroundings import Surroundings


@click.command()
@click.argument("file", required=False)
@click.option("--list", "listed", is_flag=True, help="List what was accepted, and end.")
@click.option("--revoke", "revoked", metavar="WHAT", help="Take an acceptance back, by its name, path or digest.")
@click.option("--digest", metavar="SHA256", help="Accept without being asked, if it is exactly this.")
def command(file: str | None, listed: bool, revoked: str | None, digest: str | None) -> int:
    """Show every command of FILE and accept it.

    FILE is a checklist (a path, or the id of one of yours), or an environment file that runs programs for its
    passwords. The shipped checklists need no acceptance. Any change of the checklist, of what it includes or of a
    script takes the acceptance away. In drills only checklists that run programs on this machine need one.
    """
    from smtui.cli.surroundings import here

    around = here()
    if listed:
        return _list(around)
    if revoked is not None:
        return _revoke(around, revoked)
    if file is None:
        raise click.UsageError("Name a checklist or an environment file.")
    sha256, what, path, lines = _read(around, file)
    if sha256 is None:
        click.echo(f"{what} needs no acceptance: {lines[0]}")
        return 0
    for line in lines:
        click.echo(_shown(line))
    click.echo(f"\n{what}: {path}\nsha256 {sha256}")
    if around.trust.accepts(sha256):
        click.echo("It is accepted already.")
        return 0
    _agree(sha256, digest)
    _accept(around, sha256, what, path)
    click.echo("Accepted. Any change takes that away.")
    return 0


def _read(around: Surroundings, file: str) -> tuple[str | None, str, Path, list[str]]:
    """Digest, name, path and everything that would run; no digest where nothing is to be accepted."""
    from smtui.checklist.library import lay_out, pinned_files
    from smtui.checklist.trust import (
        commands_fingerprint,
        commands_shown,
        environment_commands,
        fingerprint,
        is_shipped,
    )
    from smtui.environment import load_environment
    from smtui.toml_source import load_toml

    path = around.library.find(file).absolute()
    if "environment" in load_toml(path).tree:
        environment = load_environment(path)
        named = environment_commands(environment)
        lines = [f"[credentials.{name}] runs {list(arguments)!r}" for name, arguments in named.items()]
        return commands_fingerprint(environment), environment.name, path, lines or ["it runs no programs."]
    procedure = lay_out(path, around.library)
    sha256 = fingerprint(pinned_files(path, around.library))
    if is_shipped(procedure.checklist.id, sha256):
        return None, procedure.checklist.id, path, ["it came with smtui."]
    return sha256, procedure.checklist.id, path, list(commands_shown(procedure))


def _agree(sha256: str, digest: str | None) -> None:
    if digest is not None:
        if digest.lower() != sha256:
            raise Failure(f"its digest is {sha256}, not {digest}; nothing was accepted")
        return
    if not sys.stdin.isatty():
        raise Failure(f"nobody can be asked here; accept it with --digest {sha256}")
    click.echo("Everything above would run with the accounts that you give it.")
    if click.prompt("Type yes to accept it", default="", show_default=False) != "yes":
        raise Failure("Nothing was accepted.")


def _accept(around: Surroundings, sha256: str, what: str, path: Path) -> None:
    from datetime import UTC, datetime

    from smtui.checklist.trust import Trusted

    now = datetime.now(UTC).replace(microsecond=0)
    around.trust.add(Trusted(sha256=sha256, what=what, path=str(path), at=now, by=around.operator.account))


def _list(around: Surroundings) -> int:
    entries = around.trust.entries()
    for entry in entries:
        click.echo(f"{entry.sha256[:16]}  {entry.at:%Y-%m-%dT%H:%M:%SZ}  {_shown(entry.what)}  {_shown(entry.path)}")
    if not entries:
        click.echo("Nothing was accepted; only the shipped checklists run.")
    return 0


def _revoke(around: Surroundings, wanted: str) -> int:
    gone = around.trust.remove(wanted)
    if not gone:
        raise Failure(f"nothing that was accepted is called {wanted}; see smtui trust --list")
    for entry in gone:
        click.echo(f"{entry.what} is not accepted any more.")
    return 0


def _shown(line: str) -> str:
    from smtui.text import visible

    return visible(line, multiline=False).replace("␉", "\t")
