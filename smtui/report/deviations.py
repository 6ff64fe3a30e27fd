"""Where a session left its plan, read from the events: what an auditor looks for first."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import get_args

from smtui.checklist.procedure import Procedure
from smtui.report.found import Found
from smtui.report.model import Deviation, DeviationKind
from smtui.report.phrases import clock, duration, plural
from smtui.report.words import item_of, kind_of, words_of
from smtui.session.events import (
    ApprovalWithdrawn,
    Asked,
    BrokenGlass,
    Cancelled,
    ClockStepped,
    Confirmed,
    Deferred,
    Ended,
    EnvironmentChanged,
    Event,
    Halted,
    Left,
    Opened,
    Overridden,
    Rebooted,
    Record,
    Reopened,
    Resumed,
    Sensed,
    Skipped,
    Started,
    TakenOver,
    Torn,
)
from smtui.session.head_and_tail import told_left_out
from smtui.session.reading import changed_files
from smtui.session.state import ItemState, SessionState
from smtui.telling.risks import told_risks

_ORDER: tuple[DeviationKind, ...] = get_args(DeviationKind)


def deviations(
    procedure: Procedure, records: Sequence[Record], state: SessionState, found: Found
) -> tuple[Deviation, ...]:
    """All of them, the gravest kind first, each kind in time."""
    by_item: dict[str, list[Record]] = defaultdict(list)
    for record in records:
        item = item_of(record.event)
        if item is not None:
            by_item[item].append(record)
    everything = [
        *_of_evidence(records, found),
        *_of_decisions(records, by_item),
        *_of_unknowns(records, by_item, state),
        *_of_open_items(state),
        *_of_ways(procedure, state),
        *_of_interruptions(records),
    ]
    return tuple(sorted(everything, key=lambda one: (_ORDER.index(one.kind), one.seq or 0)))


def _of(kind: DeviationKind, record: Record, what: str, settled: str = "") -> Deviation:
    return Deviation(
        kind=kind,
        what=what,
        at=record.stamp.at,
        seq=record.seq,
        item=item_of(record.event),
        by=record.stamp.by,
        settled=settled,
    )


def _of_evidence(records: Sequence[Record], found: Found) -> Iterator[Deviation]:
    if found.verdict == "damaged":
        yield Deviation(kind="damaged journal", what=f"{found.reason}; what follows is not part of this report")
    elif found.verdict == "torn":
        yield Deviation(kind="torn write", what=f"{found.reason}; it was never acknowledged")
    for path, sha256 in pinned(records).items():
        if path not in found.files:
            yield Deviation(kind="evidence file", what=f"{path} is missing from the session's folder")
        elif found.files[path] != sha256:
            yield Deviation(kind="evidence file", what=f"{path} is not the file that the session was opened with")
    yield from _of_outputs(records, found)
    yield from _of_logs(records, found)


def _of_outputs(records: Sequence[Record], found: Found) -> Iterator[Deviation]:
    names = {record.event.token: record.event.output for record in records if isinstance(record.event, Started)}
    last = {
        record.event.output or names.get(record.event.token, ""): record
        for record in records
        if isinstance(record.event, Ended) and record.event.output_sha256
    }
    for name, record in last.items():
        output = found.outputs.get(name)
        if isinstance(record.event, Ended) and record.event.output_left_out:
            left_out = told_left_out(record.event.output_left_out, record.event.output_lines_left_out or 0)
            yield _of("output cut", record, left_out)
        if output is None:
            yield _of("evidence file", record, "the output of this attempt is missing")
        elif isinstance(record.event, Ended) and output.sha256 != record.event.output_sha256:
            yield _of("evidence file", record, "the output of this attempt is not the one that was recorded")


def _of_logs(records: Sequence[Record], found: Found) -> Iterator[Deviation]:
    for record in records:
        if isinstance(record.event, Asked) and record.event.output:
            output = found.outputs.get(record.event.output)
            if output is None or output.sha256 != record.event.output_sha256:
                what = "missing" if output is None else "not the one that was recorded"
                yield _of("evidence file", record, f"the log of {record.event.target} is {what}")


def pinned(records: Sequence[Record]) -> dict[str, str]:
    """Digests that the first event holds, by path; a changed environment replaces its own."""
    opened = next((record.event for record in records if isinstance(record.event, Opened)), None)
    lines = (line.split("  ", 1) for line in (opened.files if opened else ()))
    digests = {parts[1]: parts[0] for parts in lines if len(parts) == 2}
    for record in records:
        if isinstance(record.event, EnvironmentChanged):
            digests |= changed_files(record.event)
    return digests


def _of_decisions(  # noqa: C901, PLR0912 - a flat table of kinds
    records: Sequence[Record], by_item: dict[str, list[Record]]
) -> Iterator[Deviation]:
    """What somebody, or something outside, did: one deviation for each such event."""
    for record in records:
        if isinstance(record.event, Opened | EnvironmentChanged) and record.event.insecure:
            yield _of("insecure transport", record, told_risks(record.event.insecure))
        match record.event:
            case Overridden() | Skipped() | Deferred():
                kind: DeviationKind = kind_of(record.event)  # type: ignore[assignment]  # the three kinds' own names
                yield _of(kind, record, record.event.reason, _undone(record, by_item))
            case Reopened():
                yield _of("reopened", record, record.event.reason, _next(record, by_item))
            case Cancelled(token=token):
                yield _of("cancelled", record, record.event.reason, _end_of(token, record, by_item))
            case Ended(not_simulated=True):
                why = record.event.reason or "the simulated host does not know this action"
                yield _of("not simulated", record, f"On {record.event.target}: {why}", _next(record, by_item))
            case Ended(outcome="failed"):
                what = f"On {record.event.target}: {record.event.reason or f'exit code {record.event.exit_code}'}"
                yield _of("attempt failed", record, what, _next(record, by_item))
            case BrokenGlass():
                yield _of("break-glass", record, record.event.reason, _next(record, by_item))
            case ApprovalWithdrawn(approver=str()):
                yield _of("refused", record, words_of(record.event), _next(record, by_item))
            case EnvironmentChanged():
                yield _of("environment changed", record, words_of(record.event))
            case TakenOver():
                yield _of("taken over", record, words_of(record.event))
            case ClockStepped():
                yield _of("clock stepped", record, words_of(record.event))
            case Rebooted():
                yield _of("machine rebooted", record, words_of(record.event))
            case Halted():
                yield _of("halted", record, record.event.reason)
            case Torn():
                yield _of("torn write", record, words_of(record.event), "the event was never acknowledged")
            case _:
                pass


def _later(record: Record, by_item: dict[str, list[Record]]) -> Iterator[Record]:
    item = item_of(record.event)
    return (later for later in by_item.get(item or "", ()) if later.seq > record.seq)


def _undone(record: Record, by_item: dict[str, list[Record]]) -> str:
    """Whether the decision still stands."""
    for later in _later(record, by_item):
        if isinstance(later.event, Reopened | Started | Confirmed):
            return f"no longer so since event {later.seq}: {words_of(later.event)}"
    return "stands"


def _next(record: Record, by_item: dict[str, list[Record]]) -> str:
    for later in _later(record, by_item):
        if isinstance(later.event, Started | Confirmed | Overridden | Skipped | Deferred):
            return f"event {later.seq}: {words_of(later.event)}"
    return "nothing was done since"


def _end_of(token: str, record: Record, by_item: dict[str, list[Record]]) -> str:
    for later in _later(record, by_item):
        if isinstance(later.event, Ended) and later.event.token == token:
            return f"event {later.seq}: {words_of(later.event)}"
    return "its end was not seen"


def _of_unknowns(
    records: Sequence[Record], by_item: dict[str, list[Record]], state: SessionState
) -> Iterator[Deviation]:
    """Attempts whose outcome was not known at some time, and how that was settled."""
    breaks = [record.seq for record in records if isinstance(record.event, Resumed | TakenOver)]
    for record in records:
        intent = record.event
        if not isinstance(intent, Started):
            continue
        ends = [
            (later, later.event)
            for later in _later(record, by_item)
            if isinstance(later.event, Ended) and later.event.token == intent.token
        ]
        unknown = next((end for end, event in ends if event.outcome == "unknown"), None)
        first_end = ends[0][0].seq if ends else records[-1].seq + 1
        broken = any(record.seq < seq < first_end for seq in breaks)
        if unknown is None and not broken:
            continue
        why = "smtui ended while it ran"
        if not broken and unknown is not None and isinstance(unknown.event, Ended) and unknown.event.reason:
            why = unknown.event.reason
        since = record if broken or unknown is None else unknown
        what = f"Attempt {intent.attempt} on {intent.target}: its outcome was not known ({why})"
        settled = _settlement(since, intent, by_item)
        item = state.items.get(intent.item)
        if item and item.status == "unknown" and item.attempts[-1].token == intent.token:
            settled += "; the item is still unknown"
        yield _of("unknown outcome", record, what, settled)


def _settlement(since: Record, intent: Started, by_item: dict[str, list[Record]]) -> str:
    """The events that settled an unknown: how it ended after all, what was sensed last, who decided."""
    steps: list[str] = []
    looked = False
    for later in _later(since, by_item):
        if _settles(later.event, intent):
            if looked and isinstance(later.event, Sensed):
                steps.pop()
            looked = isinstance(later.event, Sensed)
            steps.append(f"event {later.seq}: {words_of(later.event)}")
        if isinstance(later.event, Confirmed | Overridden | Skipped | Deferred | Started):
            break
    return "; then ".join(steps) or "not settled"


def _settles(event: Event, intent: Started) -> bool:
    match event:
        case Ended(token=token):
            return token == intent.token and (event.settled or event.outcome != "unknown")
        case Sensed(target=target):
            return target == intent.target
        case Started():
            return event.target == intent.target
        case Confirmed() | Overridden() | Skipped() | Deferred():
            return True
        case _:
            return False


def _of_open_items(state: SessionState) -> Iterator[Deviation]:
    for item in state.items.values():
        if item.status == "failed":
            what = item.reason or "its last attempt failed"
            yield Deviation(kind="failed", what=what, at=_last_time(item), item=item.id, settled="still open")
        elif item.status == "reverted":
            what = item.reason or "it was done, and the check now says otherwise"
            yield Deviation(kind="reverted", what=what, at=_last_time(item), item=item.id, settled="still open")
    todo = [item.id for item in state.items.values() if item.status in ("todo", "running")]
    if todo:
        yield Deviation(kind="not done", what=f"{plural(len(todo), 'item')} not yet done", settled="still open")


def _last_time(item: ItemState) -> datetime | None:
    looks = [look.at for look in item.sensings.values()]
    return max([*looks, *(attempt.ended for attempt in item.attempts if attempt.ended)], default=None)


def _of_ways(procedure: Procedure, state: SessionState) -> Iterator[Deviation]:
    for step in procedure.steps:
        item = state.items.get(step.id)
        if item and step.item.run and item.status == "done" and item.grade == "attested":
            what = "the program could have run this item; a person did it and says so"
            yield Deviation(
                kind="done by hand instead", what=what, at=item.closed, item=item.id, by=item.actor, settled=item.reason
            )


def _of_interruptions(records: Sequence[Record]) -> Iterator[Deviation]:
    before: Record | None = None
    for record in records:
        if isinstance(record.event, Resumed) and before is not None:
            yield _interruption(before, record, record.event)
        if not isinstance(record.event, Torn | Rebooted | ClockStepped | TakenOver | Resumed):
            before = record


def _interruption(before: Record, record: Record, resumed: Resumed) -> Deviation:
    gap = duration((record.stamp.at - before.stamp.at).total_seconds())
    settled = f"resumed after {gap} on {resumed.machine} by {record.stamp.by}"
    if isinstance(before.event, Left):
        return _of("left and resumed", record, words_of(before.event), settled)
    what = (
        f"smtui stopped recording after event {before.seq} ({clock(before.stamp.at)}) without taking leave: "
        "it was killed, it crashed, or the machine lost power"
    )
    return _of("interrupted", record, what, settled)
