"""`smtui vault`: one file with the passwords of a deployment, so that one passphrase unlocks them all."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import click

from smtui.cli.failures import Failure

if TYPE_CHECKING:
    from smtui.secrets.secret import Secret


@click.group()
def command() -> None:
    """Keep passwords in a file that one passphrase opens.

    The source `vault` of a credential takes its password from there, by the credential's name. The file is
    ~/.config/smtui/vault; the variable SMTUI_VAULT names another one. Without a person the passphrase comes from the
    systemd credential `smtui-vault`.
    """


@command.command()
def new() -> int:
    """Make an empty vault. A passphrase of some words is good; nobody can open the vault without it."""
    from smtui.secrets.vault import VaultError, write_vault

    path = _path()
    if path.exists():  # said before anybody invents a passphrase; what counts is the refusal of the write
        raise VaultError(f"{path} is there already; smtui vault rotate gives it another passphrase")
    write_vault(path, {}, _new_passphrase(), new=True)
    click.echo(f"{path} is made. Put a password into it with: smtui vault set NAME")
    return 0


@command.command("set")
@click.argument("name")
def set_(name: str) -> int:
    """Put the password of the credential NAME into the vault, or another one in its place."""
    from smtui.environment.checks import WORD
    from smtui.secrets.encodings import SHORTEST
    from smtui.secrets.secret import Secret
    from smtui.secrets.vault import write_vault

    if not WORD.fullmatch(name):
        raise Failure(f"{name!r} is no name of a credential: lower case words joined by hyphens or underscores")
    entries, passphrase = _open()
    password = Secret(_twice(f"Password of {name}: ", "The same password again: "))
    if len(password.reveal()) < SHORTEST:
        raise Failure(f"a password of fewer than {SHORTEST} characters cannot be kept out of the records")
    replaced = name in entries
    write_vault(_path(), {**entries, name: password}, passphrase)
    click.echo(f"{name}: {'replaced' if replaced else 'added'}.")
    return 0


@command.command()
@click.argument("name")
def remove(name: str) -> int:
    """Take the password of the credential NAME out of the vault."""
    from smtui.secrets.vault import write_vault

    entries, passphrase = _open()
    if name not in entries:
        raise Failure(f"the vault has no {name}; it has: {', '.join(sorted(entries)) or 'nothing'}")
    write_vault(_path(), {other: secret for other, secret in entries.items() if other != name}, passphrase)
    click.echo(f"{name}: removed.")
    return 0


@command.command("list")
def list_() -> int:
    """List the names of what the vault holds, never the passwords."""
    entries, _ = _open()
    for name in sorted(entries):
        click.echo(name)
    if not entries:
        click.echo("The vault is empty.")
    return 0


@command.command()
def rotate() -> int:
    """Give the vault another passphrase. Copies made before still open with the one of then."""
    from smtui.secrets.vault import write_vault

    entries, _ = _open()
    write_vault(_path(), entries, _new_passphrase())
    click.echo("The vault has another passphrase. Copies of the file that were made before keep the earlier one.")
    return 0


@command.command()
@click.option("-e", "--environment", "environment", metavar="FILE", help="Every credential of this file is looked for.")
def check(environment: str | None) -> int:
    """Open the vault and say whether it has what a deployment asks of it (exit code 6 when it has not)."""
    from smtui.environment import load_environment

    entries, _ = _open()
    click.echo(f"The vault opens; it holds {len(entries)} passwords.")
    if environment is None:
        return 0
    credentials = load_environment(Path(environment)).credentials
    wanted = sorted(name for name, one in credentials.items() if "vault" in one.sources)
    missing = [name for name in wanted if name not in entries]
    for name in missing:
        click.echo(f"{name}: missing; put it there with: smtui vault set {name}")
    if not missing:
        click.echo(f"It has all {len(wanted)} that the environment file asks of it.")
    return 6 if missing else 0


def _path() -> Path:
    from smtui.cli.surroundings import here

    return here().vault


def _open() -> tuple[Mapping[str, Secret], Secret]:
    """The passwords and the passphrase that opened them, for writing them again."""
    from smtui.cli.surroundings import here
    from smtui.secrets.keyring import open_vault

    return open_vault(_path(), _ask, here().environ)


def _new_passphrase() -> Secret:
    from smtui.secrets.secret import Secret
    from smtui.secrets.vault import MIN_PASSPHRASE

    passphrase = _twice("New passphrase of the vault: ", "The same passphrase again: ")
    if len(passphrase) < MIN_PASSPHRASE:
        raise Failure(f"a passphrase of at least {MIN_PASSPHRASE} characters is needed; a few words are easy to type")
    return Secret(passphrase)


def _twice(prompt: str, again: str) -> str:
    first = _ask(prompt)
    if _ask(again) != first:
        raise Failure("the two are not the same; nothing was changed")
    return first


def _ask(prompt: str) -> str:
    from smtui.cli.prompting import ask_password

    try:
        return ask_password(prompt)
    except EOFError:
        raise Failure("a terminal is needed to type into, or the systemd credential smtui-vault") from None
