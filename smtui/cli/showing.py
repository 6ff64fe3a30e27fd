"""One session in facts, as `smtui show` tells them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from smtui.session.state import Attempt, ItemState, SessionState


def shown(session: str, *, as_json: bool) -> Iterator[str]:
    """Lines on how every item stands; as JSON with every attempt, for a drill with what really happened."""
    from smtui.cli.looking import read_state
    from smtui.cli.surroundings import here

    around = here()
    state, damage = read_state(around, session)
    folder = around.store.path(session)
    mirrored = _mirror(folder)
    if not as_json:
        yield from _lines(state, damage)
        if mirrored:
            yield mirrored
        return
    import json

    facts = {**_facts(state, damage), "mirror": mirrored or None}
    if state.mode == "drill":
        from smtui.cli.deployment import world_effects

        facts["world"] = {"effects": _by_item(state, world_effects(folder))}
    yield json.dumps(facts, indent=2)


def _mirror(folder: Path) -> str:
    """One line on the mirror; empty where there is none."""
    from smtui.cli.environment_file import PINNED

    pinned = folder / PINNED
    if not pinned.exists() or b"mirror" not in pinned.read_bytes():
        return ""  # as in most files: they need not be understood for that
    from smtui.cli.mirroring import state_of
    from smtui.environment import load_environment

    return state_of(folder, load_environment(pinned))


def _facts(state: SessionState, damage: str) -> dict[str, object]:
    checklist = state.procedure.checklist
    return {
        "session": state.session,
        "checklist": checklist.id,
        "title": checklist.title,
        "version": checklist.version,
        "mode": state.mode,
        "environment": state.environment,
        "opened": state.opened.isoformat(),
        "last_event": state.at.isoformat(),
        "events": state.seq,
        "head": state.head,
        "inputs": dict(state.inputs),
        "interruptions": state.interruptions,
        "completed": state.completed,
        "damage": damage or None,
        "next": state.next_item,
        "items": [_item(state, item) for item in state.items.values()],
    }


def _by_item(state: SessionState, effects: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The effects with the item whose attempt had them; None for a token that no attempt of this session bears."""
    items = {attempt.token: item.id for item in state.items.values() for attempt in item.attempts}
    return [{"item": items.get(effect["token"]), **effect} for effect in effects]


def _item(state: SessionState, item: ItemState) -> dict[str, object]:
    step = state.procedure.by_id[item.id]
    return {
        "id": item.id,
        "number": step.number,
        "title": step.item.title,
        "status": item.status,
        "grade": item.grade,
        "automatic": step.item.run is not None,
        "consequential": step.item.consequential,
        "persons": step.item.approve,
        "approval": _approval(item),
        "branch": item.branch,
        "reason": item.reason or None,
        "evidence": dict(item.evidence),
        "by": item.actor or None,
        "attempts": [_attempt(attempt) for attempt in item.attempts],
        "sensed": [
            {
                "target": s.target,
                "answer": s.answer,
                "fields": dict(s.fields),
                "why": s.why or None,
                "at": s.at.isoformat(),
            }
            for s in item.sensings.values()
        ],
    }


def _approval(item: ItemState) -> dict[str, object] | None:
    approval = item.approval
    if approval is None:
        return None
    return {
        "code": approval.code or None,
        "attempt": approval.attempt,
        "deed_sha256": approval.deed_sha256,
        "asked": approval.asked.isoformat(),
        "by": approval.by,
        "expires": approval.expires.isoformat(),
        "agreed": [{"account": one.approver, "uid": one.uid, "at": one.at.isoformat()} for one in approval.agreements],
        "broken": approval.broken or None,
        "ended": approval.ended or None,
    }


def _attempt(attempt: Attempt) -> dict[str, object]:
    return {
        "number": attempt.number,
        "target": attempt.target,
        "token": attempt.token,
        "started": attempt.started.isoformat(),
        "ended": attempt.ended.isoformat() if attempt.ended else None,
        "outcome": attempt.outcome,
        "settled": attempt.settled,
        "exit_code": attempt.exit_code,
        "fields": dict(attempt.fields),
        "reason": attempt.reason or None,
        "output": attempt.output,
        "output_sha256": attempt.output_sha256,
        "output_left_out": attempt.output_left_out,
        "not_simulated": attempt.not_simulated,
    }


def _lines(state: SessionState, damage: str) -> list[str]:
    from smtui.telling.risks import told_risks
    from smtui.text import one_line

    what = {"drill": "DRILL ON SIMULATED HOSTS", "exercise": "EXERCISE", "recovery": "RECOVERY"}[state.mode]
    lines = [
        f"{one_line(state.procedure.checklist.title)} ({state.session})",
        f"{what}: {one_line(state.environment)}; opened {state.opened:%Y-%m-%d %H:%M:%S} UTC, {state.seq} events",
    ]
    if state.insecure:
        lines.append(one_line(told_risks(state.insecure), 600))
    if damage:
        lines.append(f"DAMAGED, only looked at: {one_line(damage)}")
    headings = {heading.id: heading for heading in state.procedure.headings}
    section = ""
    for step in state.procedure.steps:
        if step.section != section:
            section = step.section
            lines.append(f"{headings[section].number} {one_line(headings[section].title)}")
        item = state.items[step.id]
        grade = f" ({item.grade})" if item.grade else ""
        lines.append(f"  {step.number:>5} {item.status + grade:<22} {step.id}")
        if item.reason and item.status in ("failed", "unknown", "reverted", "skipped", "deferred"):
            lines.append(f"        {one_line(item.reason, 400)}")
    lines.append(f"{state.completed}" if state.completed else f"next: {state.next_item or 'close the session'}")
    return lines
