from __future__ import annotations

import shutil
from datetime import UTC, datetime
from pathlib import Path

import pytest

from smtui.checklist.library import Library, lay_out, pinned_files, shipped_folder
from smtui.checklist.trust import (
    Trusted,
    TrustFileError,
    TrustList,
    commands_fingerprint,
    commands_shown,
    fingerprint,
    is_shipped,
    local_commands,
)
from smtui.environment import Credential, Environment
from smtui.own_files import OwnFileError, replace_own

OWN = """
[checklist]
id = "own"
title = "Own"
version = "1"
source = "us"

[[input]]
name = "server"
type = "server"
prompt = "Which?"

[[section]]
id = "one"
title = "One"

[[section.item]]
id = "look"
title = "Look"
by_hand = "Look."
sense = { on = "server", script = "own.ps1", with = { name = "{server.fqdn}" }, expect = { ok = true } }

[[section.item]]
id = "state"
title = "State"
by_hand = "Look."
run = { on = "service-manager", sql = "SELECT ? AS one", values = ["{server}"] }

[[section]]
id = "other"
include = "part"
title = "Other"
"""

PART = """
[checklist]
id = "part"
title = "Part"
version = "1"
source = "us"

[[section]]
id = "here"
title = "Here"

[[section.item]]
id = "list"
title = "List"
by_hand = "List."
run = { on = "local", command = ["ls", "-l", "a b"] }
"""

SCRIPT = "param([string] $Token, $Parameters)\n[Console]::Out.WriteLine('smtui-result ' + $Token + ' {}')\nexit 0\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "scripts").mkdir()
    (tmp_path / "own.toml").write_text(OWN)
    (tmp_path / "part.toml").write_text(PART)
    (tmp_path / "scripts" / "own.ps1").write_text(SCRIPT)
    return tmp_path


def digest(folder: Path) -> str:
    return fingerprint(pinned_files(folder / "own.toml", Library([folder])))


@pytest.mark.parametrize("name", ["own.toml", "part.toml", "scripts/own.ps1"])
def test_any_change_of_any_part_is_another_digest(folder: Path, name: str) -> None:
    before = digest(folder)
    (folder / name).write_bytes((folder / name).read_bytes() + b"\n")
    assert digest(folder) != before


def test_where_it_lies_makes_no_difference(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    copy = tmp_path_factory.mktemp("copy") / "there"
    shutil.copytree(folder, copy)
    assert digest(copy) == digest(folder)


def test_every_shipped_checklist_is_known_by_its_bytes(tmp_path: Path) -> None:
    library = Library([shipped_folder()])
    for checklist in library.listing():
        files = pinned_files(library.find(checklist.id), library)
        assert is_shipped(checklist.id, fingerprint(files))
        name = next(name for name in files if "/scripts/" in name)
        assert not is_shipped(checklist.id, fingerprint({**files, name: files[name] + b"#"}))
        assert not is_shipped(checklist.id, fingerprint({**files, "checklist/scripts/more.ps1": b""}))
    assert not is_shipped("own", "0" * 64)


def test_every_command_is_shown(folder: Path) -> None:
    procedure = lay_out(folder / "own.toml", Library([folder]))
    shown = "\n".join(commands_shown(procedure))
    for text in (
        "own.ps1 on server",
        '"{server.fqdn}"',
        "SELECT ? AS one",
        '"{server}"',
        '["ls", "-l", "a b"]',
        SCRIPT.strip(),
    ):
        assert text in shown
    assert local_commands(procedure) == ("other/here.list",)


def test_every_script_of_what_is_shipped_would_be_shown() -> None:
    library = Library([shipped_folder()])
    for checklist in library.listing():
        procedure = lay_out(library.find(checklist.id), library)
        shown = "\n".join(commands_shown(procedure))
        assert all(text.strip() in shown for text in procedure.scripts.values())
        assert local_commands(procedure) == ()


def entry(sha256: str, what: str = "own") -> Trusted:
    return Trusted(sha256=sha256, what=what, path="/a/own.toml", at=datetime(2026, 3, 1, tzinfo=UTC), by="ada@jump")


def test_what_was_accepted_is_remembered_and_taken_back(tmp_path: Path) -> None:
    trusted = TrustList(tmp_path / "smtui" / "trusted.toml")
    assert trusted.entries() == ()
    trusted.add(entry("a" * 64))
    trusted.add(entry("b" * 64, 'x"\n[evil] \u202e'))
    trusted.add(entry("a" * 64))
    assert [one.sha256[0] for one in trusted.entries()] == ["b", "a"]
    assert trusted.accepts("a" * 64)
    assert not trusted.accepts("a" * 63)
    assert trusted.path.stat().st_mode & 0o777 == 0o600
    assert trusted.remove("a") == ()
    assert trusted.remove("a" * 8)
    assert not trusted.accepts("a" * 64)
    assert trusted.entries()[0].what == 'x"\n[evil] \u202e'


@pytest.mark.parametrize("data", [b"[[trusted]]\n", b"\xff", b"trusted = 1", b"[" * 3000])
def test_a_list_that_cannot_be_read_trusts_nothing(tmp_path: Path, data: bytes) -> None:
    replace_own(tmp_path / "trusted.toml", data)
    with pytest.raises(TrustFileError, match="trust anew"):
        TrustList(tmp_path / "trusted.toml").accepts("a" * 64)


def test_a_list_that_others_could_write_trusts_nothing(tmp_path: Path) -> None:
    trusted = TrustList(tmp_path / "trusted.toml")
    trusted.add(entry("a" * 64))
    trusted.path.chmod(0o662)
    with pytest.raises(OwnFileError, match="other users"):
        trusted.accepts("a" * 64)


def test_the_programs_of_a_deployment_file_have_a_digest() -> None:
    def environment(*command: str) -> Environment:
        account = Credential(user="a", sources=("command",), command=command) if command else Credential(user="a")
        return Environment(name="C", kind="recovery", management_group="SM", credentials={"smadmin": account})

    assert commands_fingerprint(environment()) is None
    assert commands_fingerprint(environment("pass", "a b")) == commands_fingerprint(environment("pass", "a b"))
    assert commands_fingerprint(environment("pass", "a b")) != commands_fingerprint(environment("pass", "a", "b"))
