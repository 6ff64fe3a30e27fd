"""The whole promotion in a real terminal, by nothing but the keys that the screen shows at that moment."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pexpect
import pytest

from smtui.session.events import Completed
from smtui.session.store import Store
from tests.tui.on_tmux import Tmux
from tests.tui.person import Person, drilling

pytestmark = pytest.mark.skipif(shutil.which("tmux") is None, reason="tmux is not installed")


@pytest.fixture
def drill(tmp_path: Path) -> Iterator[Tmux]:
    yield from drilling(tmp_path)


def test_the_promotion_needs_no_key_that_the_screen_does_not_show(drill: Tmux, tmp_path: Path) -> None:
    person = Person(drill)
    drill.sees("next 1.1", "Leave")
    steps = 0
    while person.one_step():
        steps += 1
        assert steps < 120
        if steps == 6:
            drill("resize-window", "-x", "100", "-y", "30")
            drill.sees("DRILL ON SIMULATED HOSTS")
        if steps == 10:
            for _ in range(2):  # looked at, left, looked at again
                viewer = pexpect.spawn("tmux", ["-S", str(drill.socket), "attach"], dimensions=(30, 100), timeout=30)
                viewer.expect("DRILL ON SIMULATED HOSTS")
                drill("detach-client", "-a")
                viewer.sendcontrol("b")
                viewer.send("d")
                viewer.expect(pexpect.EOF)
                viewer.close()
    drill.sees("COMPLETE")
    person.ask("Leave")
    person.enter()
    drill.sees("Other sessions, to look at", "complete")
    person.press("Leave")
    assert drill.exit_code() == 0
    (tmp_path / "walk.txt").write_text("\n".join(person.walk))
    store = Store(tmp_path / "home" / "smtui" / "sessions")
    last = store.read(store.ids()[0]).records[-1].event
    assert isinstance(last, Completed)
    assert last.verdict == "complete"
