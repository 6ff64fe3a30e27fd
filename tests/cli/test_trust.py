"""Nothing foreign runs before somebody accepted it."""

from __future__ import annotations

import sys
from pathlib import Path

import pexpect
import pytest

from smtui.checklist.library import shipped_folder

from .conftest import LIMIT, Program

OWN = """
[checklist]
id = "own"
title = "Own"
version = "1"
source = "us"

[[section]]
id = "one"
title = "One"

[[section.item]]
id = "touch"
title = "Touch \\u001b[31m"
by_hand = "Touch."
run = { on = "local", command = ["touch", "MARKER"] }
"""

ENVIRONMENT = """
[environment]
name = "Contoso"
kind = "exercise"
management_group = "SM"

[credentials.smadmin]
user = 'CONTOSO\\smadmin'
sources = ["command"]
command = ["touch", "MARKER"]
"""


@pytest.fixture
def own(smtui: Program) -> Path:
    path = smtui.home / "own.toml"
    path.write_text(OWN.replace("MARKER", str(smtui.home / "marker")))
    return path


def test_an_unknown_checklist_is_refused_until_its_bytes_are_accepted(smtui: Program, own: Path) -> None:
    refused = smtui("run", str(own), "--drill", code=2)
    assert refused.stderr.strip().endswith(f"with: smtui trust {own}")
    assert refused.stderr.count("\n") == 1
    child = pexpect.spawn(
        sys.executable, ["-m", "smtui", "trust", str(own)], env=smtui.environ, encoding="utf-8", timeout=LIMIT
    )
    child.expect_exact("Type yes to accept it")
    assert '["touch", ' in (child.before or "")
    assert "\x1b" not in (child.before or "")
    child.sendline("yes")
    child.expect(pexpect.EOF)
    child.close()
    assert child.exitstatus == 0
    assert not (smtui.home / "marker").exists()
    smtui("run", str(own), "--drill")
    assert (smtui.home / "marker").exists()
    own.write_text(own.read_text().replace("Touch.", "Touch!"))
    smtui("run", str(own), "--drill", code=2)
    assert "own" in smtui("trust", "--list").stdout
    smtui("trust", "--revoke", "own")
    smtui("trust", "--revoke", "own", code=2)


def test_without_a_person_only_the_right_digest_is_accepted(smtui: Program, own: Path) -> None:
    asked = smtui("trust", str(own), code=2)
    sha256 = asked.stderr.strip().rpartition(" ")[2]
    assert "--digest" in asked.stderr
    assert "nothing was accepted" in smtui("trust", str(own), "--digest", "0" * 64, code=2).stderr
    smtui("run", str(own), "--drill", code=2)
    smtui("trust", str(own), "--digest", sha256)
    smtui("run", str(own), "--drill")


def test_a_drill_of_an_own_checklist_without_local_programs_needs_no_acceptance(smtui: Program, own: Path) -> None:
    text = own.read_text()
    own.write_text(text[: text.index("run =")])
    smtui("run", str(own), "--drill", "--confirm-by-hand", "rehearsal")
    environment = smtui.home / "contoso.toml"
    environment.write_text(ENVIRONMENT[: ENVIRONMENT.index("[credentials")])
    assert "smtui trust" in smtui("run", str(own), "-e", str(environment), code=2).stderr


def test_a_changed_copy_of_a_shipped_checklist_did_not_ship(smtui: Program) -> None:
    own = smtui.home / "config" / "smtui" / "checklists"
    own.parent.mkdir(parents=True)
    own.symlink_to(shipped_folder())
    assert "came with smtui" in smtui("trust", "promote-management-server").stdout
    own.unlink()
    (own / "scripts").mkdir(parents=True)
    for path in shipped_folder().glob("scripts/*"):
        (own / "scripts" / path.name).write_bytes(path.read_bytes() + b"\n")
    name = "promote-management-server.toml"
    (own / name).write_bytes((shipped_folder() / name).read_bytes())
    assert "--digest" in smtui("trust", "promote-management-server", code=2).stderr


def test_the_programs_of_an_environment_file_are_accepted_too(smtui: Program) -> None:
    environment = smtui.home / "contoso.toml"
    environment.write_text(ENVIRONMENT.replace("MARKER", str(smtui.home / "marker")))
    own = smtui.home / "hand.toml"
    own.write_text(OWN[: OWN.index("run =")])
    digest = smtui("trust", str(own), code=2).stderr.strip().rpartition(" ")[2]
    smtui("trust", str(own), "--digest", digest)
    refused = smtui("run", str(own), "-e", str(environment), code=2)
    assert f"smtui trust {environment}" in refused.stderr
    assert not (smtui.home / "marker").exists()
    assert not smtui.sessions.exists()
    asked = smtui("trust", str(environment), code=2)
    assert "[credentials.smadmin] runs ['touch'" in asked.stdout
    smtui("trust", str(environment), "--digest", asked.stderr.strip().rpartition(" ")[2])
