"""A person in front of a drill in a real terminal, who presses nothing but what the screen shows at that moment."""

from __future__ import annotations

import json
import os
import re
import signal
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from tests.tui.hasty import QUIET
from tests.tui.on_tmux import Tmux, keys_shown

ROOT = Path(__file__).parents[2]
READ = QUIET + 0.25
"""Seconds for which a screen must stand before a key counts."""


def drilling(tmp_path: Path, *checklist: str) -> Iterator[Tmux]:
    """A drill in a window of 80 by 24."""
    tmux = Tmux(tmp_path / "tmux")
    home = tmp_path / "home"
    home.mkdir()
    environment = {
        "HOME": str(home), "XDG_STATE_HOME": str(home), "XDG_CONFIG_HOME": str(home), "PYTHONPATH": str(ROOT),
        "LC_ALL": "C.UTF-8", "PATH": os.environ["PATH"],
    }  # fmt: skip
    tmux.start([sys.executable, "-m", "tests.tui.hasty", "drill", *checklist], environment, (80, 24))
    yield tmux
    tmux.end()
    for ready in home.glob("smtui/sessions/*/drill.json"):
        with suppress(OSError):
            os.kill(json.loads(ready.read_bytes())["pid"], signal.SIGTERM)


class Person:
    """Reads the screen, and presses what it offers."""

    def __init__(self, tmux: Tmux) -> None:
        self.tmux = tmux
        self.walk: list[str] = []
        """What was pressed."""

    def read(self) -> tuple[str, dict[str, str]]:
        """A screen that has been there long enough, with nothing running, and its keys."""
        while True:
            self.tmux.until(_at_rest)
            shown = self.tmux.still(READ)
            if _at_rest(shown):
                return shown, keys_shown(shown)

    def press(self, label: str) -> None:
        """The key of that label, if the screen shows it now; waits for what comes of it."""
        before, keys = self.read()
        key = keys[label]
        self.walk.append(f"{key} ({label})")
        self.tmux.press({"Enter": "Enter", "Esc": "Escape"}.get(key, key))
        self.tmux.until(lambda now: now != before)

    def ask(self, label: str) -> str:
        """The same for a key that opens a question; the screen with it, once it has been there long enough."""
        self.press(label)
        self.tmux.sees("Esc goes back")
        return self.tmux.still(READ)

    def enter(self) -> None:
        """Enter, which the question at the bottom must name."""
        shown = self.tmux.still(READ)
        assert re.search(r"Enter (runs|takes|ends|leaves|answers)", shown), shown
        self.walk.append("Enter")
        self.tmux.press("Enter")
        self.tmux.until(lambda now: "Esc goes back" not in now)

    def one_step(self) -> bool:
        """The thing that is offered first; whether the session goes on."""
        shown, keys = self.read()
        if "Next" in keys:
            self.press("Next")
        elif "Wrap up" in keys:
            self.ask("Wrap up")
            self.enter()
            return False
        elif "Already so" in keys:
            self.ask("Already so")
            self.enter()
        elif "Run" in keys:
            self.run()
        elif "Sense" in keys:
            self.press("Sense")
        else:
            assert "By hand" in keys, shown
            self.by_hand()
        return True

    def run(self) -> None:
        """Run; what cannot be taken back asks for its target, which the question names."""
        asked = " ".join(self.ask("Run").split())
        named = re.search(r"Type the name of the target, (.+?), to run it:", asked)
        if named:
            self.tmux.type(named[1])
        self.enter()

    def by_hand(self) -> None:
        """Fill in what is asked, then move from Go back to the answer, as the hint says."""
        shown = self.ask("By hand")
        typed = 0
        while _empty_field(shown):
            typed += 1
            self.tmux.type("seen by Anna")
            self.tmux.until(lambda now, count=typed: now.count("seen by Anna") >= count)
            self.tmux.press("Enter")
            shown = self.tmux.still(READ)
        assert "arrows choose" in " ".join(shown.split())
        self.tmux.press("Right")
        self.tmux.sees("> I have done this by hand <")
        self.enter()
        self.walk.append("typed, Right, Enter")


def _at_rest(shown: str) -> bool:
    """Whether nothing runs, by the counts at the top and by the keys at the bottom."""
    return "Cancel" not in keys_shown(shown) and not re.search(r"\d running", shown.splitlines()[1])


def _empty_field(shown: str) -> bool:
    """Whether the line above the answers, which is that of the last field, is still to be filled in."""
    lines = shown.splitlines()
    at = next(number for number, line in enumerate(lines) if "> Go back <" in line)
    return not lines[at - 1].strip()
