"""A whole plan in a real terminal: every item of several procedures, one after the other, by the keys on the screen."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from smtui.session.events import Completed
from smtui.session.store import Store
from tests.tui.on_tmux import Tmux
from tests.tui.person import Person, drilling

PLAN = os.environ.get("SMTUI_PLAN", "lost-portal")
"""The shortest one; tests/tui/full walks a longer one, with items that run."""

pytestmark = pytest.mark.skipif(shutil.which("tmux") is None, reason="tmux is not installed")


@pytest.fixture
def drill(tmp_path: Path) -> Iterator[Tmux]:
    yield from drilling(tmp_path, PLAN)


def test_a_plan_needs_no_key_that_the_screen_does_not_show(drill: Tmux, tmp_path: Path) -> None:
    person = Person(drill)
    drill.sees("next 1.1", "Leave")
    for steps in range(400):
        if steps == 4:
            drill("resize-window", "-x", "100", "-y", "30")
            drill.until(lambda shown: "│" in shown)  # the details stand beside the checklist: drawn for the new size
        if not person.one_step():
            break
    drill.sees("COMPLETE")
    person.ask("Leave")
    person.enter()
    drill.sees("Other sessions, to look at")
    person.press("Leave")
    assert drill.exit_code() == 0
    store = Store(tmp_path / "home" / "smtui" / "sessions")
    last = store.read(store.ids()[0]).records[-1].event
    assert isinstance(last, Completed)
    assert last.verdict == "complete"
