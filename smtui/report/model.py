"""What a report says, as frozen values: every form (HTML, Markdown, JSON, CSV) is made from these alone.

Text from outside is held as it was recorded; each form makes it safe at its own border. Times are UTC, durations
seconds.
"""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from smtui.checklist.model import Mode
from smtui.report.model_items import ItemEvidence, SectionEvidence
from smtui.report.model_targets import Restored, TargetRecords
from smtui.report.values import Values

Verdict = Literal["complete", "complete with exceptions", "INCOMPLETE"]

DeviationKind = Literal[
    "damaged journal",
    "evidence file",
    "insecure transport",
    "break-glass",
    "overridden",
    "unknown outcome",
    "not simulated",
    "skipped",
    "deferred",
    "failed",
    "reverted",
    "not done",
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
    "refused",
    "halted",
    "torn write",
    "output cut",
]
"""The gravest first: in this order they stand on the first page."""


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
    insecure: tuple[str, ...]
    """Ways on which passwords could be read; the environment file accepted them."""
    utc_offset: int | None
    """Seconds that the local time of the recording machine was ahead of UTC when the session was opened."""
    unreadable: tuple[str, ...] = ()
    """Pinned files that could not be read, with the reason: what they say is missing here."""
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
    judged_by: str = ""
    """Whose word that is; empty where smtui reckoned it, or nobody judged."""
    judged: datetime | None = None
    reason: str = ""
    seq: int | None = None


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
    second_person: dict[str, int]
    """How items that take a second person were done: with one, or without."""


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
    uid: int | None
    """The account by its number, where it is recorded."""
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
