"""What earlier looks found that a person has to judge now: it is shown with the item, not looked for above it."""

from __future__ import annotations

from smtui.checklist.procedure import Step
from smtui.session.state import Sensing, SessionState


def found_before(step: Step, state: SessionState) -> tuple[tuple[str, Sensing], ...]:
    """Numbers and answers of the looks that a hand item with evidence needs first; none for other items."""
    item = step.item
    if item.run is not None or item.sense is not None or not item.confirm:
        return ()
    needed = (state.procedure.by_id[name] for name in step.requires)
    looks = (other for other in needed if other.item.sense is not None and other.item.run is None)
    return tuple(
        (other.number, sensing)
        for other in looks
        for sensing in state.items[other.id].sensings.values()
        if sensing.fields
    )
