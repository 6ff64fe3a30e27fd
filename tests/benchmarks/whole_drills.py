"""Whole recoveries without a terminal: every plan as a drill, and checklists that only get longer."""

from __future__ import annotations

import math
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from smtui.checklist.library import Library, shipped_folder
from smtui.environment import Environment
from tests.benchmarks.hosts import engine_on, remove
from tests.benchmarks.making import many_items
from tests.benchmarks.rows import STATED, Figure, Row, Wanted

LENGTHS, ROUNDS = (10, 100, 1_000, 10_000), 2
LAB = Environment(name="lab", kind="exercise", management_group="G")


def measure(scratch: Path) -> Iterator[Figure]:
    """Plans over the real protocols; long checklists through the engine, an item by hand each a durable decision."""
    library = Library([shipped_folder()])
    plans = [one for one in library.listing() if any(section.include for section in one.sections)]
    seconds = [_drill(scratch, plan.id) / library.count_items(plan) for plan in plans]
    yield Figure(f"an item in a whole drill, headless, of {len(plans)} plans", "", STATED, tuple(seconds), unit=" s")
    exponents, last = [], 0.0
    for _ in range(ROUNDS):
        took = {length: _decided(scratch, length) for length in LENGTHS}
        exponents.append(_exponent(took))
        last = took[LENGTHS[-1]] / LENGTHS[-1] * 1000
    what = f"cost from {LENGTHS[0]} to {LENGTHS[-1]:,} items, exponent of the fit"
    yield Figure(what, "itself", Wanted("≤ 1.1", most=1.1), tuple(exponents), f"{last:.2f} ms each at the end", unit="")


def _drill(scratch: Path, plan: str) -> float:
    """Seconds, the start of the simulated servers among them."""
    environ = {**os.environ, "HOME": str(scratch), "XDG_STATE_HOME": str(scratch / "state")}
    smtui = str(Path(sys.executable).with_name("smtui"))
    command = [smtui, "run", plan, "--drill", "--confirm-by-hand", "rehearsal"]
    began = time.monotonic()
    subprocess.run(command, env=environ, stdout=subprocess.DEVNULL, check=True)
    return time.monotonic() - began


def _decided(scratch: Path, length: int) -> float:
    """Seconds from the file to the end of a session of so many items by hand."""
    began = time.monotonic()
    with engine_on(LAB, {}, scratch / "long", many_items(length).replace('id = "many"', 'id = "c"', 1), {}) as engine:
        for item in engine.state.items:
            engine.confirm(item, {})
        engine.complete()
    took = time.monotonic() - began
    remove(scratch / "long")
    return took


def _exponent(took: dict[int, float]) -> float:
    """The slope of the line through the logarithms."""
    return statistics.linear_regression([math.log(one) for one in took], [math.log(one) for one in took.values()]).slope


ROW = Row("whole-drills", measure)
