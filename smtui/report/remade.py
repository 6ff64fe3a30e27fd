"""Holds a bundle's report against its journal: made anew from it, it must be the same, byte for byte."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import msgspec

from smtui.report.model import Evidence, Verdict
from smtui.report.phrases import plural
from smtui.report.sealed import TamperedError, read_small
from smtui.report.signers import Signers
from smtui.report.write import JOURNAL, render
from smtui.session.events import Opened
from smtui.session.journal import Verdict as Condition
from smtui.session.reading import Reading
from smtui.text import one_line

_LARGEST_REPORT = 256 << 20


class CannotRemakeError(Exception):
    """The report of a bundle cannot be made anew by this program; the text says why."""


Remake = Callable[[Path, Reading, Condition, str], Evidence]
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
    verdict: Condition
    reason: str


class _Header(msgspec.Struct):
    session: str
    reported_by: str
    redacted: bool = False


class _Summary(msgspec.Struct):
    verdict: Verdict
    last_event: datetime


class Report(msgspec.Struct):
    """As much of report.json as is compared with the journal."""

    header: _Header
    summary: _Summary
    integrity: _Integrity


def read_report(folder: Path) -> Report:
    """What report.json says of its journal; TamperedError where it says nothing."""
    try:
        return msgspec.json.decode(read_small(folder / "report.json", _LARGEST_REPORT), type=Report)
    except (msgspec.DecodeError, RecursionError) as error:
        raise TamperedError(f"report.json: {one_line(str(error))}") from None


def require_same(
    folder: Path, sums: Mapping[str, str], reading: Reading, report: Report, against: Expectations
) -> bool:
    """The report says what the journal says, or TamperedError; False where only its number of events and seal do.

    That is so for reports of another version of smtui, which are not made anew.
    """
    events = len(reading.records)
    if report.integrity.events != events:
        raise TamperedError(
            f"{JOURNAL} has {plural(events, 'event')}, the report was made from {report.integrity.events}"
        )
    if report.integrity.head != reading.head:
        raise TamperedError(f"the last seal of {JOURNAL} is not the one that the report was made from")
    if report.header.reported_by != against.smtui:
        return False
    opened = reading.records[0].event
    if not isinstance(opened, Opened) or f"checklist/{opened.checklist}.toml" not in sums:
        raise TamperedError("the procedure that the journal names is missing")
    try:
        for name, digest in _remade(folder, reading, report, against):
            if sums[name] != digest:
                raise TamperedError(f"{name} does not say what the journal says")
    except CannotRemakeError as error:
        raise TamperedError(f"the report cannot be made anew: {error}") from None
    return True


def _remade(folder: Path, reading: Reading, report: Report, against: Expectations) -> Iterator[tuple[str, str]]:
    evidence = against.remake(folder, reading, report.integrity.verdict, report.integrity.reason)
    for name, text in render(evidence):
        yield name, hashlib.sha256(text.encode("utf-8", "backslashreplace")).hexdigest()
