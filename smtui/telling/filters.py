"""Which items of a session are shown or listed."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from smtui.checklist.procedure import Step
from smtui.session.state import ItemState
from smtui.telling.statuses import OPEN, TROUBLE

FILTERS: Mapping[str, Callable[[Step, ItemState], bool]] = {
    "all items": lambda step, item: True,  # noqa: ARG005 - one signature for all
    "open items": lambda step, item: item.status in OPEN,  # noqa: ARG005
    "items in trouble": lambda step, item: item.status in TROUBLE,  # noqa: ARG005
    "items by hand": lambda step, item: step.item.run is None and item.status != "not-applicable",
}
"""By name; the first is the default, the last word of each is enough for lines."""
