"""Whether what a fault left behind is what an administrator may rely on."""

from __future__ import annotations

import hashlib
from pathlib import Path

from smtui.session.errors import JournalError
from smtui.session.reading import named_files
from smtui.session.store import Store
from tests.crash.victim import SESSION, STAMP


def _out_of_place(root: Path) -> str:
    """What of the pinned files is not in its place after the session was opened anew, or nothing."""
    for name, sha256 in named_files(Store(root).read(SESSION).records).items():
        path = root / SESSION / name
        if not path.exists() or hashlib.sha256(path.read_bytes()).hexdigest() != sha256:
            return f"{name} is not the one that the journal names"
    return ""


def violation(root: Path, acknowledged: dict[int, str]) -> str:
    """Open the session as a person would after the crash; what is wrong with it, or nothing.

    All that was acknowledged is there and unchanged, at most one event more, every named file has its digest, and the
    session goes on.
    """
    store = Store(root)
    last = max(acknowledged, default=0)
    if SESSION not in store.ids():
        return f"event {last} was acknowledged, there is no session" if last else ""
    if problems := store.problems(SESSION):
        return "; ".join(problems)
    try:
        session = store.open(SESSION)
    except JournalError as error:
        return f"cannot be opened: {error}"
    try:
        records = {record.seq: record.sha256 for record in session.records}
        if wrong := [seq for seq, sha256 in acknowledged.items() if sha256 not in ("?", records.get(seq))]:
            return f"event {wrong[0]} is not the one that was acknowledged"
        if not last <= len(records) <= last + 1:
            return f"{last} events were acknowledged, {len(records)} are there"
        if session.torn:
            session.append(session.torn, STAMP)
    finally:
        session.release()
    if why := _out_of_place(root):
        return why
    reading = store.read(SESSION)
    return "" if reading.verdict == "whole" else reading.reason
