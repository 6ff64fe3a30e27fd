"""The parts of the report that hold what the targets told of themselves."""

from __future__ import annotations

from collections.abc import Mapping

from smtui.report.document import Block, Bullets, Cell, Excerpt, Facts, Part, Table, Text, Tone
from smtui.report.layout_items import anchor, item_cell, output_caption, tone_of
from smtui.report.model import Criterion, Evidence
from smtui.report.model_targets import AskedLog, RestoredFact, TargetRecord
from smtui.report.own_logs import told_besides
from smtui.report.phrases import NONE, clock, duration, pairs, plural


def scope_part(evidence: Evidence) -> Part:
    """What was meant to be shown, fixed at the start, and what became of it."""
    scope = evidence.scope
    facts = Facts((
        ("Deployment", Cell(evidence.header.environment)),
        ("Procedure", Cell(f"{plural(scope.sections, 'section')}, {plural(scope.items, 'item')}")),
        ("Items that apply", Cell(str(scope.applied))),
        ("Targets acted on", Cell(", ".join(scope.acted_on) or NONE)),
        ("Targets looked at only", Cell(", ".join(scope.looked_at) or NONE)),
    ))  # fmt: skip
    columns = ("Objective or criterion", "Result", "On what ground", "Judged by, when")
    table = Table("Fixed when the session was opened", columns, tuple(_criterion(one) for one in scope.criteria))
    return Part("scope", "Scope, objectives and criteria", (facts, table))


def _criterion(one: Criterion) -> tuple[Cell, ...]:
    tones: dict[str, Tone] = {"met": "good", "not met": "bad", "MISSED": "bad", "not judged": "warn"}
    tone = tones.get(one.result.partition(":")[0], "")
    who = f"{one.judged_by}, {clock(one.judged)}, event {one.seq}" if one.judged else ""
    unsaid = NONE if one.result.startswith("not judged") else "reckoned from the record"
    return (
        Cell(one.what),
        Cell(one.result, tone),
        Cell(one.reason or NONE),
        Cell(who or unsaid, "" if who else "quiet"),
    )


def restored_part(evidence: Evidence, names: Mapping[str, str]) -> Part:
    """What came back, and from which backups."""
    restored = evidence.restored
    words = Text(restored.words)
    if not restored.facts:
        return Part("restored", "What was restored", (words,))
    columns = ("What was told", "Target", "Facts", "Not told", "Item", "Told by, when")
    rows = tuple(_fact(fact, names) for fact in restored.facts)
    return Part("restored", "What was restored", (words, Table("As the targets told it", columns, rows)))


def _fact(fact: RestoredFact, names: Mapping[str, str]) -> tuple[Cell, ...]:
    return (
        Cell(fact.what),
        Cell(fact.target),
        Cell(pairs(fact.facts) or NONE),
        Cell(", ".join(fact.not_told) or NONE, "quiet"),
        item_cell(fact.item, names),
        Cell(f"{fact.source}, {clock(fact.at)}, event {fact.seq}"),
    )


def times_part(evidence: Evidence) -> Part:
    """Hands-on, machine and waiting time, with how they were reckoned."""
    times = evidence.times
    against = (
        f"{duration(times.worked)} of work, {duration(times.estimate)} estimated, for the same items that are done"
    )
    facts = Facts((
        ("From opening to last event", Cell(duration(times.elapsed))),
        ("Hands-on, estimated", Cell(duration(times.hands_on))),
        ("Machine", Cell(duration(times.machine))),
        ("Waiting", Cell(duration(times.waiting))),
        ("Not recorded", Cell(duration(times.not_recorded))),
        ("Against the estimates", Cell(against)),
    ))  # fmt: skip
    rows = tuple(
        (
            Cell(item.number, link=anchor(item.id)),
            Cell(duration(item.hands_on_seconds)),
            Cell(duration(item.machine_seconds)),
            Cell(duration(item.waiting_seconds)),
            Cell(duration(item.hands_on_seconds + item.machine_seconds)),
            Cell(duration(item.estimate)),
        )
        for item in evidence.items
        if item.started is not None
    )
    columns = ("Item no.", "Hands-on (estimated)", "Machine", "Waiting", "Work", "Estimate")
    table = Table("Items that anything happened to", columns, rows)
    how = Part("times-reckoned", "How times are reckoned", (Bullets(times.formulas),))
    return Part("times", "Times", (facts, *([table] if rows else []), how))


def target_records_part(evidence: Evidence, names: Mapping[str, str]) -> Part:
    """The targets' own logs."""
    told = evidence.target_records
    blocks: list[Block] = []
    if told.logs:
        columns = ("Log", "Target", "Window", "Answer", "Its clock", "Asked by, when")
        rows = tuple(_log(log) for log in told.logs)
        caption = "What the logs hold of the time of the session, and how far the target's clock was ahead of ours"
        blocks.append(Table(caption, columns, rows))
        blocks += [Part(f"own-log-{log.seq}", f"{log.target}: {log.log}", _excerpt(log)) for log in told.logs]
    if told.records:
        titles = ("Log", "Target", "Window", "Asked for", "Answer", "Found", "Item", "Asked")
        counted = tuple(_record(record, names) for record in told.records)
        blocks.append(Table("Logs that items asked; the window is by the recording machine's clock", titles, counted))
    if not blocks:
        blocks.append(Text("No log of a target was asked in this session."))
    missing = Part("not-asked", "What was not asked", (Bullets(told.not_asked),))
    return Part("target-records", "The targets' own records", (*blocks, missing))


def _log(log: AskedLog) -> tuple[Cell, ...]:
    said = plural(log.entries, "entry", "entries") if log.entries is not None else f"no answer: {log.reason}"
    ahead = NONE
    if log.clock_ahead is not None:
        ahead = "within a second" if abs(log.clock_ahead) <= 1 else f"{log.clock_ahead:+.0f} s"
    return (
        Cell(log.log),
        Cell(log.target),
        Cell(f"{clock(log.start)} to {clock(log.end)}"),
        Cell(said, "good" if log.answered else "bad"),
        Cell(ahead),
        Cell(f"{log.asked_by}, {clock(log.asked)}, event {log.seq}"),
    )


def _excerpt(log: AskedLog) -> tuple[Block, ...]:
    facts = Facts((
        ("Read by", Cell(f"{log.script}, SHA-256 {log.script_sha256}", code=True)),
        ("Told besides", Cell(pairs(told_besides(log)) or NONE)),
    ))  # fmt: skip
    if log.output is None:
        return (facts, Text("Nothing was stored."))
    return (
        facts,
        Excerpt(output_caption("What was read", log.output), log.output.excerpt),
    )


def _record(record: TargetRecord, names: Mapping[str, str]) -> tuple[Cell, ...]:
    return (
        Cell(record.log),
        Cell(record.target),
        Cell(f"{clock(record.start)} to {clock(record.end)}"),
        Cell(pairs(record.asked) or NONE),
        Cell(record.answer, tone_of(record.answer)),
        Cell(pairs(record.facts) or NONE),
        item_cell(record.item, names),
        Cell(f"{record.looks} times, last in event {record.seq}" if record.looks > 1 else f"event {record.seq}"),
    )
