"""What of a change of state is worth a line in the status line. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from smtui.session.state import ItemState, SessionState
from smtui.telling import second
from smtui.telling.statuses import LOOKS, TROUBLE, briefly


@dataclass(frozen=True, slots=True)
class Said:
    """One message."""

    text: str
    bad: bool


def changes(before: SessionState, after: SessionState, title_of: Callable[[str], str]) -> Iterator[Said]:
    """Everything that changed, in the order of the items."""
    if after.halted and not before.halted:
        yield Said(f"Nothing more is started: {after.halted}", bad=True)
    for key, item in after.items.items():
        old = before.items[key]
        text = "" if item is old else _change(old, item)
        if text:
            number = after.procedure.by_id[key].number
            yield Said(f"{number} {title_of(key)}: {text}", bad=item.status in TROUBLE)


def worth_saying(before: SessionState, after: SessionState, title_of: Callable[[str], str]) -> Said | None:
    """The most important of the changes: a halt, else something that went wrong, else the last that changed."""
    found: Said | None = None
    for said in changes(before, after, title_of):
        if after.halted and not before.halted:
            return said
        if said.bad or found is None or not found.bad:
            found = said
    return found


def _change(old: ItemState, new: ItemState) -> str:
    if new.status != old.status:
        ending = _reason(new)
        return f"{briefly(new)}: {ending}" if ending else briefly(new)
    standing = f"{LOOKS[new.status].word}: {_reason(new)}; " if new.status in TROUBLE and _reason(new) else ""
    looks = [sensing for target, sensing in new.sensings.items() if sensing != old.sensings.get(target)]
    if about := second.change(old, new):
        return about
    if looks:
        return standing + ", ".join(
            f"{look.target} {look.answer}{' (' + look.why + ')' if look.why else ''}" for look in looks
        )
    return ""


def _reason(item: ItemState) -> str:
    if LOOKS[item.status].word in ("failed", "unknown"):
        return item.reason or next((attempt.reason for attempt in reversed(item.attempts) if attempt.reason), "")
    return ""
