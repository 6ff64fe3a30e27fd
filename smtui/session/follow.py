"""Reads a journal that another process is writing; takes no lock and writes nothing."""

from __future__ import annotations

import os
from pathlib import Path
from types import TracebackType
from typing import Self

from smtui.session import codec
from smtui.session.errors import JournalDamaged
from smtui.session.events import Record
from smtui.session.files import Folder, close_file, read_all
from smtui.session.journal import ORIGIN, scan
from smtui.session.writer import JOURNAL_FILE


class Follower:
    """Hands out each sealed event once. Close it, or use it as a context."""

    def __init__(self, path: Path) -> None:
        """OSError if the folder or its journal cannot be opened."""
        self._folder = Folder(path)
        try:
            self._fd = self._folder.open(JOURNAL_FILE)
        except OSError:
            self._folder.close()
            raise
        self._seq, self._head, self._end = 0, ORIGIN, 0
        self.unfinished = ""
        """What stood behind the last event: normal for a moment, a defect if it stays and nobody writes."""

    def poll(self) -> tuple[Record, ...]:
        """The events since the last poll; JournalDamaged when what was handed out before is no longer there."""
        self._follow_replacement()
        if os.fstat(self._fd).st_size < self._end:
            raise JournalDamaged(f"{JOURNAL_FILE} is shorter than it was")
        found = scan(read_all(self._fd, self._end), seq=self._seq, head=self._head, offset=self._end)
        try:
            records = tuple(codec.record(entry) for entry in found.entries)
        except codec.UnknownEventError as error:
            raise JournalDamaged(f"an event is none this smtui knows: {error}") from error
        self._seq, self._head, self._end = self._seq + len(records), found.head, found.end
        self.unfinished = found.reason if found.tail else ""
        return records

    def close(self) -> None:
        """Give the descriptors back; twice is harmless."""
        fd, self._fd = self._fd, -1
        if fd >= 0:
            close_file(fd)
        self._folder.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    def _follow_replacement(self) -> None:
        """After a failed sync the writer goes on in a new file, which must hold the same events."""
        fresh = self._folder.open(JOURNAL_FILE)
        if os.path.samestat(os.fstat(self._fd), os.fstat(fresh)):
            close_file(fresh)
            return
        close_file(self._fd)
        self._fd = fresh
        if self._seq and scan(read_all(fresh, 0, self._end)).head != self._head:
            raise JournalDamaged(f"{JOURNAL_FILE} was replaced by another history")
