"""What a report says, as frozen values: every form (HTML, Markdown, JSON, CSV) is made from these alone.

Text from outside is held as it was recorded; each form makes it safe at its own border. Times are UTC, durations
seconds.
"""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from msgspec import Struct

from smtui.checklist.model import Mode, Scalar
from smtui.session.events import Answer, Outcome
from smtui.session.state import Grade, Status

Verdict = Literal["complete", "complete with exceptions", "INCOMPLETE"]
Way = Literal["automatic, checked", "automatic, not checked", "check", "by hand", "decision"]
"""How the procedure means an item to be done."""

DeviationKind = Literal[
    "damaged journal",
    "overridden",
    "unknown outcome",
    "not simulated",
    "skipped",
    "deferred",
    "not done",
    "failed",
    "reverted",
    "done by hand instead",
    "attempt failed",
    "reopened",
    "cancelled",
    "environment changed",
    "taken over",
    "interrupted",
    "left and resumed",
    "clock stepped",
    "machine rebooted",
    "halted",
    "torn write",
    "evidence file",
    "output cut",
]


class Values(Struct, frozen=True, kw_only=True, omit_defaults=False):
    """Base of every value here: JSON has all keys, always."""


class Header(Values, frozen=True, kw_only=True):
    """Which session of which procedure this is."""

    session: str
    title: str
    checklist: str
    version: str
    source: str
    mode: Mode
    simulated: bool
    environment: str
    ticket: str | None
    scenario: str | None
    machine: str
    recorded_by: str
    """Version of smtui that opened the session."""
    reported_by: str
    """Version of smtui that made this report."""
    inputs: dict[str, str]
    classification: str | None
    utc_offset: int | None
    """Seconds that the local time of the recording machine was ahead of UTC when the session was opened."""
    redacted: bool = False
    """Whether this is the edition for outsiders."""


class Recovery(Values, frozen=True, kw_only=True):
    """A target beside what was reached."""

    target: float | None
    actual: float | None
    formula: str


class Criterion(Values, frozen=True, kw_only=True):
    """Something that was fixed when the session began, and what became of it."""

    what: str
    result: str


class Scope(Values, frozen=True, kw_only=True):
    """What the session was about, as far as the record shows it."""

    sections: int
    items: int
    applied: int
    """Items that applied: the branches that were not chosen are left out."""
    acted_on: tuple[str, ...]
    looked_at: tuple[str, ...]
    """Targets that were looked at only."""
    criteria: tuple[Criterion, ...]


class Summary(Values, frozen=True, kw_only=True):
    """The session on one page."""

    verdict: Verdict
    words: str
    declared: datetime | None
    declared_by: str | None
    opened: datetime
    opened_by: str
    completed: datetime | None
    accepted: datetime | None
    accepted_by: str | None
    last_event: datetime
    rto: Recovery
    rpo: Recovery
    statuses: dict[str, int]
    grades: dict[str, int]
    consequential: dict[str, int]
    """The same count of grades, for items that cannot be taken back."""


class Deviation(Values, frozen=True, kw_only=True):
    """Where the session left the plan, or where its record is weaker than it should be."""

    kind: DeviationKind
    what: str
    at: datetime | None = None
    seq: int | None = None
    item: str | None = None
    by: str = ""
    settled: str = ""
    """How it was resolved, where it was."""


class Person(Values, frozen=True, kw_only=True):
    """An account that wrote events, or a person who was named when the session was opened."""

    name: str
    role: str
    origin: str
    first: datetime | None
    last: datetime | None
    events: int
    proof: str


class Moment(Values, frozen=True, kw_only=True):
    """One event of the journal in words."""

    seq: int
    at: datetime
    by: str
    kind: str
    item: str | None
    text: str
    local: str
    """The same time by the local clock of the recording machine; empty where its offset is not recorded."""


class OutputFile(Values, frozen=True, kw_only=True):
    """The recorded output of one attempt."""

    name: str
    recorded_sha256: str | None
    found_sha256: str | None
    bytes: int | None
    excerpt: str
    cut: bool
    """Whether the excerpt leaves something out."""
    left_out: int
    """Bytes that were not stored: large outputs are kept as head and tail."""
    lines_left_out: int


class AttemptEvidence(Values, frozen=True, kw_only=True):
    """One try of an item on one target."""

    number: int
    target: str
    token: str
    action_sha256: str
    started: datetime
    started_seq: int
    ended: datetime | None
    ended_seq: int | None
    seconds: float | None
    outcome: Outcome | None
    exit_code: int | None
    fields: dict[str, Scalar]
    remote: dict[str, str]
    reason: str
    not_simulated: bool
    output: OutputFile | None


class SenseEvidence(Values, frozen=True, kw_only=True):
    """The latest look at one target."""

    target: str
    answer: Answer
    fields: dict[str, Scalar]
    why: str
    at: datetime
    seq: int


class ItemEvidence(Values, frozen=True, kw_only=True):
    """One item: what was meant, what was done, and what founds its grade."""

    id: str
    number: str
    section: str
    title: str
    consequential: bool
    designed: Way
    action: str
    """The program's action in words; empty for items done by hand."""
    instruction: str
    """How the procedure says to do it by hand."""
    caution: str
    status: Status
    grade: Grade | None
    actual: str
    founded_on: str
    reason: str
    actor: str
    branch: str | None
    evidence: dict[str, str]
    started: datetime | None
    closed: datetime | None
    machine_seconds: float
    """Of attempts whose end was seen."""
    hands_on_seconds: float
    """An estimate: the time before each thing that a person did with it."""
    waiting_seconds: float | None
    estimate: float | None
    attempts: tuple[AttemptEvidence, ...]
    sensings: tuple[SenseEvidence, ...]
    source: tuple[str, ...]


class SectionEvidence(Values, frozen=True, kw_only=True):
    """A section and its items."""

    id: str
    number: str
    title: str
    items: tuple[ItemEvidence, ...]


class Times(Values, frozen=True, kw_only=True):
    """Where the session's time went; the four kinds add up to `elapsed`."""

    elapsed: float
    hands_on: float
    machine: float
    waiting: float
    not_recorded: float
    estimate: float
    """Of the items that are done and have one."""
    worked: float
    """Hands-on and machine time of the same items."""
    formulas: tuple[str, ...]


class Note(Values, frozen=True, kw_only=True):
    """Something that a person wrote down."""

    at: datetime
    by: str
    item: str | None
    text: str


class FindingEvidence(Values, frozen=True, kw_only=True):
    """Something to be put right, by somebody, until some day."""

    at: datetime
    by: str
    item: str | None
    text: str
    owner: str
    due: str


class RestoredFact(Values, frozen=True, kw_only=True):
    """What one target told about a backup, a restore, its integrity or its version."""

    what: str
    target: str
    item: str
    source: Literal["a look", "the first look", "the last look", "the end of an attempt"]
    at: datetime
    seq: int
    facts: dict[str, Scalar]
    not_told: tuple[str, ...]
    """What an auditor asks for besides, and the target did not report."""


class Restored(Values, frozen=True, kw_only=True):
    """What came back, as the targets themselves told it."""

    words: str
    facts: tuple[RestoredFact, ...]


class TargetRecord(Values, frozen=True, kw_only=True):
    """One question to a log that the target itself keeps; the window is by the recording machine's clock."""

    log: str
    target: str
    item: str
    start: datetime | None
    end: datetime
    asked: dict[str, Scalar]
    answer: str
    facts: dict[str, Scalar]
    looks: int
    """How often it was asked; the window and the answer are those of the last time."""
    seq: int


class TargetRecords(Values, frozen=True, kw_only=True):
    """What the logs of the targets were asked, and what they were not."""

    records: tuple[TargetRecord, ...]
    not_asked: tuple[str, ...]


class PinnedFile(Values, frozen=True, kw_only=True):
    """A file whose digest the first event holds."""

    path: str
    recorded_sha256: str
    found_sha256: str | None


class Integrity(Values, frozen=True, kw_only=True):
    """What can be checked, and what was found when this report was made."""

    events: int
    head: str
    verdict: Literal["whole", "torn", "damaged"]
    reason: str
    pinned: tuple[PinnedFile, ...]


class Span(Values, frozen=True, kw_only=True):
    """A time during which smtui was recording."""

    start: datetime
    end: datetime


class Evidence(Values, frozen=True, kw_only=True):
    """The whole report."""

    format: int
    header: Header
    summary: Summary
    scope: Scope
    deviations: tuple[Deviation, ...]
    people: tuple[Person, ...]
    recording: tuple[Span, ...]
    restored: Restored
    times: Times
    sections: tuple[SectionEvidence, ...]
    target_records: TargetRecords
    notes: tuple[Note, ...]
    findings: tuple[FindingEvidence, ...]
    proves: tuple[str, ...]
    does_not_prove: tuple[str, ...]
    integrity: Integrity
    timeline: tuple[Moment, ...]

    @property
    def items(self) -> tuple[ItemEvidence, ...]:
        """Every item, in the procedure's order."""
        return tuple(item for section in self.sections for item in section.items)
