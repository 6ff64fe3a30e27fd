"""An item, a section, a session in sentences. Pure, so that what is heard is tested without a terminal."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from smtui.checklist.procedure import Step
from smtui.engine.decisions import waiting_for
from smtui.engine.preview import Preview
from smtui.session.state import Attempt, ItemState, Sensing, SessionState
from smtui.telling import second
from smtui.telling.found import found_before
from smtui.telling.risks import told_risks
from smtui.telling.statuses import LOOKS, briefly, duration, fields_text, may_have_done_it, told
from smtui.text import one_line

BANNERS = {
    "drill": "DRILL ON SIMULATED HOSTS. Nothing real is touched.",
    "exercise": "EXERCISE on real hosts of a lab.",
    "recovery": "RECOVERY on real hosts.",
}

SPOKEN_LINES = 6
"""Longer scripts are heard only when they are asked for."""


@dataclass(frozen=True, slots=True)
class Line:
    """One paragraph; `exact` ones are commands and output."""

    text: str
    indent: int = 0
    exact: bool = False


def opening(state: SessionState) -> Iterator[Line]:
    """What session this is."""
    yield Line(BANNERS[state.mode])
    if state.insecure:
        yield Line(f"{told_risks(state.insecure)}.")
    yield Line(f"{state.procedure.checklist.title}.")
    yield Line(f"Session {state.session}, deployment {state.environment}, operator {state.operator}.")


def arrival(step: Step, state: SessionState, preview: Preview, allowed: Collection[str]) -> Iterator[Line]:
    """All that a person needs before they decide about an item."""
    item = state.items[step.id]
    following = " It is next." if state.next_item == step.id else ""
    yield Line(f"Item {step.number}: {preview.title}.")
    yield Line(f"Status: {told(item)}{_by(item)}.{following}")
    yield from _standing(step, state, preview, allowed)
    if preview.problem:
        yield Line(f"It cannot be prepared: {preview.problem}.")
    if preview.consequential:
        yield Line("This item cannot be taken back.")
    if preview.caution:
        yield Line(f"Caution: {preview.caution}")
    if preview.note:
        yield Line(f"Note: {preview.note}")
    waiting = waiting_for(step, state)
    if waiting:
        steps = state.procedure.by_id
        names = ", ".join(f"{steps[one].number} ({LOOKS[state.items[one].status].word})" for one in waiting)
        yield Line(f"First must be done: {names}.")
    yield Line(f"By hand: {preview.by_hand.strip()}")
    for number, sensing in found_before(step, state):
        yield Line(f"Found at {number} on {sensing.target}: {fields_text(sensing.fields)}.")
    if "run" in allowed:
        yield Line(f"By program: {preview.way} on {where(preview)}.")


def standing(step: Step, state: SessionState, title: str) -> str:
    """An item in one sentence, for when it has just been told in full."""
    following = " It is next." if state.next_item == step.id else ""
    return f"Item {step.number}: {title}. Status: {told(state.items[step.id])}.{following}"


def commands(preview: Preview) -> Iterator[Line]:
    """What would be sent, exactly."""
    if preview.command:
        yield Line(f"Run on {where(preview)} ({preview.way}, at most {duration(preview.timeout)}):")
        yield Line(preview.command, exact=True)
    if preview.sense_command:
        yield Line("Look, which changes nothing:")
        yield Line(preview.sense_command, exact=True)
    if not preview.command and not preview.sense_command:
        yield Line("This item has no command; it is done by hand.")


def shortened(command: str) -> tuple[str, int]:
    """A command to be listened to before it runs, and how many lines of script were left out of it."""
    head, gap, script = command.rstrip().partition("\n\n")
    lines = script.count("\n") + 1
    return (head, lines) if gap and lines > SPOKEN_LINES else (command, 0)


def where(preview: Preview) -> str:
    """The targets in words."""
    return ", ".join(preview.targets) or "this machine"


def _by(item: ItemState) -> str:
    return f", by {item.actor}" if item.actor and item.closed else ""


def _standing(step: Step, state: SessionState, preview: Preview, allowed: Collection[str]) -> Iterator[Line]:
    item = state.items[step.id]
    if item.reason:
        yield Line(f"Reason: {one_line(item.reason, 600)}")
    if item.status == "unknown":
        yield Line(
            "It was started and its end was not seen: it may have run, it may still run. It is not run again by "
            "itself. Answer settle to find out what became of it."
            if "settle" in allowed and any(not attempt.settled for attempt in item.attempts)
            else "It ran and ended, how is not known. Answer sense to look at the real state, then decide."
        )
    if "sensed" in allowed:
        doubt = may_have_done_it(item)
        found = f"found it in place; {doubt}" if doubt else "found it already so"
        yield Line(f"The latest look {found}. Answer accept to close it without running it.")
    if words := second.told(step, item, second.stand(step, item, allowed)):
        yield Line(words)
    if item.branch and step.item.choose:
        yield Line(f"Chosen: {preview.branches.get(item.branch, item.branch)}.")
    for name, value in item.evidence.items():
        yield Line(f"{name}: {value}")
    yield from _recorded(item, state)


def _recorded(item: ItemState, state: SessionState) -> Iterator[Line]:
    for sensing in item.sensings.values():
        yield Line(look(sensing))
    for attempt in item.attempts:
        yield Line(attempted(attempt))
    for at, by, about, text in state.notes:
        if about == item.id:
            yield Line(f"Note of {at:%H:%M:%S} UTC by {by}: {text}")


def look(sensing: Sensing) -> str:
    """One look at one target."""
    why = f" {one_line(sensing.why, 400).rstrip('.')}." if sensing.why else ""
    return f"Look at {sensing.target}, {sensing.at:%H:%M:%S} UTC: {sensing.answer}.{why}"


def attempted(attempt: Attempt) -> str:
    """One attempt on one target."""
    began = f"Attempt {attempt.number} on {attempt.target}, {attempt.started:%H:%M:%S} UTC"
    if attempt.outcome is None or attempt.ended is None:
        return f"{began}: running."
    code = f", exit code {attempt.exit_code}" if attempt.exit_code is not None else ""
    fields = f" It reported: {fields_text(attempt.fields)}." if attempt.fields else ""
    reason = f" {one_line(attempt.reason, 400)}" if attempt.reason else ""
    span = duration((attempt.ended - attempt.started).total_seconds())
    simulated = " This was not simulated." if attempt.not_simulated else ""
    return f"{began}: {attempt.outcome} after {span}{code}.{reason}{fields}{simulated}"


def listing(state: SessionState, titles: Sequence[tuple[Step, str]]) -> Iterator[Line]:
    """Items, one line each, under their sections."""
    headings = {heading.id: heading for heading in state.procedure.headings}
    section = ""
    for step, title in titles:
        if step.section != section:
            section = step.section
            yield Line(f"Section {headings[section].number}: {headings[section].title}.")
        following = ", next" if state.next_item == step.id else ""
        grave = ", cannot be taken back" if step.item.consequential else ""
        yield Line(f"{step.number} {title}: {briefly(state.items[step.id])}{grave}{following}.", 2)
