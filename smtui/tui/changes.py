"""What of a change of state is worth a line in the status line. Pure."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from smtui.session.state import ItemState, SessionState
from smtui.tui.statuses import LOOKS

_BAD = ("failed", "unknown", "reverted")


@dataclass(frozen=True, slots=True)
class Said:
    """One message."""

    text: str
    bad: bool


def worth_saying(before: SessionState, after: SessionState, title_of: Callable[[str], str]) -> Said | None:
    """The most important of the changes: something that went wrong, else the last that changed."""
    found: Said | None = None
    if after.halted and not before.halted:
        return Said(f"Nothing more is started: {after.halted}", bad=True)
    for key, item in after.items.items():
        old = before.items[key]
        if item is old:
            continue
        text = _change(old, item)
        bad = item.status in _BAD
        if text and (bad or found is None or not found.bad):
            found = Said(f"{after.procedure.by_id[key].number} {title_of(key)}: {text}", bad)
    return found


def _change(old: ItemState, new: ItemState) -> str:
    if new.status != old.status:
        ending = _reason(new)
        word = f"{LOOKS[new.status].word}{f' ({new.grade})' if new.grade else ''}"
        return f"{word}: {ending}" if ending else word
    standing = f"{LOOKS[new.status].word}: {_reason(new)}; " if new.status in _BAD and _reason(new) else ""
    looks = [sensing for target, sensing in new.sensings.items() if sensing != old.sensings.get(target)]
    if looks:
        return standing + ", ".join(
            f"{look.target} {look.answer}{' (' + look.why + ')' if look.why else ''}" for look in looks
        )
    return ""


def _reason(item: ItemState) -> str:
    if LOOKS[item.status].word in ("failed", "unknown"):
        return item.reason or next((attempt.reason for attempt in reversed(item.attempts) if attempt.reason), "")
    return ""
