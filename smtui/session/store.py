"""The sessions of one user: a folder each, made, listed, read and opened."""

from __future__ import annotations

import errno
import hashlib
import os
import re
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from smtui.session import reading
from smtui.session.errors import (
    JournalDamaged,
    JournalError,
    JournalHalted,
    OutputLost,
    SessionBusy,
    SessionMissing,
)
from smtui.session.events import Opened, Stamp
from smtui.session.files import Folder
from smtui.session.lock import is_draining, is_held
from smtui.session.reading import Brief, Reading
from smtui.text import one_line

if TYPE_CHECKING:  # whoever only looks does not load what writes
    from smtui.session.handover import Request
    from smtui.session.inbox import Delivered, Unusable, Word
    from smtui.session.recording import SessionFile
    from smtui.session.thread import JournalThread

__all__ = [
    "Brief",
    "JournalDamaged",
    "JournalError",
    "JournalHalted",
    "OutputLost",
    "Reading",
    "SessionBusy",
    "SessionMissing",
    "Store",
    "pinned_lines",
]

EXPORTS_FILE = "exports.log"
_NAMED = 5
"""Sessions that a message names, the newest first."""
_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,150}")
_DATED = re.compile(r"(\d{4}-\d\d-\d\dT\d{4}Z)-(.*?)(?:-(\d{1,9}))?")


class Store:
    """A folder of sessions, and the one of a group. `holder` is what others are told while one is open here."""

    def __init__(self, root: Path, *, holder: Mapping[str, str] | None = None, shared: Path | None = None) -> None:
        """`shared` is the folder of the group's sessions, where there is one that this account may look into."""
        self.root = root
        self.shared = shared
        self._holder = {"pid": str(os.getpid()), **(holder or {})}

    # Looking

    def ids(self) -> tuple[str, ...]:
        """Every session, newest first."""
        names: set[str] = set()
        for root in self.roots:
            with suppress(FileNotFoundError), os.scandir(root) as entries:
                names |= {entry.name for entry in entries if entry.is_dir(follow_symlinks=False)}
        return tuple(sorted((name for name in names if _ID.fullmatch(name)), key=_age, reverse=True))

    def path(self, session_id: str) -> Path:
        """Where a session lies or would lie; SessionMissing for what cannot be the name of one."""
        if not _ID.fullmatch(session_id):
            raise SessionMissing(f"{session_id!r} is no session id")
        return self.root_of(session_id) / session_id

    @property
    def roots(self) -> tuple[Path, ...]:
        """The folders in which sessions lie."""
        return (self.root,) if self.shared is None else (self.root, self.shared)

    def root_of(self, session_id: str) -> Path:
        """The folder in which a session lies: this account's own, unless only the group's has it."""
        return next((root for root in self.roots if os.path.lexists(root / session_id)), self.root)

    def is_shared(self, session_id: str) -> bool:
        """Whether the accounts of a group can reach the session."""
        return self.root_of(session_id) == self.shared

    def new_id(self, checklist_id: str, at: datetime) -> str:
        """A free id for a session that starts now: `YYYY-MM-DDTHHMMZ-<checklist id>`, with a number if need be."""
        first = f"{at.astimezone(UTC):%Y-%m-%dT%H%MZ}-{checklist_id}"
        wanted, number = first, 1
        while self.path(wanted).exists():
            number += 1
            wanted = f"{first}-{number}"
        return wanted

    def read(self, session_id: str) -> Reading:
        """All events, without the lock; damage is told by the verdict."""
        with self._folder(session_id) as folder:
            return reading.read(folder)

    def brief(self, session_id: str) -> Brief:
        """First and last event and who holds it, at a cost that does not grow with the session."""
        try:
            with self._folder(session_id) as folder:
                return reading.brief(folder)
        except SessionMissing:
            raise
        except JournalError as error:  # another account's in the folder of the group: a list goes on without it
            return Brief(session_id, None, None, None, held=False, holder="", reason=str(error))

    def is_held(self, session_id: str) -> bool:
        """Whether a living process has the session open."""
        with self._folder(session_id) as folder:
            return is_held(folder)

    def is_draining(self, session_id: str) -> bool:
        """Whether its living holder starts nothing more and will let it go."""
        with self._folder(session_id) as folder:
            return is_held(folder) and is_draining(folder)

    def handover_asked(self, session_id: str) -> Request | None:
        """Who asks for the session, if anybody does."""
        from smtui.session import handover

        with self._folder(session_id) as folder:
            return handover.asked(folder)

    def problems(self, session_id: str) -> tuple[str, ...]:
        """Pinned files and outputs that are missing or differ from the journal, one line each."""
        with self._folder(session_id) as folder:
            return reading.problems(folder, reading.read(folder).records)

    # Writing

    def create(
        self, session_id: str, first: Opened, files: Mapping[str, bytes], stamp: Stamp, *, shared: bool = False
    ) -> SessionFile:
        """A new session, held; with `shared` in the folder of the group. A crash leaves all of it or nothing.

        `files` are pinned under their relative names; `first.files` should name their digests (`pinned_lines`).

        Raises:
            JournalError: the id is taken, a name leaves the folder, or the first event does not fit into a block.
            JournalHalted: the disk refused.
        """
        from smtui.session import opening

        if shared and self.shared is None:
            raise JournalError("there is no folder of a group")
        path = self.path(session_id)
        if shared and self.shared is not None:
            path = self.shared / session_id
        block = opening.first_block(first, stamp)
        opening.check_names(files)
        return _on_thread(
            session_id, lambda thread: opening.create(path, block, files, self._holder, thread, shared=shared)
        )

    def open(self, session_id: str, *, patience: float = 0.5) -> SessionFile:
        """Take a session over: lock, check all of it, move a torn tail aside, make durable what was read.

        Raises:
            SessionMissing: there is none.
            SessionBusy: still held after `patience` seconds.
            JournalDamaged: it can be read but not written; the text names event and byte.
            JournalHalted: the disk refused.
        """
        from smtui.session import opening

        folder = self._folder(session_id)
        return _on_thread(session_id, lambda thread: opening.take_over(folder, self._holder, thread, patience))

    def finish_replacement(self, session_id: str) -> None:
        """Give a new environment its place if a crash kept it from that; what refuses is told by `problems`."""
        with self._folder(session_id) as folder:
            begun = folder.exists(f"{reading.ENVIRONMENT}.new") and not is_held(folder)
        if begun:
            with suppress(JournalError):
                self.open(session_id).release()

    def ask_for(self, session_id: str, request: Request) -> None:
        """Ask the living holder to let the session go; JournalHalted if that cannot be written down."""
        from smtui.session import handover

        with self._folder(session_id) as folder:
            try:
                handover.ask(folder, request)
            except OSError as error:
                raise JournalHalted(handover.REQUEST_FILE, error.errno or errno.EIO) from error

    def withdraw(self, session_id: str) -> None:
        """Ask no more."""
        from smtui.session import handover

        with self._folder(session_id) as folder:
            handover.withdraw(folder)

    def said(self, session_id: str, seen: set[str]) -> tuple[Delivered | Unusable, ...]:
        """What second persons left for the session, without what is in `seen`; OSError where it cannot be read."""
        from smtui.session import inbox

        with self._folder(session_id) as folder:
            return tuple(inbox.delivered(folder, seen))

    def say(self, session_id: str, word: Word) -> str:
        """Leave a second person's word for the holder of the session; JournalHalted if that cannot be written down."""
        from smtui.session import inbox

        with self._folder(session_id) as folder:
            try:
                folder.require_own()
                return inbox.leave(folder, word)
            except OSError as error:
                raise JournalHalted(inbox.INBOX, error.errno or errno.EIO) from error

    def note_export(self, session_id: str, at: datetime, by: str, what: str) -> None:
        """Add a line to exports.log: a convenience for people, no evidence."""
        line = f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}\t{one_line(by)}\t{one_line(what)}\n"
        with (
            self._folder(session_id) as folder,
            folder.opened(EXPORTS_FILE, os.O_WRONLY | os.O_APPEND | os.O_CREAT) as fd,
        ):
            os.write(fd, line.encode())
            os.fsync(fd)

    def _present(self) -> str:
        found = self.ids()
        if not found:
            return f"there are none in {self.root}"
        more = f" and {len(found) - _NAMED} more (smtui sessions)" if len(found) > _NAMED else ""
        return f"there are: {', '.join(found[:_NAMED])}{more}"

    def _folder(self, session_id: str) -> Folder:
        try:
            return Folder(self.path(session_id))
        except (FileNotFoundError, NotADirectoryError):
            raise SessionMissing(f"there is no session {session_id}; {self._present()}") from None
        except OSError as error:
            raise JournalError(f"{session_id}: {error.strerror}") from error


def pinned_lines(files: Mapping[str, bytes]) -> tuple[str, ...]:
    """`<sha256>  <name>` of each file, as `opened` records them and as sha256sum checks them."""
    return tuple(f"{hashlib.sha256(data).hexdigest()}  {name}" for name, data in sorted(files.items()))


def _on_thread(session_id: str, make: Callable[[JournalThread], SessionFile]) -> SessionFile:
    from smtui.session.thread import JournalThread

    thread = JournalThread(session_id)
    try:
        return thread.call(lambda: make(thread))
    except OSError as error:
        thread.finish()
        raise JournalHalted(str(error.filename or session_id), error.errno or errno.EIO) from error
    except BaseException:
        thread.finish()
        raise


def _age(session_id: str) -> tuple[str, int, str]:
    dated = _DATED.fullmatch(session_id)
    return (dated[1], int(dated[3] or 1), dated[2]) if dated else ("", 0, session_id)
