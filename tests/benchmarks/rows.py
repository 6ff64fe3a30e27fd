"""The common shape of the benchmarks: a row measures two sides in turn and yields figures for the table.

A module of this folder has `ROW = Row("name", measure)`; `tests/benchmarks/__main__.py` names the modules in the order
of the table. `measure` gets an empty folder that is removed afterwards:

    def measure(scratch: Path) -> Iterator[Figure]:
        pairs = in_turn(lambda: ours(scratch), lambda: theirs(scratch), times=15)
        yield ratio("what we do", "what is beside it", at_most(3), pairs)
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a figure should be. Without bounds it is only stated."""

    text: str
    most: float | None = None
    least: float | None = None

    def met(self, value: float) -> bool | None:
        """Whether it is; None where nothing is wanted."""
        if self.most is None and self.least is None:
            return None
        return (self.most is None or value <= self.most) and (self.least is None or value >= self.least)


def at_most(value: float, unit: str = "x") -> Wanted:
    """`≤ 3x`."""
    return Wanted(f"≤ {value:g}{unit}", most=value)


def faster(times: float) -> Wanted:
    """`≥ 3x faster`; goes with a figure made by `speedup`."""
    return Wanted(f"≥ {times:g}x faster", least=times)


STATED = Wanted("stated")


@dataclass(frozen=True, slots=True)
class Figure:
    """One line of the table."""

    what: str
    beside: str
    wanted: Wanted
    values: tuple[float, ...]
    """One for each round; the median counts."""
    detail: str = ""
    """Both sides in their own unit, such as `52 ms beside 13 ms`."""
    unit: str = "x"

    @property
    def median(self) -> float:
        """What counts."""
        return statistics.median(self.values)

    @property
    def spread(self) -> tuple[float, float]:
        """The middle half of the rounds."""
        if len(self.values) < 2:
            return self.values[0], self.values[0]
        low, _, high = statistics.quantiles(self.values, n=4, method="inclusive")
        return low, high


@dataclass(frozen=True, slots=True)
class Row:
    """One row of the table, in one or more figures."""

    name: str
    """By which `bin/bench NAME` runs it alone."""
    measure: Callable[[Path], Iterator[Figure]]
    asserted: str = ""
    """The counts behind it that a test holds, and that test's path in backticks."""
    limit: str = ""
    """Where it is not met: its profile, and the limit that this shows. Markdown."""


Pairs = tuple[tuple[float, float], ...]
"""Ours and theirs of each round, in one unit."""


def timed(act: Callable[[], object]) -> float:
    """Milliseconds."""
    begun = time.perf_counter()
    act()
    return (time.perf_counter() - begun) * 1000


def in_turn(ours: Callable[[], object], theirs: Callable[[], object], *, times: int, warm_up: int = 1) -> Pairs:
    """Milliseconds of both sides, alternately, so that a change of the machine's load meets both."""
    return taken_in_turn(lambda: timed(ours), lambda: timed(theirs), times=times, warm_up=warm_up)


def taken_in_turn(ours: Callable[[], float], theirs: Callable[[], float], *, times: int, warm_up: int = 1) -> Pairs:
    """As `in_turn`, for sides that measure themselves. Which one goes first changes from round to round."""
    for _ in range(warm_up):
        ours(), theirs()
    pairs = []
    for number in range(times):
        if number % 2:
            their = theirs()
            pairs.append((ours(), their))
        else:
            mine = ours()
            pairs.append((mine, theirs()))
    return tuple(pairs)


def ratio(what: str, beside: str, wanted: Wanted, pairs: Pairs, unit: str = "ms") -> Figure:
    """How many times theirs ours is."""
    return Figure(what, beside, wanted, tuple(mine / their for mine, their in pairs), _sides(pairs, unit))


def speedup(what: str, beside: str, wanted: Wanted, pairs: Pairs, unit: str = "ms") -> Figure:
    """How many times faster than theirs ours is."""
    return Figure(what, beside, wanted, tuple(their / mine for mine, their in pairs), _sides(pairs, unit))


def _sides(pairs: Pairs, unit: str) -> str:
    ours, theirs = (statistics.median(side) for side in zip(*pairs, strict=True))
    return f"{number(ours)} {unit} beside {number(theirs)}"


def number(value: float) -> str:
    """Three digits that count, no exponent."""
    if value >= 100:
        return f"{value:,.0f}"
    return f"{value:.1f}" if value >= 10 else f"{value:.2f}" if value >= 1 else f"{value:.3f}"
