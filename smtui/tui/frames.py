"""What differs between two frames of the screen, so that only that travels over the link.

Textual paints whole widgets, and the whole screen when its layout changes, three times over when a bar opens.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rich.cells import get_character_cell_size
from rich.console import Console
from rich.control import Control
from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

Cell = tuple[str, Style | None]

_GAP = 8
"""Equal cells between two changes that are worth a jump of the cursor (about as many bytes)."""


class Frames:
    """Remembers what the terminal shows."""

    def __init__(self) -> None:
        self._shown: Sequence[Strip] = ()
        self.ascii_only = False
        """Whether every character is sent as one of ASCII."""

    def forget(self) -> None:
        """The terminal may show anything: the next frame is sent whole."""
        self._shown = ()

    def advance(self, frame: Sequence[Strip], console: Console) -> str:
        """The bytes that turn what is shown into `frame`."""
        if self.ascii_only:
            frame = [Strip([Segment(ascii_of(text), style) for text, style, _ in strip]) for strip in frame]
        before, self._shown = self._shown, frame
        same_shape = len(before) == len(frame) and all(
            a.cell_length == b.cell_length for a, b in zip(before, frame, strict=True)
        )
        parts: list[str] = []
        for y, strip in enumerate(frame):
            for start, end in changes(before[y], strip) if same_shape else [(0, strip.cell_length)]:
                parts.append(Control.move_to(start, y).segment.text)
                parts.append(strip.crop(start, end).render(console))
        return "".join(parts)


_ASCII = str.maketrans("○►✓✗↺»·→…━─│┃▁▂▃▄▅▆▇▔▌▐█┊▏▎▍▋▊▉", "o>vx<=:*~--||_||||||-||#|...###")
"""Marks and lines that this program draws; their ASCII twins are all different where they tell different things."""


def ascii_of(text: str) -> str:
    """A text of as many cells in ASCII alone; what has no twin becomes question marks."""
    if text.isascii():
        return text
    return "".join(
        character if character.isascii() else "?" * get_character_cell_size(character)
        for character in text.translate(_ASCII)
    )


def changes(before: Strip, after: Strip) -> Iterator[tuple[int, int]]:
    """Ranges of cells (end exclusive) to be drawn anew; a character of two cells is never cut."""
    if before == after:
        return
    old, new = list(_cells(before)), list(_cells(after))
    start: int | None = None
    last = 0
    for x, (was, cell) in enumerate(zip(old, new, strict=True)):
        if was == cell:
            continue
        if start is not None and x - last > _GAP:
            yield _whole(new, start, last + 1)
            start = None
        if start is None:
            start = x
        last = x
    if start is not None:
        yield _whole(new, start, last + 1)


def _cells(strip: Strip) -> Iterator[Cell]:
    for text, style, _ in strip:
        for character in text:
            size = get_character_cell_size(character)
            if size:
                yield character, style
                yield from (("", style) for _ in range(size - 1))


def _whole(cells: Sequence[Cell], start: int, end: int) -> tuple[int, int]:
    while start > 0 and cells[start][0] == "":
        start -= 1
    while end < len(cells) and cells[end][0] == "":
        end += 1
    return start, end
