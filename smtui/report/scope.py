"""What a session was about: targets, objectives and criteria with their results; and its events one by one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, timedelta

from smtui.report.model import Criterion, Moment, Recovery, Scope, Summary
from smtui.report.model_items import SectionEvidence
from smtui.report.phrases import duration, offset, plural
from smtui.report.words import item_of, kind_of, words_of
from smtui.session.events import Judged, Opened, Record, Resumed, Sensed, Started


def scope_of(opened: Opened, records: Sequence[Record], sections: Sequence[SectionEvidence], summary: Summary) -> Scope:
    """The scope as the record shows it, and the results of what was fixed when the session was opened."""
    items = [item for section in sections for item in section.items]
    acted = dict.fromkeys(record.event.target for record in records if isinstance(record.event, Started))
    seen = dict.fromkeys(record.event.target for record in records if isinstance(record.event, Sensed))
    return Scope(
        sections=len(sections),
        items=len(items),
        applied=sum(item.status != "not-applicable" for item in items),
        acted_on=tuple(acted),
        looked_at=tuple(target for target in seen if target not in acted),
        criteria=tuple(_criteria(opened, records, summary)),
    )


def _criteria(opened: Opened, records: Sequence[Record], summary: Summary) -> Iterator[Criterion]:
    last = {record.event.objective: record for record in records if isinstance(record.event, Judged)}
    for objective in opened.objectives:
        yield _objective(objective, last.get(objective))
    measures = opened.mode != "drill"
    yield _within("Recovery time (RTO)", summary.rto, measures=measures)
    yield _within("Recovery point (RPO)", summary.rpo, measures=measures)
    yield Criterion(what="Every item of the procedure that applies is done", result=summary.verdict)
    proven = sum(summary.consequential.get(grade, 0) for grade in ("verified", "sensed"))
    away = summary.consequential.get("not-applicable", 0)
    total = sum(summary.consequential.values()) - away
    yield Criterion(
        what="Items that cannot be taken back are done and checked by a look at the state",
        result=f"{proven} of {plural(total, 'item')}",
    )


def _objective(objective: str, record: Record | None) -> Criterion:
    if record is None or not isinstance(record.event, Judged):
        return Criterion(what=objective, result="not judged: smtui cannot measure it, and nobody said")
    event = record.event
    return Criterion(
        what=objective,
        result=event.result,
        judged_by=f"{event.judge}, written by {record.stamp.by}",
        judged=record.stamp.at,
        reason=event.reason,
        seq=record.seq,
    )


def _within(name: str, recovery: Recovery, *, measures: bool) -> Criterion:
    if recovery.target is None:
        return Criterion(what=f"{name}: no target was given", result="none")
    what = f"{name} within {duration(recovery.target)}"
    if recovery.actual is None:
        return Criterion(what=what, result="not known")
    if not measures:
        return Criterion(what=what, result="simulated hosts measure no recovery")
    met = "met" if recovery.actual <= recovery.target else "MISSED"
    return Criterion(what=what, result=f"{met}: {duration(recovery.actual)}")


def moments(records: Sequence[Record]) -> Iterator[Moment]:
    """Every event in words; its local time by the offset that the machine had when it last took the session up."""
    ahead: int | None = None
    for record in records:
        if isinstance(record.event, Opened | Resumed):
            ahead = record.event.utc_offset
        local = ""
        if ahead is not None:
            local = f"{record.stamp.at.astimezone(UTC) + timedelta(seconds=ahead):%Y-%m-%d %H:%M:%S} {offset(ahead)}"
        yield Moment(
            seq=record.seq,
            at=record.stamp.at,
            by=record.stamp.by,
            kind=kind_of(record.event),
            item=item_of(record.event),
            text=words_of(record.event),
            local=local,
        )
