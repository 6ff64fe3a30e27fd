"""What a run without a terminal says while something takes its time."""

from __future__ import annotations

import sys
from pathlib import Path

from smtui.cli.beginning import Opening
from smtui.cli.environment_file import EnvironmentFile
from smtui.cli.headless import Interruption, Mandate, work
from smtui.cli.opening import start
from smtui.cli.signals import Signals
from smtui.cli.surroundings import Surroundings

from .conftest import LIMIT, Program
from .local_steps import shell, write


def test_what_takes_long_is_said_to_be_under_way(smtui: Program, tmp_path: Path) -> None:
    slow = shell('while ! [ -e "$1" ]; do sleep 0.02; done', tmp_path / "go")
    _, checklist, _, environment = write(smtui, tmp_path, slow)
    around = Surroundings(environ=smtui.environ, home=smtui.home, prefix=Path(sys.prefix))
    engine = start(around, checklist, Opening(EnvironmentFile.read(Path(environment)), {}), input)
    told: list[str] = []

    def say(text: str) -> None:
        told.append(text)
        if sum("so far" in line for line in told) == 2:
            (tmp_path / "go").touch()

    try:
        assert work(engine, Mandate(), say, Interruption(engine, Signals()), silence=0.1) == 0
    finally:
        engine.drain(LIMIT)
        engine.close()
    assert "  1.1 s.i1: it runs, 0 s so far" in told
    assert told[-1] == f"its evidence: smtui report {engine.state.session}"
