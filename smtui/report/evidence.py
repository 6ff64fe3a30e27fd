"""From the journal's records and their fold to `Evidence`: pure, so the same journal gives the same report."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from smtui.report.approvals import done_with, second_persons
from smtui.report.deviations import deviations, pinned
from smtui.report.found import Found
from smtui.report.items import Teller, sections
from smtui.report.model import (
    Evidence,
    FindingEvidence,
    Header,
    Integrity,
    Note,
    Person,
    PinnedFile,
    Recovery,
    Span,
    Summary,
    Verdict,
)
from smtui.report.model_items import SectionEvidence
from smtui.report.phrases import plural
from smtui.report.restored import recovery_point, restored
from smtui.report.scope import moments, scope_of
from smtui.report.statements import does_not_prove, proves
from smtui.report.target_records import target_records
from smtui.report.times import times_of
from smtui.session.events import AcceptedByOwner, Completed, EnvironmentChanged, Finding, Noted, Opened, Record, Resumed
from smtui.session.state import SessionState

FORMAT = 1
_UNPROVEN = "identity not proven: an account, not a person"


class NothingRecordedError(Exception):
    """The journal holds no session; the text is one line that says what to do."""


def gather(
    records: Sequence[Record],
    state: SessionState,
    found: Found,
    *,
    tell: Teller,
    smtui: str,
    unreadable: tuple[str, ...] = (),
) -> Evidence:
    """The report's content; `tell` resolves a step's prose, `smtui` is the version that makes the report.

    `unreadable` names the pinned files that could not be read, with the reason; the report tells the rest.

    Raises:
        NothingRecordedError: the first record is not `opened`.
    """
    if not records or not isinstance(records[0].event, Opened):
        raise NothingRecordedError("The journal holds no opened session, so there is nothing to report.")
    opened, procedure = records[0].event, state.procedure
    header = _header(opened, records, state, smtui, unreadable)
    integrity = _integrity(records, found)
    parts = sections(procedure, records, state, found.outputs, tell)
    people = _people(opened, records)
    rpo = recovery_point(procedure, records, opened.rpo, tell)
    summary = _summary(opened, records, state, parts, found, rpo)
    return Evidence(
        format=FORMAT,
        header=header,
        summary=summary,
        scope=scope_of(opened, records, parts, summary),
        deviations=deviations(procedure, records, state, found),
        people=people,
        recording=_recording(records),
        restored=restored(procedure, records, tell),
        times=times_of(records, parts),
        sections=parts,
        target_records=target_records(procedure, records, found.outputs),
        notes=tuple(_notes(records)),
        findings=tuple(_findings(records)),
        proves=proves(integrity, parts),
        does_not_prove=does_not_prove(header, integrity, people, summary.rpo),
        integrity=integrity,
        timeline=tuple(moments(records)),
    )


def _insecure(records: Sequence[Record]) -> tuple[str, ...]:
    """Every way that was open at any time, in the order in which they were accepted."""
    events = (record.event for record in records)
    told = [event.insecure for event in events if isinstance(event, Opened | EnvironmentChanged)]
    return tuple(dict.fromkeys(way for ways in told for way in ways))


def _header(
    opened: Opened, records: Sequence[Record], state: SessionState, smtui: str, unreadable: tuple[str, ...]
) -> Header:
    return Header(
        session=opened.session,
        title=opened.title,
        checklist=opened.checklist,
        version=opened.version,
        source=state.procedure.checklist.source,
        mode=opened.mode,
        simulated=opened.mode == "drill",
        environment=state.environment,
        ticket=opened.ticket,
        scenario=opened.scenario,
        machine=opened.machine,
        recorded_by=opened.smtui,
        reported_by=smtui,
        inputs=dict(state.inputs),
        classification=opened.classification,
        utc_offset=opened.utc_offset,
        insecure=_insecure(records),
        unreadable=unreadable,
    )


def _summary(  # noqa: PLR0917  one parameter for each thing that it sums up
    opened: Opened,
    records: Sequence[Record],
    state: SessionState,
    parts: Sequence[SectionEvidence],
    found: Found,
    rpo: Recovery,
) -> Summary:
    items = [item for section in parts for item in section.items]
    accepted = _acceptance(records) if state.completed else None
    completed = _last_time(records, Completed) if state.completed else None
    verdict, words = _verdict(state, found)
    start = records[0].stamp.at
    return Summary(
        verdict=verdict,
        words=words,
        declared=opened.declared_at,
        declared_by=opened.declared_by,
        opened=start,
        opened_by=records[0].stamp.by,
        completed=completed,
        accepted=accepted.stamp.at if accepted else None,
        accepted_by=accepted.event.owner if accepted and isinstance(accepted.event, AcceptedByOwner) else None,
        last_event=records[-1].stamp.at,
        rto=_recovery_time(opened, opened.declared_at or start, completed, accepted.stamp.at if accepted else None),
        rpo=rpo,
        statuses=_counted(item.status for item in items),
        grades=_counted(item.grade for item in items if item.grade),
        consequential=_counted(item.grade or item.status for item in items if item.consequential),
        second_person=done_with(items),
    )


def _verdict(state: SessionState, found: Found) -> tuple[Verdict, str]:
    still_open = [item for item in state.items.values() if item.status not in _CLOSED]
    if found.verdict == "damaged":
        return "INCOMPLETE", "The journal is damaged; the report ends at its last whole event."
    if state.completed == "complete":
        return "complete", "Every item that applies is done."
    if state.completed is not None:
        return "complete with exceptions", "The session was closed with items that are skipped, deferred or overridden."
    if still_open:
        return "INCOMPLETE", f"The session is not finished: {plural(len(still_open), 'item')} still open."
    return "INCOMPLETE", "The session is not finished: every item is closed, but nobody completed it."


_CLOSED = ("done", "skipped", "deferred", "not-applicable")


def _recovery_time(opened: Opened, start: datetime, completed: datetime | None, accepted: datetime | None) -> Recovery:
    end = accepted or completed
    until = "the owner's acceptance"
    if accepted is None:
        until = "the completion of the procedure (the owner's acceptance is not recorded)"
    return Recovery(
        target=opened.rto,
        actual=(end - start).total_seconds() if end else None,
        formula=f"from {'its declaration' if opened.declared_at else 'the opening of the session'} to {until}",
    )


def _acceptance(records: Sequence[Record]) -> Record | None:
    """The owner's acceptance; one from before the session was reopened is none."""
    for record in reversed(records):
        if isinstance(record.event, AcceptedByOwner):
            return record
        if isinstance(record.event, Completed):
            return None
    return None


def _last_time(records: Sequence[Record], kind: type) -> datetime | None:
    return next((record.stamp.at for record in reversed(records) if isinstance(record.event, kind)), None)


def _counted(values: Iterator[str]) -> dict[str, int]:
    return dict(sorted(Counter(values).items()))


@dataclass(slots=True)
class _Presence:
    """One account at one place, as its events come by."""

    first: datetime
    last: datetime
    events: int = 0
    uid: int | None = None


def _people(opened: Opened, records: Sequence[Record]) -> tuple[Person, ...]:
    seen: dict[tuple[str, str], _Presence] = {}
    for record in records:
        stamp = record.stamp
        presence = seen.setdefault((stamp.by, stamp.origin), _Presence(first=stamp.at, last=stamp.at))
        presence.last = max(presence.last, stamp.at)
        presence.events += 1
        if isinstance(record.event, Opened | Resumed) and record.event.uid is not None:
            presence.uid = record.event.uid
    accounts = [
        Person(
            name=by,
            role="operator",
            origin=origin,
            first=presence.first,
            last=presence.last,
            events=presence.events,
            uid=presence.uid,
            proof=_UNPROVEN,
        )
        for (by, origin), presence in seen.items()
    ]
    named = [
        Person(
            name=name or role,
            role=role,
            origin="",
            first=None,
            last=None,
            events=0,
            uid=None,
            proof="named, not proven",
        )
        for role, _, name in (person.partition(": ") for person in opened.people)
    ]
    return (*accounts, *second_persons(records), *named)


def _recording(records: Sequence[Record]) -> tuple[Span, ...]:
    """The times between an opening or resumption and the last event before the next one."""
    spans: list[Span] = []
    start = before = records[0].stamp.at
    for record in records[1:]:
        if isinstance(record.event, Resumed):
            spans.append(Span(start=start, end=before))
            start = record.stamp.at
        before = record.stamp.at
    return (*spans, Span(start=start, end=before))


def _notes(records: Sequence[Record]) -> Iterator[Note]:
    for record in records:
        if isinstance(record.event, Noted):
            yield Note(at=record.stamp.at, by=record.stamp.by, item=record.event.item, text=record.event.text)


def _findings(records: Sequence[Record]) -> Iterator[FindingEvidence]:
    for record in records:
        event = record.event
        if isinstance(event, Finding):
            yield FindingEvidence(
                at=record.stamp.at,
                by=record.stamp.by,
                item=event.item,
                text=event.text,
                owner=event.owner,
                due=event.due,
            )


def _integrity(records: Sequence[Record], found: Found) -> Integrity:
    return Integrity(
        events=len(records),
        head=records[-1].sha256,
        verdict=found.verdict,
        reason=found.reason,
        pinned=tuple(
            PinnedFile(path=path, recorded_sha256=sha256, found_sha256=found.files.get(path))
            for path, sha256 in pinned(records).items()
        ),
    )
