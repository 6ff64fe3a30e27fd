"""A second copy of a session in another folder, as a share: it follows the first and is never waited for long.

The copy is made of the same bytes in the same order: outputs before the event that names them, whole sealed events
only, each durable before the next. So it is a session like any other, and can be taken up on another machine.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Literal

from smtui.session import pinned, reading
from smtui.session.errors import JournalError
from smtui.session.events import EnvironmentChanged
from smtui.session.files import CHUNK, Folder, close_file, make_durable, read_all, write_all
from smtui.session.inbox import INBOX
from smtui.session.journal import SEAL
from smtui.session.lock import LOCK_FILE, Lock
from smtui.session.writer import BALLAST_FILE, JOURNAL_FILE

LIMIT = 2.0
"""Seconds for which an event waits for its copy; when they are over, none waits until the copy has caught up."""
_OUTPUTS = "outputs"
_PAUSE = 1.0
_CHANGE = b'\nkind = "environment-changed"\n'
_OWN = frozenset({LOCK_FILE, BALLAST_FILE, JOURNAL_FILE, _OUTPUTS, "exports.log", "takeover.request", INBOX})
_LEFT_OUT = ("world.", "drill.", "session.")

Relation = Literal["same", "behind", "ahead", "differs", "missing"]


class Mirror:
    """Keeps the copy on a thread of its own."""

    def __init__(self, session: Path, root: Path, tell: Callable[[str], None]) -> None:
        """`root` gets a folder of the session's name; `tell` hears of every change for the worse or the better."""
        self._session, self._copy, self._tell = session, root / session.name, tell
        self._changed = threading.Condition()
        self._wanted = self._done = 0
        self._closing = self._final = False
        self._lock: Lock | None = None
        self._thread = threading.Thread(target=self._work, name="mirror", daemon=True)
        self.trouble = ""
        """Why the copy lags; empty while it has everything."""

    def start(self) -> None:
        """Begin to copy what is there."""
        self._thread.start()

    def take(self, seq: int) -> None:
        """Event `seq` is durable: copy it. Waits at most `LIMIT`, and not at all while the copy lags."""
        with self._changed:
            self._wanted = max(self._wanted, seq)
            self._changed.notify_all()
            if self.trouble:
                return
            if self._changed.wait_for(lambda: self._done >= seq or bool(self.trouble), LIMIT):
                return
        self._lags(f"no answer for {LIMIT:g} s")

    def close(self) -> None:
        """Copy the rest, within `LIMIT`."""
        with self._changed:
            self._closing = True
            self._changed.notify_all()
        self._thread.join(LIMIT)

    def _work(self) -> None:
        while not self._final:
            with self._changed:
                self._changed.wait_for(lambda: self._closing or self._wanted > self._done, _PAUSE)
                closing = self._closing
            try:
                done = self._catch_up()
            except Exception as error:  # noqa: BLE001 - told as the mirror's trouble; the session goes on, and it is tried again
                self._lags(_reason(error))
                threading.Event().wait(0 if closing else _PAUSE)
            else:
                self._caught_up(done)
            if closing:
                break
        if self._lock is not None:
            self._lock.release()

    def _lags(self, why: str) -> None:
        with self._changed:
            known, self.trouble = self.trouble, why
            self._changed.notify_all()
        if not known:
            self.tell_trouble()

    def tell_trouble(self) -> None:
        """Say why the copy lags, if it does: to listeners that came after that was told."""
        if self.trouble:
            again = "" if self._final else "; it is tried again"
            self._tell(f"Mirror {self._copy}: {self.trouble}. The session goes on without it{again}.")

    def _caught_up(self, done: int) -> None:
        with self._changed:
            self._done = done
            known, self.trouble = self.trouble, ""
            self._changed.notify_all()
        if known:
            self._tell(f"Mirror {self._copy}: it has everything again, up to event {done}.")

    def _catch_up(self) -> int:
        """Copy what is missing; the number of the last event that is there."""
        _make(self._copy)
        with Folder(self._session) as source, Folder(self._copy) as copy:
            if self._lock is None:
                self._lock = Lock(copy, {"pid": str(os.getpid()), "host": os.uname().nodename})
            whole = _sealed(source.read(JOURNAL_FILE))
            there = copy.read(JOURNAL_FILE) if copy.exists(JOURNAL_FILE) else b""
            if not whole.startswith(there):
                self._final = True
                ahead = there.startswith(whole)
                raise JournalError("the session went on elsewhere" if ahead else "another history is there")
            if not there:
                _copy_pinned(self._session, self._copy)
            replaced = _replaced_files(whole) if _CHANGE in whole[len(there) :] else {}
            pinned.stage(copy, dict(pinned.differing(source, copy, replaced)))
            _copy_outputs(source, copy)
            if len(there) < len(whole):
                with copy.opened(JOURNAL_FILE, os.O_WRONLY | os.O_APPEND | os.O_CREAT) as fd:
                    write_all(fd, whole[len(there) :])
                    make_durable(fd)
                if not there:
                    copy.sync()
            pinned.settle(copy, replaced)
        return len(SEAL.findall(whole))


def _replaced_files(journal: bytes) -> Mapping[str, str]:
    """What the last change of the environment put in the place of pinned files."""
    events = (record.event for record in reversed(reading.examine(journal, None).records))
    return next((reading.changed_files(event) for event in events if isinstance(event, EnvironmentChanged)), {})


def relation(session: Path, copy: Path) -> Relation:
    """How a copy stands to a session; OSError when the copy cannot be read."""
    try:
        there = (copy / JOURNAL_FILE).read_bytes()
    except FileNotFoundError:
        return "missing"
    here = (session / JOURNAL_FILE).read_bytes()
    if there == here:
        return "same"
    if here.startswith(there):
        return "behind"
    return "ahead" if there.startswith(here) else "differs"


def within(limit: float, session: Path, copy: Path) -> Relation | None:
    """As `relation`; None when that cannot be told within `limit` seconds, as of a share that hangs."""
    found: list[Relation] = []

    def look() -> None:
        with suppress(OSError):
            found.append(relation(session, copy))

    thread = threading.Thread(target=look, daemon=True)
    thread.start()
    thread.join(limit)
    return found[0] if found else None


def fetch(copy: Path, root: Path) -> None:
    """Lay a copy down as a session of `root`; one of that name that it continues is set aside.

    Raises JournalError when the copy is still written, or is no continuation; OSError of the disk.
    """
    name = copy.name
    here = root / name
    with Folder(copy) as folder:
        lock = Lock(folder, {})
        try:
            standing = relation(here, copy) if here.exists() else "missing"
            if standing in ("same", "behind"):
                return
            if standing == "differs":
                raise JournalError(f"{name} is here too, with another history; nothing was changed")
            root.mkdir(mode=0o700, parents=True, exist_ok=True)
            staging = _free(root, f".from-mirror-{name}")
            staging.mkdir(mode=0o700)
            _copy_pinned(copy, staging)
            with Folder(staging) as fresh:
                _copy_outputs(folder, fresh)
                fresh.write_new(JOURNAL_FILE, folder.read(JOURNAL_FILE))
                fresh.sync()
            if here.exists():
                here.rename(_free(root, f".set-aside-{name}"))
            staging.rename(here)
            with Folder(root) as own:
                own.sync()
        finally:
            lock.release()


def _make(path: Path) -> None:
    """A folder that is what the one above it is: of one account, or of a group."""
    if not path.exists():
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with suppress(FileExistsError), Folder(path.parent) as parent:
            parent.make_subfolder(path.name).close()


def _free(root: Path, name: str) -> Path:
    number = 0
    while (path := root / f"{name}-{number}").exists():
        number += 1
    return path


def _sealed(data: bytes) -> bytes:
    """Without what stands behind the last seal."""
    end = 0
    for match in SEAL.finditer(data):
        end = match.end()
    return data[:end]


def _copy_pinned(source: Path, copy: Path) -> None:
    """Every file that is neither the session's own nor the drill's, durably, folders too."""
    for folder, names, files in os.walk(source):
        place = copy / Path(folder).relative_to(source)
        top = Path(folder) == source
        if top:
            names[:] = [name for name in names if name not in _OWN and not name.startswith(_LEFT_OUT)]
        _make(place)
        with Folder(Path(folder)) as here, Folder(place) as there:
            for name in files:
                if top and (name in _OWN or name.startswith(_LEFT_OUT)):
                    continue
                fresh = f".{name}.new"
                there.remove(fresh)
                there.write_new(fresh, here.read(name))
                there.rename(fresh, name)
            there.sync()


def _copy_outputs(source: Folder, copy: Folder) -> None:
    if not source.exists(_OUTPUTS):
        return
    if not copy.exists(_OUTPUTS):
        copy.make_subfolder(_OUTPUTS).close()
        copy.sync()
    with source.subfolder(_OUTPUTS) as here, copy.subfolder(_OUTPUTS) as there:
        new = False
        for name in sorted(entry.name for entry in os.scandir(here.fd)):
            new |= _append_rest(here, there, name)
        if new:
            there.sync()


def _append_rest(here: Folder, there: Folder, name: str) -> bool:
    """Copy what a file has more than its copy; whether there was none."""
    new = not there.exists(name)
    size = 0 if new else os.stat(name, dir_fd=there.fd).st_size
    if not new and os.stat(name, dir_fd=here.fd).st_size <= size:
        return False
    fd = here.open(name)
    try:
        with there.opened(name, os.O_WRONLY | os.O_APPEND | os.O_CREAT) as out:
            while part := read_all(fd, size, size + CHUNK):
                write_all(out, part)
                size += len(part)
            os.fsync(out)
    finally:
        close_file(fd)
    return new


def _reason(error: Exception) -> str:
    match error:
        case OSError():
            return str(error.strerror)
        case JournalError():
            return str(error)
        case _:
            return f"a defect of smtui ({type(error).__name__})"
