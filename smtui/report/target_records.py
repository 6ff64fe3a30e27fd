"""What the targets' own logs were asked during the session, and what nobody asked them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from smtui.checklist.model import Action, Scalar
from smtui.checklist.procedure import Procedure
from smtui.checklist.references import LOCAL
from smtui.report.found import FoundOutput
from smtui.report.model_targets import AskedLog, TargetRecord, TargetRecords
from smtui.report.own_logs import gaps, own_logs
from smtui.report.phrases import plural
from smtui.report.restored import Report, reports
from smtui.session.events import Record, Started


@dataclass(frozen=True, slots=True)
class _Log:
    """A log that a shipped script asks."""

    name: str
    minutes: str
    """The parameter that says how far back it looks."""


LOGS: Mapping[str, _Log] = {"events-since.ps1": _Log("event log “Operations Manager”", "minutes")}
"""By the name of the script that an item runs."""


def target_records(
    procedure: Procedure, records: Sequence[Record], outputs: Mapping[str, FoundOutput]
) -> TargetRecords:
    """The last question of each item to each target, and in words what was left unasked."""
    last: dict[tuple[str, str], tuple[Report, Action, _Log]] = {}
    looks: Counter[tuple[str, str]] = Counter()
    for report in reports(records):
        step = procedure.by_id.get(report.item)
        action = (step.item.run if report.attempt else step.item.sense) if step else None
        log = LOGS.get(action.script or "") if action else None
        if action and log:
            last[report.item, report.target] = (report, action, log)
            looks[report.item, report.target] += 1
    found = tuple(_record(*asked, looks[key]) for key, asked in last.items())
    logs = own_logs(records, outputs)
    return TargetRecords(records=found, logs=logs, not_asked=tuple(_not_asked(procedure, records, found, logs)))


def _record(report: Report, action: Action, log: _Log, looks: int) -> TargetRecord:
    end = report.record.stamp.at
    minutes = action.parameters.get(log.minutes)
    counted = isinstance(minutes, int | float) and not isinstance(minutes, bool)
    asked: dict[str, Scalar] = dict(action.parameters)
    return TargetRecord(
        log=log.name,
        target=report.target,
        item=report.item,
        start=end - timedelta(minutes=float(minutes)) if counted and minutes is not None else None,
        end=end,
        asked=asked,
        answer=report.answer,
        facts=dict(report.fields),
        looks=looks,
        seq=report.record.seq,
    )


def _not_asked(
    procedure: Procedure, records: Sequence[Record], found: Sequence[TargetRecord], logs: Sequence[AskedLog]
) -> Iterator[str]:
    yield from gaps(logs)
    acted = dict.fromkeys(record.event.target for record in records if isinstance(record.event, Started))
    asked = {record.target for record in found} | {log.target for log in logs if log.answered}
    without = [target for target in acted if target not in asked and target != LOCAL.label]
    if without:
        yield f"No log answered on these targets, though the program acted on them: {', '.join(without)}."
    if found:
        yield (
            "Items counted only the providers and event ids that are named, and only in the window before each look; "
            "what else the logs hold, and what they hold of other times, they did not ask."
        )
    items = {record.item for record in found}
    missed = [
        step.number
        for step in procedure.steps
        if step.id not in items
        and any((of.script or "") in LOGS for of in (step.item.run, step.item.sense) if of is not None)
    ]
    if missed:
        what = plural(len(missed), "item of the procedure asks", "items of the procedure ask")
        yield f"{what} a log and did not in this session: {', '.join(missed)}."
