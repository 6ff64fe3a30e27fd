"""How an item stands, concluded from its history: status and grade (design 2 and 7)."""

from __future__ import annotations

from collections.abc import Mapping

from smtui.checklist.conditions import When, holds, parse_when
from smtui.checklist.procedure import Step
from smtui.session import events as ev
from smtui.session.history import History
from smtui.session.state import Attempt, Grade, ItemState, Sensing, Status

Verdict = tuple[Status, Grade | None, str]


def judge_item(
    history: History,
    histories: Mapping[str, History],
    items: Mapping[str, ItemState],
    inputs: Mapping[str, str],
    mode: str,
) -> ItemState:
    """The state of one item; `items` are the others as they stand."""
    status, grade, reason = _verdict(history, histories)
    closed_by = history.closure
    if closed_by is None and not history.current() and (why := inapplicable(history.step, items, inputs, mode)):
        status, grade, reason = "not-applicable", None, why
    closed, actor = None, ""
    if closed_by is not None:
        closed, actor = closed_by.stamp.at, closed_by.stamp.by
    elif status == "done":
        ends = [a.ended for a in history.current().values() if a.ended]
        closed = max(ends, default=None) or max((s.at for s in history.sensings.values()), default=None)
    evidence = closed_by.event.evidence if closed_by and isinstance(closed_by.event, ev.Confirmed) else {}
    return ItemState(
        id=history.step.id,
        status=status,
        grade=grade,
        attempts=tuple(history.attempts),
        sensings=dict(history.sensings),
        earlier=history.earlier,
        branch=history.branch,
        reason=reason,
        evidence=dict(evidence),
        actor=actor,
        closed=closed,
        approval=history.approval,
    )


def inapplicable(step: Step, items: Mapping[str, ItemState], inputs: Mapping[str, str], mode: str) -> str:
    """Why the item does not apply as things stand, empty when it does.

    A condition on a branch that is still to be chosen, or on an input that is still to be given, does not rule it out.
    """
    if step.item.modes and mode not in step.item.modes:
        return f"only in mode {' or '.join(step.item.modes)}"

    def look(name: str) -> tuple[str, str | None]:
        other = items.get(name)
        return (other.status, other.branch) if other else ("todo", None)

    for entry in step.when:
        condition = parse_when(entry)
        if holds(condition, inputs, look) is False:
            return _found_instead(condition, items, inputs)
    return ""


def _found_instead(condition: When, items: Mapping[str, ItemState], inputs: Mapping[str, str]) -> str:
    if condition.kind == "value":
        return f"{condition.name} is not {condition.value}"
    if condition.kind == "input":
        return f"{condition.name} is {inputs.get(condition.name, '')}"
    other = items[condition.name]
    return f"{condition.name} is {other.branch or other.status}"


def _verdict(history: History, histories: Mapping[str, History]) -> Verdict:
    attempts = history.current()
    if any(a.outcome is None for a in attempts.values()):
        return "running", None, ""
    if history.closure is not None:
        return _closed(history, history.closure.event, histories)
    if history.branch is not None and history.step.item.choose and not attempts:
        return "done", "attested", ""
    if attempts:
        return _ran(history, tuple(attempts.values()), histories)
    if history.step.item.run is None and history.step.item.sense is not None and not history.step.item.confirm:
        return _looked(history, histories)
    reason = history.reopening.event.reason if history.reopening else ""  # type: ignore[union-attr]  # it is a Reopened
    return "todo", None, reason or ""


def _closed(history: History, event: object, histories: Mapping[str, History]) -> Verdict:
    closed_seq = history.closure.seq if history.closure else 0
    match event:
        case ev.Skipped():
            return "skipped", None, event.reason
        case ev.Deferred():
            return "deferred", None, event.reason
        case ev.Overridden():
            return "done", "overridden", event.reason
        case ev.Confirmed():
            if (undone := _undone(history, closed_seq, histories)) is not None:
                return "reverted", None, undone
            return "done", event.grade, event.reason or ""
        case _:
            return "todo", None, ""


def _ran(history: History, attempts: tuple[Attempt, ...], histories: Mapping[str, History]) -> Verdict:
    unsettled = [a for a in attempts if a.outcome == "unknown" and not a.settled]
    if unsettled:
        return "unknown", None, _reasons(unsettled)
    failed = [a for a in attempts if a.outcome == "failed"]
    if failed:
        return "failed", None, _reasons(failed)
    expected = max(a.of for a in attempts)
    if len(attempts) < expected:
        return "todo", None, f"{len(attempts)} of {expected} targets are done"
    unknown = [a for a in attempts if a.outcome == "unknown"]
    if history.step.item.sense is None:
        return ("unknown", None, _reasons(unknown)) if unknown else ("done", "executed", "")
    ended_seq = max(a.ended_seq or 0 for a in attempts)
    looks = [s for s in history.sensings.values() if s.seq > ended_seq]
    if not looks or len(looks) < max(s.of for s in looks):
        return _not_looked(history, unknown, ended_seq)
    return _looked_after(history, unknown, ended_seq, _worst(looks), histories)


def _looked_after(
    history: History, unknown: list[Attempt], ended_seq: int, worst: Sensing, histories: Mapping[str, History]
) -> Verdict:
    """Every attempt has ended, well or settled as unknown, and every target was looked at since."""
    grade: Grade = "sensed" if unknown else "verified"
    match worst.answer:
        case "agrees":
            return "done", grade, ""
        case "in-progress":
            return "running", None, worst.why or f"in progress on {worst.target}"
        case "cannot-tell":
            return ("unknown", None, worst.why) if unknown else ("done", "executed", worst.why)
        case _:
            pass
    if history.agreed_seq > ended_seq:
        undone = _undone(history, history.agreed_seq, histories)
        return ("done", grade, "") if undone is None else ("reverted", None, undone)
    if unknown:
        return "todo", None, f"it did not take effect: {worst.why}"
    return "failed", None, f"it ended well, but the state is not as it should be: {worst.why}"


def _not_looked(history: History, unknown: list[Attempt], ended_seq: int) -> Verdict:
    """The attempt has ended and the look that belongs to it is still due."""
    if unknown:
        return "unknown", None, _reasons(unknown)
    if history.handed_over_seq > ended_seq:
        return "unknown", None, "it ended well, but the state was not looked at before the program ended"
    return "running", None, "looking at the state"


def _looked(history: History, histories: Mapping[str, History]) -> Verdict:
    """A check: it has a look and no action."""
    looks = [s for s in history.sensings.values() if s.seq > history.reopened_seq]
    if not looks:
        return "todo", None, ""
    worst = _worst(looks)
    match worst.answer:
        case "agrees" if len(looks) >= max(s.of for s in looks):
            return "done", "sensed", ""
        case "in-progress":
            return "running", None, worst.why
        case "differs" if history.agreed_seq:
            undone = _undone(history, history.agreed_seq, histories)
            return ("done", "sensed", "") if undone is None else ("reverted", None, undone)
        case "differs":
            return "failed", None, worst.why
        case _:
            return "todo", None, worst.why


def _undone(history: History, since_seq: int, histories: Mapping[str, History]) -> str | None:
    """Why the item counts as reverted: a look after `since_seq` differs, and the procedure itself did not undo it."""
    later = [s for s in history.sensings.values() if s.seq > since_seq and s.answer == "differs"]
    if not later:
        return None
    until = history.step.holds_until
    if until is not None and (other := histories.get(until)) is not None and (other.attempts or other.closure):
        return None
    return later[-1].why or "it was done, and is so no more"


def _worst(looks: list[Sensing]) -> Sensing:
    order = ("in-progress", "differs", "cannot-tell", "agrees")
    return min(looks, key=lambda look: order.index(look.answer))


def _reasons(attempts: list[Attempt]) -> str:
    if len(attempts) == 1:
        return attempts[0].reason
    return "; ".join(f"{a.target}: {a.reason}" for a in attempts)
