"""One line of text that never changes its size."""

from __future__ import annotations

from textual.content import Content
from textual.widgets import Static


class Line(Static):
    """Draws itself only when its text changes, and lays nothing out anew for that, as Static does."""

    DEFAULT_CSS = """
    Line { height: 1; text-wrap: nowrap; text-overflow: ellipsis; }
    """

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id, markup=False)
        self._line = Content()

    def show_line(self, line: Content) -> None:
        """Show another text."""
        if not line.is_same(self._line):
            self._line = line
            self.update(line, layout=False)
