"""The parts of the report that hold what the targets told of themselves."""

from __future__ import annotations

from collections.abc import Mapping

from smtui.report.document import Bullets, Cell, Facts, Part, Table, Text
from smtui.report.layout_items import anchor, item_cell, tone_of
from smtui.report.model import Evidence
from smtui.report.model_targets import RestoredFact, TargetRecord
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
    rows = tuple((Cell(one.what), Cell(one.result)) for one in scope.criteria)
    table = Table("Fixed when the session was opened", ("Objective or criterion", "Result"), rows)
    return Part("scope", "Scope, objectives and criteria", (facts, table))


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
    columns = ("Log", "Target", "Window", "Asked for", "Answer", "Found", "Item", "Asked")
    rows = tuple(_record(record, names) for record in told.records)
    table = Table("Logs that were asked; the window is by the recording machine's clock", columns, rows)
    nothing = Text("No log of a target was asked in this session.")
    missing = Part("not-asked", "What was not asked", (Bullets(told.not_asked),))
    return Part("target-records", "The targets' own records", (table if rows else nothing, missing))


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
