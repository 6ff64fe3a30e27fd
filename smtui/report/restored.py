"""What was restored, and from what: read from the fields that the targets reported, by names that scripts agree on.

A script of any checklist that reports fields of these names appears in the report; nothing here knows a script.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from smtui.checklist.model import Scalar
from smtui.checklist.procedure import Procedure, Step
from smtui.report.items import Teller
from smtui.report.model import Recovery
from smtui.report.model_targets import Restored, RestoredFact
from smtui.report.phrases import plural
from smtui.session.events import Ended, Record, Sensed

_SET = "restored backup set"
_EARLIER = "backup set of an earlier restore, not of this session"
_RUN = "restore that was run"


@dataclass(frozen=True, slots=True)
class _Kind:
    """A kind of fact: `key` is the field that tells it, `names` are its fields with their words for the report."""

    what: str
    key: str
    names: Mapping[str, str]
    wanted: tuple[str, ...] = ()
    """Fields of `names` that an auditor asks for: said to be missing where they are."""
    inputs: Mapping[str, str] | None = None
    """Answers of the operator that belong to it."""
    before_and_after: bool = False


_STOP = {"stop_at": "told to stop at (STOPAT)"}
KINDS = (
    _Kind(
        "backup files that were chosen",
        "recovers_to",
        {
            "full_backups": "full backups",
            "differentials": "differential backups",
            "logs": "log backups",
            "gaps": "gaps in the chain",
            "damaged": "damaged sets",
            "without_checksums": "sets without checksums",
            "verified": "sets read to their end (VERIFYONLY)",
            "server_name": "made on",
            "collation": "collation",
            "recovers_to": "lead to",
            "loses": "loss",
            "lost_minutes": "lost minutes",
        },
        inputs={"backup_files": "files", **_STOP, "lost_at": "lost at", "restore_point": "common restore point"},
    ),
    _Kind(
        _RUN,
        "sets_restored",
        {"sets_restored": "sets restored", "state": "state after it", "broker": "broker enabled"},
        inputs={"backup_files": "files", **_STOP},
    ),
    _Kind(
        _SET,
        "backup_set",
        {
            "name": "database",
            "backup_set": "backup_set_uuid",
            "position": "position",
            "first_lsn": "first_lsn",
            "last_lsn": "last_lsn",
            "checkpoint_lsn": "checkpoint_lsn",
            "backup_fork": "recovery fork of the backup (last_recovery_fork_guid)",
            "recovery_fork": "recovery fork now (recovery_fork_guid)",
            "checksums": "has checksums",
            "backup_finished": "backup finished",
            "recovered_to": "recovered to",
            "restored_at": "restored at",
            "state": "state",
            "updateability": "updateability",
        },
        wanted=("position", "first_lsn", "last_lsn", "checkpoint_lsn", "recovery_fork", "checksums", "recovered_to"),
        inputs=_STOP,
    ),
    _Kind(
        "integrity check (DBCC CHECKDB)", "checked", {"database_name": "database", "checked": "ended without damage"}
    ),
    _Kind(
        "newest work item",
        "newest",
        {"newest": "newest", "incidents": "incidents", "minutes_old": "minutes before the look"},
    ),
    _Kind(
        "version",
        "version",
        {"version": "version", "edition": "edition", "parts": "parts installed"},
        before_and_after=True,
    ),
    _Kind(
        "version of the database",
        "database_version",
        {"database_version": "version", "management_group": "management group"},
        before_and_after=True,
    ),
)
"""Fields as the shipped scripts report them: backup-chain, restore-chain, restore-result, checkdb, newest-work-item,
server-version, instance, patch-level and management-group."""


@dataclass(frozen=True, slots=True)
class Report:
    """What one target reported about itself at one time."""

    record: Record
    item: str
    target: str
    fields: Mapping[str, Scalar]
    answer: str
    attempt: bool


def reports(records: Iterable[Record]) -> Iterator[Report]:
    """All looks, and all ends of attempts, in the order of the journal."""
    for record in records:
        event = record.event
        if isinstance(event, Sensed):
            yield Report(record, event.item, event.target, event.fields, event.answer, attempt=False)
        elif isinstance(event, Ended):
            yield Report(record, event.item, event.target, event.fields, event.outcome, attempt=True)


def restored(procedure: Procedure, records: Sequence[Record], tell: Teller) -> Restored:
    """Every fact that a target told, the latest of each kind and target; of versions the first one too."""
    begun = records[0].stamp.at
    facts = tuple(
        _fact(kind, report, source, procedure.by_id.get(report.item), tell, begun)
        for kind in KINDS
        for source, report in _chosen(kind, records)
    )
    count = len({fact.target for fact in facts if fact.what in (_SET, _RUN)})
    words = "Nothing was restored by this session."
    if count:
        words = f"Restored by this session: {plural(count, 'database')}, as the targets told it. Times are theirs."
    return Restored(words=words, facts=facts)


def _chosen(kind: _Kind, records: Sequence[Record]) -> Iterator[tuple[str, Report]]:
    first: dict[str, Report] = {}
    last: dict[str, Report] = {}
    for report in reports(records):
        if report.fields.get(kind.key) not in (None, "") and (report.answer != "failed" or not report.attempt):
            first.setdefault(report.target, report)
            last[report.target] = report
    for target, report in last.items():
        if kind.before_and_after and first[target] is not report:
            yield "the first look", first[target]
            yield "the last look", report
        else:
            yield "the end of an attempt" if report.attempt else "a look", report


def _fact(  # noqa: PLR0917  one parameter for each thing that a fact is made of
    kind: _Kind, report: Report, source: str, step: Step | None, tell: Teller, begun: datetime
) -> RestoredFact:
    facts = {words: report.fields[name] for name, words in kind.names.items() if name in report.fields}
    if step is not None:
        facts |= {words: given for name, words in (kind.inputs or {}).items() if (given := _given(step, name, tell))}
    return RestoredFact(
        what=_EARLIER if kind.what == _SET and _is_earlier(report, begun) else kind.what,
        target=report.target,
        item=report.item,
        source=source,  # type: ignore[arg-type]  # one of the words of `_chosen`
        at=report.record.stamp.at,
        seq=report.record.seq,
        facts=facts,
        not_told=tuple(kind.names[name] for name in kind.wanted if report.fields.get(name) in (None, "")),
    )


def _given(step: Step, name: str, tell: Teller) -> str:
    """The operator's answer to a question of the step's checklist; empty where there is none of this name."""
    reference = f"{{{name}}}"
    told = tell(step, reference)
    return "" if told == reference else told


def _is_earlier(report: Report, begun: datetime) -> bool:
    """Whether the target says that its last restore was before this session; it counts in whole minutes."""
    minutes = report.fields.get("minutes_ago")
    if isinstance(minutes, bool) or not isinstance(minutes, int | float):
        return False
    return report.record.stamp.at - timedelta(minutes=minutes - 1) < begun


def recovery_point(procedure: Procedure, records: Sequence[Record], target: float | None, tell: Teller) -> Recovery:
    """How much was lost: the moment of the loss minus the recovered point, of the worst database.

    Both moments are of the SQL Server's clock: the first as the operator gave it (`lost_at`), the other as msdb has it,
    or STOPAT where that is earlier.
    """
    kind = next(kind for kind in KINDS if kind.what == _SET)
    losses: list[tuple[float, str]] = []
    unknown: list[str] = []
    for _, report in _chosen(kind, records):
        step = procedure.by_id.get(report.item)
        if step is None or _is_earlier(report, records[0].stamp.at):
            continue
        lost, reached = _moment(_given(step, "lost_at", tell)), _moment(str(report.fields.get("recovered_to", "")))
        stop = _moment(_given(step, "stop_at", tell))
        reached = min(reached, stop) if reached and stop else reached
        if lost and reached and lost >= reached:
            losses.append(((lost - reached).total_seconds(), f"{lost.isoformat()} minus {reached.isoformat()}"))
            losses[-1] = (losses[-1][0], f"{losses[-1][1]} on {report.target}")
        else:
            unknown.append(report.target)
    meaning = "moment of the loss (lost_at) minus recovered point, both by the SQL Server's clock"
    if unknown:
        formula = f"{meaning}; not recorded as moments that can be compared for {', '.join(unknown)}"
        return Recovery(target=target, actual=None, formula=formula)
    if not losses:
        return Recovery(target=target, actual=None, formula=f"{meaning}; neither is recorded in this session")
    worst, formula = max(losses)
    return Recovery(
        target=target,
        actual=worst,
        formula=f"{meaning}: {formula}, the most of {plural(len(losses), 'database')}",
    )


def _moment(text: str) -> datetime | None:
    """A moment without an offset, as SQL Server tells it."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return moment if moment.tzinfo is None else None
