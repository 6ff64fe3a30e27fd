"""How it stands with the second person of an item, in words. Pure."""

from __future__ import annotations

from collections.abc import Collection
from typing import Literal

from smtui.checklist.procedure import Step
from smtui.session.state import Approval, ItemState

Stand = Literal["", "missing", "asked", "agreed", "glass broken"]


def stand(step: Step, item: ItemState, allowed: Collection[str]) -> Stand:
    """How it stands, as what is allowed for the item tells; empty where no second person is needed now."""
    if step.item.approve <= 1:
        return ""
    if "request" in allowed:
        return "missing"
    if "break-glass" in allowed:
        return "asked"
    approval = item.approval
    if approval is None or (approval.ended and approval.ended != "used"):
        return ""
    if approval.broken:
        return "glass broken"
    return "agreed" if approval.agreements else ""


def told(step: Step, item: ItemState, how: Stand) -> str:
    """That in one or two sentences; what to do is said by whoever knows the keys."""
    approval = item.approval
    match how:
        case "missing":
            return f"It takes {step.item.approve} persons. {_ended(approval)}".rstrip()
        case "asked" if approval is not None:
            return (
                f"It waits for a second person, on an account of their own: smtui approve {approval.code} "
                f"(until {approval.expires:%H:%M} UTC).{_so_far(approval)}"
            )
        case "agreed" if approval is not None:
            return f"Agreed to by {_names(approval)}. It counts for one attempt, until {approval.expires:%H:%M} UTC."
        case "glass broken" if approval is not None:
            return f"Glass broken: one attempt goes without the second person. {approval.broken}"
        case _:
            return ""


def change(old: ItemState, new: ItemState) -> str:
    """What a second person, or the operator about them, has just said; empty where nothing of that changed."""
    before, after = old.approval, new.approval
    if after is None or after == before:
        return ""
    if before is None or before.asked != after.asked:
        waits = f"a second person is waited for: smtui approve {after.code}"
        return f"glass broken: {after.broken}" if after.broken else waits
    if len(after.agreements) > len(before.agreements):
        return f"agreed to by {after.agreements[-1].approver}"
    return after.ended if after.ended and after.ended != "used" else ""


def _ended(approval: Approval | None) -> str:
    if approval is None or not approval.ended or approval.ended == "used":
        return ""
    return f"What was agreed to or asked for counts no more: {approval.ended}."


def _so_far(approval: Approval) -> str:
    return f" Agreed so far: {_names(approval)}." if approval.agreements else ""


def _names(approval: Approval) -> str:
    return ", ".join(f"{one.approver} (account {one.uid})" for one in approval.agreements)
