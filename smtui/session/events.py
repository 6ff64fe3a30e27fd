"""The kinds of events that a journal holds, and their keys (design 6).

`at` is UTC, `boottime` seconds of CLOCK_BOOTTIME. A payload becomes a block by `to_fields` and comes back by
`from_fields`; keys that are None or empty are left out of the file. Annotations are evaluated here, once: as text each
would be compiled when the first event of its kind is read.
"""

from datetime import datetime
from typing import Literal

from msgspec import Struct, field

from smtui.checklist.model import Mode, Scalar

Answer = Literal["agrees", "differs", "in-progress", "cannot-tell"]
Outcome = Literal["ok", "failed", "unknown"]
Verdict = Literal["met", "not met", "not judged"]
"""Of an objective."""


class Stamp(Struct, frozen=True, kw_only=True, rename={"origin": "from"}):
    """When and by whom: on every event."""

    at: datetime
    boottime: float
    by: str
    origin: str


class Payload(Struct, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True, tag_field="kind"):
    """What happened."""


class Opened(Payload, frozen=True, kw_only=True, tag="opened"):
    """The session began: what it executes, where, and under which promises (`rto`, `rpo` in seconds)."""

    format: int
    session: str
    checklist: str
    title: str
    version: str
    mode: Mode
    environment: str
    files: tuple[str, ...]
    """The pinned files, `<sha256>  <path>` each, as sha256sum writes it."""
    smtui: str
    machine: str
    boot_id: str
    rto: float | None = None
    rpo: float | None = None
    ticket: str | None = None
    scenario: str | None = None
    people: tuple[str, ...] = ()
    """`role: name` each."""
    declared_by: str | None = None
    declared_at: datetime | None = None
    """When it was declared that a recovery begins; the recovery time counts from here."""
    objectives: tuple[str, ...] = ()
    """What the session is to show, fixed when it began."""
    classification: str | None = None
    utc_offset: int | None = None
    """Seconds that the local time of this machine is ahead of UTC."""
    insecure: tuple[str, ...] = ()
    """Ways on which passwords can be read; the environment file accepts them."""
    uid: int | None = None
    """The operator's account by its number, which is what files are owned by."""


class Resumed(Payload, frozen=True, kw_only=True, tag="resumed"):
    """A program took the session up again after the one before had let it go or died."""

    smtui: str
    machine: str
    boot_id: str
    utc_offset: int | None = None
    """As in `opened`."""
    uid: int | None = None
    """As in `opened`."""
    before: str | None = None
    """The account that had the session before, where that was another one: the shift has changed."""


class Left(Payload, frozen=True, kw_only=True, tag="left"):
    """The operator went, or the program was told to end; `interrupted` items have no outcome yet."""

    reason: str
    interrupted: tuple[str, ...] = ()


class TakenOver(Payload, frozen=True, kw_only=True, tag="taken-over"):
    """Another operator asked the living holder to drain and took over."""

    reason: str
    holder: str


class EnvironmentChanged(Payload, frozen=True, kw_only=True, tag="environment-changed"):
    """The pinned environment was replaced, with the difference to the one before."""

    reason: str
    sha256: str = field(name="file_sha256")
    """In the file under another name: `sha256` is the seal of an event there."""
    difference: tuple[str, ...]
    insecure: tuple[str, ...] = ()
    """As in `opened`; none means that there are none any more."""
    files: tuple[str, ...] = ()
    """Files that came with it or changed, such as a CA's, as in `opened`."""


class InputGiven(Payload, frozen=True, kw_only=True, tag="input"):
    """A question of the checklist was answered."""

    name: str
    value: str


class Chosen(Payload, frozen=True, kw_only=True, tag="chosen"):
    """A person chose one of the exclusive branches."""

    item: str
    branch: str
    reason: str | None = None


class Sensed(Payload, frozen=True, kw_only=True, tag="sensed"):
    """The real state of one target was looked at."""

    item: str
    target: str
    answer: Answer
    fields: dict[str, Scalar] = {}
    why: str | None = None
    of: int = 1
    """How many targets were looked at in this round."""


class Started(Payload, frozen=True, kw_only=True, tag="started"):
    """The intent: durable before the first byte of the action leaves."""

    item: str
    attempt: int
    target: str
    token: str
    action_sha256: str
    output: str
    """File name under `outputs/`; it is durable and complete once `ended` names its digest."""
    of: int = 1
    """How many targets the item has."""


class Accepted(Payload, frozen=True, kw_only=True, tag="accepted"):
    """The other side took the command; `remote` finds it again (shell and command ids, session id, pid)."""

    item: str
    token: str
    remote: dict[str, str]


class Ended(Payload, frozen=True, kw_only=True, tag="ended"):
    """How an attempt ended. `settled` after `unknown` says that it runs no more, though how it ended stays unknown."""

    item: str
    target: str
    token: str
    outcome: Outcome
    exit_code: int | None = None
    fields: dict[str, Scalar] = {}
    output_sha256: str | None = None
    output_bytes: int | None = None
    output_left_out: int | None = None
    """Bytes between the head and the tail that the file has; None: it is whole."""
    output_lines_left_out: int | None = None
    output: str | None = None
    """The file under `outputs/` that the digest is of; None: the one that `started` names."""
    reason: str | None = None
    settled: bool = False
    not_simulated: bool = False


class Cancelled(Payload, frozen=True, kw_only=True, tag="cancelled"):
    """A person asked a running attempt to stop."""

    item: str
    token: str
    reason: str


class Confirmed(Payload, frozen=True, kw_only=True, tag="confirmed"):
    """A person closes an item: `attested` on their word, `sensed` where sense already agrees."""

    item: str
    grade: Literal["attested", "sensed"]
    evidence: dict[str, str] = {}
    reason: str | None = None


class ApprovalRequested(Payload, frozen=True, kw_only=True, tag="approval-requested"):
    """The operator asks for a second person. They agree to this deed of this attempt, until then, and to no other."""

    item: str
    code: str
    """What the second person types; it names the request."""
    attempt: int
    """The attempt that would be made with it."""
    deed_sha256: str
    """Over all that decides what would be done (`smtui.engine.approval`)."""
    expires: datetime
    uid: int
    """Account of who asks."""


class Approved(Payload, frozen=True, kw_only=True, tag="approved"):
    """A second person agreed to a deed. `uid` owns the file that says so; the rest is what that file tells."""

    item: str
    approver: str
    """Name of the account."""
    code: str | None = None
    uid: int | None = None
    host: str | None = None
    origin: str | None = None
    given: datetime | None = None


class ApprovalWithdrawn(Payload, frozen=True, kw_only=True, tag="approval-withdrawn"):
    """A request counts no more, nor what was agreed to by it: the operator took it back, or a second person said no."""

    item: str
    code: str
    reason: str
    approver: str | None = None
    """The account that said no; None: the operator took it back."""
    uid: int | None = None


class BrokenGlass(Payload, frozen=True, kw_only=True, tag="break-glass"):
    """The operator does without the second person, once."""

    item: str
    attempt: int
    deed_sha256: str
    expires: datetime
    reason: str


class Skipped(Payload, frozen=True, kw_only=True, tag="skipped"):
    """A person decided not to do the item."""

    item: str
    reason: str


class Deferred(Payload, frozen=True, kw_only=True, tag="deferred"):
    """A person decided to do the item later, after this procedure."""

    item: str
    reason: str


class Overridden(Payload, frozen=True, kw_only=True, tag="overridden"):
    """A person says done although sense differs."""

    item: str
    reason: str


class Reopened(Payload, frozen=True, kw_only=True, tag="reopened"):
    """A person made the item free to be done again."""

    item: str
    reason: str


class Noted(Payload, frozen=True, kw_only=True, tag="noted"):
    """A remark for the record."""

    text: str
    item: str | None = None


class Finding(Payload, frozen=True, kw_only=True, tag="finding"):
    """Something to be mended after the recovery."""

    text: str
    owner: str
    due: str
    item: str | None = None


class Judged(Payload, frozen=True, kw_only=True, tag="judged"):
    """Somebody says whether an objective that was fixed at the start was met; the last word on each counts."""

    objective: str
    """In the words of `opened`."""
    result: Verdict
    judge: str
    reason: str


class Asked(Payload, frozen=True, kw_only=True, tag="asked"):
    """A target was asked, by a look that changes nothing, what its own log holds of a window of time."""

    target: str
    log: str
    """Which one, in words."""
    script: str
    """Name of the shipped script or statement."""
    script_sha256: str
    window_start: datetime
    window_end: datetime
    answered: bool
    fields: dict[str, Scalar] = {}
    reason: str | None = None
    """Why there is no answer."""
    output: str | None = None
    """The file under `outputs/` that holds what the log said."""
    output_sha256: str | None = None
    output_bytes: int | None = None


class ClockStepped(Payload, frozen=True, kw_only=True, tag="clock-stepped"):
    """The wall clock moved by `seconds` against the time since boot."""

    seconds: float


class Rebooted(Payload, frozen=True, kw_only=True, tag="rebooted"):
    """This machine started anew since the event before."""

    boot_id: str


class Halted(Payload, frozen=True, kw_only=True, tag="halted"):
    """Nothing more is started until the cause is gone, which another one with `over` says."""

    reason: str
    over: bool = False


class Torn(Payload, frozen=True, kw_only=True, tag="torn"):
    """An append that never finished was set aside in `file`."""

    file: str
    sha256: str = field(name="file_sha256")


class Completed(Payload, frozen=True, kw_only=True, tag="completed"):
    """Every item is closed."""

    verdict: Literal["complete", "complete with exceptions"]


class AcceptedByOwner(Payload, frozen=True, kw_only=True, tag="accepted-by-owner"):
    """The business owner took the service back."""

    owner: str


Event = (
    Opened | Resumed | Left | TakenOver | EnvironmentChanged | InputGiven | Chosen | Sensed | Started | Accepted |
    Ended | Cancelled | Confirmed | ApprovalRequested | Approved | ApprovalWithdrawn | BrokenGlass | Skipped |
    Deferred | Overridden | Reopened | Noted | Finding | Judged | Asked | ClockStepped | Rebooted | Halted | Torn |
    Completed | AcceptedByOwner
)  # fmt: skip


class Record(Struct, frozen=True, kw_only=True):
    """One sealed event of a journal, decoded."""

    seq: int
    sha256: str
    stamp: Stamp
    event: Event
