"""An item in words: what the details pane shows. Pure, so that it is tested without a screen."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from rich.cells import cell_len, set_cell_size

from smtui.checklist.procedure import Heading, Step
from smtui.engine.decisions import waiting_for
from smtui.engine.preview import Preview
from smtui.session.events import Answer
from smtui.session.head_and_tail import told_left_out
from smtui.session.state import Attempt, ItemState, Sensing, SessionState
from smtui.telling import second
from smtui.telling.found import found_before
from smtui.telling.ports import EnginePort
from smtui.telling.prose import unwrap
from smtui.telling.statuses import LOOKS, duration, fields_text, may_have_done_it, told
from smtui.text import one_line
from smtui.tui.actions import SHIPPED, Registry
from smtui.tui.beside import Beside, Column
from smtui.tui.shown import Paragraph, Shown

OUTPUT_TAIL = 8
"""Lines of output in the details; the output screen has all of them."""


@dataclass(frozen=True, slots=True)
class Subject:
    """One item with all that is said about it."""

    engine: EnginePort
    step: Step
    item: ItemState
    preview: Preview
    registry: Registry = SHIPPED
    """For the keys that texts name."""

    @classmethod
    def of(cls, engine: EnginePort, item_id: str, registry: Registry = SHIPPED) -> Subject:
        """Look an item up."""
        state = engine.state
        return cls(engine, state.procedure.by_id[item_id], state.items[item_id], engine.preview(item_id), registry)

    def key(self, action_id: str) -> str:
        """The key of an action of the session screen."""
        return self.registry.key("session", action_id)


def details(subject: Subject, *, allowed: Collection[str] = ()) -> tuple[Shown, ...]:
    """Everything about an item, what matters most at the top."""
    return (
        *_standing(subject, allowed),
        *_warnings(subject),
        *_sensings(subject.item),
        *_attempts(subject.item),
        *_output(subject),
        *_instructions(subject),
        *_notes(subject.engine.state, subject.step.id),
        *_commands(subject),
    )


def section_details(state: SessionState, heading: Heading) -> tuple[Paragraph, ...]:
    """A folded section: its note, and its items by status."""
    steps = [step for step in state.procedure.steps if step.section == heading.id]
    counts = Counter(state.items[step.id].status for step in steps)
    shown = [Paragraph(f"{heading.number}  {heading.title}", "strong")]
    if heading.note:
        shown.append(Paragraph(unwrap(heading.note), prose=True))
    shown += [
        Paragraph(f"{look.shape} {counts[status]} {look.word}", look.kind)
        for status, look in LOOKS.items()
        if counts[status]
    ]
    return (*shown, Paragraph(""), Paragraph("Right arrow shows its items."))


def _standing(subject: Subject, allowed: Collection[str]) -> Iterator[Paragraph]:
    item = subject.item
    look = LOOKS[item.status]
    yield Paragraph(f"{subject.step.number}  {subject.preview.title}", "strong")
    by = f", by {item.actor}" if item.actor else ""
    at = f", {item.closed:%H:%M:%S} UTC" if item.closed else ""
    yield Paragraph(f"{look.shape} {told(item)}{by}{at}", look.kind)
    if item.reason:
        yield Paragraph(
            item.reason, "warn" if item.status in ("failed", "unknown", "reverted") else "plain", "Reason: "
        )
    if item.status == "unknown":
        yield Paragraph(_unknown(subject), "warn")
    if "sensed" in allowed:
        doubt = may_have_done_it(item)
        found = f"found it in place ({doubt})" if doubt else "found it already so"
        yield Paragraph(f"The latest look {found}: {subject.key('accept')} closes it, nothing runs.", "good")
    yield from _second_person(subject, allowed)
    if item.branch and subject.step.item.choose:
        yield Paragraph(subject.preview.branches.get(item.branch, item.branch), "plain", "Chosen: ")
    for name, value in item.evidence.items():
        yield Paragraph(value, "plain", f"{name}: ")


def _second_person(subject: Subject, allowed: Collection[str]) -> Iterator[Paragraph]:
    how = second.stand(subject.step, subject.item, allowed)
    words = second.told(subject.step, subject.item, how)
    match how:
        case "missing":
            asks, breaks = subject.key("ask_second"), subject.key("break_glass")
            yield Paragraph(f"{words} {asks} asks for the second one, {breaks} does without, with a reason.", "warn")
        case "asked":
            yield Paragraph(words, "busy")
        case "agreed":
            yield Paragraph(words, "good")
        case "glass broken":
            yield Paragraph(words, "bad")
        case _:
            return


def _unknown(subject: Subject) -> str:
    if any(not attempt.settled for attempt in subject.item.attempts):
        return (
            "It was started and its end was not seen: it may have run, it may still run. "
            f"It is not run again by itself. {subject.key('settle')} finds out what became of it."
        )
    if any(attempt.cancelled for attempt in subject.item.attempts[-1:]):
        return (
            "It was asked to stop and runs no more; how far it came is not known. "
            f"{subject.key('sense')} looks at the real state; then decide."
        )
    return f"It ran and ended, how is not known. {subject.key('sense')} looks at the real state; then decide."


def _warnings(subject: Subject) -> Iterator[Paragraph]:
    preview = subject.preview
    if preview.consequential:
        yield Paragraph("This cannot be taken back.", "bad")
    if preview.problem:
        yield Paragraph(f"It cannot be prepared: {preview.problem}", "bad")
    if preview.caution:
        yield Paragraph(unwrap(preview.caution), "warn", "Caution: ", prose=True)
    if preview.note:
        yield Paragraph(unwrap(preview.note), "plain", "Note: ", prose=True)
    waiting = waiting_for(subject.step, subject.engine.state)
    if waiting:
        steps = subject.engine.state.procedure.by_id
        names = ", ".join(
            f"{steps[name].number} ({LOOKS[subject.engine.state.items[name].status].word})" for name in waiting
        )
        yield Paragraph(names, "warn", "First must be done: ")


def _instructions(subject: Subject) -> Iterator[Paragraph]:
    yield Paragraph("")
    yield Paragraph("By hand", "head")
    yield Paragraph(unwrap(subject.preview.by_hand), prose=True)
    for number, sensing in found_before(subject.step, subject.engine.state):
        yield Paragraph(fields_text(sensing.fields), label=f"Found at {number} on {sensing.target}: ")


def _commands(subject: Subject) -> Iterator[Paragraph]:
    preview = subject.preview
    if preview.command:
        yield Paragraph("")
        where = ", ".join(preview.targets) or "this machine"
        yield Paragraph(f"Run on {where} ({preview.way}, at most {duration(preview.timeout)})", "head")
        yield Paragraph(preview.command.rstrip(), "code", wrap=False)
    if preview.sense_command:
        yield Paragraph("")
        yield Paragraph("Look (read-only)", "head")
        yield Paragraph(preview.sense_command.rstrip(), "code", wrap=False)


def _sensings(item: ItemState) -> Iterator[Paragraph]:
    if not item.sensings:
        return
    yield Paragraph("")
    yield Paragraph("State as it was last seen", "head")
    if len(item.sensings) > 1:
        yield from _beside(tuple(item.sensings.values()))
        yield from _earlier(item)
        return
    for sensing in item.sensings.values():
        yield Paragraph(f"{sensing.target}, {sensing.at:%H:%M:%S} UTC: {sensing.answer}", _ANSWERS[sensing.answer])
        for text in (sensing.why, fields_text(sensing.fields)):
            if text:
                yield Paragraph(text, indent=2)
    yield from _earlier(item)


def _earlier(item: ItemState) -> Iterator[Paragraph]:
    """What looks found before, newest first."""
    if item.earlier:
        yield Paragraph("Before that", "faint")
    for look in reversed(item.earlier):
        found = fields_text(look.fields) or look.why
        yield Paragraph(
            f"{look.at:%H:%M:%S} UTC, {look.target}: {look.answer}{', ' + found if found else ''}", indent=2
        )


_ANSWERS: Mapping[Answer, str] = {"agrees": "good", "differs": "warn", "in-progress": "busy", "cannot-tell": "warn"}


def _beside(sensings: Sequence[Sensing]) -> Iterator[Paragraph]:
    """Several targets as columns, one row for each field."""
    names = list(dict.fromkeys(name for sensing in sensings for name in sensing.fields))
    rows = [
        ("", *(sensing.target for sensing in sensings)),
        ("seen (UTC)", *(f"{sensing.at:%H:%M:%S}" for sensing in sensings)),
        ("answer", *(sensing.answer for sensing in sensings)),
        *((name, *(one_line(str(sensing.fields.get(name, "")), 40) for sensing in sensings)) for name in names),
    ]
    widths = [max(cell_len(row[column]) for row in rows) for column in range(len(sensings) + 1)]
    for number, row in enumerate(rows):
        line = "  ".join(set_cell_size(cell, width) for cell, width in zip(row, widths, strict=True)).rstrip()
        yield Paragraph(line, "strong" if number == 0 else "plain", wrap=False)
    for sensing in sensings:
        if sensing.why:
            yield Paragraph(sensing.why, _ANSWERS[sensing.answer], f"{sensing.target}: ")


def _attempts(item: ItemState) -> Iterator[Paragraph]:
    if not item.attempts:
        return
    yield Paragraph("")
    yield Paragraph("Attempts", "head")
    for attempt in item.attempts:
        state, kind = _state(attempt)
        yield Paragraph(f"{attempt.number}. {attempt.target}: {state}", kind)
        code = f"exit code {attempt.exit_code}" if attempt.exit_code is not None else ""
        simulated = "not simulated" if attempt.not_simulated else ""
        asked = f"Asked to stop: {attempt.cancelled}" if attempt.cancelled else ""
        for text in (
            asked,
            attempt.reason,
            ", ".join(part for part in (code, simulated, fields_text(attempt.fields)) if part),
            told_left_out(attempt.output_left_out, attempt.output_lines_left_out),
        ):
            if text:
                yield Paragraph(text, indent=3)


OUTCOMES: Mapping[str, str] = {"ok": "good", "failed": "bad", "unknown": "warn", "running": "busy"}
"""Kinds of the outcomes of an attempt."""


def _span(attempt: Attempt) -> str:
    if attempt.ended is None:
        return f"since {attempt.started:%H:%M:%S} UTC"
    return f"{attempt.started:%H:%M:%S} UTC, {duration((attempt.ended - attempt.started).total_seconds())}"


def output_beside(engine: EnginePort, item_id: str, tail: int | None = None) -> Beside | None:
    """What the targets of an item's latest round say, each with its state; None where it is one target or none."""
    attempts = engine.state.items[item_id].attempts
    latest = [one for one in attempts if one.number == attempts[-1].number]
    outputs = engine.recent_outputs(item_id)
    states = {
        **dict.fromkeys(engine.preview(item_id).targets, Column("", "not begun", "faint", ())),
        **{one.target: Column("", *_state(one), ()) for one in latest},
    }
    if not latest or len(states) < 2:
        return None
    return Beside(
        tuple(
            replace(column, target=name, lines=tuple(outputs.get(name, "").rstrip("\n").split("\n")[-(tail or 0) :]))
            for name, column in states.items()
        )
    )


def _state(attempt: Attempt) -> tuple[str, str]:
    """An attempt's state in words, and its kind."""
    outcome = attempt.outcome or "running"
    return f"{outcome}, {_span(attempt)}", OUTCOMES[outcome]


def _output(subject: Subject) -> Sequence[Shown]:
    beside = output_beside(subject.engine, subject.step.id, OUTPUT_TAIL)
    if beside is not None:
        key = subject.key("output")
        return (Paragraph(""), Paragraph(f"Each target (the last lines; {key} shows all)", "head"), beside)
    lines = subject.engine.recent_output(subject.step.id).rstrip("\n").split("\n")
    if lines == [""]:
        return ()
    more = (
        f" (last {OUTPUT_TAIL} of {len(lines)} lines; {subject.key('output')} shows them)"
        if len(lines) > OUTPUT_TAIL
        else ""
    )
    tail = "\n".join(lines[-OUTPUT_TAIL:])
    return (Paragraph(""), Paragraph(f"Output{more}", "head"), Paragraph(tail, "code", wrap=False))


def _notes(state: SessionState, item_id: str) -> Iterator[Paragraph]:
    mine = [(at, by, text) for at, by, about, text in state.notes if about == item_id]
    if mine:
        yield Paragraph("")
        yield Paragraph("Notes", "head")
    for at, by, text in mine:
        yield Paragraph(text, label=f"{at:%H:%M:%S} UTC, {by}: ")
