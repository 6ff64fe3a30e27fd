"""The screens as they were last looked at, at three sizes, in colour, without colour and in ASCII.

A change is written by bin/screenshots and read in the difference before it is committed.
"""

from __future__ import annotations

import difflib
import os
import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from rich.segment import Segment

from smtui.tui.frames import ascii_of
from tests.tui.pictures import prepared, sessions
from tests.tui.recovery import SmallDesk
from tests.tui.showing import Operator, around, show
from tests.tui.test_beside import run_on_all, stopping

STORED = Path(__file__).parent / "snapshots"
SIZES = ((60, 20), (80, 24), (120, 40))
THEMES = {"colour": "textual-dark", "monochrome": "ansi-dark", "ascii": "ansi-dark"}
WALK: Sequence[tuple[str, tuple[str, ...]]] = (
    ("home", ()),
    ("the questions before a session", ("down", "enter")),
    ("a session", ("escape", "home", "enter")),
    ("an item in full", ("enter",)),
    ("what is asked before an item runs", ("escape", "down", "r")),
    ("readiness", ("escape", "f7", "enter")),
    ("the first page of the report", ("escape", "m")),
    ("how long things took", ("escape", "f12")),
    ("the keys", ("escape", "question_mark")),
)
"""Each screen, and the keys that lead to it from the one before."""


@pytest.mark.parametrize("way", THEMES)
async def test_the_screens_are_as_they_were_looked_at(
    way: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if way == "monochrome":
        monkeypatch.setenv("NO_COLOR", "1")
    desk = SmallDesk(tmp_path, sessions(), prepared(tmp_path))
    pages: dict[tuple[int, int], list[str]] = {size: [] for size in SIZES}
    places = replace(around(theme=THEMES[way]), ascii_only=way == "ascii")
    async with show(desk, SIZES[0], surroundings=places) as operator:
        for name, keys in WALK:
            await operator.press(*keys)
            for size in SIZES:
                await operator.pilot.resize_terminal(*size)
                await operator.settle()
                pages[size] += [f"=== {name} ===", *_lines(operator, way), ""]
    for (width, height), lines in pages.items():
        _compare(STORED / f"{way}-{width}x{height}.txt", lines)


async def test_four_servers_beside_each_other_are_as_they_were_looked_at(tmp_path: Path) -> None:
    plan = stopping(tmp_path)
    lines: list[str] = []
    async with show(plan, (120, 40)) as operator:
        await run_on_all(operator, plan)
        await operator.pilot.press("enter")
        await operator.until(lambda: operator.text().count("waits") > 4)
        for width, height in SIZES:
            await operator.pilot.resize_terminal(width, height)
            await operator.pilot.pause()
            await operator.until(lambda: "Each target" in operator.text())
            lines += [f"=== {width}x{height} ===", *operator.text().splitlines(), ""]
        plan.world.gate.set()
    _compare(STORED / "beside.txt", [_without_order(line) for line in lines])


def _without_order(line: str) -> str:
    """Which server begins first, and how many looks at the clock that takes, is no one's to say."""
    line = re.sub(r"\d\d:\d\d:\d\d", "00:00:00", line).rstrip()
    return re.sub(r"^ 1\. \w+: ", " 1. ANY: ", re.sub(r"^ hands-on .*", " hands-on ...", line))


def _lines(operator: Operator, way: str) -> Iterator[str]:
    for strip in operator.app.screen._compositor.render_strips():
        text = "".join(segment.text for segment in strip)
        yield (ascii_of(text) if way == "ascii" else text).rstrip()
        if way == "colour" and (styles := list(_styles(list(strip)))):
            yield f"    ~ {' | '.join(styles)}"
        if way == "monochrome":
            assert all(one.style is None or one.style.color is None or one.style.color.is_default for one in strip)


def _styles(segments: Sequence[Segment]) -> Iterator[str]:
    """Where another style begins, and which."""
    column, last = 0, ""
    for text, style, _ in segments:
        now = str(style or "")
        if now != last:
            yield f"{column} {now}"
        column, last = column + len(text), now


def _compare(path: Path, lines: Sequence[str]) -> None:
    if os.environ.get("SMTUI_WRITE_SCREENSHOTS"):
        path.write_text("\n".join(lines) + "\n", "utf-8")
    stored = path.read_text("utf-8").splitlines()
    difference = list(difflib.unified_diff(stored, list(lines), "as looked at", "now", lineterm="", n=1))
    assert not difference, "run bin/screenshots, and read what changed:\n" + "\n".join(difference[:60])
