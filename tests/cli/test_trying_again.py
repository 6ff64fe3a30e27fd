"""`retry` on the simulated deployment: a host that refuses a shell once is asked again, and one that worked is not."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from smtui.checklist.library import shipped_folder

from .conftest import Program

CHECKLIST = """
[checklist]
id = "stop-one"
title = "Stop one service"
version = "1"
source = "test"

[[section]]
id = "s"
title = "S"

[[section.item]]
id = "stop"
title = "Stop it"
by_hand = "Stop it."
retry = 1
run = { on = "workflow-server", script = "service-stop.ps1", with = { name = "OMSDK", wait = 60 } }
[section.item.sense]
on = "workflow-server"
script = "service-status.ps1"
with = { name = "OMSDK" }
expect = { status = "Stopped" }
"""


HARMLESS = """idempotent = true
on_interrupt = "rerun"
run = { on = "service-manager", script = "checkdb.sql" }
"""


@pytest.fixture
def checklist(tmp_path: Path) -> str:
    """A checklist of one's own with two of the shipped scripts."""
    (tmp_path / "scripts").mkdir()
    for name in ("service-stop.ps1", "service-status.ps1"):
        shutil.copyfile(shipped_folder() / "scripts" / name, tmp_path / "scripts" / name)
    path = tmp_path / "stop-one.toml"
    path.write_text(CHECKLIST)
    return str(path)


def test_a_shell_that_is_refused_once_is_asked_for_again(smtui: Program, checklist: str) -> None:
    smtui("run", checklist, "--drill", "--fault", "shells-full:SM01")
    stop = smtui.items(smtui.session())["s.stop"]
    assert [attempt["outcome"] for attempt in stop["attempts"]] == ["failed", "ok"]
    assert stop["grade"] == "verified"
    assert [effect["count"] for effect in smtui.effects(smtui.session())] == [1]


def test_what_may_be_run_as_often_as_one_likes_is_run_again_when_it_was_cut_off(smtui: Program, tmp_path: Path) -> None:
    (tmp_path / "scripts").mkdir()
    shutil.copyfile(shipped_folder() / "scripts" / "checkdb.sql", tmp_path / "scripts" / "checkdb.sql")
    path = tmp_path / "check-one.toml"
    path.write_text(CHECKLIST.partition("retry")[0].replace("stop-one", "check-one") + HARMLESS)
    smtui("run", str(path), "--drill", "--fault", "sql-cut:SQL01:checkdb")
    check = smtui.items(smtui.session())["s.stop"]
    assert [attempt["outcome"] for attempt in check["attempts"]] == ["unknown", "ok"]
    assert check["grade"] == "executed"


def test_work_whose_reply_is_lost_is_not_done_again(smtui: Program, checklist: str) -> None:
    smtui("run", checklist, "--drill", "--fault", "reply-lost:SM01:service-stop", code=None)
    assert len(smtui.items(smtui.session())["s.stop"]["attempts"]) == 1
    assert [effect["count"] for effect in smtui.effects(smtui.session())] == [1]
