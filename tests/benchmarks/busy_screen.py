"""How soon the screen answers a key while an item runs, beside the same screen at rest."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pexpect

from tests.benchmarks.keys import LIMIT, on_terminal
from tests.benchmarks.rows import Figure, Row, at_most, ratio, taken_in_turn

ROUNDS, READ = 15, 0.6
"""READ: seconds that a question stands before it is left, and after that."""


class Busy:
    """A session screen whose jump question is opened and left again."""

    def __init__(self, folder: Path, *doing: str) -> None:
        self._child = on_terminal([sys.executable, "-m", "tests.benchmarks.busy_session", str(folder), *doing])
        self._child.expect("Leave", timeout=LIMIT)
        self._hear(2.0)

    def answer(self) -> float:
        """Milliseconds from the key to the question."""
        began = time.perf_counter()
        self._child.send("g")
        shown = ""
        while "Esc goes back" not in shown:
            shown += self._child.read_nonblocking(65536, timeout=LIMIT)
        took = (time.perf_counter() - began) * 1000
        self._hear(READ)
        self._child.send("\x1b")
        self._hear(READ)
        return took

    def close(self) -> None:
        """End it."""
        self._child.close(force=True)

    def _hear(self, seconds: float) -> None:
        until = time.monotonic() + seconds
        while (left := until - time.monotonic()) > 0:
            try:
                self._child.read_nonblocking(65536, timeout=left)
            except pexpect.TIMEOUT:
                return


def measure(scratch: Path) -> Iterator[Figure]:
    """With a server that says nothing, and with one that says lines as fast as they are taken."""
    at_rest = Busy(scratch / "rest")
    for doing, wanted in (("waits", at_most(1.2)), ("pours", at_most(3))):
        busy = Busy(scratch / doing, doing)
        pairs = taken_in_turn(busy.answer, at_rest.answer, times=ROUNDS)
        what = {"waits": "a key while a slow server is waited for", "pours": "a key while output pours in"}[doing]
        yield ratio(what, "the same screen at rest", wanted, pairs)
        busy.close()
    at_rest.close()


ROW = Row("busy-screen", measure)
