"""An open session: appends events, takes outputs, holds what it wrote in memory."""

from __future__ import annotations

import errno
import hashlib
import os
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path

from smtui.session import codec, journal, pinned
from smtui.session.errors import JournalDamaged, JournalError, JournalHalted, OutputLost
from smtui.session.events import EnvironmentChanged, Event, Record, Stamp, Torn
from smtui.session.files import Folder, close_file, is_inside, read_all, write_all
from smtui.session.lock import Lock, Mark
from smtui.session.reading import ENVIRONMENT, changed_files
from smtui.session.thread import JournalThread
from smtui.session.writer import Writer, make_ballast

OUTPUTS = "outputs"
_NAME_LIMIT = 200
"""Bytes; file systems take 255, and a temporary name is a little longer."""


class SessionFile:
    """The right to write one session. Every method may be called from any thread; one thread makes every write."""

    def __init__(
        self,
        *,
        folder: Folder,
        outputs: Folder,
        thread: JournalThread,
        writer: Writer,
        lock: Lock,
        records: Sequence[Record],
        torn: Torn | None,
    ) -> None:
        self._folder = folder
        self._outputs = outputs
        self._thread = thread
        self._writer = writer
        self._lock = lock
        self._records = list(records)
        self._halted = ""
        self.torn = torn
        """What a crash had left behind the last event and is now in a file of its own: to be recorded as an event."""

    @property
    def folder(self) -> Path:
        """Where the session lies."""
        return self._folder.path

    @property
    def records(self) -> Sequence[Record]:
        """Every durable event, oldest first; it grows while it is looked at."""
        return self._records

    @property
    def halted(self) -> str:
        """Why the last append failed; empty again as soon as one succeeds."""
        return self._halted

    def append(self, event: Event, stamp: Stamp) -> Record:
        """Record an event. It is durable when this returns.

        Raises:
            JournalHalted: it is not durable and did not happen; a later call tries anew.
            JournalDamaged: another program wrote to the file; nothing can be recorded any more.
            JournalError: the session is closed.
            ValueError: the time of the stamp has no zone.
        """
        return self._thread.call(lambda: self._append(event, stamp))

    def change_environment(self, files: Mapping[str, bytes], event: EnvironmentChanged, stamp: Stamp) -> Record:
        """Replace pinned files by those that the event names. A crash leaves the old ones or the new ones.

        Raises as `append`; then nothing has changed.
        """
        return self._thread.call(lambda: self._change_environment(files, event, stamp))

    def has_room(self) -> bool:
        """Whether the disk takes more than a last word: the room kept for that can be reserved again."""
        return self._thread.call(lambda: make_ballast(self._folder))

    def new_output(self, name: str) -> OutputFile:
        """A new file under `outputs/`; OutputLost if it cannot be made, ValueError if that is no plain file name."""
        if not is_file_name(name):
            raise ValueError(f"{name!r} is no plain file name")
        return self._thread.call(lambda: OutputFile(self._outputs, name, self._thread))

    def say_draining(self) -> None:
        """Tell others that this program starts nothing more. Never blocks: the disk may hang."""
        with suppress(JournalError):  # closed already
            self._thread.submit(self._lock.say_draining)

    def release(self) -> None:
        """Finish what was asked for, then let others in; twice is harmless."""
        self._thread.finish(self._close)

    def _change_environment(self, files: Mapping[str, bytes], event: EnvironmentChanged, stamp: Stamp) -> Record:
        try:
            pinned.stage(self._folder, files)
        except OSError as error:
            raise JournalHalted(str(error.filename or ENVIRONMENT), error.errno or errno.EIO) from error
        record = self._append(event, stamp)
        with suppress(OSError):  # it has happened; whoever opens the session next gives the files their place
            pinned.settle(self._folder, changed_files(event))
        return record

    def _append(self, event: Event, stamp: Stamp) -> Record:
        last = self._records[-1]
        block = codec.pack(event, stamp, last.seq + 1, last.sha256)
        record = _read_back(block, last)
        try:
            self._writer.append(block, record.sha256)
        except (JournalHalted, JournalDamaged) as error:
            self._halted = str(error)
            raise
        self._halted = ""
        self._lock.note(Mark(record.seq, record.sha256))
        self._records.append(record)
        return record

    def _close(self) -> None:
        for close in (self._writer.close, self._outputs.close, self._lock.release, self._folder.close):
            close()


class OutputFile:
    """What one attempt printed, already redacted. After `close` its digest can be named in `ended`."""

    def __init__(self, outputs: Folder, name: str, thread: JournalThread) -> None:
        self._outputs = outputs
        self._thread = thread
        self._digest = hashlib.sha256()
        self._size = 0
        self._lost: OSError | None = None
        self._closed = False
        self.name = name
        try:
            self._fd = outputs.open(name, os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_EXCL)
        except OSError as error:
            raise OutputLost(name, error.errno or errno.EIO) from error

    def write(self, text: str) -> None:
        """Append text. Never raises for a disk: what is missing is told by `close`, the attempt must not suffer."""
        data = text.encode("utf-8", "backslashreplace")
        if data:
            self._thread.call(lambda: self._write(data))

    def close(self) -> tuple[str, int]:
        """Make it durable; its SHA-256 and size in bytes. OutputLost if not all of it could be stored."""
        return self._thread.call(self._close)

    def _write(self, data: bytes) -> None:
        if self._lost or self._closed:
            return
        try:
            write_all(self._fd, data)
        except OSError as error:
            self._lost = error
            return
        self._digest.update(data)
        self._size += len(data)

    def _close(self) -> tuple[str, int]:
        if not self._closed:
            self._closed = True
            try:
                if self._lost is None:
                    self._make_durable()
            except OSError as error:
                self._lost = error
            finally:
                close_file(self._fd)
        if self._lost:
            raise OutputLost(self.name, self._lost.errno or errno.EIO) from self._lost
        return self._digest.hexdigest(), self._size

    def _make_durable(self) -> None:
        try:
            os.fsync(self._fd)
        except OSError:
            data = read_all(self._fd)  # a second sync could be called a success although the data are gone
            if hashlib.sha256(data).digest() != self._digest.digest():
                raise
            fresh = f"{self.name}.new"
            self._outputs.remove(fresh)
            self._outputs.write_new(fresh, data)
            self._outputs.rename(fresh, self.name)
        self._outputs.sync()


def is_file_name(name: str) -> bool:
    """Whether it names a direct child of a folder and nothing else."""
    return is_inside(name) and "/" not in name and name != "." and len(os.fsencode(name)) <= _NAME_LIMIT


def _read_back(block: bytes, last: Record) -> Record:
    """The record as every later reader will see it; ValueError if it would not be read."""
    found = journal.scan(block, seq=last.seq, head=last.sha256)
    if found.verdict != "whole":
        raise ValueError(f"this event would not read back: {found.reason}")
    return codec.record(found.entries[0])
