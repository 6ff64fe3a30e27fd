"""The checklist of a session: sections and items, one line each."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from smtui.checklist.procedure import Heading, Procedure, Step
from smtui.session.state import SessionState
from smtui.telling.filters import FILTERS
from smtui.telling.statuses import GRADE_MARKS, LOOKS, tally
from smtui.tui.shown import Part
from smtui.tui.widgets.rows import RowView


class ChecklistView(RowView):
    """Projects a `SessionState`; a new one redraws only the lines of items that changed."""

    def __init__(self, state: SessionState, title_of: Callable[[str], str], *, id: str | None = None) -> None:  # noqa: A002 - Textual's name
        """`title_of` gives an item's title, references resolved, by its id."""
        super().__init__(id=id)
        self._state = state
        self._title_of = title_of
        self._titles: dict[str, str] = {}
        self._filter = "all items"
        self._folded: set[str] = set()
        """Ids of the sections whose items are folded away."""
        self._rows: Sequence[Heading | Step] = ()
        self._row_of: Mapping[str, int] = {}
        self._number_width = 1
        self._count = 0
        self._lay_out(state.procedure)

    @property
    def selected(self) -> str | None:
        """Id of the item under the cursor."""
        row = self._rows[self.cursor] if 0 <= self.cursor < len(self._rows) else None
        return row.id if isinstance(row, Step) else None

    @property
    def filter_name(self) -> str:
        """Which items are shown."""
        return self._filter

    @property
    def item_count(self) -> int:
        """How many items are shown."""
        return self._count

    def row_of(self, item_id: str) -> int | None:
        """Where an item stands; None when the filter hides it."""
        return self._row_of.get(item_id)

    def title(self, item_id: str) -> str:
        """An item's title, references resolved."""
        if item_id not in self._titles:
            self._titles[item_id] = self._title_of(item_id)
        return self._titles[item_id]

    @property
    def heading(self) -> Heading | None:
        """The folded section under the cursor."""
        row = self._rows[self.cursor] if 0 <= self.cursor < len(self._rows) else None
        return row if isinstance(row, Heading) else None

    def fold(self) -> None:
        """Fold the section of the item under the cursor; the cursor stays on the section."""
        if self.selected is not None:
            section = self._state.procedure.by_id[self.selected].section
            self._folded.add(section)
            self._relay(section)

    def unfold(self) -> None:
        """Show the items of the section under the cursor; the cursor goes to the first."""
        if (heading := self.heading) is not None:
            self._folded.discard(heading.id)
            self._relay(next(step.id for step in self._state.procedure.steps if step.section == heading.id))

    def show(self, state: SessionState) -> None:
        """Take over a new state."""
        before, self._state = self._state, state
        changed = [key for key, item in state.items.items() if item is not before.items.get(key)]
        if state.inputs != before.inputs:
            self._titles.clear()
            self.refresh()
        if self._filter != "all items" and changed:
            self._relay()
            return
        for item in {*changed, before.next_item, state.next_item} - {None}:
            row = self._row_of.get(item or "")
            if row is not None:
                self.refresh_row(row)
        if self._folded and changed:
            for row, place in enumerate(self._rows):
                if place.id in self._folded:
                    self.refresh_row(row)

    def filter(self, name: str) -> None:
        """Show only some items; the cursor stays on its item if that is still shown."""
        self._filter = name
        self._relay()

    def select(self, item_id: str) -> bool:
        """Put the cursor on an item, out of its fold; False when the filter hides it."""
        section = self._state.procedure.by_id[item_id].section
        if section in self._folded:
            self._folded.discard(section)
            self._relay()
        row = self._row_of.get(item_id)
        if row is not None:
            self.move_to(row)
        return row is not None

    def _relay(self, goal: str | None = None) -> None:
        """Lay out anew; the cursor goes to the row of `goal` (an item or a section), or stays on its item."""
        before = self.selected
        self._lay_out(self._state.procedure)
        rows = {row.id: number for number, row in enumerate(self._rows)}
        self.cursor = rows.get(goal or before or "", self.cursor)
        self.rows_changed()
        self.show_row(self.cursor)
        if goal is not None or self.selected != before:
            self.post_message(self.Moved(self, self.cursor))

    def _lay_out(self, procedure: Procedure) -> None:
        shown = FILTERS[self._filter]
        rows: list[Heading | Step] = []
        steps: dict[str, list[Step]] = {}
        for step in procedure.steps:
            if shown(step, self._state.items[step.id]):
                steps.setdefault(step.section, []).append(step)
        for heading in procedure.headings:
            if heading.id in steps:
                rows += [heading, *(() if heading.id in self._folded else steps[heading.id])]
        self._rows = rows
        self._row_of = {row.id: number for number, row in enumerate(rows) if isinstance(row, Step)}
        self._count = sum(map(len, steps.values()))
        self._number_width = max((len(row.number) for row in rows), default=1)

    def row_count(self) -> int:
        """Headings and items that the filter lets through."""
        return len(self._rows)

    def selectable(self, row: int) -> bool:
        """Items, and sections that are folded."""
        return isinstance(self._rows[row], Step) or self._rows[row].id in self._folded

    def row_parts(self, row: int, width: int) -> Sequence[Part]:
        """` →2.3  ✓ done     V  Title`."""
        del width
        place = self._rows[row]
        if isinstance(place, Heading):
            return self._heading_parts(row, place)
        item = self._state.items[place.id]
        look = LOOKS[item.status]
        mark = GRADE_MARKS[item.grade] if item.grade else " "
        following = place.id == self._state.next_item
        return (
            (">" if row == self.cursor else " ", "strong"),
            ("→" if following else " ", "warn"),
            (f"{place.number:<{self._number_width}}  ", "strong" if following else "label"),
            (f"{look.shape} {look.word:<8} {mark} ", look.kind),
            ("! " if place.item.consequential else "  ", "warn"),
            (self.title(place.id), "faint" if item.status == "not-applicable" else "plain"),
        )

    def _heading_parts(self, row: int, heading: Heading) -> Sequence[Part]:
        mark = ">" if row == self.cursor else " "
        if heading.id not in self._folded:
            return ((f"{mark} {heading.number:<{self._number_width}}  ", "head"), (heading.title, "head"))
        count = tally(self._state, heading.id)
        troubles = count.failed + count.unknown + count.reverted
        told = f"  {count.closed} of {count.total} closed{f', {troubles} in trouble' if troubles else ''}"
        return (
            (f"{mark}+{heading.number:<{self._number_width}}  ", "head"),
            (f"{heading.title} ", "head"),
            (told, "bad" if troubles else "plain"),
        )
