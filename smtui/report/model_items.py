"""What a report says of each item, as frozen values."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from smtui.checklist.model import Scalar
from smtui.report.values import Values
from smtui.session.events import Answer, Outcome
from smtui.session.state import Grade, Status

Way = Literal["automatic, checked", "automatic, not checked", "check", "by hand", "decision"]
"""How the procedure means an item to be done."""


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


class ApprovalEvidence(Values, frozen=True, kw_only=True):
    """One request for a second person and its answer, or the decision to do without."""

    code: str
    """Empty where glass was broken."""
    attempt: int
    deed_sha256: str
    asked: datetime
    asked_by: str
    asked_seq: int
    answer: Literal["agreed", "refused", "taken back", "not answered", "glass broken"]
    by: str
    """The second account; who broke the glass or took the request back; empty where nobody answered."""
    uid: int | None
    host: str
    origin: str
    at: datetime | None
    seq: int | None
    reason: str


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
    persons: int
    """How many it takes."""
    approvals: tuple[ApprovalEvidence, ...]
    attempts: tuple[AttemptEvidence, ...]
    sensings: tuple[SenseEvidence, ...]
    source: tuple[str, ...]


class SectionEvidence(Values, frozen=True, kw_only=True):
    """A section and its items."""

    id: str
    number: str
    title: str
    items: tuple[ItemEvidence, ...]
