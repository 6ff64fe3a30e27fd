"""A list of things to choose from, some with a second line and headings between them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from smtui.tui.shown import Part
from smtui.tui.widgets.rows import RowView


@dataclass(frozen=True, slots=True)
class Entry:
    """One row; without `key` it cannot be chosen."""

    parts: tuple[Part, ...]
    key: str | None = None


class Listing(RowView):
    """Shows entries."""

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id)
        self._entries: Sequence[Entry] = ()

    @property
    def selected(self) -> str | None:
        """Key of the entry under the cursor."""
        return self._entries[self.cursor].key if 0 <= self.cursor < len(self._entries) else None

    def show(self, entries: Sequence[Entry]) -> None:
        """Show others; the cursor stays on its key if that is still there."""
        selected = self.selected
        self._entries = entries
        keys = [entry.key for entry in entries]
        self.cursor = keys.index(selected) if selected in keys and selected is not None else 0
        self.rows_changed()
        self.show_row(self.cursor)

    def row_count(self) -> int:
        """Entries of all kinds."""
        return len(self._entries)

    def selectable(self, row: int) -> bool:
        """Those with a key."""
        return self._entries[row].key is not None

    def row_parts(self, row: int, width: int) -> Sequence[Part]:
        """The entry behind a cursor mark."""
        del width
        return ((">" if row == self.cursor else " ", "strong"), *self._entries[row].parts)
