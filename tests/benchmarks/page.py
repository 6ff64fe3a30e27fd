"""The table on the screen, and docs/benchmarks.md."""

from __future__ import annotations

import os
import platform
import re
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

from tests.benchmarks.rows import Figure, Row, number

LIBRARIES = ("textual", "rich", "click", "msgspec", "pywinrm", "pypsrp", "pyodbc", "requests", "cryptography")
Measured = tuple[Row, Sequence[Figure] | None]
"""None for a row that could not be measured."""
HEADING = f"{'what':60} {'wanted':>14} {'median':>8} {'middle half':>15}  met"

INTRODUCTION = """\
# Benchmarks

Written by `bin/bench`; do not edit. Each figure is a ratio to something that was run alternately with it, in the same
minute on the same machine: the median of the rounds, and between which values the middle half of them lies. No test
asserts a time; counts (requests, bytes, imports, syncs) do not depend on the machine, and tests hold them.
"""


def line(figure: Figure) -> str:
    """One line of the screen's table."""
    low, high = figure.spread
    what = figure.what if len(figure.what) <= 60 else figure.what[:59] + "…"
    between = f"{number(low)} - {number(high)}"
    return (
        f"{what:60} {figure.wanted.text:>14} {number(figure.median) + figure.unit:>8} {between:>15}  "
        f"{_verdict(figure):3}  {'; beside '.join(part for part in (figure.detail, figure.beside) if part)}"
    )


def document(measured: Sequence[Measured], took: float) -> str:
    """The whole page."""
    parts = [INTRODUCTION, _machine(took), "", *_table(measured), *_asserted(measured), *_limits(measured)]
    return "\n".join(parts) + "\n"


def is_missed(figures: Sequence[Figure] | None) -> bool:
    """Whether a row is not as it should be."""
    return figures is None or any(one.wanted.met(one.median) is False for one in figures)


def _verdict(figure: Figure) -> str:
    return {True: "yes", False: "NO", None: "-"}[figure.wanted.met(figure.median)]


def _table(measured: Iterable[Measured]) -> Iterable[str]:
    yield "| what | beside | wanted | median | middle half | both sides | met |"
    yield "| --- | --- | --- | --- | --- | --- | --- |"
    for row, figures in measured:
        if figures is None:
            yield f"| `{row.name}` could not be measured | | | | | | NO |"
        for one in figures or ():
            low, high = one.spread
            yield (
                f"| {one.what} | {one.beside} | {one.wanted.text} | {number(one.median)}{one.unit} | "
                f"{number(low)} to {number(high)} | {one.detail} | {_verdict(one)} |"
            )


def _asserted(measured: Iterable[Measured]) -> Iterable[str]:
    yield "\n## Held by tests\n"
    yield from (f"- `{row.name}`: {row.asserted}" for row, _ in measured if row.asserted)


def _limits(measured: Iterable[Measured]) -> Iterable[str]:
    missed = [row for row, figures in measured if is_missed(figures)]
    if missed:
        yield "\n## What is not met, and why\n"
    yield from (f"`{row.name}`: {row.limit or 'not looked into.'}\n" for row in missed)


def _machine(took: float) -> str:
    libraries = ", ".join(f"{name} {version(name)}" for name in LIBRARIES)
    load, system = os.getloadavg()[0], f"{platform.system()} {platform.release()}"
    return (
        f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC, in {took / 60:.0f} minutes; load average {load:.1f} at the end.\n"
        f"{os.cpu_count()} x {_processor()}, {system}, Python {platform.python_version()}.\n"
        f"{libraries}."
    )


def _processor() -> str:
    found = re.search(r"model name\s*: (.*)", Path("/proc/cpuinfo").read_text("utf-8"))
    return found[1] if found else platform.machine()
