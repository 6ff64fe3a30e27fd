"""The kinds of events that a journal holds, and their keys (design 6).

`at` is UTC, `boottime` seconds of CLOCK_BOOTTIME. A payload becomes a block by `to_fields` and comes back by
`from_fields`; keys that are None or empty are left out of the file.
"""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from msgspec import Struct

from smtui.checklist.model import Mode, Scalar

Answer = Literal["agrees", "differs", "in-progress", "cannot-tell"]
Outcome = Literal["ok", "failed", "unknown"]


class Stamp(Struct, frozen=True, kw_only=True, rename={"origin": "from"}):
    """When and by whom: on every event."""

    at: datetime
    boottime: float
    by: str
    origin: str


class Payload(Struct, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True, tag_field="kind"):
    """What happened."""


class Opened(Payload, tag="opened"):
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


class Resumed(Payload, tag="resumed"):
    smtui: str
    machine: str
    boot_id: str


class Left(Payload, tag="left"):
    reason: str
    interrupted: tuple[str, ...] = ()


class TakenOver(Payload, tag="taken-over"):
    reason: str
    holder: str


class EnvironmentChanged(Payload, tag="environment-changed"):
    reason: str
    sha256: str
    difference: tuple[str, ...]


class InputGiven(Payload, tag="input"):
    name: str
    value: str


class Chosen(Payload, tag="chosen"):
    item: str
    branch: str
    reason: str | None = None


class Sensed(Payload, tag="sensed"):
    item: str
    target: str
    answer: Answer
    fields: dict[str, Scalar] = {}
    why: str | None = None


class Started(Payload, tag="started"):
    """The intent: durable before the first byte of the action leaves."""

    item: str
    attempt: int
    target: str
    token: str
    action_sha256: str
    output: str
    """File name under `outputs/`; it is durable and complete once `ended` names its digest."""


class Accepted(Payload, tag="accepted"):
    """The other side took the command; `remote` finds it again (shell and command ids, session id, pid)."""

    item: str
    token: str
    remote: dict[str, str]


class Ended(Payload, tag="ended"):
    """How an attempt ended. `settled` after `unknown` says that it runs no more, though how it ended stays unknown."""

    item: str
    target: str
    token: str
    outcome: Outcome
    exit_code: int | None = None
    fields: dict[str, Scalar] = {}
    output_sha256: str | None = None
    output_bytes: int | None = None
    reason: str | None = None
    settled: bool = False
    not_simulated: bool = False


class Cancelled(Payload, tag="cancelled"):
    item: str
    token: str
    reason: str


class Confirmed(Payload, tag="confirmed"):
    """A person closes an item: `attested` on their word, `sensed` where sense already agrees."""

    item: str
    grade: Literal["attested", "sensed"]
    evidence: dict[str, str] = {}
    reason: str | None = None


class Approved(Payload, tag="approved"):
    item: str
    approver: str


class Skipped(Payload, tag="skipped"):
    item: str
    reason: str


class Deferred(Payload, tag="deferred"):
    item: str
    reason: str


class Overridden(Payload, tag="overridden"):
    """A person says done although sense differs."""

    item: str
    reason: str


class Reopened(Payload, tag="reopened"):
    item: str
    reason: str


class Noted(Payload, tag="noted"):
    text: str
    item: str | None = None


class Finding(Payload, tag="finding"):
    text: str
    owner: str
    due: str
    item: str | None = None


class ClockStepped(Payload, tag="clock-stepped"):
    seconds: float


class Rebooted(Payload, tag="rebooted"):
    boot_id: str


class Halted(Payload, tag="halted"):
    reason: str


class Torn(Payload, tag="torn"):
    file: str
    sha256: str


class Completed(Payload, tag="completed"):
    verdict: Literal["complete", "complete with exceptions"]


class AcceptedByOwner(Payload, tag="accepted-by-owner"):
    owner: str


Event = (
    Opened
    | Resumed
    | Left
    | TakenOver
    | EnvironmentChanged
    | InputGiven
    | Chosen
    | Sensed
    | Started
    | Accepted
    | Ended
    | Cancelled
    | Confirmed
    | Approved
    | Skipped
    | Deferred
    | Overridden
    | Reopened
    | Noted
    | Finding
    | ClockStepped
    | Rebooted
    | Halted
    | Torn
    | Completed
    | AcceptedByOwner
)


class Record(Struct, frozen=True, kw_only=True):
    """One sealed event of a journal, decoded."""

    seq: int
    sha256: str
    stamp: Stamp
    event: Event
