"""Sessions put away: moved whole into a folder of their own, where no list shows them, and back."""

from __future__ import annotations

import os
from pathlib import Path

from smtui.session.errors import JournalError, SessionMissing
from smtui.session.files import Folder, sync_folder
from smtui.session.lock import Lock

ARCHIVE = "archive"
"""Beside the folder of the sessions."""


def archive_of(root: Path) -> Path:
    """Where the sessions of `root` are put away."""
    return root.parent / ARCHIVE


def put_away(root: Path, session: str) -> Path:
    """Move a session into the archive; where it is now. Raises SessionBusy, SessionMissing, JournalError."""
    target = archive_of(root)
    if not target.exists():
        with Folder(root.parent) as folder:
            folder.make_subfolder(target.name).close()
    return _move(root / session, target / session)


def bring_back(root: Path, session: str) -> Path:
    """Move a session out of the archive. Raises as `put_away`."""
    root.mkdir(mode=0o700, parents=True, exist_ok=True)
    return _move(archive_of(root) / session, root / session)


def archived(root: Path) -> tuple[str, ...]:
    """What is put away, by name."""
    folder = archive_of(root)
    return tuple(sorted(entry.name for entry in os.scandir(folder) if entry.is_dir())) if folder.is_dir() else ()


def _move(source: Path, target: Path) -> Path:
    """Held while it is moved, so that nobody has it open; a crash leaves it in one of the two places."""
    if not source.is_dir():
        raise SessionMissing(f"there is no session {source.name} in {source.parent}")
    if target.exists():
        raise JournalError(f"there is a session {target.name} in {target.parent} already")
    with Folder(source) as folder:
        lock = Lock(folder, {})
        try:
            source.rename(target)
            sync_folder(target.parent)
            sync_folder(source.parent)
        finally:
            lock.release()
    return target
