"""What may be done with an item as it stands: the one place that decides it for screens, lines and flags."""

from __future__ import annotations

from datetime import datetime

from smtui.checklist.conditions import holds, parse_when
from smtui.checklist.procedure import Step
from smtui.engine.approval import DEEDS, standing
from smtui.session.state import ItemState, SessionState

ACTIONS = (
    "run", "request", "withdraw", "break-glass", "sense", "settle", "sensed", "confirm", "choose", "skip", "defer",
    "override", "reopen", "cancel", "note",
)  # fmt: skip


class Refused(Exception):
    """The decision is not allowed now; the text says why, and what would have to be so."""


def allowed(step: Step, state: SessionState, now: datetime | None = None) -> tuple[str, ...]:
    """Names of the actions that are allowed, in the order in which they are offered.

    `now` tells whether an approval still counts; without it, as of the last event.
    """
    item = state.items[step.id]
    if item.status == "not-applicable":
        return ("note",)
    may = _by_status(step, item)
    if step.item.sensed_only and "confirm" in may:
        may = (may - {"confirm"}) | {"override"}
    if waiting_for(step, state):
        may -= {"run", "confirm", "sensed", "choose"}
    may = _with_second_person(may, step, state, now or state.at)
    if state.halted:
        may -= {"run"}
    return tuple(action for action in ACTIONS if action in may)


def _with_second_person(may: set[str], step: Step, state: SessionState, now: datetime) -> set[str]:
    if not may & DEEDS:
        return may
    item = state.items[step.id]
    match standing(step, item, state.operator_uid, now):
        case "missing":
            return (may - DEEDS) | ({"request", "break-glass"} if not waiting_for(step, state) else set())
        case "asked":
            return (may - DEEDS) | {"withdraw", "break-glass"}
        case "given" if item.approval is not None and not item.approval.broken:
            return may | {"withdraw"}
        case _:
            return may


def _by_status(step: Step, item: ItemState) -> set[str]:
    runs, looks = step.item.run is not None, step.item.sense is not None
    agrees = _agreement(item) == "agrees"
    differs = _agreement(item) == "differs"
    may = {"note"}
    if looks:
        may.add("sense")
    match item.status:
        case "running":
            return may | {"cancel"}
        case "unknown" if any(not a.settled and not a.looked_for for a in item.attempts):
            return {"note", "settle"}  # it may still run: nobody decides before it was looked for
        case "unknown":
            return may | {"settle", "override" if differs else "confirm", "reopen", "skip", "defer"}
        case "done":
            return may | {"reopen"}
        case "skipped" | "deferred":
            return (may - {"sense"}) | {"reopen"}
        case _:
            pass
    may |= {"skip", "defer", "override" if differs else "confirm"}
    if runs:
        may.add("run")
    if agrees:
        may.add("sensed")
    if step.item.choose:
        may = (may - {"confirm", "run"}) | {"choose"}
    return may


def _agreement(item: ItemState) -> str:
    """What the latest look at all targets says together; empty before any look."""
    answers = {sensing.answer for sensing in item.sensings.values()}
    if not answers:
        return ""
    if "differs" in answers:
        return "differs"
    return "agrees" if answers == {"agrees"} else "cannot-tell"


def waiting_for(step: Step, state: SessionState) -> tuple[str, ...]:
    """Full ids of the items that must be done first: skipped, deferred and overridden ones do not count as done."""

    def look(name: str) -> tuple[str, str | None]:
        return state.items[name].status, state.items[name].branch

    waiting = []
    for other in step.requires:
        item = state.items[other]
        if item.status == "not-applicable" or (item.status == "done" and item.grade != "overridden"):
            continue
        waiting.append(other)
    for entry in step.when:
        condition = parse_when(entry)
        if condition.kind == "item" and holds(condition, state.inputs, look) is None:
            waiting.append(condition.name)
    return tuple(waiting)


def needed_first(step: Step, state: SessionState) -> str:
    """The items that `waiting_for` names, each with how it stands; empty when nothing bars the item."""
    how = ((name, state.items[name].grade or state.items[name].status) for name in waiting_for(step, state))
    return ", ".join(f"{name} ({words})" for name, words in how)


def require(action: str, step: Step, state: SessionState, now: datetime | None = None) -> None:
    """Raise Refused with the reason unless the action is allowed."""
    may = allowed(step, state, now)
    if action in may:
        return
    if action == "run" and step.item.run is None:
        what = "a check: look at it" if step.item.sense is not None else "done by hand: confirm it"
        raise Refused(f"{step.id} has nothing to run; it is {what}")
    if state.items[step.id].status == "not-applicable":
        raise Refused(f"{step.id} does not apply: {state.items[step.id].reason}")
    if state.halted and action == "run":
        raise Refused(f"nothing is started: {state.halted}")
    if needs := needed_first(step, state):
        raise Refused(f"{step.id} needs these first: {needs}")
    if action in DEEDS and "break-glass" in may:
        raise Refused(lacking(step, state))
    if action == "confirm" and step.item.sensed_only:
        raise Refused(f"{step.id} is done when its state was seen to agree; nobody's word is enough")
    if action == "confirm" and "override" in may:
        raise Refused(f"the state of {step.id} was looked at and differs; overriding that takes a reason")
    if state.items[step.id].status == "unknown" and action in ("confirm", "override", "reopen", "skip", "defer"):
        raise Refused(f"{step.id} may still run on its target: settle it first")
    raise Refused(f"{action} is not possible while {step.id} is {state.items[step.id].status}")


def lacking(step: Step, state: SessionState) -> str:
    """That a second person is missing, and what to do about it."""
    approval = state.items[step.id].approval
    if approval is not None and approval.code and not approval.ended:
        return f"{step.id} waits for a second person: they type smtui approve {approval.code}"
    return f"{step.id} takes {step.item.approve} persons: ask for the second one, or break the glass with a reason"
