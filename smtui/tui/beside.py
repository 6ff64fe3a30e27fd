"""Several targets of one item side by side, or one below the other where the pane is narrow. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from textwrap import wrap

from rich.cells import chop_cells, set_cell_size

from smtui.text import one_line, visible
from smtui.tui.shown import Paragraph, fit

COLUMN = 22
"""Cells that a column needs at least: four stand beside each other on a screen of 100."""
BORDER = " │ "


@dataclass(frozen=True, slots=True)
class Column:
    """One target: its state in words, and what it said."""

    target: str
    state: str
    kind: str
    """Of the state, as panes know it."""
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Beside:
    """Columns as high as the longest; the latest lines of all stand at the bottom and are followed together."""

    columns: tuple[Column, ...]

    def at(self, width: int) -> Sequence[Paragraph]:
        """Columns where each has room, otherwise the targets one below the other."""
        count = len(self.columns)
        each = (width - len(BORDER) * (count - 1)) // count
        return tuple(self._columns(each) if each >= COLUMN else self._stacked())

    def _columns(self, width: int) -> Iterator[Paragraph]:
        cut = [
            [piece for line in column.lines for piece in chop_cells(visible(line).expandtabs(4), width) or [""]]
            for column in self.columns
        ]
        height = max(map(len, cut))
        rows = zip(*([""] * (height - len(lines)) + lines for lines in cut), strict=True)
        yield Paragraph(_row([column.target for column in self.columns], width), "strong", wrap=False)
        for row in rows:
            yield Paragraph(_row(row, width), "code", wrap=False)
        kinds = [column.kind for column in self.columns]
        worst = next((kind for kind in ("bad", "warn", "busy") if kind in kinds), kinds[0])
        for states in zip_longest(*(wrap(one_line(column.state), width) for column in self.columns), fillvalue=""):
            yield Paragraph(_row(states, width), worst, wrap=False)

    def _stacked(self) -> Iterator[Paragraph]:
        for column in self.columns:
            yield Paragraph(f"{column.target}: {column.state}", column.kind)
            if any(column.lines):
                yield Paragraph("\n".join(column.lines), "code", wrap=False, indent=2)


def _row(cells: Sequence[str], width: int) -> str:
    return BORDER.join(set_cell_size(fit(cell, width), width) for cell in cells).rstrip()
