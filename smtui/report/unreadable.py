"""What can be told of a session whose own copy of the procedure cannot be read: the items that its journal names."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from smtui.checklist.model import Action, Checklist, Item, Section, Sense
from smtui.checklist.procedure import Heading, Procedure, Step
from smtui.report.words import item_of
from smtui.session.events import Opened, Record, Sensed, Started

_LOST = "(not readable)"
_BY_HAND = "How to do this by hand stands in the procedure, which cannot be read."


def procedure_of_journal(opened: Opened, records: Sequence[Record]) -> Procedure:
    """One section for each that items of the journal belong to, in the order in which they were first met.

    Titles are ids; that an item ran, or was looked at, is known from its events, and nothing of what it was to find.
    """
    ids = dict.fromkeys(item for record in records if (item := item_of(record.event)))
    ran = {record.event.item for record in records if isinstance(record.event, Started)}
    seen = {record.event.item for record in records if isinstance(record.event, Sensed)}
    sections = tuple(dict.fromkeys(item.rpartition(".")[0] for item in ids))
    return Procedure(
        checklist=Checklist(
            id=opened.checklist,
            title=opened.title,
            version=opened.version,
            source=_LOST,
            rto=opened.rto,
            rpo=opened.rpo,
            sections=tuple(Section(id=section, title=section, items=()) for section in sections),
        ),
        headings=tuple(
            Heading(id=section, number=str(number), title=section or _LOST, note=None)
            for number, section in enumerate(sections, 1)
        ),
        steps=tuple(
            step
            for number, section in enumerate(sections, 1)
            for step in _steps(number, section, [item for item in ids if item.rpartition(".")[0] == section], ran, seen)
        ),
        scripts={},
    )


def _steps(number: int, section: str, ids: Sequence[str], ran: set[str], seen: set[str]) -> Iterator[Step]:
    for position, item in enumerate(ids, 1):
        yield Step(
            id=item,
            number=f"{number}.{position}",
            section=section,
            item=Item(
                id=item.rpartition(".")[2],
                title=item,
                by_hand=_BY_HAND,
                run=Action(on=_LOST, script=_LOST) if item in ran else None,
                sense=Sense(on=_LOST, script=_LOST, expect={}) if item in seen else None,
            ),
            requires=(),
            when=(),
            holds_until=None,
            undo_of=None,
            inputs={},
        )
