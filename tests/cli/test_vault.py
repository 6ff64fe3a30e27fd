"""The vault as a person uses it: typed into a terminal."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

import pexpect
import pytest

from .conftest import LIMIT, Program

PASSPHRASE = "correct horse battery"
PASSWORD = "Tr0ub4dor & 3"

ENVIRONMENT = """
[environment]
name = "Contoso"
kind = "recovery"
management_group = "SM"

[credentials.smadmin]
user = 'CONTOSO\\smadmin'
sources = ["vault"]

[credentials.sqladmin]
user = "smtui"
sources = ["vault", "prompt"]
"""


def typed(program: Program, arguments: Sequence[str], answers: Sequence[tuple[str, str]]) -> tuple[str, int]:
    """What a command says when these answers are given to its prompts, and its exit code."""
    child = pexpect.spawn(
        sys.executable, ["-m", "smtui", *arguments], env=program.environ, encoding="utf-8", timeout=LIMIT
    )
    said = ""
    for prompt, answer in answers:
        child.expect_exact(prompt)
        said += child.before or ""
        child.waitnoecho()
        child.sendline(answer)
    child.expect(pexpect.EOF)
    said += child.before or ""
    child.close()
    assert child.exitstatus is not None
    return said, child.exitstatus


@pytest.fixture
def vault(smtui: Program) -> Path:
    said, code = typed(
        smtui,
        ["vault", "new"],
        [("New passphrase of the vault: ", PASSPHRASE), ("The same passphrase again: ", PASSPHRASE)],
    )
    assert code == 0, said
    return smtui.home / "config" / "smtui" / "vault"


def test_a_vault_is_made_filled_rotated_and_checked(smtui: Program, vault: Path) -> None:
    unlock = ("Passphrase of the vault: ", PASSPHRASE)
    assert vault.stat().st_mode & 0o777 == 0o600
    added = [unlock, ("Password of smadmin: ", PASSWORD), ("The same password again: ", PASSWORD)]
    said, code = typed(smtui, ["vault", "set", "smadmin"], added)
    assert (said.strip().splitlines()[-1], code) == ("smadmin: added.", 0)
    said, _ = typed(smtui, ["vault", "list"], [unlock])
    assert said.split() == ["smadmin"]
    environment = smtui.home / "contoso.toml"
    environment.write_text(ENVIRONMENT)
    said, code = typed(smtui, ["vault", "check", "-e", str(environment)], [unlock])
    assert code == 6
    assert "sqladmin: missing; put it there with: smtui vault set sqladmin" in said
    other = "another horse battery"
    new = [unlock, ("New passphrase of the vault: ", other), ("The same passphrase again: ", other)]
    said, code = typed(smtui, ["vault", "rotate"], new)
    assert code == 0, said
    thrice = [unlock, ("try 2 of 3: ", "wrong"), ("try 3 of 3: ", other)]
    said, code = typed(smtui, ["vault", "remove", "smadmin"], thrice)
    assert (said.strip().splitlines()[-1], code) == ("smadmin: removed.", 0)
    assert PASSWORD not in said


def test_three_wrong_passphrases_change_nothing(smtui: Program, vault: Path) -> None:
    before = vault.read_bytes()
    wrong = [("Passphrase of the vault: ", "a"), ("try 2 of 3: ", "b"), ("try 3 of 3: ", "c")]
    said, code = typed(smtui, ["vault", "list"], wrong)
    assert code == 2
    assert "the passphrase is wrong, or the file was changed" in said
    assert vault.read_bytes() == before


def test_a_short_passphrase_and_a_second_vault_are_refused(smtui: Program) -> None:
    short = [("New passphrase of the vault: ", "short"), ("The same passphrase again: ", "short")]
    said, code = typed(smtui, ["vault", "new"], short)
    assert (code, "at least 12 characters" in said) == (2, True)
    path = smtui.home / "config" / "smtui" / "vault"
    assert not path.exists()
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"what somebody else wrote")
    done = smtui("vault", "new", code=2)
    assert "there already" in done.stderr
    assert path.read_bytes() == b"what somebody else wrote"


def test_without_a_terminal_it_says_what_is_needed(smtui: Program, vault: Path) -> None:
    assert "a terminal is needed" in smtui("vault", "list", code=2).stderr
