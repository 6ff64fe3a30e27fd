"""The writing end of session.toml: one durable block at a time, and what to do when the disk says no.

- A failed write leaves half a block: it is cut off, durably, before anything else is written.
- After a failed sync the kernel may have dropped the data and would call a second sync a success. That descriptor is
  dead: the trusted bytes are read back, checked and written with the pending block to a new file, which takes the place
  of the old one.
- While neither works the journal is halted. Every further append tries again, so work goes on once the cause is gone.
"""

from __future__ import annotations

import errno
import os
from contextlib import suppress

from smtui.session.errors import JournalDamaged, JournalHalted
from smtui.session.files import Folder, close_file, make_durable, read_all, write_all
from smtui.session.journal import scan

JOURNAL_FILE = "session.toml"
FRESH_FILE = "session.toml.new"
BALLAST_FILE = "ballast"
BALLAST_SIZE = 1 << 20
_FULL = frozenset({errno.ENOSPC, errno.EDQUOT})


class Writer:
    """Appends blocks behind `end`; used by one thread."""

    def __init__(self, folder: Folder, fd: int, end: int, head: str, *, torn: bool = False) -> None:
        """`torn` says that behind `end` stands what a crash left, already kept elsewhere."""
        self._folder = folder
        self._fd = fd
        self._end = end
        self._head = head
        self._half_block = torn
        self._dead = False  # a sync of this descriptor failed
        self._foreign = ""

    def append(self, block: bytes, head: str) -> None:
        """Return once the block is durable; JournalHalted if it is not, JournalDamaged if others wrote to the file."""
        try:
            self._put(block)
        except OSError as error:
            if error.errno in _FULL:
                release_ballast(self._folder)
            raise JournalHalted(str(error.filename or JOURNAL_FILE), error.errno or errno.EIO) from error
        self._end += len(block)
        self._head = head

    def settle(self) -> None:
        """Make durable what was read: the holder before may have died between its write and its sync."""
        self.append(b"", self._head)

    def close(self) -> None:
        """Give the descriptor back."""
        fd, self._fd = self._fd, -1
        if fd >= 0:
            close_file(fd)

    def _put(self, block: bytes) -> None:
        if self._foreign:
            raise JournalDamaged(self._foreign)
        if self._half_block and not self._dead:
            self._try_to_cut_back()
        if self._dead:
            self._replace(block)
            return
        if (size := os.fstat(self._fd).st_size) != self._end:
            self._foreign = f"another program wrote to {JOURNAL_FILE} (it has {size} bytes instead of {self._end})"
            raise JournalDamaged(self._foreign)
        try:
            write_all(self._fd, block)
        except OSError:
            self._half_block = True
            with suppress(OSError):  # the next append tries again; what failed first is what is told
                self._cut_back()
            raise
        try:
            make_durable(self._fd)
        except OSError:
            self._dead = True
            self._replace(block)

    def _try_to_cut_back(self) -> None:
        try:
            self._cut_back()
        except OSError:
            if not self._dead:  # if it is, a new file takes its place
                raise

    def _cut_back(self) -> None:
        """Durably, because after a power cut a later block must not mix with what stood there."""
        os.ftruncate(self._fd, self._end)
        try:
            make_durable(self._fd)
        except OSError:
            self._dead = True
            raise
        self._half_block = False

    def _replace(self, block: bytes) -> None:
        trusted = read_all(self._fd, 0, self._end)
        if len(trusted) != self._end or scan(trusted).head != self._head:
            self._foreign = f"{JOURNAL_FILE} reads back differently after a failed sync"
            raise JournalDamaged(self._foreign)
        self._folder.remove(FRESH_FILE)
        fresh = self._folder.create(FRESH_FILE, trusted + block)
        try:
            self._folder.rename(FRESH_FILE, JOURNAL_FILE)
            self._folder.sync()
        except OSError:
            close_file(fresh)
            raise
        close_file(self._fd)
        self._fd, self._dead, self._half_block = fresh, False, False


def make_ballast(folder: Folder) -> bool:
    """Reserve the room in which a full disk can still be written down; False when there is none left.

    Without it the session works all the same.
    """
    try:
        with folder.opened(BALLAST_FILE, os.O_RDWR | os.O_CREAT) as fd:
            os.posix_fallocate(fd, 0, BALLAST_SIZE)
    except OSError as error:
        release_ballast(folder)
        return error.errno not in _FULL
    return True


def release_ballast(folder: Folder) -> None:
    """Give that room back."""
    with suppress(OSError):
        folder.remove(BALLAST_FILE)
