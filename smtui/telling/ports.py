"""What the screens ask of the rest: an engine for one session, a desk for all of them. Does not import Textual.

Texts that come through here are foreign: they are made safe where they are shown.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Literal, Protocol, Self

from msgspec import Struct

from smtui.checklist.model import InputType, Mode

if TYPE_CHECKING:  # what the ports speak of is loaded by who has it
    from smtui.engine.news import Listener
    from smtui.engine.preview import Preview
    from smtui.session.events import Verdict
    from smtui.session.state import SessionState
    from smtui.telling.history import Past


class EnginePort(Protocol):
    """One open session. What changes it returns once that is durable, or raises an error whose text says why not."""

    @property
    def state(self) -> SessionState:
        """The session as it stands; a new value after each event."""

    @property
    def idle(self) -> threading.Event:
        """Set while nothing runs."""

    def subscribe(self, listener: Listener) -> Callable[[], None]:
        """Hear the news until the returned function is called."""

    def allowed(self, item: str) -> Sequence[str]:
        """Names of the actions that the item's state allows now (`actions.Action.needs`)."""

    def preview(self, item: str) -> Preview:
        """The item and what `run` would do, references resolved. Never raises; `problem` says what is amiss."""

    def make_ready(self, item: str) -> None:
        """Open what the item's target keeps between scripts, as somebody is asked about it; returns at once."""

    def run(self, item: str, authorised: str | None = None) -> None:
        """Start the item; returns at once. `authorised` is what the operator typed for a consequential one."""

    def sense(self, item: str) -> None:
        """Look at the real state; returns at once."""

    def settle(self, item: str) -> None:
        """Find out what became of an attempt without an outcome; returns at once."""

    def cancel(self, item: str, reason: str) -> None:
        """Ask what runs to stop; returns at once."""

    def confirm(self, item: str, evidence: Mapping[str, str], reason: str | None = None) -> None:
        """A person says that it is done."""

    def accept_sensed(self, item: str) -> None:
        """Close the item because the latest look found it already so."""

    def skip(self, item: str, reason: str) -> None:
        """Leave the item out."""

    def defer(self, item: str, reason: str) -> None:
        """Leave the item for after this session."""

    def override(self, item: str, reason: str) -> None:
        """Count the item as done although the look differs."""

    def reopen(self, item: str, reason: str) -> None:
        """Take a decision back."""

    def choose(self, item: str, branch: str, reason: str | None = None) -> None:
        """Take one of the item's branches."""

    def request_approval(self, item: str) -> str:
        """Ask a second person to agree; the code that they type."""

    def withdraw_approval(self, item: str, reason: str) -> None:
        """Take the request back, and what was agreed to by it."""

    def break_glass(self, item: str, reason: str) -> None:
        """Do without the second person, for one attempt."""

    def note(self, text: str, item: str | None = None) -> None:
        """Write a remark into the session."""

    def finding(self, text: str, owner: str, due: str, item: str | None = None) -> None:
        """Write down something to be mended after the recovery."""

    def judge(self, objective: str, result: Verdict, judge: str, reason: str) -> None:
        """Write down whether an objective that was fixed at the start was met, in whose judgement, on what ground."""

    def complete(self) -> str:
        """End the session; its verdict."""

    def recent_output(self, item: str) -> str:
        """The tail of the item's latest output, redacted, not yet made safe to show; targets one below the other."""

    def recent_outputs(self, item: str) -> Mapping[str, str]:
        """The same by target; those of which nothing was begun are not there."""

    def running(self) -> Sequence[str]:
        """Ids of the items that run now."""

    def stop_after_current(self) -> None:
        """Start nothing more. Never blocks."""

    def record_left(self, reason: str) -> None:
        """Write that the operator is gone, with the items that are interrupted by it."""


class Header(Struct, frozen=True):
    """What stands at the top of a session's screen."""

    title: str
    mode: Mode
    environment: str
    operator: str
    session: str

    @classmethod
    def of(cls, state: SessionState) -> Self:
        """The header of a session as its own journal gives it."""
        return cls(state.procedure.checklist.title, state.mode, state.environment, state.operator, state.session)


class SessionSummary(Struct, frozen=True):
    """One session, for the list of the home screen."""

    session: str
    title: str
    mode: Mode
    environment: str
    touched: datetime
    """Time of its last event, UTC."""
    condition: Literal["unfinished", "complete", "busy", "damaged"]
    waits_for: str = ""
    """The next item in words, for an unfinished one."""
    done: int = 0
    total: int = 0
    failed: int = 0
    unknown: int = 0
    reason: str = ""
    """Who holds a busy one; what is wrong with a damaged one."""


class ChecklistSummary(Struct, frozen=True):
    """One checklist that can be started."""

    id: str
    title: str
    summary: str
    version: str
    source: str
    items: int
    rto: float | None = None
    """Seconds."""
    problem: str = ""
    """Why it cannot be started in this environment; empty otherwise."""
    plan: bool = False
    """Whether it includes others: the answer to a disaster, where they are single procedures."""
    exercised: datetime | None = None
    """When an exercise of it was last completed here, UTC."""


class Choice(Struct, frozen=True):
    """One answer to a question."""

    value: str
    label: str


class Question(Struct, frozen=True):
    """One input of a checklist. With `choices` one of them is taken, without it is typed."""

    name: str
    prompt: str
    type: InputType
    choices: tuple[Choice, ...] = ()
    default: str | None = None


class PlaceSummary(Struct, frozen=True):
    """One port of one host that the procedures work on."""

    name: str
    what: str
    """Its roles, or the database."""
    address: str
    port: int | None
    """None where a named instance is asked for it."""
    service: str
    """`WinRM` or `SQL Server`."""


class Reach(Struct, frozen=True):
    """Whether a port answers."""

    open: bool
    text: str


class Particulars(Struct, frozen=True):
    """What is said of a session when it begins, as it was typed; what is empty is not said."""

    ticket: str = ""
    scenario: str = ""
    objectives: str = ""
    """Several are separated by semicolons."""
    people: str = ""
    """`observer=Carl; owner=Dora`."""
    rto: str = ""
    """`4h`; empty: as the checklist says."""
    rpo: str = ""
    declared_by: str = ""
    declared_at: str = ""


PARTICULARS: Mapping[str, str] = {
    "ticket": "Ticket, of the incident or change",
    "scenario": "Scenario: what is recovered from",
    "objectives": "Objectives, separated by semicolons",
    "people": "People, as observer=Carl; owner=Dora",
    "rto": "RTO: recovered within, as 4h",
    "rpo": "RPO: lost at most, as 15m",
    "declared_by": "Declared by",
    "declared_at": "Declared at, as 2026-03-01T04:00",
}
"""What is asked for each of `Particulars`, in this order; all of it may be left empty."""


class Shortcoming(Struct, frozen=True):
    """One thing that a look at a deployment found."""

    check: str
    """Its name, as docs/readiness.md lists it."""
    subject: str
    text: str
    remedy: str
    level: Literal["problem", "by-hand", "not-checked"]


class Readiness(Struct, frozen=True):
    """Whether a recovery could begin now."""

    ready: bool
    at: datetime
    looked_at: tuple[str, ...]
    shortcomings: tuple[Shortcoming, ...]


class PageLine(Struct, frozen=True):
    """One line of a report's first page, to be wrapped where it is shown."""

    text: str
    label: str = ""
    tone: Literal["", "head", "good", "warn", "bad", "quiet"] = ""


class Desk(Protocol):
    """All sessions and checklists of this machine, and the one deployment that new sessions are for.

    Methods raise errors whose text is one line that says what to do.
    """

    @property
    def mode(self) -> Mode:
        """The mode of sessions started from here."""

    @property
    def environment(self) -> str:
        """The deployment's name."""

    @property
    def insecure(self) -> Sequence[str]:
        """Ways of the deployment on which passwords can be read."""

    @property
    def operator(self) -> str:
        """Who sits at it."""

    def sessions(self) -> Sequence[SessionSummary]:
        """Newest first."""

    def checklists(self) -> Sequence[ChecklistSummary]:
        """In the order to show them."""

    def questions(self, checklist_id: str) -> Sequence[Question]:
        """What must be answered before it starts."""

    def particulars(self, checklist_id: str) -> Particulars:
        """What is known of a new session before anybody is asked."""

    def start(self, checklist_id: str, answers: Mapping[str, str], said: Particulars) -> EnginePort:
        """Open a new session."""

    def resume(self, session_id: str) -> EnginePort:
        """Take an unfinished session up again."""

    def view(self, session_id: str) -> EnginePort:
        """A session to look at only (`readonly.ReadOnly`): a busy, damaged or complete one."""

    def places(self, session_id: str | None) -> Sequence[PlaceSummary]:
        """The hosts of a session, or of the deployment that new sessions are for."""

    def reach(self, place: PlaceSummary) -> Reach:
        """Open one connection and close it; takes seconds where nobody answers."""

    def past(self) -> Sequence[Past]:
        """Completed exercises and recoveries, newest first, for `history.histories`; reads them all, so takes time."""

    def readiness(self, session_id: str | None, told: Callable[[str, int, int], None]) -> Readiness:
        """Look over the deployment of a session, or that of new ones: read-only, one log-on for each account.

        Takes seconds to minutes; `told` hears, on other threads, at what was looked, how many looks are over, of all.
        """

    def first_page(self, session_id: str) -> Sequence[PageLine]:
        """What the report of a session says first, as it would be written now."""

    def export(self, session_id: str, folder: str) -> str:
        """Write the evidence of a session into a new folder; where it is."""
