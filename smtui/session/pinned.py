"""Replacing pinned files under a session that goes on: a crash leaves the old ones or the new ones, never neither.

Each new file is made durable under a staging name, then the event that names its digest, and only then it takes its
place. Whoever opens the session finishes what a crash interrupted: the journal says which of the two is meant.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import PurePosixPath

from smtui.session.files import Folder

_STAGED = ".new"


def stage(session: Folder, files: Mapping[str, bytes]) -> None:
    """Make each file durable beside the one that it is to replace. OSError of the disk: nothing has changed then."""
    for name, data in files.items():
        with _folder_of(session, name, make=True) as (folder, last):
            folder.remove(last + _STAGED)
            folder.write_new(last + _STAGED, data)
            folder.sync()


def settle(session: Folder, named: Mapping[str, str]) -> None:
    """Give staged files their place if they are what the journal names (path to SHA-256), or remove them.

    Twice is harmless; OSError of the disk: it is done when the session is opened next.
    """
    for name, sha256 in named.items():
        if not session.exists(PurePosixPath(name).parts[0]):
            continue
        with _folder_of(session, name, make=False) as (folder, last):
            staged = last + _STAGED
            if not folder.exists(staged):
                continue
            if folder.digest(staged) == sha256:
                folder.rename(staged, last)
            else:
                folder.remove(staged)
            folder.sync()


def differing(source: Folder, copy: Folder, names: Mapping[str, str]) -> Iterator[tuple[str, bytes]]:
    """Those files of a session that its copy has not, or has with other bytes."""
    for name in names:
        data = _read(source, name)
        if data is not None and _read(copy, name) != data:
            yield name, data


def _read(session: Folder, name: str) -> bytes | None:
    try:
        with _folder_of(session, name, make=False) as (folder, last):
            return folder.read(last)
    except FileNotFoundError:
        return None


@contextmanager
def _folder_of(session: Folder, name: str, *, make: bool) -> Iterator[tuple[Folder, str]]:
    """The open folder that holds a pinned file, and its name there."""
    *parents, last = PurePosixPath(name).parts
    with ExitStack() as opened:
        folder = session
        for part in parents:
            if make and not folder.exists(part):
                opened.enter_context(folder.make_subfolder(part))
                folder.sync()
            folder = opened.enter_context(folder.subfolder(part))
        yield folder, last
