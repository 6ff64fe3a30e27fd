"""`bin/bench [ROW...]`: measures, prints the table; all rows together also write docs/benchmarks.md."""

from __future__ import annotations

import importlib
import sys
import tempfile
import time
from pathlib import Path

from tests.benchmarks import page
from tests.benchmarks.rows import Figure, Row

MODULES = (
    "start_commands",
    "first_screen",
    "keys",
    "decision",
    "long_session",
    "winrm_item",
    "slow_server",
    "large_output",
    "report",
    "whole_drills",
)
"""In the order of the table."""
DOCUMENT = Path(__file__).parents[2] / "docs" / "benchmarks.md"


def rows() -> list[Row]:
    """One for each module."""
    return [importlib.import_module(f"tests.benchmarks.{name}").ROW for name in MODULES]


def main(names: list[str]) -> int:
    """0 when every row that was run is met, 1 when one is not, 2 when there is no row of that name."""
    known = {row.name: row for row in rows()}
    if unknown := [name for name in names if name not in known]:
        print(f"no row {', '.join(unknown)}; there are: {' '.join(known)}", file=sys.stderr)
        return 2
    began, measured = time.monotonic(), []
    print(page.HEADING, flush=True)
    for row in [known[name] for name in names] or known.values():
        figures = measure(row)
        measured.append((row, figures))
        for figure in figures:
            print(page.line(figure), flush=True)
    took = time.monotonic() - began
    print(f"{took:.0f} s")
    if not names:
        DOCUMENT.write_text(page.document(measured, took), "utf-8")
    return int(any(figure.wanted.met(figure.median) is False for _, figures in measured for figure in figures))


def measure(row: Row) -> list[Figure]:
    """On the disk of the present folder: what a durable write costs is a question of the disk."""
    with tempfile.TemporaryDirectory(prefix=".bench-", dir=Path.cwd()) as scratch:
        return list(row.measure(Path(scratch)))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
