"""The installed program, run from a folder that is not the checkout: what a user gets.

`bin/test` runs this a second time with SMTUI_COMMAND, the `smtui` of an environment that holds nothing but the wheel.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests import leaks

HOUSE = Path(__file__).parents[1]
COMMAND = Path(os.environ.get("SMTUI_COMMAND", Path(sys.executable).with_name("smtui")))
FROM_WHEEL = "SMTUI_COMMAND" in os.environ


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("home")


def smtui(home: Path, *arguments: str, code: int = 0) -> str:
    environment = {"HOME": str(home), "PATH": os.environ["PATH"], "LANG": "C.UTF-8"}
    done = subprocess.run(
        [COMMAND, *arguments],
        cwd=home,
        env=environment,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
        stdin=subprocess.DEVNULL,
    )
    assert done.returncode == code, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def session(home: Path) -> Iterator[str]:
    """A whole drill without a terminal."""
    said = smtui(home, "run", "promote-management-server", "--drill", "--confirm-by-hand", "rehearsal")
    assert said.startswith("DRILL ON SIMULATED HOSTS")
    (listed,) = json.loads(smtui(home, "sessions", "--json"))
    yield str(listed["session"])
    leaks.nothing_left_in(home)


def test_it_knows_its_version(home: Path) -> None:
    version = re.search(r'__version__ = "(.+)"', (HOUSE / "smtui" / "__init__.py").read_text())
    assert version is not None
    assert smtui(home, "--version").strip().endswith(version[1])


@pytest.mark.skipif(not FROM_WHEEL, reason="says something of the wheel only")
def test_it_is_the_wheel_that_runs(home: Path) -> None:
    python = COMMAND.with_name("python")
    said = subprocess.run(
        [python, "-c", "import smtui; print(smtui.__file__)"], cwd=home, capture_output=True, text=True, check=True
    )
    assert Path(said.stdout.strip()).is_relative_to(COMMAND.parents[1])


def test_the_checklists_come_along(home: Path) -> None:
    listed = {one["id"] for one in json.loads(smtui(home, "checklists", "--json"))}
    assert {"promote-management-server", "lost-everything"} <= listed


def test_a_whole_drill_ends_complete_and_leaves_a_journal_that_toml_reads(home: Path, session: str) -> None:
    folder = home / ".local" / "state" / "smtui" / "sessions" / session
    events = tomllib.loads((folder / "session.toml").read_text("utf-8"))["event"]
    assert events[-1]["kind"] == "completed"
    assert events[-1]["verdict"] == "complete"


def test_every_effect_happened_once(home: Path, session: str) -> None:
    shown = json.loads(smtui(home, "show", session, "--json"))
    effects = shown["world"]["effects"]
    assert effects
    assert {effect["count"] for effect in effects} == {1}
    assert not [item for item in shown["items"] if item["status"] not in ("done", "not-applicable")]


def test_the_report_is_checked_by_the_commands_that_lie_beside_it(home: Path, session: str) -> None:
    smtui(home, "report", session, "--output", "evidence")
    bundle = home / "evidence"
    done = subprocess.run(["sh", "VERIFY.txt"], cwd=bundle, capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, done.stderr) == (3, "")
    assert done.stdout.splitlines()[-1].startswith("NOT SIGNED: intact")
    assert json.loads((bundle / "report.json").read_text())["summary"]["verdict"] == "complete"
    assert "DRILL ON SIMULATED HOSTS" in (bundle / "report.html").read_text("utf-8")


def test_an_unknown_session_gets_one_line(home: Path) -> None:
    done = subprocess.run(
        [COMMAND, "show", "nothing"], cwd=home, capture_output=True, text=True, check=False, env={"HOME": str(home)}
    )
    assert done.returncode == 2
    assert len(done.stderr.splitlines()) == 1
