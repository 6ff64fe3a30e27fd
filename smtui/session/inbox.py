"""What a second person says: a file of their own in the session's folder, for nobody but its holder writes the journal.

Who said it is told by the owner of the file, which the kernel sets, and by nothing that stands in it. So it must be a
file that nobody else could have written to, under no other name.
"""

from __future__ import annotations

import os
import pwd
import stat
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

import msgspec
import tomli_w

from smtui.session.errors import JournalError
from smtui.session.files import Folder, close_file, read_all, write_all

INBOX = "approvals"
"""Folder below that of the session."""
_LIMIT = 4096
_MOST = 1000
"""Files of one inbox that are looked at: more are no approvals."""
_MODE = 0o640
"""The group reads it; nobody but its owner changes it."""
_LOGIN = "/proc/self/loginuid"
_NO_LOGIN = 0xFFFFFFFF


class Word(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """What the file says."""

    decision: Literal["approved", "refused"]
    session: str
    code: str
    request: str
    """Seal of the event that asked: it covers everything that was recorded until then."""
    deed_sha256: str
    """What was shown to who says it."""
    at: datetime
    host: str
    origin: str
    reason: str = ""
    """Why not."""


@dataclass(frozen=True, slots=True)
class Delivered:
    """A file that may be taken in."""

    name: str
    uid: int
    """Its owner."""
    account: str
    """The owner's name, as this machine knows it."""
    word: Word


@dataclass(frozen=True, slots=True)
class Unusable:
    """A file that says nothing."""

    name: str
    why: str


def leave(session: Folder, word: Word) -> str:
    """Leave a word where the holder of the session looks, durably; its name. Raises OSError, JournalError."""
    data = tomli_w.dumps(msgspec.to_builtins(word, builtin_types=(datetime,))).encode()
    if len(data) > _LIMIT:
        raise JournalError("the reason is too long")
    name = f"{word.code}-{os.geteuid()}-{word.decision}.toml"
    with session.subfolder(INBOX) as inbox:
        fresh = f".{name}.new"
        inbox.remove(fresh)
        fd = inbox.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL)
        try:
            os.fchmod(fd, _MODE)
            write_all(fd, data)
            os.fsync(fd)
        finally:
            close_file(fd)
        inbox.rename(fresh, name)
        inbox.sync()
    return name


def delivered(session: Folder, seen: set[str]) -> Iterator[Delivered | Unusable]:
    """What lies there and is not in `seen`, which it is added to. OSError where the inbox cannot be read."""
    if not session.exists(INBOX):
        return
    with session.subfolder(INBOX) as inbox:
        for name in sorted(os.listdir(inbox.fd))[:_MOST]:  # noqa: PTH208  a descriptor, not a path
            if name.startswith(".") or name in seen:
                continue
            seen.add(name)
            yield _read(inbox, name)


def _read(inbox: Folder, name: str) -> Delivered | Unusable:
    try:
        with inbox.opened(name) as fd:
            status = os.fstat(fd)
            if status.st_nlink != 1 or stat.S_IMODE(status.st_mode) & 0o022:
                return Unusable(name, "others than its owner can change it")
            if status.st_size > _LIMIT:
                return Unusable(name, "it is too long")
            word = msgspec.convert(tomllib.loads(read_all(fd).decode()), Word)
    except OSError as error:
        return Unusable(name, error.strerror or str(error))
    except (ValueError, msgspec.ValidationError) as error:
        return Unusable(name, f"it is no approval ({error})")
    return Delivered(name, status.st_uid, account_of(status.st_uid), word)


def account_of(uid: int) -> str:
    """The name of an account; its number where this machine has no name for it, as when the directory is down."""
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return str(uid)


def login_uid() -> int | None:
    """Who logged in, whatever account they changed to since; None where the kernel does not say."""
    try:
        with open(_LOGIN, encoding="ascii") as file:  # noqa: PTH123  a file of the kernel
            number = int(file.read())
    except (OSError, ValueError):
        return None
    return None if number == _NO_LOGIN else number
