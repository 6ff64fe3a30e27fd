"""`bin/bench [ROW...]`: measures, prints the table; all rows together also write docs/benchmarks.md."""

from __future__ import annotations

import importlib
import sys
import tempfile
import time
from collections.abc import Iterator
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
    "busy_screen",
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
    began = time.monotonic()
    measured: list[page.Measured] = []
    print(page.HEADING, flush=True)
    for row in [known[name] for name in names] or known.values():
        figures: list[Figure] = []
        try:
            for figure in measure(row):
                figures.append(figure)
                print(page.line(figure), flush=True)
        except Exception as error:  # noqa: BLE001  told here and on the page; the other rows are measured all the same
            print(f"{row.name} could not be measured: {type(error).__name__}: {error}", file=sys.stderr, flush=True)
            measured.append((row, None))
        else:
            measured.append((row, figures))
    took = time.monotonic() - began
    print(f"{took:.0f} s")
    if not names:
        DOCUMENT.write_text(page.document(measured, took), "utf-8")
    return int(any(page.is_missed(figures) for _, figures in measured))


def measure(row: Row) -> Iterator[Figure]:
    """On the disk of the present folder: what a durable write costs is a question of the disk."""
    with tempfile.TemporaryDirectory(prefix=".bench-", dir=Path.cwd()) as scratch:
        yield from row.measure(Path(scratch))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
