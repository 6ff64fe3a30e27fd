"""One key: how long until the screen answers, and how many bytes that takes, beside a bare Textual Tree.

Both run on a pseudo-terminal of 80x24 with 256 colours.
"""

from __future__ import annotations

import os
import statistics
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pexpect

from tests.benchmarks.rows import Figure, Row, Wanted, at_most, ratio, taken_in_turn

ROOT = Path(__file__).parents[2]
ITEMS, IN_A_SECTION, ROUNDS, NEVER, LIMIT = 10_000, 100, 41, 3600.0, 60.0
DOWN, UP, HOME = "\x1b[B", "\x1b[A", "\x1b[H"
TREE = f"""
from textual.app import App
from textual.widgets import Footer, Header, Tree
class Bare(App):
    def compose(self):
        yield Header()
        tree = Tree("Many items")
        tree.root.expand()
        for section in range({ITEMS // IN_A_SECTION}):
            branch = tree.root.add(f"Section {{section}}", expand=True)
            for item in range({IN_A_SECTION}):
                branch.add_leaf(f"todo  An item with a title of usual length, number {{section}}.{{item}}")
        yield tree
        yield Footer()
Bare().run()
"""


def on_terminal(command: list[str]) -> pexpect.spawn[str]:
    """A program on a terminal of 80x24 with 256 colours."""
    environ = {**os.environ, "TERM": "xterm-256color", "LC_ALL": "C.UTF-8", "PYTHONPATH": str(ROOT)}
    environ.pop("COLORTERM", None)
    child = pexpect.spawn(command[0], command[1:], env=environ, cwd=str(ROOT), dimensions=(24, 80), encoding="utf-8")
    child.delaybeforesend = None
    return child


class Screen:
    """A program on a terminal, whose answers to keys are timed and counted."""

    def __init__(self, command: list[str], ready: str) -> None:
        self.child = on_terminal(command)
        self.child.expect(ready, timeout=LIMIT)
        self.quiet(2.0)
        self.key(HOME)

    def quiet(self, seconds: float = 0.3) -> int:
        """Bytes until nothing comes for a while."""
        count = 0
        while True:
            try:
                count += len(self.child.read_nonblocking(65536, timeout=seconds).encode())
            except pexpect.TIMEOUT:
                return count

    def answer(self, key: str) -> float:
        """Milliseconds until the first bytes of the answer; waits until the rest has come, too."""
        began = time.perf_counter()
        self.child.send(key)
        self.child.read_nonblocking(65536, timeout=LIMIT)
        took = (time.perf_counter() - began) * 1000
        self.quiet()
        return took

    def key(self, key: str) -> int:
        """Bytes of the whole answer."""
        self.child.send(key)
        return self.quiet()

    def close(self) -> None:
        """End it."""
        self.child.close(force=True)


def session(rest: float) -> Screen:
    """The session screen; `rest` is how long the cursor rests, in seconds, before the details follow it."""
    return Screen([sys.executable, "-m", "tests.benchmarks.long_list", str(ITEMS), str(rest)], "Leave")


def bytes_in_view(screen: Screen, keys: int = 6) -> int:
    """Of one key that moves the cursor within what is seen; the median of some."""
    screen.key(DOWN)
    return round(statistics.median(screen.key(DOWN) for _ in range(keys)))


def measure(scratch: Path) -> Iterator[Figure]:
    """Up and down within the view; the details follow later and are counted apart."""
    del scratch
    mine, tree = session(NEVER), Screen([sys.executable, "-c", TREE], "palette")
    keys = {id(mine): DOWN, id(tree): DOWN}

    def answer(screen: Screen) -> float:
        keys[id(screen)] = UP if keys[id(screen)] == DOWN else DOWN
        return screen.answer(UP if keys[id(screen)] == DOWN else DOWN)

    pairs = taken_in_turn(lambda: answer(mine), lambda: answer(tree), times=ROUNDS)
    yield ratio(f"key press to repaint with {ITEMS:,} items", "a bare Textual `Tree`", at_most(1), pairs)
    wire = ((float(bytes_in_view(mine)), float(bytes_in_view(tree))),)
    most = Wanted("≤ 400 bytes", most=400)
    yield Figure(
        "bytes of a key inside the view, the list alone", "a bare Textual `Tree`", most,
        (wire[0][0],), f"{wire[0][0]:.0f} bytes beside {wire[0][1]:.0f}", unit=" bytes",
    )  # fmt: skip
    mine.close()
    with_details = session(0.05)
    yield Figure(
        "the same with the details, which follow after a rest of 250 ms", "a bare Textual `Tree`", Wanted("stated"),
        (float(bytes_in_view(with_details)),), unit=" bytes",
    )  # fmt: skip
    with_details.close()
    tree.close()


ROW = Row("keys", measure, asserted="at most 400 bytes inside the view for the list (`tests/tui/test_bytes.py`)")
