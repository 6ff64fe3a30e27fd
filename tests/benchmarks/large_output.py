"""Fifty megabytes of remote output, beside pywinrm's own loop."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.benchmarks.rows import Figure, Row, at_most, ratio, taken_in_turn

ROOT = Path(__file__).parents[2]
MEGABYTES, ROUNDS, LIMIT = 50, 3, 120.0
MOST_GROWTH = 48
"""MB that the process may grow by: head and tail of 4 MiB in their forms on the way, whatever comes in between."""


@contextmanager
def loud_host(folder: Path, megabytes: int) -> Iterator[None]:
    """A process that serves a script which prints so much."""
    command = [sys.executable, "-m", "tests.benchmarks.loud_host", str(folder), str(megabytes)]
    process = subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE)
    try:
        until = time.monotonic() + LIMIT
        while not (folder / "ready.json").exists():
            if process.poll() is not None or time.monotonic() > until:
                raise RuntimeError("the host did not start")
            time.sleep(0.05)
        yield
    finally:
        process.communicate(timeout=LIMIT)


def taken(side: str, folder: Path) -> dict[str, float]:
    """Milliseconds and megabytes of one side, in a process of its own."""
    shutil.rmtree(folder / "sessions", ignore_errors=True)
    command = [sys.executable, "-m", "tests.benchmarks.loud_client", side, str(folder)]
    printed = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, text=True, check=True).stdout
    measured: dict[str, float] = json.loads(printed)
    return measured


def measure(scratch: Path) -> Iterator[Figure]:
    """The same script of the same simulated host; what a client does with it differs."""
    grown: list[float] = []

    def ours() -> float:
        measured = taken("ours", scratch)
        grown.append(measured["megabytes"])
        return measured["ms"]

    with loud_host(scratch, MEGABYTES):
        pairs = taken_in_turn(ours, lambda: taken("theirs", scratch)["ms"], times=ROUNDS, warm_up=0)
    yield ratio(f"{MEGABYTES} MB of remote output", "pywinrm's own `get_command_output`", at_most(3), pairs)
    yield Figure("memory that it takes", "", at_most(MOST_GROWTH, " MB"), tuple(grown), unit=" MB")


ROW = Row("large-output", measure, asserted="memory (`tests/engine/test_large_output.py`)")
