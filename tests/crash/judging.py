"""Whether what a fault left behind is what an administrator may rely on."""

from __future__ import annotations

from pathlib import Path

from smtui.session.errors import JournalError
from smtui.session.events import EnvironmentChanged
from smtui.session.store import Store
from tests.crash.victim import CHANGED, ENVIRONMENT, SESSION, STAMP


def environment_violation(root: Path) -> str:
    """Whether a session that was opened anew stands on the environment that its journal names, and on no other."""
    changed = any(isinstance(record.event, EnvironmentChanged) for record in Store(root).read(SESSION).records)
    for name, data in CHANGED.items():
        expected = data if changed else ENVIRONMENT.get(name)
        path = root / SESSION / name
        if path.exists() and (expected is None or path.read_bytes() != expected):
            return f"{name} is not what event {1 + changed} names"
        if changed and not path.exists():
            return f"{name} is gone"
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
    if why := environment_violation(root):
        return why
    reading = store.read(SESSION)
    return "" if reading.verdict == "whole" else reading.reason
