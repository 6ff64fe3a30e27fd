"""The short way for the shortest questions says what the long way says."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from smtui.session.store import Store
from tests.benchmarks.making import make_session

HOUSE = Path(__file__).parents[2]
SHORT = "import smtui.__main__ as program; program.main()"
LONG = "import sys; from smtui.cli.main import commands; sys.exit(commands())"
NOT_NEEDED = "import sys; from smtui.cli.quick import quick_answer; quick_answer(sys.argv[1:]); print(*sys.modules)"


def run(code: str, place: Path, *arguments: str) -> tuple[int, str, str]:
    environ = {**os.environ, "PYTHONPATH": str(HOUSE), "XDG_STATE_HOME": str(place), "SMTUI_SHARED": str(place / "no")}
    command = [sys.executable, "-c", code, *arguments]
    done = subprocess.run(command, env=environ, capture_output=True, text=True, timeout=60, check=False)
    return done.returncode, done.stdout, done.stderr


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("state")
    make_session(Store(place / "smtui" / "sessions"), "one", 20)
    return place


@pytest.mark.parametrize(
    "arguments",
    [
        ("--version",),
        ("sessions",),
        ("sessions", "--json"),
        ("show", "one"),
        ("show", "one", "--json"),
        ("show", "none"),
        ("show", ""),
        ("show", "--json"),
        ("show", "--help"),
    ],
    ids=" ".join,
)
def test_both_ways_say_the_same(arguments: tuple[str, ...], place: Path) -> None:
    assert run(SHORT, place, *arguments) == run(LONG, place, *arguments)


@pytest.mark.parametrize("arguments", [("--version",), ("sessions",), ("show", "one")], ids=" ".join)
def test_the_short_way_loads_what_it_needs(arguments: tuple[str, ...], place: Path) -> None:
    code, said, _ = run(NOT_NEEDED, place, *arguments)
    loaded = set(said.splitlines()[-1].split())
    assert code == 0
    assert "smtui.cli.quick" in loaded
    assert not loaded & {"click", "dataclasses", "smtui.session.recording", "smtui.engine.core", "concurrent.futures"}
