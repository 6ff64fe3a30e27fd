"""What the report of a plan of 2,000 items costs."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from tests.benchmarks.rows import STATED, Figure, Row, at_most, ratio, timed

ROOT = Path(__file__).parents[2]
PLAN = ROOT / "tests" / "report" / "report_plan.py"
ITEMS = 2_000


def measure(scratch: Path) -> Iterator[Figure]:
    """Recorded and reported in processes of their own, so that recording does not count for what reporting takes."""
    _run(scratch, "record")
    took = json.loads(_run(scratch, "report"))
    facts = json.loads((scratch / "evidence" / "report.json").read_bytes())
    dumped = timed(lambda: _dump(facts, scratch / "facts.json"))
    pairs = ((took["seconds"] * 1000, dumped),)
    yield ratio(f"the report of {ITEMS:,} items, all forms of it", "`json.dump` of its facts", STATED, pairs)
    yield Figure(
        f"memory for the report of {ITEMS:,} items", "", at_most(200, " MB"), (took["bytes"] / 2**20,), unit=" MB"
    )


def _dump(facts: object, path: Path) -> None:
    with path.open("w") as file:
        json.dump(facts, file)


def _run(scratch: Path, what: str) -> str:
    command = [sys.executable, str(PLAN), str(scratch), what, str(ITEMS)]
    environ = {"PYTHONPATH": f"{ROOT}:{PLAN.parent}"}
    return subprocess.run(command, env=environ, stdout=subprocess.PIPE, text=True, check=True).stdout


ROW = Row("report", measure, asserted="the same bound (`tests/report/test_plan.py`)")
