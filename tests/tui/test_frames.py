from __future__ import annotations

import io
import re

from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len
from rich.console import Console
from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

from smtui.tui.frames import Frames, changes

CONSOLE = Console(file=io.StringIO(), force_terminal=True, color_system="truecolor", width=200)
WIDTH, HEIGHT = 24, 3
MOVE = re.compile(r"\x1b\[(\d+);(\d+)H")
COLOUR = re.compile(r"\x1b\[[0-9;]*m")


def strip(pieces: list[tuple[str, str]]) -> Strip:
    """A line of coloured pieces, exactly WIDTH cells wide."""
    return Strip([Segment(text, Style.parse(style)) for text, style in pieces if text]).adjust_cell_length(
        WIDTH, Style()
    )


lines = st.lists(
    st.tuples(st.text("ab 漢字é", max_size=9), st.sampled_from(["", "red", "bold", "on blue"])), max_size=5
).map(strip)
frames = st.lists(lines, min_size=HEIGHT, max_size=HEIGHT)


class Grid:
    """As much of a terminal as moves and prints."""

    def __init__(self) -> None:
        self.cells = [[" "] * WIDTH for _ in range(HEIGHT)]

    def take(self, data: str) -> None:
        pieces = MOVE.split(data)
        assert pieces[0] == ""
        for row, column, text in zip(pieces[1::3], pieces[2::3], pieces[3::3], strict=True):
            x = int(column) - 1
            for letter in COLOUR.sub("", text):
                self.cells[int(row) - 1][x] = letter
                if cell_len(letter) == 2:
                    self.cells[int(row) - 1][x + 1] = ""
                x += cell_len(letter)

    def text(self) -> list[str]:
        return ["".join(line) for line in self.cells]


@given(st.lists(frames, min_size=1, max_size=6))
def test_the_terminal_shows_the_last_frame(story: list[list[Strip]]) -> None:
    shown, grid = Frames(), Grid()
    for frame in story:
        grid.take(shown.advance(frame, CONSOLE))
        assert grid.text() == [line.text for line in frame]


@given(frames)
def test_the_same_frame_costs_nothing(frame: list[Strip]) -> None:
    shown = Frames()
    shown.advance(frame, CONSOLE)
    assert shown.advance(frame, CONSOLE) == ""


@given(lines, lines)
def test_a_change_of_colour_alone_is_a_change(before: Strip, after: Strip) -> None:
    covered = {x for start, end in changes(before, after) for x in range(start, end)}

    def cells(line: Strip) -> list[tuple[str, Style | None]]:
        return [(letter, style) for text, style, _ in line for letter in text for _ in range(cell_len(letter))]

    assert covered >= {x for x, (was, now) in enumerate(zip(cells(before), cells(after), strict=True)) if was != now}


def test_far_changes_of_a_line_are_sent_apart() -> None:
    assert list(changes(strip([("a" * 24, "")]), strip([("b" + "a" * 22 + "b", "")]))) == [(0, 1), (23, 24)]


def test_after_forgetting_all_is_sent() -> None:
    shown = Frames()
    frame = [strip([("abc", "")])] * HEIGHT
    first = shown.advance(frame, CONSOLE)
    shown.forget()
    assert shown.advance(frame, CONSOLE) == first
    assert shown.advance(frame[:2], CONSOLE) != ""  # another shape
