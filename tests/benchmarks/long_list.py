"""The session screen with very many items, to look at only: python -m tests.benchmarks.long_list ITEMS REST.

REST is the time in seconds that the cursor rests before the details follow it.
"""

from __future__ import annotations

import sys

from smtui.checklist.model import Checklist, Item, Section
from smtui.checklist.procedure import Heading, Procedure, Step
from smtui.session.events import Record
from smtui.session.fold import Fold
from smtui.telling.readonly import ReadOnly
from smtui.tui import launch
from smtui.tui.terminal import end_process
from tests.benchmarks.making import STAMP, opened

IN_A_SECTION = 100


def procedure(count: int) -> Procedure:
    """Sections of a hundred items by hand."""
    items = [
        Item(
            id=f"i{number % IN_A_SECTION}",
            title=f"An item with a title of usual length, number {number}",
            by_hand="Do it.",
        )
        for number in range(count)
    ]
    sections = tuple(
        Section(id=f"s{at}", title=f"Section {at}", items=tuple(items[at * IN_A_SECTION : (at + 1) * IN_A_SECTION]))
        for at in range(count // IN_A_SECTION)
    )
    steps = tuple(
        Step(f"{section.id}.{item.id}", f"{at}.{place}", section.id, item, (), (), None, None, {})
        for at, section in enumerate(sections, 1)
        for place, item in enumerate(section.items, 1)
    )
    headings = tuple(Heading(section.id, str(at), section.title, None) for at, section in enumerate(sections, 1))
    checklist = Checklist(id="many", title="Many items", version="1", source="made", sections=sections)
    return Procedure(checklist, headings, steps, {})


def main(count: int, rest: float) -> int:
    """Show it."""
    launch.DETAILS_REST = rest  # type: ignore[misc]
    first = Record(seq=1, sha256="0" * 64, stamp=STAMP, event=opened("many"))
    return launch.run_session(ReadOnly(Fold.of(procedure(count), [first]).state(), "only looked at"))


if __name__ == "__main__":
    end_process(main(int(sys.argv[1]), float(sys.argv[2])))
