"""What a session folder says to whoever takes no lock: everything, or just enough for a list."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Mapping
from contextlib import suppress

from msgspec import Struct

from smtui.session import codec
from smtui.session.events import (
    AcceptedByOwner,
    Asked,
    Completed,
    Ended,
    EnvironmentChanged,
    Finding,
    Judged,
    Noted,
    Opened,
    Record,
    Reopened,
    Started,
)
from smtui.session.files import Folder, read_all
from smtui.session.journal import MAX_BLOCK, ORIGIN, Entry, Scan, Verdict, last_seals, scan, seal, seals
from smtui.session.lock import Mark, holder_of, is_held, read_mark
from smtui.session.writer import JOURNAL_FILE
from smtui.text import one_line

ENVIRONMENT = "environment.toml"
AFTERWARDS = (AcceptedByOwner, Asked, Judged, Noted, Finding)
"""Events that may follow the completion and leave the session complete."""

_NUMBER = re.compile(rb"\nseq = (\d{1,18})\n\Z")


class Reading(Struct, frozen=True):
    """The events that can be trusted, and what is wrong behind them."""

    records: tuple[Record, ...]
    verdict: Verdict
    reason: str
    """Which event and byte; empty when whole."""
    head: str
    """Seal of the last trusted event."""
    end: int
    """Offset behind it: whatever lies there is not trusted."""


class Brief(Struct, frozen=True):
    """A session in a list: its first and last event, checked only as far as they go."""

    session: str
    opened: Opened | None
    first: Record | None
    last: Record | None
    held: bool
    """Whether a living process has it open."""
    holder: str
    reason: str
    """Why it cannot be listed properly; empty when all is well."""
    completed: str | None = None
    """The verdict, for a session that was completed and is not open again."""


def examine(data: bytes, mark: Mark | None) -> Reading:
    """Check a whole journal, against the mark of its lock too."""
    found = scan(data)
    records: list[Record] = []
    verdict, reason = found.verdict, found.reason
    for entry in found.entries:
        try:
            records.append(codec.record(entry))
        except codec.UnknownEventError as error:
            verdict, reason = "damaged", f"event {entry.seq} is none this smtui knows: {error}"
            break
    else:
        if mark and verdict != "damaged" and (gone := _acknowledged_but_gone(found, mark)):
            verdict, reason = "damaged", gone
    if records and not isinstance(records[0].event, Opened):
        verdict, reason = "damaged", "the first event does not open a session"
    trusted = found.entries[len(records) - 1] if records else None
    head, end = (trusted.sha256, trusted.end) if trusted else (ORIGIN, 0)
    return Reading(tuple(records), verdict, reason, head, end)


def read(folder: Folder) -> Reading:
    """All of a session; what cannot be read at all is damaged too."""
    mark = read_mark(folder)  # before the journal: a living writer moves it after its event
    try:
        data = folder.read(JOURNAL_FILE)
    except OSError as error:
        return Reading((), "damaged", f"{JOURNAL_FILE}: {error.strerror}", ORIGIN, 0)
    return examine(data, mark)


def brief(folder: Folder) -> Brief:
    """The first and the last event without reading what lies between."""
    held, holder = is_held(folder), holder_of(folder)
    name = folder.path.name
    try:
        with folder.opened(JOURNAL_FILE) as fd:
            size = os.fstat(fd).st_size
            first = _first(read_all(fd, 0, MAX_BLOCK))
            tail = read_all(fd, max(0, size - 2 * MAX_BLOCK - 128))
            last, reason = _last(tail, size)
    except OSError as error:
        return Brief(name, None, None, None, held, holder, f"{JOURNAL_FILE}: {error.strerror}")
    if first is None or not isinstance(first.event, Opened):
        return Brief(name, None, None, last, held, holder, "the first event cannot be read")
    return Brief(name, first.event, first, last or first, held, holder, reason, _completed(tail) if last else None)


def _completed(data: bytes) -> str | None:
    """The verdict, if the last events are the completion and what may follow it."""
    closings = list(seals(data))
    for before, after in zip(closings[-2::-1], closings[:0:-1], strict=True):
        last = _sealed_between(data, before, after)
        if last is not None and isinstance(last.event, Completed):
            return last.event.verdict
        if last is None or not isinstance(last.event, AFTERWARDS):
            return None
    return None


def problems(folder: Folder, records: tuple[Record, ...]) -> tuple[str, ...]:
    """Pinned files and outputs that are missing or not what the journal says, one line each."""
    found = []
    for name, digest in named_files(records).items():
        try:
            actual = _current(folder, name, digest)
        except OSError as error:
            found.append(f"{one_line(name)}: {error.strerror}")
            continue
        if actual != digest:
            found.append(f"{one_line(name)}: its sha256 is {actual}, the journal says {one_line(digest)}")
    return tuple(found)


def _current(folder: Folder, name: str, expected: str) -> str:
    """The digest of a pinned file, or of its successor that a crash kept from taking its place."""
    try:
        actual = folder.digest(name)
    except FileNotFoundError:
        actual = ""
    if actual != expected:
        with suppress(OSError):
            if folder.digest(f"{name}.new") == expected:
                return expected
    return actual or folder.digest(name)


def _acknowledged_but_gone(found: Scan, mark: Mark) -> str:
    if mark.seq > len(found.entries):
        return f"event {mark.seq} was acknowledged, but the journal ends with event {len(found.entries)}"
    if mark.seq > 0 and found.entries[mark.seq - 1].sha256 != mark.head:
        return f"event {mark.seq} is not the one that was acknowledged"
    return ""


def completed(records: Iterable[Record]) -> str | None:
    """The verdict with which a session was completed and not reopened since."""
    verdict: str | None = None
    for record in records:
        if isinstance(record.event, Completed):
            verdict = record.event.verdict
        elif isinstance(record.event, Reopened):
            verdict = None
    return verdict


def named_files(records: tuple[Record, ...]) -> Mapping[str, str]:
    """The SHA-256 of every file that the events name: pinned ones, the environment as it was changed, outputs."""
    expected: dict[str, str] = {}
    outputs: dict[str, str] = {}
    for record in records:
        match record.event:
            case Opened(files=files):
                expected |= _listed(files)
            case EnvironmentChanged():
                expected |= changed_files(record.event)
            case Asked(output=str(output), output_sha256=str(digest)):
                expected[f"outputs/{output}"] = digest
            case Started(token=token, output=output):
                outputs[token] = f"outputs/{output}"
            case Ended(output=str(output), output_sha256=str(digest)):
                expected[f"outputs/{output}"] = digest
            case Ended(token=token, output_sha256=str(digest)) if token in outputs:
                expected[outputs[token]] = digest
    return expected


def changed_files(event: EnvironmentChanged) -> dict[str, str]:
    """The SHA-256 of each pinned file that takes the place of the one before."""
    return {**_listed(event.files), ENVIRONMENT: event.sha256}


def _listed(files: Iterable[str]) -> dict[str, str]:
    """Lines as sha256sum writes them, by file name."""
    return {name: digest for digest, _, name in (line.partition("  ") for line in files)}


def _first(data: bytes) -> Record | None:
    closing = next(seals(data), None)
    entries = scan(data[: closing.end()]).entries if closing else ()
    return _understood(entries)


def _last(data: bytes, size: int) -> tuple[Record | None, str]:
    """The last sealed event, checked against the seal before it, and what is odd about the end of the file."""
    closings = last_seals(data, 2)
    if not closings:
        return None, "no event is sealed near the end"
    start = size - len(data)
    reason = "" if closings[-1].end() == len(data) else "its last event was never finished"
    if len(closings) == 1:
        whole = scan(data[: closings[0].end()]) if start == 0 else None
        return (_understood(whole.entries), reason) if whole else (None, "the last event is too large")
    region, stated = data[closings[0].end() : closings[1].start()], closings[1][1].decode("ascii")
    if seal(closings[0][1].decode("ascii"), region) != stated:
        return None, "the last event does not match its sha256"
    return _sealed_between(data, *closings), reason


def _sealed_between(data: bytes, before: re.Match[bytes], after: re.Match[bytes]) -> Record | None:
    """The event between two seals."""
    number = _NUMBER.search(data[before.end() : after.start()])
    seq = int(number[1]) - 1 if number else 0
    found = scan(data[before.end() : after.end()], seq=seq, head=before[1].decode("ascii"))
    return _understood(found.entries)


def _understood(entries: tuple[Entry, ...]) -> Record | None:
    with suppress(codec.UnknownEventError):
        return codec.record(entries[0]) if entries else None
    return None
