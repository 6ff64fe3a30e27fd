"""A checklist with its includes laid out flat: the order in which items are shown and done."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from smtui.checklist.model import Checklist, Item


@dataclass(frozen=True, slots=True)
class Step:
    """An item in its place.

    `id` is `section.item`, in an included checklist `include-id/section.item`. `requires`, `when`, `holds_until` and
    `undo_of` hold full ids here. `inputs` maps the names that the item's templates use to templates over the
    session's own inputs (only for included checklists; empty otherwise).
    """

    id: str
    number: str
    """Position for people, as `2.3`."""
    section: str
    """Full id of the section."""
    item: Item
    requires: tuple[str, ...]
    when: tuple[str, ...]
    """The item's own conditions and those of its section and include, all with full ids."""
    holds_until: str | None
    undo_of: str | None
    inputs: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Heading:
    """A section in its place."""

    id: str
    number: str
    title: str
    note: str | None


@dataclass(frozen=True)
class Procedure:
    """Everything that a session executes, in order."""

    checklist: Checklist
    headings: tuple[Heading, ...]
    steps: tuple[Step, ...]
    scripts: Mapping[str, str]
    """Text of every script that an item names, by its file name."""

    @cached_property
    def by_id(self) -> Mapping[str, Step]:
        """Steps by full id."""
        return {step.id: step for step in self.steps}
