"""What a check of evidence found: values for people and programs, and their exit codes."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Literal

from smtui.report.values import Values

What = Literal["bundle", "session"]
Outcome = Literal["verified", "signer not known", "not signed", "incomplete", "tampered"]
EXIT_CODES: Mapping[Outcome, int] = {
    "verified": 0,
    "signer not known": 3,
    "not signed": 3,
    "incomplete": 5,
    "tampered": 5,
}


class SignedBy(Values, frozen=True, kw_only=True):
    """A signature over the sums that fits them."""

    principal: str
    kind: str
    fingerprint: str
    allowed: bool
    """Whether a list of signers says that the key is this person's."""


class StampedBy(Values, frozen=True, kw_only=True):
    """A time stamp of the sums."""

    at: datetime
    after_last_event: float
    """Seconds; less than zero if one of the two clocks is wrong."""
    certificates: tuple[str, ...]
    checked: bool
    """Whether openssl found it to be by the authority that was named."""


class Verification(Values, frozen=True, kw_only=True):
    """What was found; `wrong` is the first thing that is, empty where nothing is."""

    what: Literal["bundle", "session"]
    outcome: Outcome
    wrong: str
    session: str
    events: int
    seal: str
    completed: str | None
    signatures: tuple[SignedBy, ...]
    stamp: StampedBy | None
    passed: tuple[str, ...]
    """What was checked and is right, a line each."""
    remarks: tuple[str, ...]
    """What a reader must know besides."""


class Inquiry:
    """Collects what is known, so that a refusal can still say what came before it."""

    def __init__(self) -> None:
        self.session, self.seal, self.events = "", "", 0
        self.completed: str | None = None
        self.signatures: tuple[SignedBy, ...] = ()
        self.stamp: StampedBy | None = None
        self.passed: list[str] = []
        self.remarks: list[str] = []

    def result(self, what: What, outcome: Outcome, wrong: str = "") -> Verification:
        """How it ended."""
        return Verification(
            what=what,
            outcome=outcome,
            wrong=wrong,
            session=self.session,
            events=self.events,
            seal=self.seal,
            completed=self.completed,
            signatures=self.signatures,
            stamp=self.stamp,
            passed=tuple(self.passed),
            remarks=tuple(self.remarks),
        )
