"""Checks evidence as VERIFY.txt does, names the first thing that is wrong, and never calls verified what is not signed.

What is signed is checked before any of it is parsed: the sums, then the files, then the signatures, then the journal.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path

from smtui.report.phrases import clock, duration, plural
from smtui.report.remade import Expectations, Report, read_report, require_same
from smtui.report.sealed import (
    FORMS,
    SIGNATURE,
    TOKEN,
    TamperedError,
    compare,
    read_small,
    read_sums,
    refuse_strangers,
    require_forms,
)
from smtui.report.ssh_keys import SignatureError
from smtui.report.sshsig import LARGEST, verify
from smtui.report.timestamp import LARGEST as LARGEST_REPLY
from smtui.report.timestamp import TimestampError, Token, check_authority, read_reply
from smtui.report.verification import Inquiry, SignedBy, StampedBy, Verification
from smtui.report.write import JOURNAL, SUMS
from smtui.session.events import Record
from smtui.session.reading import Reading, completed, examine, named_files
from smtui.text import one_line

_LARGEST_JOURNAL = 128 << 20


def verify_bundle(folder: Path, against: Expectations) -> Verification:
    """Check a bundle; OSError where its folder cannot be read."""
    inquiry = Inquiry()
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
    inquiry = Inquiry()
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


def _check_bundle(folder: Path, against: Expectations, inquiry: Inquiry) -> None:
    data, sums = read_sums(folder)
    require_forms(sums)
    compare(folder, sums)
    principals = refuse_strangers(folder, sums)
    inquiry.passed.append(f"{plural(len(sums), 'file')} are as {SUMS} lists them, and none was added")
    inquiry.signatures = tuple(_signature(folder, principal, data, against) for principal in principals)
    _tell_of_signatures(inquiry, against)
    token = _token(folder, data, against)
    report = read_report(folder)
    inquiry.session = report.header.session
    if JOURNAL not in sums:
        _take_edition(report, sums, inquiry)
        _tell_of_stamp(inquiry, token, report.summary.last_event, against)
        return
    reading = _journal(folder)
    _take_journal(reading, inquiry)
    _tell_of_stamp(inquiry, token, reading.records[-1].stamp.at, against)
    inquiry.passed.append(f"the {plural(inquiry.events, 'event')} of {JOURNAL} are one unbroken chain")
    _require_named(sums, reading.records)
    inquiry.passed.append("procedure, scripts, environment and outputs are those that the journal names")
    if require_same(folder, sums, reading, report, against):
        inquiry.passed.append("the report, made anew from the journal, is the same")
    else:
        version = one_line(report.header.reported_by)
        inquiry.remarks.append(f"The report is of smtui {version}: it was not made anew to compare it.")


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


def _tell_of_signatures(inquiry: Inquiry, against: Expectations) -> None:
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


def _tell_of_stamp(inquiry: Inquiry, token: Token | None, last: datetime, against: Expectations) -> None:
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


def _take_journal(reading: Reading, inquiry: Inquiry) -> None:
    inquiry.events, inquiry.seal = len(reading.records), reading.head
    inquiry.completed = completed(reading.records)


def _require_named(sums: Mapping[str, str], records: tuple[Record, ...]) -> None:
    for name, digest in named_files(records).items():
        if name not in sums:
            raise TamperedError(f"{one_line(name)} is missing: the journal names it")
        if sums[name] != digest:
            raise TamperedError(f"{one_line(name)} is not the file that the journal names")


def _take_edition(report: Report, sums: Mapping[str, str], inquiry: Inquiry) -> None:
    """An edition for outsiders says that it is one, and holds the report alone."""
    if not report.header.redacted or len(sums) != len(FORMS):
        raise TamperedError(f"{JOURNAL} is not listed in {SUMS}")
    inquiry.events, inquiry.seal = report.integrity.events, report.integrity.head
    if report.summary.verdict != "INCOMPLETE":
        inquiry.completed = report.summary.verdict
    inquiry.remarks.append(
        "This is the edition for outsiders: the journal is not in it. Compare the seal with that of the whole bundle."
    )


def principals_of(folder: Path) -> tuple[str, ...]:
    """Who has signed a bundle, by the names of the files alone."""
    found = (SIGNATURE.fullmatch(path.name) for path in sorted(folder.iterdir()))
    return tuple(match[1] for match in found if match)
