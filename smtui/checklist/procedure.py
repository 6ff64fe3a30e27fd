"""A checklist with its includes laid out flat: the order in which items are shown and done."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property

from msgspec import Struct

from smtui.checklist.model import Checklist, InputType, Item


class Step(Struct, frozen=True):
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
    input_types: Mapping[str, InputType] = {}
    """Types of the inputs that the item's templates name: the session's own, or those of the included checklist."""
    included: bool = False
    """Whether it stands in an included checklist."""
    file: str = ""
    """Where it is written, for messages."""
    line: int = 0


class Heading(Struct, frozen=True):
    """A section in its place."""

    id: str
    number: str
    title: str
    note: str | None
    inputs: Mapping[str, str] = {}
    """As those of a step: title and note may hold references."""
    input_types: Mapping[str, InputType] = {}
    included: bool = False


class Procedure(Struct, frozen=True, dict=True):
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
