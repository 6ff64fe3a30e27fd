"""Whether a second person has agreed to what is about to be done, and what exactly that is."""

from __future__ import annotations

import hashlib
import json
from datetime import datetime, timedelta
from typing import Literal

from smtui.checklist.procedure import Procedure, Step
from smtui.checklist.references import Scope, resolve_text
from smtui.engine.calls import prepare
from smtui.session.state import Approval, ItemState, SessionState

VALID = timedelta(hours=4)
"""How long a request, and what is agreed to by it, counts."""

DEEDS = frozenset({"run", "confirm", "override"})
"""What takes the second person: doing the item, or saying that it is done."""

Standing = Literal["not needed", "missing", "asked", "given"]

_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Crockford's: nothing in it is taken for something else when it is read aloud."""
_MISREAD = str.maketrans({"O": "0", "I": "1", "L": "1"})


def standing(step: Step, item: ItemState, operator_uid: int | None, now: datetime) -> Standing:
    """How it stands with the second person for the next attempt of an item."""
    if step.item.approve <= 1:
        return "not needed"
    approval = item.approval
    if approval is None or why_over(approval, item, now):
        return "missing"
    if approval.broken:
        return "given"
    return "given" if len(others(approval, operator_uid)) >= step.item.approve - 1 else "asked"


def why_over(approval: Approval, item: ItemState, now: datetime) -> str:
    """Why an approval counts no more; empty while it does."""
    if approval.ended:
        return approval.ended
    if approval.attempt != item.next_attempt:
        return "used"
    if now > approval.expires:
        return f"it counted until {approval.expires:%H:%M} UTC"
    return ""


def others(approval: Approval, operator_uid: int | None) -> frozenset[int]:
    """The accounts that agreed and are neither who asked nor who has the session now."""
    if operator_uid is None:
        return frozenset()
    return frozenset(one.uid for one in approval.agreements) - {approval.uid, operator_uid}


def deed_sha256(step: Step, state: SessionState, procedure: Procedure, scope: Scope) -> str:
    """SHA-256 over canonical JSON of what a second person agrees to.

    Session, item and attempt, the words by which it is done by hand, and for each target script or statement,
    parameters and target as `started` records them. Raises ReferenceError_ for what is not known yet.
    """
    item = step.item
    prepared = prepare(item.run, procedure, scope) if item.run else None
    facts = {
        "actions": [prepared.digest(place) for place in prepared.places] if prepared else [],
        "attempt": state.items[step.id].next_attempt,
        "by_hand": resolve_text(item.by_hand, scope),
        "caution": resolve_text(item.caution or "", scope),
        "item": step.id,
        "session": state.session,
        "targets": [place.label for place in prepared.places] if prepared else [],
        "title": resolve_text(item.title, scope),
    }
    canonical = json.dumps(facts, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(canonical.encode("utf-8", "backslashreplace")).hexdigest()


def code_of(deed: str, seq: int) -> str:
    """A short name for a request, as `K7Q-M2P`, from what it is about and the number of its event."""
    number = int.from_bytes(hashlib.sha256(f"{deed}:{seq}".encode()).digest()[:4], "big")
    letters = "".join(_ALPHABET[number >> 5 * place & 31] for place in range(6))
    return f"{letters[:3]}-{letters[3:]}"


def as_code(typed: str) -> str:
    """A code as it is recorded, from how a person typed it."""
    letters = "".join(char for char in typed.upper().translate(_MISREAD) if char.isalnum())
    return f"{letters[:3]}-{letters[3:]}"


def is_code(text: str) -> bool:
    """Whether a code can look like this."""
    letters = text.replace("-", "", 1)
    return len(letters) == 6 and all(char in _ALPHABET for char in letters)


def to_type(targets: tuple[str, ...], step: Step) -> str:
    """What a second person types to show that they have read it: the targets, or the item's own name."""
    return ", ".join(targets) or step.item.id
