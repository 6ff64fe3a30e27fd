"""What is shipped: checklists, plans, their steps and scripts."""

from __future__ import annotations

from pathlib import Path

from smtui.checklist.library import Library, lay_out, shipped_folder
from smtui.checklist.procedure import Procedure, Step

HOUSE = Path(__file__).parents[2]
DATA = Path(__file__).parent / "data"
LIBRARY = Library([shipped_folder()])
CHECKLISTS = LIBRARY.listing()
IDS = tuple(checklist.id for checklist in CHECKLISTS)
SCRIPTS = sorted((shipped_folder() / "scripts").glob("*.ps1"))
STATEMENTS = sorted((shipped_folder() / "scripts").glob("*.sql"))


def procedure(checklist: str) -> Procedure:
    """A checklist laid out."""
    return lay_out(LIBRARY.find(checklist), LIBRARY)


def automatic(checklist: str) -> list[Step]:
    """The steps that the program may do itself."""
    return [step for step in procedure(checklist).steps if step.item.run is not None]
