"""What a journal says, folded: a pure function of the procedure and the events. Nothing else is truth."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Literal

from msgspec import Struct

from smtui.checklist.model import Mode, Scalar
from smtui.checklist.procedure import Procedure
from smtui.session.events import Answer, Finding, Judged, Outcome

Status = Literal["todo", "running", "done", "reverted", "failed", "unknown", "skipped", "deferred", "not-applicable"]
Grade = Literal["verified", "executed", "sensed", "attested", "overridden"]


class Attempt(Struct, frozen=True):
    """One try of an item on one target."""

    number: int
    """The round: every target of one run shares it."""
    target: str
    token: str
    started: datetime
    started_seq: int
    output: str
    of: int = 1
    """How many targets the item has."""
    remote: Mapping[str, str] = {}
    outcome: Outcome | None = None
    """None while it runs."""
    settled: bool = True
    """False for an `unknown` that may still run."""
    looked_for: bool = False
    """Whether it was looked for on its target after its end had not been seen."""
    ended: datetime | None = None
    ended_seq: int | None = None
    exit_code: int | None = None
    fields: Mapping[str, Scalar] = {}
    reason: str = ""
    output_sha256: str | None = None
    output_left_out: int = 0
    """Bytes between the head and the tail that were stored."""
    output_lines_left_out: int = 0
    not_simulated: bool = False
    cancelled: str = ""
    """Why a person asked it to stop; empty where nobody did."""


class Sensing(Struct, frozen=True):
    """The latest look at one target."""

    target: str
    answer: Answer
    fields: Mapping[str, Scalar]
    why: str
    at: datetime
    seq: int
    of: int = 1
    """How many targets were looked at in this round."""


class Agreement(Struct, frozen=True):
    """A second person's yes."""

    approver: str
    """Name of the account."""
    uid: int
    at: datetime
    """When it was recorded."""


class Approval(Struct, frozen=True):
    """The latest request for a second person, or the decision to do without one."""

    attempt: int
    """It counts for this attempt alone."""
    deed_sha256: str
    asked: datetime
    by: str
    expires: datetime
    code: str = ""
    """Empty where glass was broken."""
    uid: int | None = None
    """Account of who asked."""
    seal: str = ""
    """Of the event that asked: whoever agrees names it."""
    agreements: tuple[Agreement, ...] = ()
    broken: str = ""
    """Why it is done without a second person."""
    ended: str = ""
    """Why it counts no more, whatever its time; empty while it does."""


class ItemState(Struct, frozen=True):
    """One item as it stands."""

    id: str
    status: Status = "todo"
    grade: Grade | None = None
    attempts: tuple[Attempt, ...] = ()
    """All of them, oldest first."""
    sensings: Mapping[str, Sensing] = {}
    """The latest of each target."""
    earlier: tuple[Sensing, ...] = ()
    """Looks that found something else than the next one at the same target, oldest first."""
    branch: str | None = None
    reason: str = ""
    """Why it was skipped, deferred, overridden, reopened, or is not applicable; or what failed."""
    evidence: Mapping[str, str] = {}
    actor: str = ""
    closed: datetime | None = None
    """When it last became done, skipped or deferred."""
    approval: Approval | None = None
    """The latest one; `smtui.engine.approval` says whether it counts."""

    @property
    def next_attempt(self) -> int:
        """The number that the next round of attempts will have."""
        return 1 + max((attempt.number for attempt in self.attempts), default=0)


class Spent(Struct, frozen=True):
    """Where the time went until the last event, in seconds; each moment counts once."""

    hands_on: float = 0.0
    """Until a person did something. An estimate, rather too high: nobody measured what they did."""
    machine: float = 0.0
    """While any attempt ran."""
    waiting: float = 0.0
    """The rest."""
    away: float = 0.0
    """While nobody had the session open."""


class SessionState(Struct, frozen=True):
    """The whole session as it stands."""

    procedure: Procedure
    session: str
    mode: Mode
    opened: datetime
    at: datetime
    """Time of the last event."""
    seq: int
    head: str
    """Seal of the last event."""
    operator: str
    operator_uid: int | None
    """The account that has the session, by its number; None where an older smtui did not record it."""
    inputs: Mapping[str, str]
    items: Mapping[str, ItemState]
    """Every step of the procedure by full id, in its order."""
    rto: float | None
    environment: str
    notes: tuple[tuple[datetime, str, str | None, str], ...]
    """When, by whom, about which item, what."""
    interruptions: int
    completed: str | None
    """The verdict, once given."""
    halted: str
    """Why nothing more is started; empty otherwise."""
    declared: datetime | None = None
    """When the recovery was declared: the recovery time counts from here; None where nobody said."""
    objectives: tuple[str, ...] = ()
    """What the session is to show, fixed when it began."""
    judged: Mapping[str, Judged] = {}
    """The last word on each of them that was judged."""
    spent: Spent = Spent()
    findings: tuple[Finding, ...] = ()
    """What is to be mended after the recovery, oldest first."""
    insecure: tuple[str, ...] = ()
    """Ways on which passwords can be read, which the environment file accepts."""

    @property
    def next_item(self) -> str | None:
        """The first item that is neither closed nor not applicable."""
        open_statuses = ("todo", "running", "failed", "unknown", "reverted")
        return next((item.id for item in self.items.values() if item.status in open_statuses), None)
