"""From `Evidence` to the document that people read: what comes first, and in which words."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping

from smtui.report.document import (
    Banner,
    Block,
    Bullets,
    Cell,
    Chart,
    Document,
    Facts,
    Lines,
    Part,
    Table,
    Text,
    Tone,
)
from smtui.report.layout_facts import restored_part, scope_part, target_records_part, times_part
from smtui.report.layout_items import NOT_EXECUTED, anchor, item_cell, item_part, state_cell
from smtui.report.model import Deviation, Evidence, Recovery
from smtui.report.phrases import NONE, clock, duration, offset, pairs, plural

_TITLES = {"drill": "Drill report", "exercise": "Exercise report", "recovery": "Recovery report"}


def lay_out(evidence: Evidence) -> Document:
    """The whole report, in order."""
    header = evidence.header
    names = {item.id: f"{item.number} {item.title}" for item in evidence.items}
    return Document(
        title=f"{_TITLES[header.mode]}: {header.title}",
        subtitle=f"{header.environment} · session {header.session}",
        verdict=Cell(evidence.summary.verdict, _verdict_tone(evidence)),
        banners=tuple(_banners(evidence)),
        parts=(
            _summary(evidence),
            _deviations(evidence, names),
            scope_part(evidence),
            _people(evidence),
            _timeline(evidence),
            restored_part(evidence, names),
            _overview(evidence),
            times_part(evidence),
            _not_executed(evidence),
            target_records_part(evidence, names),
            _notes(evidence, names),
            _proof(evidence),
            _integrity(evidence),
            _signatures(),
            _details(evidence),
            _events(evidence, names),
        ),
        footer=f"{header.session} · {plural(evidence.integrity.events, 'event')} · seal {evidence.integrity.head}",
    )


def _verdict_tone(evidence: Evidence) -> Tone:
    return {"complete": "good", "complete with exceptions": "warn"}.get(evidence.summary.verdict, "bad")  # type: ignore[return-value]


def _banners(evidence: Evidence) -> Iterator[Banner]:
    if evidence.header.simulated:
        text = "No real server was touched. This is no recovery test."
        yield Banner("warn", "DRILL ON SIMULATED HOSTS", text)
    if evidence.header.redacted:
        yield Banner("warn", "EDITION FOR OUTSIDERS", "Names are replaced, and outputs, journal and files withheld.")
    if evidence.header.insecure:
        yield Banner("bad", "INSECURE TRANSPORT", f"Passwords could be read: {'; '.join(evidence.header.insecure)}")
    if evidence.integrity.verdict == "damaged":
        yield Banner("bad", "DAMAGED JOURNAL", evidence.integrity.reason)
    if evidence.header.unreadable:
        missing = "; ".join(evidence.header.unreadable)
        text = f"{missing}. This report tells what the journal alone tells: ids instead of titles, no expectations."
        yield Banner("bad", "THE SESSION'S OWN FILES CANNOT BE READ", text)
    if broken := [one for one in evidence.deviations if one.kind == "break-glass"]:
        often = plural(len(broken), "time")
        text = f"What takes two persons was done by one, {often}. The deviations say why, and by whom."
        yield Banner("warn" if evidence.header.simulated else "bad", "GLASS BROKEN", text)
    if evidence.summary.verdict == "INCOMPLETE":
        yield Banner("bad", "INCOMPLETE", evidence.summary.words)


def _summary(evidence: Evidence) -> Part:
    header, summary = evidence.header, evidence.summary
    rows = [
        ("Deviations", _deviation_counts(evidence)),
        ("Procedure", Cell(f"{header.title} ({header.checklist}, version {header.version})")),
        ("After", Cell(header.source)),
        ("Deployment", Cell(header.environment)),
        ("Mode", Cell("drill, on simulated hosts" if header.simulated else header.mode)),
        *([("Ticket", Cell(header.ticket))] if header.ticket else []),
        *([("Scenario", Cell(header.scenario))] if header.scenario else []),
        *([("Answers given", Cell(pairs(header.inputs)))] if header.inputs else []),
        *([("Classification", Cell(header.classification))] if header.classification else []),
        ("Declared", Cell(_declared(evidence))),
        ("Opened", Cell(f"{clock(summary.opened)} by {summary.opened_by} on {header.machine}")),
        ("Completed", Cell(clock(summary.completed) if summary.completed else "not completed")),
        ("Accepted by the owner", Cell(_accepted(evidence))),
        ("Last event", Cell(clock(summary.last_event))),
        *(
            [("Local time", Cell(f"UTC{offset(header.utc_offset)}, by the recording machine at the opening"))]
            if header.utc_offset is not None
            else []
        ),
        *_recovery("Recovery time (RTO)", summary.rto, simulated=header.simulated),
        *_recovery("Recovery point (RPO)", summary.rpo, simulated=header.simulated),
        ("Items", Cell(_counts(summary.statuses))),
        ("How “done” is founded", Cell(_counts(summary.grades))),
        ("Of these, items that cannot be taken back", Cell(_grave(evidence))),
        *([("Items that take a second person", _second_person(evidence))] if summary.second_person else []),
        ("smtui", Cell(f"recorded by {header.recorded_by}, reported by {header.reported_by}")),
    ]
    return Part(
        "summary",
        "Summary",
        (Text(_verdict_words(evidence)), Facts(tuple(rows))),
    )


def _second_person(evidence: Evidence) -> Cell:
    without = any(one.kind == "break-glass" for one in evidence.deviations)
    return Cell(_counts(evidence.summary.second_person), "bad" if without else "")


def _deviation_counts(evidence: Evidence) -> Cell:
    """How many of each kind, the gravest first; the table with all of them follows the summary."""
    if not evidence.deviations:
        return Cell("none recorded")
    counts = Counter(one.kind for one in evidence.deviations)
    grave = any(kind in _GRAVE for kind in counts)
    told = ", ".join(f"{count} {kind}" for kind, count in counts.items())
    return Cell(f"{len(evidence.deviations)}: {told}", "bad" if grave else "warn")


def _verdict_words(evidence: Evidence) -> str:
    summary = evidence.summary
    verdict = f"{summary.verdict[:1].upper()}{summary.verdict[1:]}"
    if evidence.header.unreadable:
        return f"{verdict}, as the journal records it; the procedure that it is measured by cannot be read in full."
    return f"{verdict}. {summary.words}"


def _declared(evidence: Evidence) -> str:
    summary = evidence.summary
    if summary.declared is None and summary.declared_by is None:
        return "not recorded"
    return f"{clock(summary.declared)} by {summary.declared_by or NONE}, as told when the session was opened"


def _accepted(evidence: Evidence) -> str:
    summary = evidence.summary
    return f"{clock(summary.accepted)}, {summary.accepted_by}" if summary.accepted else "not recorded"


def _recovery(name: str, recovery: Recovery, *, simulated: bool) -> Iterator[tuple[str, Cell]]:
    target = f"target {duration(recovery.target)}" if recovery.target is not None else "no target given"
    if recovery.actual is None:
        yield name, Cell(f"{target}; reached: not known")
    elif simulated:
        yield name, Cell(f"{target}; {duration(recovery.actual)} on simulated hosts, which measures no recovery")
    elif recovery.target is None:
        yield name, Cell(f"{target}; reached: {duration(recovery.actual)}")
    else:
        met = recovery.actual <= recovery.target
        words = f"{'met' if met else 'MISSED'}: {duration(recovery.actual)}, {target}"
        yield name, Cell(words, "good" if met else "bad")
    yield f"{name}: counted", Cell(recovery.formula)


def _grave(evidence: Evidence) -> str:
    if evidence.header.unreadable:
        return "not known: the session's own files cannot be read"
    return _counts(evidence.summary.consequential)


def _counts(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{count} {name}" for name, count in counts.items()) or "none"


def _deviations(evidence: Evidence, names: Mapping[str, str]) -> Part:
    if not evidence.deviations:
        return Part("deviations", "Deviations", (Text("None were recorded."),))
    table = Table(
        "Where the session left its plan, or its record is weaker than it should be; the gravest first",
        ("Kind", "Item", "What happened", "How it was settled", "When, by whom"),
        tuple(_deviation(one, names) for one in evidence.deviations),
    )
    return Part("deviations", "Deviations", (table,))


_GRAVE = (
    *("damaged journal", "evidence file", "insecure transport", "break-glass", "overridden", "unknown outcome"),
    *("not simulated", "failed", "reverted"),
)


def _deviation(one: Deviation, names: Mapping[str, str]) -> tuple[Cell, ...]:
    when = clock(one.at) if one.at else ""
    who = " ".join(part for part in (one.by, f"(event {one.seq})" if one.seq else "") if part)
    return (
        Cell(one.kind, "bad" if one.kind in _GRAVE else "warn"),
        item_cell(one.item, names),
        Cell(one.what),
        Cell(one.settled or NONE),
        Cell(", ".join(part for part in (when, who) if part) or NONE),
    )


def _people(evidence: Evidence) -> Part:
    rows = tuple(
        (
            Cell(person.name),
            Cell(person.role),
            Cell(NONE if person.uid is None else str(person.uid)),
            Cell(person.origin or NONE),
            Cell(f"{clock(person.first)} to {clock(person.last)}" if person.first else NONE),
            Cell(str(person.events)),
            Cell(person.proof, "quiet"),
        )
        for person in evidence.people
    )
    columns = (
        "Account or name",
        "Role",
        "Number",
        "From where",
        "Present (first to last event)",
        "Events",
        "Proof of identity",
    )
    return Part("people", "People", (Table("Who took part", columns, rows),))


def _timeline(evidence: Evidence) -> Part:
    ahead = evidence.header.utc_offset
    local = "Its offset from UTC is not recorded."
    if ahead is not None:
        local = f"Its local time was UTC{offset(ahead)} when the session was opened."
    words = Text(
        f"All times are UTC, by the clock of the recording machine. {local} The table of all events at the end says "
        "the same in words, with the local time."
    )
    return Part("timeline", "Timeline", (words, Chart()))


def _overview(evidence: Evidence) -> Part:
    blocks: list[Block] = []
    for section in evidence.sections:
        rows = tuple(
            (
                Cell(item.number, link=anchor(item.id)),
                Cell(item.title + (" (cannot be taken back)" if item.consequential else "")),
                Cell(item.designed),
                Cell(item.actual),
                state_cell(item),
                Cell(item.actor or NONE),
                Cell(clock(item.closed)),
                Cell(duration(item.machine_seconds or None)),
            )
            for item in section.items
        )
        if not rows:  # a heading of a plan: its items stand in the sections below it
            blocks.append(Text(f"{section.number} {section.title}"))
            continue
        columns = ("No.", "Item", "Meant", "Done", "State and grade", "By", "Closed", "Ran for")
        blocks.append(Table(f"{section.number} {section.title}", columns, rows, aligned=True))
    return Part("items", "Items", tuple(blocks))


def _not_executed(evidence: Evidence) -> Part:
    items = [item for item in evidence.items if item.status in NOT_EXECUTED]
    if not items:
        return Part("not-executed", "Not executed", (Text("Every item was executed."),))
    rows = tuple(
        (Cell(f"{item.number} {item.title}", link=anchor(item.id)), state_cell(item), Cell(item.reason or NONE))
        for item in items
    )
    return Part("not-executed", "Not executed", (Table("Items that were not done", ("Item", "State", "Reason"), rows),))


def _notes(evidence: Evidence, names: Mapping[str, str]) -> Part:
    blocks: list[Block] = []
    if evidence.notes:
        rows = tuple(
            (Cell(clock(note.at)), Cell(note.by), item_cell(note.item, names), Cell(note.text))
            for note in evidence.notes
        )
        blocks.append(Table("Notes", ("When", "By", "Item", "Note"), rows))
    if evidence.findings:
        found = tuple(
            (
                Cell(clock(finding.at)),
                Cell(finding.by),
                item_cell(finding.item, names),
                Cell(finding.text),
                Cell(finding.owner),
                Cell(finding.due),
            )
            for finding in evidence.findings
        )
        blocks.append(Table("Findings", ("When", "By", "Item", "Finding", "Owner", "Due"), found))
    return Part("notes", "Notes and findings", tuple(blocks) or (Text("None were recorded."),))


def _proof(evidence: Evidence) -> Part:
    return Part(
        "proof",
        "What this evidence proves, and what it does not",
        (
            Part("proves", "It proves", (Bullets(evidence.proves),)),
            Part("does-not-prove", "It does not prove", (Bullets(evidence.does_not_prove),)),
        ),
    )


def _integrity(evidence: Evidence) -> Part:
    integrity = evidence.integrity
    facts = Facts(
        (
            ("Events", Cell(str(integrity.events))),
            ("Last seal", Cell(integrity.head, code=True)),
            ("Journal", Cell(_journal_words(evidence), "good" if integrity.verdict == "whole" else "bad")),
            ("Signatures", Cell("beside this report, as SHA256SUMS.NAME.sig, if there are any")),
        )
    )
    rows = tuple(
        (
            Cell(pin.path, code=True),
            Cell(pin.recorded_sha256, code=True),
            Cell(*_pin_state(pin.recorded_sha256, pin.found_sha256)),
        )
        for pin in integrity.pinned
    )
    how = Text(
        "VERIFY.txt in the same folder holds the commands that check all of this without smtui, with sh, coreutils, "
        "awk and ssh-keygen alone."
    )
    files = Table("Files that the session was opened with", ("File", "SHA-256 in the first event", "Found"), rows)
    return Part("integrity", "Integrity", (facts, how, files))


def _journal_words(evidence: Evidence) -> str:
    integrity = evidence.integrity
    if integrity.verdict == "whole":
        return "whole: every seal agrees"
    return f"{integrity.verdict}: {integrity.reason}"


def _pin_state(recorded: str, found: str | None) -> tuple[str, Tone]:
    if found is None:
        return "missing", "bad"
    return ("the same", "good") if found == recorded else (f"differs: {found}", "bad")


def _signatures() -> Part:
    labels = ("Operator", "Observer", "Owner of the service", "Reviewed by")
    return Part("sign-off", "Sign-off", (Lines(labels),))


def _details(evidence: Evidence) -> Part:
    parts = tuple(
        Part(
            f"section-{section.id}",
            f"{section.number} {section.title}",
            tuple(item_part(item) for item in section.items),
        )
        for section in evidence.sections
    )
    return Part("details", "Items in detail", parts, own_page=True)


def _events(evidence: Evidence, names: Mapping[str, str]) -> Part:
    rows = tuple(
        (
            Cell(str(moment.seq)),
            Cell(clock(moment.at)),
            Cell(moment.local or NONE),
            Cell(moment.by),
            Cell(moment.kind),
            item_cell(moment.item, names),
            Cell(moment.text),
        )
        for moment in evidence.timeline
    )
    table = Table("The journal in words", ("Event", "When", "Local time", "By", "Kind", "Item", "What"), rows)
    return Part("events", "All events", (table,), own_page=True)
