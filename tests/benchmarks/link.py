"""Bytes over the link: the session screen beside a bare Textual Tree of as many rows, in the same run.

    python -m tests.benchmarks.link [IDLE-SECONDS]

Both run on a pseudo-terminal of 80x24 with 256 colours; every byte that they write is counted.
"""

from __future__ import annotations

import os
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path

import pexpect

ROOT = Path(__file__).parents[2]
TREE = """
from textual.app import App
from textual.widgets import Footer, Header, Tree
class Bare(App):
    def compose(self):
        yield Header()
        tree = Tree("Promote a secondary management server")
        tree.root.expand()
        for section in range(6):
            branch = tree.root.add(f"Section {section}", expand=True)
            for item in range(5):
                branch.add_leaf(f"todo  an item with a title of usual length {section}.{item}")
        yield tree
        yield Footer()
Bare().run()
"""
KEYS = 6


@dataclass
class Counted:
    """A program whose bytes are counted."""

    command: list[str]
    ready: str
    child: pexpect.spawn[str] = field(init=False)

    def __post_init__(self) -> None:
        environ = {**os.environ, "TERM": "xterm-256color", "LC_ALL": "C.UTF-8", "PYTHONPATH": str(ROOT)}
        environ.pop("COLORTERM", None)
        self.child = pexpect.spawn(
            self.command[0], self.command[1:], env=environ, cwd=str(ROOT), dimensions=(24, 80), encoding="utf-8"
        )
        self.child.delaybeforesend = None

    def until_quiet(self, quiet: float = 0.5) -> int:
        """Bytes until nothing comes for a while."""
        count = 0
        while True:
            try:
                count += len(self.child.read_nonblocking(65536, timeout=quiet).encode())
            except pexpect.TIMEOUT:
                return count

    def within(self, seconds: float) -> int:
        """Bytes within a time."""
        until, count = time.monotonic() + seconds, 0
        while (left := until - time.monotonic()) > 0:
            try:
                count += len(self.child.read_nonblocking(65536, timeout=left).encode())
            except pexpect.TIMEOUT:
                break
        return count

    def first_screen(self) -> int:
        """Bytes until it is there and quiet."""
        self.child.expect(self.ready, timeout=60)
        return len((self.child.before + self.child.after).encode()) + self.until_quiet(1.0)

    def key(self, sequence: str) -> int:
        """Bytes that one key brings."""
        self.child.send(sequence)
        return self.until_quiet()


def figures(program: Counted, idle: float) -> list[int]:
    """First screen; one key in view; a key that scrolls, at worst; idle in a minute."""
    first = program.first_screen()
    program.key("\x1b[H")
    in_view = [program.key("\x1b[B") for _ in range(KEYS)]
    scrolling = max(program.key("\x1b[B") for _ in range(16))
    return [first, sum(in_view) // KEYS, scrolling, int(program.within(idle) * 60 / idle)]


def live_output(folder: Path) -> int:
    """Bytes a second of an item that says ten lines a second, on the output screen."""
    program = Counted([sys.executable, "-m", "tests.tui.on_terminal", str(folder), "60", "chatter"], "Leave")
    program.first_screen()
    for keys in ("g", "2.1\r", "r", "\r", "o"):
        program.child.send(keys)
        program.within(1.5)
    count = program.within(10.0) // 10
    program.child.close(force=True)
    return count


def main(idle: float) -> None:
    """Print a table."""
    with tempfile.TemporaryDirectory() as home:
        ours = Counted([sys.executable, "-m", "tests.tui.on_terminal", f"{home}/a"], "Leave")
        bare = Counted([sys.executable, "-c", TREE], "palette")
        rows = zip(
            ("first screen", "a key in view", "a key that scrolls, at worst", "idle, a minute"),
            figures(ours, idle), figures(bare, idle), strict=True,
        )  # fmt: skip
        print(f"{'bytes':30} {'smtui':>8} {'bare Tree':>10}")
        for name, mine, theirs in rows:
            print(f"{name:30} {mine:8} {theirs:10}")
        ours.child.close(force=True)
        bare.child.close(force=True)
        print(f"{'live output of 10 lines/s, 1 s':30} {live_output(Path(home) / 'b'):8} {'-':>10}")


if __name__ == "__main__":
    main(float(sys.argv[1]) if len(sys.argv) > 1 else 30.0)
