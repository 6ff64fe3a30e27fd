"""What the targets' own logs hold of the time of a session, as `smtui report --ask-targets` asked for it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import datetime

from smtui.checklist.model import Scalar
from smtui.report.found import FoundOutput
from smtui.report.model_items import OutputFile
from smtui.report.model_targets import AskedLog
from smtui.session.events import Asked, Record


def own_logs(records: Sequence[Record], outputs: Mapping[str, FoundOutput]) -> tuple[AskedLog, ...]:
    """The last answer of each log of each target; the last try where there was none."""
    last: dict[tuple[str, str], tuple[Record, Asked]] = {}
    for record in records:
        if isinstance(record.event, Asked):
            key = record.event.target, record.event.log
            if record.event.answered or key not in last or not last[key][1].answered:
                last[key] = record, record.event
    return tuple(_log(record, event, outputs) for record, event in last.values())


def _log(record: Record, event: Asked, outputs: Mapping[str, FoundOutput]) -> AskedLog:
    return AskedLog(
        log=event.log,
        target=event.target,
        start=event.window_start,
        end=event.window_end,
        answered=event.answered,
        reason=event.reason or "",
        entries=_entries(event),
        clock_ahead=_clock_ahead(record, event),
        facts={name: value for name, value in event.fields.items() if value not in ("", 0)},
        script=event.script,
        script_sha256=event.script_sha256,
        asked=record.stamp.at,
        asked_by=record.stamp.by,
        output=_output(event, outputs.get(event.output)) if event.output is not None else None,
        seq=record.seq,
    )


def _entries(event: Asked) -> int | None:
    listed = event.fields.get("listed")
    return listed if isinstance(listed, int) and event.answered else None


def _clock_ahead(record: Record, event: Asked) -> float | None:
    """By the event's own time: the answer came just before."""
    with suppress(ValueError, TypeError):
        told = datetime.fromisoformat(str(event.fields.get("clock", "")))
        return round((told - record.stamp.at).total_seconds())
    return None


def _output(event: Asked, found: FoundOutput | None) -> OutputFile:
    return OutputFile(
        name=event.output or "",
        recorded_sha256=event.output_sha256,
        found_sha256=found.sha256 if found else None,
        bytes=found.bytes if found else None,
        excerpt=found.excerpt if found else "",
        cut=found.cut if found else False,
        left_out=0,
        lines_left_out=0,
    )


def told_besides(log: AskedLog) -> Mapping[str, Scalar]:
    """What an answer tells besides the number of its entries and the target's clock."""
    return {name: value for name, value in log.facts.items() if name not in ("listed", "clock")}


def gaps(logs: Sequence[AskedLog]) -> Iterator[str]:
    """In words, what the answers leave out; each sentence stands for itself."""
    if not logs:
        yield (
            "Nobody asked the targets what their own logs hold of the time of this session. `smtui report SESSION "
            "--ask-targets` asks for the event logs System, Application and Operations Manager, and for the error log "
            "of SQL Server."
        )
    answered = [log for log in logs if log.answered]
    if answered:
        yield (
            "Of event logs, critical events, errors and warnings were copied, and besides these the few events that "
            "the script names by provider and id; nothing of the log Security, and nothing of other times."
        )
    for log in answered:
        if cut := "; ".join(_gaps(log.facts)):
            yield f"{log.target}, {log.log}: {cut}."


def _gaps(facts: Mapping[str, object]) -> Iterator[str]:
    """By the names of the fields of `event-log-window.ps1` and `error-log-window.sql`."""
    if more := facts.get("more_than_listed"):
        yield f"{more} held more events than were copied"
    if more := facts.get("left_out"):
        yield f"{more} earlier lines of the window were not copied"
    if absent := facts.get("not_there"):
        yield f"there is no log {absent}"
    if unreadable := facts.get("unreadable"):
        yield f"not readable: {unreadable}"
    late = facts.get("begins_later")
    if isinstance(late, str) and late:
        yield f"{late} begins only within the window: what stood before is gone"
    elif late:
        yield "the oldest log that is left begins only within the window: what stood before is gone"
