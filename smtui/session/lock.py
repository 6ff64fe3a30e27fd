"""The right to write a session: flock on a file of its own, which nobody ever deletes.

The lock ends with its process, so there are no stale ones. Its body says who holds it and how far the journal had got
when an event was last acknowledged (the *mark*). The mark is overwritten in place and never synced, so a crash leaves
it at or behind the journal: one that is ahead proves that acknowledged events are gone.
"""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Mapping
from contextlib import suppress

from msgspec import Struct

from smtui.session.errors import SessionBusy
from smtui.session.files import Folder, close_file
from smtui.session.journal import ORIGIN, SEAL, seal
from smtui.session.pairs import read_pairs, write_pair
from smtui.text import one_line

LOCK_FILE = "session.lock"
_SIZE = 512
"""One sector: overwritten whole or not at all."""
_RETRY = 0.05
_DRAINING = {"state": "draining"}


class Mark(Struct, frozen=True):
    """How far the journal was acknowledged."""

    seq: int
    head: str


class Lock:
    """The held lock of one session folder."""

    def __init__(self, folder: Folder, holder: Mapping[str, str], *, patience: float = 0.5) -> None:
        """Take it within `patience` seconds or raise SessionBusy; `holder` is shown to whoever comes second."""
        self._holder = {key: value for key, value in holder.items() if key not in ("seq", "head", "sha256")}
        self._holder_lines = _lines(self._holder)
        deadline = time.monotonic() + patience
        while (fd := _try_lock(folder)) is None:
            if time.monotonic() > deadline:
                raise SessionBusy(holder_of(folder))
            time.sleep(_RETRY)
        self._fd = fd
        self.mark = read_mark(folder)
        """What the holder before left."""
        self._noted = self.mark or Mark(0, ORIGIN)

    def note(self, mark: Mark) -> None:
        """Overwrite the body: this is acknowledged, by this holder."""
        self._noted = mark
        body = f'seq = {mark.seq}\nhead = "{mark.head}"\n'.encode()
        for line in self._holder_lines:
            if len(body) + len(line) <= _SIZE - 80:  # the seal line needs 76
                body += line
        body += b'sha256 = "%s"\n' % seal(ORIGIN, body).encode("ascii")
        with suppress(OSError):  # what it speaks of is durable whether or not the mark is written
            os.pwrite(self._fd, body.ljust(_SIZE, b"\n"), 0)

    def say_draining(self) -> None:
        """Tell whoever comes second that this holder starts nothing more and ends soon."""
        self._holder = {**_DRAINING, **self._holder}
        self._holder_lines = _lines(self._holder)
        self.note(self._noted)

    def release(self) -> None:
        """Let others in; twice is harmless."""
        fd, self._fd = self._fd, -1
        if fd >= 0:
            close_file(fd)


def is_held(folder: Folder) -> bool:
    """Whether a living process holds the lock now."""
    with suppress(OSError), folder.opened(LOCK_FILE) as fd:
        try:
            fcntl.flock(fd, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
    return False


def is_draining(folder: Folder) -> bool:
    """Whether the last holder said that it ends soon."""
    return _DRAINING.items() <= _body(folder).items()


def holder_of(folder: Folder) -> str:
    """Who took the lock last, as `key value` pairs; empty if nobody wrote it down."""
    fields = _body(folder)
    return one_line(", ".join(f"{key} {value}" for key, value in fields.items() if key not in ("seq", "head")))


def read_mark(folder: Folder) -> Mark | None:
    """The mark; None where it is missing, torn or edited, for it is only an aid."""
    match _body(folder):
        case {"seq": int(seq), "head": str(head)}:
            return Mark(seq, head)
    return None


def _try_lock(folder: Folder) -> int | None:
    fd = folder.open(LOCK_FILE, os.O_RDWR | os.O_CREAT)
    try:
        fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
        named = os.stat(LOCK_FILE, dir_fd=folder.fd, follow_symlinks=False)
        if os.path.samestat(os.fstat(fd), named):  # somebody may have replaced the file between open and lock
            return fd
    except (BlockingIOError, FileNotFoundError):
        pass
    except BaseException:
        close_file(fd)
        raise
    close_file(fd)
    return None


def _body(folder: Folder) -> dict[str, object]:
    try:
        with folder.opened(LOCK_FILE) as fd:
            body = os.pread(fd, _SIZE, 0)
    except OSError:
        return {}
    closing = SEAL.search(body)
    if closing is None or seal(ORIGIN, body[: closing.start()]) != closing[1].decode("ascii"):
        return {}
    known = read_pairs(body[: closing.start()])
    if known is not None:
        return known
    import tomllib

    try:
        return tomllib.loads(body[: closing.start()].decode())
    except ValueError:
        return {}


def _lines(holder: Mapping[str, str]) -> list[bytes]:
    """What the body says of the holder, made once: it is written with every event."""
    short = {key: value.encode("ascii", "backslashreplace").decode()[:80] for key, value in holder.items()}
    return [(write_pair(key, value) or _escaped(key, value)).encode() for key, value in short.items()]


def _escaped(key: str, value: str) -> str:
    import tomli_w

    return tomli_w.dumps({key: value})
