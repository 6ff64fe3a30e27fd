"""Checks evidence as VERIFY.txt does, names the first thing that is wrong, and never calls verified what is not signed.

What is signed is checked before any of it is parsed: the sums, then the files, then the signatures, then the journal.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Literal

import msgspec

from smtui.report.model import Evidence, Values
from smtui.report.phrases import clock, duration, plural
from smtui.report.sealed import (
    SIGNATURE,
    TOKEN,
    TamperedError,
    compare,
    read_small,
    read_sums,
    refuse_strangers,
    require_forms,
)
from smtui.report.signers import Signers
from smtui.report.ssh_keys import SignatureError
from smtui.report.sshsig import LARGEST, verify
from smtui.report.timestamp import LARGEST as LARGEST_REPLY
from smtui.report.timestamp import TimestampError, Token, check_authority, read_reply
from smtui.report.write import JOURNAL, SUMS, render
from smtui.session.events import Completed, Opened, Record, Reopened
from smtui.session.journal import Verdict
from smtui.session.reading import Reading, examine, named_files
from smtui.text import one_line

Outcome = Literal["verified", "signer not known", "not signed", "incomplete", "tampered"]
EXIT_CODES: Mapping[Outcome, int] = {
    "verified": 0,
    "signer not known": 3,
    "not signed": 3,
    "incomplete": 5,
    "tampered": 5,
}
_LARGEST_JOURNAL = 128 << 20
_LARGEST_REPORT = 256 << 20


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


class CannotRemakeError(Exception):
    """The report of a bundle cannot be made anew by this program; the text says why."""


Remake = Callable[[Path, Reading, Verdict, str], Evidence]
"""Gathers the evidence of a bundle anew: its folder, its journal, and the verdict and reason that its report gave."""


@dataclass(frozen=True, slots=True)
class Expectations:
    """What a bundle is held against."""

    at: datetime
    """For which moment the signers' keys are judged."""
    remake: Remake
    smtui: str
    """This version: a report of another is not made anew."""
    signers: Signers | None = None
    authority: Path | None = None
    """Certificates of the authority whose time stamps are trusted."""


class _Integrity(msgspec.Struct):
    events: int
    head: str
    verdict: Verdict
    reason: str


class _Header(msgspec.Struct):
    session: str
    reported_by: str


class _Report(msgspec.Struct):
    """As much of report.json as is compared with the journal."""

    header: _Header
    integrity: _Integrity


class _Inquiry:
    """Collects what is known, so that a refusal can still say what came before it."""

    def __init__(self) -> None:
        self.session, self.seal, self.events = "", "", 0
        self.completed: str | None = None
        self.signatures: tuple[SignedBy, ...] = ()
        self.stamp: StampedBy | None = None
        self.passed: list[str] = []
        self.remarks: list[str] = []

    def result(self, what: Literal["bundle", "session"], outcome: Outcome, wrong: str = "") -> Verification:
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


def verify_bundle(folder: Path, against: Expectations) -> Verification:
    """Check a bundle; OSError where its folder cannot be read."""
    inquiry = _Inquiry()
    try:
        _check_bundle(folder, against, inquiry)
    except TamperedError as error:
        return inquiry.result("bundle", "tampered", str(error))
    if inquiry.completed is None:
        return inquiry.result("bundle", "incomplete", "the session in it was not completed")
    if not inquiry.signatures:
        inquiry.remarks.append("Nobody signed it: whoever made it could have made another.")
        return inquiry.result("bundle", "not signed")
    return inquiry.result("bundle", "verified" if against.signers else "signer not known")


def verify_session(session: str, reading: Reading, problems: Sequence[str]) -> Verification:
    """Judge a session that was read in its own folder; it carries no signature, so it is never `verified`."""
    inquiry = _Inquiry()
    inquiry.session = session
    _take_journal(reading, inquiry)
    if reading.verdict == "damaged":
        return inquiry.result("session", "tampered", f"{JOURNAL}: {reading.reason}")
    inquiry.passed.append(f"the {plural(len(reading.records), 'event')} of the journal are one unbroken chain")
    if reading.verdict == "torn":
        inquiry.remarks.append(f"{reading.reason}: nobody was told that it happened.")
    if problems:
        return inquiry.result("session", "tampered", problems[0])
    inquiry.passed.append("every file that the journal names is the one that it names")
    if inquiry.completed is None:
        return inquiry.result("session", "incomplete", "the session was not completed")
    inquiry.remarks.append("A session carries no signature; its report can: smtui report SESSION --sign KEY.")
    return inquiry.result("session", "not signed")


def _check_bundle(folder: Path, against: Expectations, inquiry: _Inquiry) -> None:
    data, sums = read_sums(folder)
    require_forms(sums)
    compare(folder, sums)
    principals = refuse_strangers(folder, sums)
    inquiry.passed.append(f"{plural(len(sums), 'file')} are as {SUMS} lists them, and none was added")
    inquiry.signatures = tuple(_signature(folder, principal, data, against) for principal in principals)
    _tell_of_signatures(inquiry, against)
    token = _token(folder, data, against)
    reading = _journal(folder)
    _take_journal(reading, inquiry)
    _tell_of_stamp(inquiry, token, reading.records[-1].stamp.at, against)
    inquiry.passed.append(f"the {plural(inquiry.events, 'event')} of {JOURNAL} are one unbroken chain")
    _require_named(sums, reading.records)
    inquiry.passed.append("procedure, scripts, environment and outputs are those that the journal names")
    _require_same(folder, sums, reading, against, inquiry)


def _signature(folder: Path, principal: str, data: bytes, against: Expectations) -> SignedBy:
    name = f"{SUMS}.{principal}.sig"
    try:
        key = verify(data, read_small(folder / name, LARGEST))
        if against.signers is not None:
            against.signers.judge(principal, key, against.at)
    except SignatureError as error:
        raise TamperedError(f"{name}: {error}") from None
    return SignedBy(
        principal=principal, kind=key.kind, fingerprint=key.fingerprint, allowed=against.signers is not None
    )


def _tell_of_signatures(inquiry: _Inquiry, against: Expectations) -> None:
    for one in inquiry.signatures:
        allowed = (
            "the key that the list of signers has for that name" if one.allowed else "whose key it is, is not known"
        )
        inquiry.passed.append(f"signed as {one.principal} with {one.fingerprint} ({one.kind}): {allowed}")
    keys = {one.fingerprint for one in inquiry.signatures}
    if len(keys) < len(inquiry.signatures):
        inquiry.remarks.append("One key signed under several names: that is one person's signature.")
    if len(keys) == 1:
        inquiry.remarks.append("Nobody else signed it: there is no signature of a witness.")
    if inquiry.signatures and against.signers is None:
        inquiry.remarks.append(
            "Compare each fingerprint with one that its owner gave you by another way, or name a list of signers "
            "that you made yourself: --signers FILE."
        )


def _token(folder: Path, data: bytes, against: Expectations) -> Token | None:
    path = folder / TOKEN
    if not path.exists():
        return None
    reply = read_small(path, LARGEST_REPLY)
    try:
        token = read_reply(reply, data)
        if against.authority is not None:
            check_authority(reply, token, data, against.authority)
    except TimestampError as error:
        raise TamperedError(f"{TOKEN}: {error}") from None
    return token


def _tell_of_stamp(inquiry: _Inquiry, token: Token | None, last: datetime, against: Expectations) -> None:
    if token is None:
        return
    gap = (token.at - last).total_seconds()
    checked = against.authority is not None
    inquiry.stamp = StampedBy(at=token.at, after_last_event=gap, certificates=token.certificates, checked=checked)
    if checked:
        inquiry.passed.append(f"time stamp of {clock(token.at)} over {SUMS}, by the authority that you named")
    else:
        names = " and ".join(token.certificates) or "nobody"
        inquiry.remarks.append(
            f"There is a time stamp of {clock(token.at)} that names {names}. Nobody has checked who gave it: name the "
            "authority's certificates, --authority FILE."
        )
    if gap < 0:
        inquiry.remarks.append(f"The time stamp is {duration(-gap)} older than the last event: one clock is wrong.")
    else:
        words = f"The time stamp was given {duration(gap)} after the last event; it says nothing of the time between."
        inquiry.remarks.append(words)


def _journal(folder: Path) -> Reading:
    reading = examine(read_small(folder / JOURNAL, _LARGEST_JOURNAL), None)
    if reading.verdict != "whole":
        raise TamperedError(f"{JOURNAL}: {reading.reason}")
    return reading


def _take_journal(reading: Reading, inquiry: _Inquiry) -> None:
    inquiry.events, inquiry.seal = len(reading.records), reading.head
    for record in reading.records:
        if isinstance(record.event, Completed):
            inquiry.completed = record.event.verdict
        elif isinstance(record.event, Reopened):
            inquiry.completed = None


def _require_named(sums: Mapping[str, str], records: tuple[Record, ...]) -> None:
    for name, digest in named_files(records).items():
        if name not in sums:
            raise TamperedError(f"{one_line(name)} is missing: the journal names it")
        if sums[name] != digest:
            raise TamperedError(f"{one_line(name)} is not the file that the journal names")


def _require_same(
    folder: Path, sums: Mapping[str, str], reading: Reading, against: Expectations, inquiry: _Inquiry
) -> None:
    """The report says what the journal says: made anew it is the same, byte for byte."""
    try:
        report = msgspec.json.decode(read_small(folder / "report.json", _LARGEST_REPORT), type=_Report)
    except msgspec.DecodeError as error:
        raise TamperedError(f"report.json: {one_line(str(error))}") from None
    inquiry.session = report.header.session
    if report.integrity.events != inquiry.events:
        raise TamperedError(
            f"{JOURNAL} has {plural(inquiry.events, 'event')}, the report was made from {report.integrity.events}"
        )
    if report.integrity.head != inquiry.seal:
        raise TamperedError(f"the last seal of {JOURNAL} is not the one that the report was made from")
    if report.header.reported_by != against.smtui:
        version = one_line(report.header.reported_by)
        inquiry.remarks.append(f"The report is of smtui {version}: it was not made anew to compare it.")
        return
    opened = reading.records[0].event
    if not isinstance(opened, Opened) or f"checklist/{opened.checklist}.toml" not in sums:
        raise TamperedError("the procedure that the journal names is missing")
    try:
        for name, digest in _remade(folder, reading, report, against):
            if sums[name] != digest:
                raise TamperedError(f"{name} does not say what the journal says")
    except CannotRemakeError as error:
        raise TamperedError(f"the report cannot be made anew: {error}") from None
    inquiry.passed.append("the report, made anew from the journal, is the same")


def _remade(folder: Path, reading: Reading, report: _Report, against: Expectations) -> Iterator[tuple[str, str]]:
    evidence = against.remake(folder, reading, report.integrity.verdict, report.integrity.reason)
    for name, text in render(evidence):
        yield name, hashlib.sha256(text.encode("utf-8", "backslashreplace")).hexdigest()


def principals_of(folder: Path) -> tuple[str, ...]:
    """Who has signed a bundle, by the names of the files alone."""
    found = (SIGNATURE.fullmatch(path.name) for path in sorted(folder.iterdir()))
    return tuple(match[1] for match in found if match)
