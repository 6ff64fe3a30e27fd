"""A list of one-line rows with a cursor, of any length: draws only what is seen, and of that only what changed.

One widget for each row does not scale (43 s for 10,000), and Textual's OptionList paints itself whole at each key.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from rich.segment import Segment
from rich.style import Style
from textual.binding import Binding, BindingType
from textual.geometry import Region, Size
from textual.message import Message
from textual.scroll_view import ScrollView
from textual.strip import Strip

from smtui.text import visible
from smtui.tui.shown import Part, fit

KINDS = ("plain", "strong", "label", "faint", "aside", "good", "bad", "warn", "busy", "head", "code")


class RowView(ScrollView, can_focus=True):
    """Subclasses say what the rows are. `cursor` is a row number, -1 when no row can be chosen."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {f"rows--{kind}" for kind in (*KINDS, "cursor")}
    DEFAULT_CSS = """
    RowView {
        scrollbar-size: 0 1;
        scrollbar-gutter: stable;
        scrollbar-background: $panel;
        scrollbar-color: $primary;
        overflow-x: hidden;
        & > .rows--strong { text-style: bold; }
        & > .rows--label, & > .rows--faint { text-style: dim; }
        & > .rows--aside, & > .rows--code { color: $text-secondary; }
        & > .rows--good { color: $text-success; }
        & > .rows--bad { color: $text-error; text-style: bold; }
        & > .rows--warn { color: $text-warning; text-style: bold; }
        & > .rows--busy { color: $text-accent; text-style: bold; }
        & > .rows--head { color: $text-primary; text-style: bold; }
        & > .rows--cursor { text-style: bold; background: $primary-muted; }
    }
    RowView:ansi > .rows--cursor { text-style: reverse; background: ansi_default; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("down,j", "move(1)", "Down", id="rows.down"),
        Binding("up,k", "move(-1)", "Up", id="rows.up"),
        Binding("pagedown", "page(1)", "Page down", id="rows.page-down"),
        Binding("pageup", "page(-1)", "Page up", id="rows.page-up"),
        Binding("home", "edge(0)", "First", id="rows.first"),
        Binding("end", "edge(-1)", "Last", id="rows.last"),
    ]

    @dataclass
    class Moved(Message):
        """The cursor is on another row."""

        view: RowView
        row: int

        @property
        def control(self) -> RowView:
            """The sender."""
            return self.view

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id)
        self.cursor = -1

    @abstractmethod
    def row_count(self) -> int:
        """How many rows there are."""

    @abstractmethod
    def row_parts(self, row: int, width: int) -> Sequence[Part]:
        """The row's text; it is cut to the width."""

    @abstractmethod
    def selectable(self, row: int) -> bool:
        """Whether the cursor may stand there."""

    def rows_changed(self) -> None:
        """The rows are others than before."""
        self.virtual_size = Size(self.scrollable_size.width, self.row_count())
        if not (0 <= self.cursor < self.row_count() and self.selectable(self.cursor)):
            self.cursor = self._nearest(max(0, self.cursor), 1)
        self.refresh()

    def on_resize(self) -> None:
        """Rows are as wide as the widget."""
        self.virtual_size = Size(self.scrollable_size.width, self.row_count())
        self.call_after_refresh(self.show_row, self.cursor)

    def refresh_row(self, row: int) -> None:
        """Draw one row again."""
        y = row - self.scroll_offset.y
        if 0 <= y < self.scrollable_size.height:
            self.refresh(Region(0, y, self.scrollable_size.width, 1))

    def move_to(self, row: int) -> None:
        """Put the cursor on a row and see to it that it is seen."""
        if row == self.cursor or not (0 <= row < self.row_count()):
            return
        before, self.cursor = self.cursor, row
        self.refresh_row(before)
        self.refresh_row(row)
        self.show_row(row)
        self.post_message(self.Moved(self, row))

    def show_row(self, row: int) -> None:
        """Scroll by half a page at a time: a scroll paints everything, so it should be rare."""
        top, height = self.scroll_offset.y, self.scrollable_size.height
        if row < 0 or not height:
            return
        if row == self._nearest(0, 1):
            self.scroll_to(y=0, animate=False, immediate=True)
        elif not top <= row < top + height:
            self.scroll_to(y=max(0, row - height // 2), animate=False, immediate=True)

    def action_move(self, step: int) -> None:
        """To the next row that can be chosen."""
        self.move_to(self._nearest(self.cursor + step, step))

    def action_page(self, direction: int) -> None:
        """By the height of the view."""
        goal = self.cursor + direction * max(1, self.scrollable_size.height - 1)
        goal = min(max(goal, 0), self.row_count() - 1)
        found = self._nearest(goal, direction)
        self.move_to(found if found >= 0 else self._nearest(goal, -direction))

    def action_edge(self, row: int) -> None:
        """To the first or the last row."""
        self.move_to(self._nearest(0, 1) if row == 0 else self._nearest(self.row_count() - 1, -1))

    def _nearest(self, row: int, step: int) -> int:
        while 0 <= row < self.row_count():
            if self.selectable(row):
                return row
            row += step
        return -1

    def render_line(self, y: int) -> Strip:
        """One line of what is seen."""
        row, width = self.scroll_offset.y + y, self.scrollable_size.width
        base = self.rich_style
        if row >= self.row_count():
            return Strip.blank(width, base)
        under = row == self.cursor
        over = self.get_component_rich_style("rows--cursor", partial=True) if under else Style.null()
        segments: list[Segment] = []
        left = width
        parts = self.row_parts(row, width)
        for number, (text, kind) in enumerate(parts):
            shown = fit(text, left) if number == len(parts) - 1 else visible(text, multiline=False)
            # Reversed colours make a patchwork of a line; shape and word tell the status there.
            own = Style.null() if over.reverse else self._style(kind)
            segments.append(Segment(shown, base + own + over))
            left -= len(shown)
        return Strip(segments).adjust_cell_length(width, base + over)

    def _style(self, kind: str) -> Style:
        return self.get_component_rich_style(f"rows--{kind}", partial=True)
