"""Items, and logs that targets were asked for, as CSV (RFC 4180; UTF-8 with the mark that spreadsheets need)."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence

from smtui.report.model import Evidence
from smtui.report.model_items import ItemEvidence
from smtui.report.model_targets import AskedLog
from smtui.report.own_logs import told_besides
from smtui.report.phrases import pairs
from smtui.text import visible

COLUMNS = (
    "number",
    "id",
    "title",
    "consequential",
    "designed",
    "actual",
    "status",
    "grade",
    "founded_on",
    "actor",
    "reason",
    "started_utc",
    "closed_utc",
    "machine_seconds",
    "hands_on_seconds",
    "waiting_seconds",
    "estimate_seconds",
    "second_person",
    "attempts",
    "targets",
    "last_outcome",
    "last_exit_code",
    "sensed",
    "evidence",
)

RECORD_COLUMNS = (
    "log",
    "target",
    "window_start_utc",
    "window_end_utc",
    "answered",
    "reason",
    "entries",
    "clock_ahead_seconds",
    "told_besides",
    "script",
    "script_sha256",
    "asked_utc",
    "asked_by",
    "output",
    "output_sha256",
    "event",
)

_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def to_csv(evidence: Evidence) -> str:
    """One line for each item, a line of column names first."""
    return _table(COLUMNS, (_row(item) for item in evidence.items))


def records_to_csv(evidence: Evidence) -> str:
    """One line for each log that a target was asked for."""
    return _table(RECORD_COLUMNS, (_record(log) for log in evidence.target_records.logs))


def _table(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\r\n")
    writer.writerow(columns)
    writer.writerows(rows)
    return "\ufeff" + buffer.getvalue()


def _row(item: ItemEvidence) -> tuple[str, ...]:
    last = item.attempts[-1] if item.attempts else None
    return (
        _text(item.number),
        _text(item.id),
        _text(item.title),
        "yes" if item.consequential else "no",
        item.designed,
        _text(item.actual),
        item.status,
        item.grade or "",
        _text(item.founded_on),
        _text(item.actor),
        _text(item.reason),
        item.started.isoformat() if item.started else "",
        item.closed.isoformat() if item.closed else "",
        f"{item.machine_seconds:.3f}",
        f"{item.hands_on_seconds:.3f}",
        "" if item.waiting_seconds is None else f"{item.waiting_seconds:.3f}",
        "" if item.estimate is None else f"{item.estimate:g}",
        _text("; ".join(f"{one.answer} {one.by}".strip() for one in item.approvals)),
        str(len(item.attempts)),
        _text(" ".join(dict.fromkeys(attempt.target for attempt in item.attempts))),
        (last.outcome or "") if last else "",
        str(last.exit_code) if last and last.exit_code is not None else "",
        _text("; ".join(f"{look.target} {look.answer}: {pairs(look.fields)}" for look in item.sensings)),
        _text(pairs(item.evidence)),
    )


def _record(log: AskedLog) -> tuple[str, ...]:
    return (
        _text(log.log),
        _text(log.target),
        log.start.isoformat(),
        log.end.isoformat(),
        "yes" if log.answered else "no",
        _text(log.reason),
        "" if log.entries is None else str(log.entries),
        "" if log.clock_ahead is None else f"{log.clock_ahead:.0f}",
        _text(pairs(told_besides(log))),
        _text(log.script),
        log.script_sha256,
        log.asked.isoformat(),
        _text(log.asked_by),
        _text(f"outputs/{log.output.name}") if log.output else "",
        (log.output.recorded_sha256 or "") if log.output else "",
        str(log.seq),
    )


def _text(text: str) -> str:
    """Text that a spreadsheet does not take for a formula (OWASP, CVE-2021-41270)."""
    shown = visible(text, multiline=False)
    return f"'{shown}" if text.startswith(_FORMULA) or shown.startswith(_FORMULA) else shown
