"""One item of the report in detail."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping

from smtui.report.document import Block, Cell, Excerpt, Facts, Part, Prose, Table, Tone
from smtui.report.model_items import ApprovalEvidence, AttemptEvidence, ItemEvidence, OutputFile
from smtui.report.phrases import NONE, clock, duration, pairs, plural
from smtui.session.head_and_tail import told_left_out
from smtui.session.state import Status

NOT_EXECUTED: tuple[Status, ...] = ("todo", "skipped", "deferred", "not-applicable")

_TONES: dict[str, Tone] = {
    "verified": "good",
    "sensed": "good",
    "executed": "warn",
    "attested": "warn",
    "overridden": "bad",
    "failed": "bad",
    "unknown": "bad",
    "reverted": "bad",
    "running": "bad",
    "skipped": "warn",
    "deferred": "warn",
    "todo": "quiet",
    "not-applicable": "quiet",
    "ok": "good",
    "agrees": "good",
    "differs": "bad",
    "cannot-tell": "warn",
    "in-progress": "warn",
}


def tone_of(word: str) -> Tone:
    """The colour of a status, grade, outcome or answer."""
    return _TONES.get(word, "")


def anchor(item: str) -> str:
    """An id for the item's place in the document: plain, and different for different items."""
    plain = re.sub(r"[^a-z0-9]+", "-", item.lower()).strip("-")
    return f"item-{plain}-{hashlib.sha256(item.encode(errors='backslashreplace')).hexdigest()[:6]}"


def state_cell(item: ItemEvidence) -> Cell:
    """Status and grade together, coloured by what weighs more."""
    if item.status == "done" and item.grade:
        return Cell(f"done, {item.grade}", tone_of(item.grade))
    return Cell(item.status, tone_of(item.status))


def item_cell(item: str | None, names: Mapping[str, str]) -> Cell:
    """An item by number and title, with a link to it; its bare id where the procedure has none of it."""
    if item is None:
        return Cell(NONE)
    return Cell(names[item], link=anchor(item)) if item in names else Cell(item)


def item_part(item: ItemEvidence) -> Part:
    """Everything that is known of one item."""
    return Part(anchor(item.id), f"{item.number} {item.title}", tuple(_blocks(item)), badges=tuple(_badges(item)))


def _badges(item: ItemEvidence) -> Iterator[Cell]:
    yield state_cell(item)
    if item.consequential:
        yield Cell("cannot be taken back", "warn")


def _blocks(item: ItemEvidence) -> Iterator[Block]:
    yield Facts(tuple(_facts(item)))
    if not item.attempts:
        yield Prose(item.instruction)
    if item.attempts:
        columns = ("Attempt", "Target", "Started", "Took", "Outcome", "Exit code", "Values", "Reason")
        rows = tuple(_attempt(attempt) for attempt in item.attempts)
        yield Table(plural(len(item.attempts), "attempt"), columns, rows)
        yield Table("How each attempt is found again", ("Attempt", "Token", "Action", "On the target"), _traces(item))
    if item.approvals:
        yield _second_person(item)
    if item.sensings:
        rows = tuple(
            (
                Cell(look.target),
                Cell(look.answer, tone_of(look.answer)),
                Cell(pairs(look.fields) or NONE),
                Cell(look.why or NONE),
                Cell(f"{clock(look.at)}, event {look.seq}"),
            )
            for look in item.sensings
        )
        yield Table("Last look at each target", ("Target", "Answer", "Values found", "Why", "When"), rows)
    for attempt in item.attempts:
        if attempt.output is not None:
            yield Excerpt(
                output_caption(f"Output of attempt {attempt.number} on {attempt.target}", attempt.output),
                attempt.output.excerpt,
            )


def _second_person(item: ItemEvidence) -> Table:
    rows = tuple(
        (
            Cell(one.code or NONE, code=bool(one.code)),
            Cell(f"attempt {one.attempt}, SHA-256 {one.deed_sha256}", code=True),
            Cell(f"{one.asked_by}, {clock(one.asked)}, event {one.asked_seq}"),
            Cell(one.answer, _ANSWERS.get(one.answer, "warn")),
            Cell(_who(one)),
            Cell(one.reason or NONE),
        )
        for one in item.approvals
    )
    columns = ("Code", "To what", "Asked by", "Answer", "By", "Reason")
    return Table(f"Second person (this item takes {item.persons})", columns, rows)


_ANSWERS: dict[str, Tone] = {"agreed": "good", "refused": "bad", "glass broken": "bad"}


def _who(one: ApprovalEvidence) -> str:
    uid = f"account {one.uid}" if one.uid is not None else ""
    where = f"on {one.host} from {one.origin}" if one.host else ""
    when = f"{clock(one.at)}, event {one.seq}" if one.at else ""
    return ", ".join(part for part in (one.by, uid, where, when) if part) or NONE


def _facts(item: ItemEvidence) -> Iterator[tuple[str, Cell]]:
    yield "Id", Cell(item.id, code=True)
    yield "Meant", Cell(f"{item.designed}: {item.action}" if item.action else item.designed)
    yield "Done", Cell(item.actual)
    if item.founded_on:
        yield "Founded on", Cell(item.founded_on)
    if item.reason:
        yield "Reason", Cell(item.reason)
    if item.caution:
        yield "Caution given", Cell(item.caution)
    if item.evidence:
        yield "Typed in", Cell(pairs(item.evidence))
    if item.actor:
        yield "By", Cell(item.actor)
    if item.started:
        yield "First event, closed", Cell(f"{clock(item.started)}, {clock(item.closed)}")
    if item.started and item.closed and item.closed > item.started:
        yield "Time", Cell(_times(item))
    if item.source:
        yield "Stands for", Cell(", ".join(item.source))


def _times(item: ItemEvidence) -> str:
    open_for = (item.closed - item.started).total_seconds() if item.closed and item.started else None
    return (
        f"{duration(open_for)} from first event to closed; hands-on (estimated) {duration(item.hands_on_seconds)}, "
        f"machine {duration(item.machine_seconds)}, waiting {duration(item.waiting_seconds)}; "
        f"estimate {duration(item.estimate)}"
    )


def _attempt(attempt: AttemptEvidence) -> tuple[Cell, ...]:
    outcome = "not simulated" if attempt.not_simulated else attempt.outcome or "not ended"
    return (
        Cell(str(attempt.number)),
        Cell(attempt.target),
        Cell(f"{clock(attempt.started)}, event {attempt.started_seq}"),
        Cell(duration(attempt.seconds)),
        Cell(outcome, tone_of(outcome) or "bad"),
        Cell(NONE if attempt.exit_code is None else str(attempt.exit_code)),
        Cell(pairs(attempt.fields) or NONE),
        Cell(attempt.reason or NONE),
    )


def _traces(item: ItemEvidence) -> tuple[tuple[Cell, ...], ...]:
    return tuple(
        (
            Cell(f"{attempt.number} on {attempt.target}"),
            Cell(attempt.token, code=True),
            Cell(f"SHA-256 {attempt.action_sha256}", code=True),
            Cell(pairs(attempt.remote) or "never taken by the other side"),
        )
        for attempt in item.attempts
    )


def output_caption(what: str, output: OutputFile) -> str:
    """What stands over an excerpt: the file, its size, its digest, and what of it was not stored."""
    size = "missing" if output.bytes is None else plural(output.bytes, "byte")
    digest = f"SHA-256 {output.recorded_sha256}" if output.recorded_sha256 else "no digest recorded"
    if output.recorded_sha256 and output.found_sha256 not in (None, output.recorded_sha256):
        digest += f" recorded, {output.found_sha256} FOUND"
    told = (f"outputs/{output.name}", size, digest, told_left_out(output.left_out, output.lines_left_out))
    return f"{what}: {', '.join(part for part in told if part)}"
