"""The items of a report: how each was meant, how it was done, and what its grade is founded on."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from smtui.checklist.model import Item, Scalar
from smtui.checklist.procedure import Heading, Procedure, Step
from smtui.report.approvals import approvals
from smtui.report.found import FoundOutput
from smtui.report.model_items import AttemptEvidence, ItemEvidence, OutputFile, SectionEvidence, SenseEvidence, Way
from smtui.report.phrases import action, clock, expectation, pairs
from smtui.report.times import ItemTimes, item_times
from smtui.report.words import item_of
from smtui.session.events import (
    ApprovalRequested,
    ApprovalWithdrawn,
    Approved,
    BrokenGlass,
    Record,
    Sensed,
    Started,
)
from smtui.session.state import Attempt, ItemState, Sensing, SessionState

Teller = Callable[[Step | Heading, str], str]
"""Resolves the references in a step's prose."""


@dataclass(slots=True)
class _Trace:
    """What the records say of one item beyond its state."""

    first: datetime | None = None
    times: ItemTimes = field(default_factory=ItemTimes)
    runner: str = ""
    """Who let the program run or look last."""
    intents: dict[str, Started] = field(default_factory=dict)
    agreed: dict[str, tuple[Record, Sensed]] = field(default_factory=dict)
    """The last look at each target that agreed: a later one may differ because the procedure itself went on."""
    second_person: list[Record] = field(default_factory=list)
    """Who was asked, and what they said."""

    def take(self, record: Record) -> None:
        event = record.event
        self.first = self.first or record.stamp.at
        if isinstance(event, Started):
            self.intents[event.token] = event
            self.runner = record.stamp.by
        elif isinstance(event, Sensed):
            self.runner = self.runner or record.stamp.by
            if event.answer == "agrees":
                self.agreed[event.target] = (record, event)
        elif isinstance(event, ApprovalRequested | Approved | ApprovalWithdrawn | BrokenGlass):
            self.second_person.append(record)


def sections(
    procedure: Procedure,
    records: Sequence[Record],
    state: SessionState,
    outputs: Mapping[str, FoundOutput],
    tell: Teller,
) -> tuple[SectionEvidence, ...]:
    """All sections with all items, in the procedure's order."""
    traces: dict[str, _Trace] = defaultdict(_Trace)
    for record in records:
        if (item := item_of(record.event)) is not None:
            traces[item].take(record)
    for item, times in item_times(records).items():
        traces[item].times = times
    grouped: dict[str, list[ItemEvidence]] = {heading.id: [] for heading in procedure.headings}
    for step in procedure.steps:
        item_state = state.items.get(step.id, ItemState(id=step.id))
        grouped[step.section].append(_item(step, item_state, traces[step.id], outputs, tell))
    return tuple(
        SectionEvidence(
            id=heading.id, number=heading.number, title=tell(heading, heading.title), items=tuple(grouped[heading.id])
        )
        for heading in procedure.headings
    )


def _item(
    step: Step,
    state: ItemState,
    trace: _Trace,
    outputs: Mapping[str, FoundOutput],
    tell: Teller,
) -> ItemEvidence:
    item = step.item
    attempts = tuple(_attempt(attempt, trace.intents.get(attempt.token), outputs) for attempt in state.attempts)
    machine = sum(one.seconds or 0.0 for one in attempts if one.outcome in ("ok", "failed"))
    return ItemEvidence(
        id=step.id,
        number=step.number,
        section=step.section,
        title=tell(step, item.title),
        consequential=item.consequential,
        designed=designed_way(item),
        action=tell(step, action(item.run)) if item.run else "",
        instruction=tell(step, item.by_hand.strip()),
        caution=tell(step, item.caution or ""),
        status=state.status,
        grade=state.grade,
        actual=_actual(item, state),
        founded_on=_foundation(_check(step, tell), state, trace),
        reason=state.reason,
        actor=state.actor or trace.runner,
        branch=state.branch,
        evidence=dict(state.evidence),
        started=trace.first,
        closed=state.closed,
        machine_seconds=machine,
        hands_on_seconds=trace.times.hands_on,
        waiting_seconds=trace.times.waiting(state.closed, machine),
        estimate=item.estimate,
        persons=item.approve,
        approvals=approvals(trace.second_person),
        attempts=attempts,
        sensings=tuple(_sensing(sensing) for sensing in state.sensings.values()),
        source=item.source,
    )


def designed_way(item: Item) -> Way:
    """How the procedure means an item to be done."""
    if item.choose:
        return "decision"
    if item.run:
        return "automatic, checked" if item.sense else "automatic, not checked"
    return "check" if item.sense else "by hand"


def _actual(item: Item, state: ItemState) -> str:
    if item.choose and state.branch:
        return f"decided: {item.choose.get(state.branch, state.branch)}"
    if state.status != "done":
        return {
            "skipped": "skipped",
            "deferred": "put off",
            "not-applicable": "not applicable",
            "todo": "not done",
            "running": "not ended",
        }.get(state.status, state.status)
    return {
        "verified": "run by smtui, then checked" if state.attempts else "checked by smtui",
        "executed": "run by smtui, not checked",
        "sensed": _found_so(item, state),
        "attested": "by hand, on a person's word",
        "overridden": "declared done by a person, against the check",
        None: "done",
    }[state.grade]


def _found_so(item: Item, state: ItemState) -> str:
    if state.attempts:
        return "run by smtui, its end not seen, found so"
    return "found already so" if item.run else "looked at by smtui, found so"


def _check(step: Step, tell: Teller) -> str:
    """The look that belongs to an item and what it must find, references resolved; empty where it has none."""
    sense = step.item.sense
    return tell(step, f"{action(sense)}, expecting {expectation(sense)}") if sense else ""


def _foundation(check: str, state: ItemState, trace: _Trace) -> str:
    """What the grade rests on: the named check and what it found, or that there was none."""
    latest = tuple(state.sensings.values())
    looks = "; ".join(_look(one.target, one.answer, one.fields, one.at, one.seq) for one in latest)
    if state.grade in ("verified", "sensed"):
        agreed = "; ".join(
            _look(target, event.answer, event.fields, record.stamp.at, record.seq)
            for target, (record, event) in trace.agreed.items()
        )
        return f"{check}: {agreed}" if check else "a person's word"
    if state.grade == "executed":
        return "the exit code of the action alone" + (f"; the check did not settle it: {looks}" if looks else "")
    if state.grade == "attested":
        typed = f"; typed in: {pairs(state.evidence)}" if state.evidence else ""
        return f"the word of {state.actor}{typed}"
    if state.grade == "overridden":
        return f"the word of {state.actor}, against the check {check}: {looks or 'not made'}"
    return ""


def _look(target: str, answer: str, fields: Mapping[str, Scalar], at: datetime, seq: int) -> str:
    found = f" ({pairs(fields)})" if fields else ""
    return f"{target} {answer}{found} at {clock(at)}, event {seq}"


def _attempt(attempt: Attempt, intent: Started | None, outputs: Mapping[str, FoundOutput]) -> AttemptEvidence:
    seconds = (attempt.ended - attempt.started).total_seconds() if attempt.ended else None
    return AttemptEvidence(
        number=attempt.number,
        target=attempt.target,
        token=attempt.token,
        action_sha256=intent.action_sha256 if intent else "",
        started=attempt.started,
        started_seq=attempt.started_seq,
        ended=attempt.ended,
        ended_seq=attempt.ended_seq,
        seconds=seconds,
        outcome=attempt.outcome,
        exit_code=attempt.exit_code,
        fields=dict(attempt.fields),
        remote=dict(attempt.remote),
        reason=attempt.reason,
        not_simulated=attempt.not_simulated,
        output=_output(attempt, outputs.get(attempt.output)),
    )


def _output(attempt: Attempt, found: FoundOutput | None) -> OutputFile | None:
    if found is None and attempt.output_sha256 is None:
        return None
    return OutputFile(
        name=attempt.output,
        recorded_sha256=attempt.output_sha256,
        found_sha256=found.sha256 if found else None,
        bytes=found.bytes if found else None,
        excerpt=found.excerpt if found else "",
        cut=found.cut if found else False,
        left_out=attempt.output_left_out,
        lines_left_out=attempt.output_lines_left_out,
    )


def _sensing(sensing: Sensing) -> SenseEvidence:
    return SenseEvidence(
        target=sensing.target,
        answer=sensing.answer,
        fields=dict(sensing.fields),
        why=sensing.why,
        at=sensing.at,
        seq=sensing.seq,
    )
