"""What can go wrong with a session on disk; every text is one line that can be shown as it is."""

from __future__ import annotations

import errno as codes
import os


class JournalError(Exception):
    """A session cannot be read or written; the text says why."""


class SessionMissing(JournalError):
    """There is no session of that name."""


class SessionBusy(JournalError):
    """Another process holds the session; `holder` is what its lock says about itself."""

    def __init__(self, holder: str) -> None:
        super().__init__(f"the session is in use: {holder or 'its holder left no name'}")
        self.holder = holder


class JournalDamaged(JournalError):
    """The journal holds bytes that no crash explains: it is read, never written."""


class _DiskError(JournalError):
    def __init__(self, file: str, number: int, consequence: str) -> None:
        name = codes.errorcode.get(number, str(number))
        super().__init__(f"{file}: {os.strerror(number)} ({name}); {consequence}")
        self.file = file
        self.errno = number


class JournalHalted(_DiskError):
    """An event could not be made durable: nothing may start on it. Appending may be tried again."""

    def __init__(self, file: str, number: int) -> None:
        super().__init__(file, number, "the event is not recorded")


class OutputLost(_DiskError):
    """An output could not be stored in full; the attempt itself goes on."""

    def __init__(self, file: str, number: int) -> None:
        super().__init__(file, number, "the output is incomplete")
