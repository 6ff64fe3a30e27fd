"""How a session comes into being and how one is taken over. Both run on the session's journal thread."""

from __future__ import annotations

import errno
import hashlib
import os
import shutil
from collections.abc import Iterable, Mapping
from contextlib import ExitStack
from pathlib import Path, PurePosixPath

from smtui.session import codec, pinned, reading
from smtui.session.errors import JournalDamaged, JournalError
from smtui.session.events import Opened, Stamp, Torn
from smtui.session.files import FOLDER_MODE, Folder, is_inside, may_own, sync_folder, sync_tree
from smtui.session.inbox import INBOX
from smtui.session.journal import ORIGIN, scan
from smtui.session.lock import LOCK_FILE, Lock, Mark
from smtui.session.recording import OUTPUTS, SessionFile
from smtui.session.thread import JournalThread
from smtui.session.writer import BALLAST_FILE, FRESH_FILE, JOURNAL_FILE, Writer, make_ballast

_OWN_NAMES = frozenset({JOURNAL_FILE, FRESH_FILE, LOCK_FILE, BALLAST_FILE, OUTPUTS, INBOX})
_TAKEN = frozenset({errno.EEXIST, errno.ENOTEMPTY})


def first_block(first: Opened, stamp: Stamp) -> bytes:
    """The block that opens a session; JournalError if it had to be cut, for evidence may not rest on a cut list."""
    block = codec.pack(first, stamp, 1, ORIGIN)
    (record,) = (codec.record(entry) for entry in scan(block).entries)
    if not isinstance(record.event, Opened) or record.event.files != first.files:
        raise JournalError(f"the list of {len(first.files)} pinned files does not fit into the first event")
    return block


def check_names(names: Iterable[str]) -> None:
    """JournalError for a name that leaves the session folder or is one of its own."""
    for name in names:
        if not is_inside(name) or PurePosixPath(name).parts[0] in _OWN_NAMES:
            raise JournalError(f"{name!r} cannot be pinned in a session")


def create(
    path: Path,
    block: bytes,
    files: Mapping[str, bytes],
    holder: Mapping[str, str],
    thread: JournalThread,
    *,
    shared: bool,
) -> SessionFile:
    """Build it under another name, sync all of it, rename it, sync the root: a crash leaves all or nothing."""
    with ExitStack() as undo, _shared_root(path.parent) if shared else _own_root(path.parent) as root:
        folder = undo.enter_context(_staging(root, path.name))
        staging = folder.path
        undo.callback(shutil.rmtree, staging, ignore_errors=True)
        lock = Lock(folder, holder)
        undo.callback(lock.release)
        for name, data in sorted(files.items()):
            _pin(staging, PurePosixPath(name), data)
        outputs = undo.enter_context(folder.make_subfolder(OUTPUTS))
        if folder.is_shared:
            folder.make_subfolder(INBOX).close()
        known = reading.examine(block, None)
        writer = Writer(folder, folder.create(JOURNAL_FILE, block), len(block), known.head)
        undo.callback(writer.close)
        make_ballast(folder)
        sync_tree(staging)
        _publish(root, staging.name, path.name)
        lock.note(Mark(1, known.head))
        folder.path, outputs.path = path, path / OUTPUTS
        undo.pop_all()
        return SessionFile(
            folder=folder,
            outputs=outputs,
            thread=thread,
            writer=writer,
            lock=lock,
            records=known.records,
            torn=None,
        )


def take_over(folder: Folder, holder: Mapping[str, str], thread: JournalThread, patience: float) -> SessionFile:
    """Lock, check everything, move a torn tail aside, make durable what was read."""
    with ExitStack() as undo:
        undo.enter_context(folder)
        folder.require_own()
        lock = Lock(folder, holder, patience=patience)
        undo.callback(lock.release)
        data = _read(folder)
        known = reading.examine(data, lock.mark)
        if known.verdict == "damaged":
            raise JournalDamaged(known.reason)
        tail = data[known.end :]
        torn = _keep_aside(folder, tail) if tail else None
        fd = folder.open(JOURNAL_FILE, os.O_RDWR | os.O_APPEND)
        writer = Writer(folder, fd, known.end, known.head, torn=bool(tail))
        undo.callback(writer.close)
        writer.settle()
        pinned.settle(folder, reading.named_files(known.records))
        folder.sync()
        outputs = undo.enter_context(_outputs(folder))
        if folder.is_shared and not folder.exists(INBOX):
            folder.make_subfolder(INBOX).close()
        make_ballast(folder)
        lock.note(Mark(known.records[-1].seq, known.head))
        undo.pop_all()
        return SessionFile(
            folder=folder,
            outputs=outputs,
            thread=thread,
            writer=writer,
            lock=lock,
            records=known.records,
            torn=torn,
        )


def _own_root(path: Path) -> Folder:
    missing = [folder for folder in (path, *path.parents) if not folder.exists()]
    for folder in reversed(missing):
        folder.mkdir(mode=FOLDER_MODE, exist_ok=True)
        folder.chmod(FOLDER_MODE)  # the umask may have taken our own rights away
        sync_folder(folder.parent)
    root = Folder(path)
    try:
        root.require_own()
        root.make_private()
    except BaseException:
        root.close()
        raise
    return root


def _shared_root(path: Path) -> Folder:
    root = Folder(path)
    if not root.is_shared or not may_own(os.fstat(root.fd).st_uid, root.gid):
        root.close()
        raise JournalError(f"{path} is not the folder of a group any more")
    return root


def _staging(root: Folder, name: str) -> Folder:
    """A folder that listings do not show; a crash may have left some of them."""
    number = 0
    while True:
        try:
            return root.make_subfolder(f".new-{name}-{number}")
        except FileExistsError:
            number += 1


def _pin(staging: Path, name: PurePosixPath, data: bytes) -> None:
    folder = Folder(staging)
    try:
        for part in name.parts[:-1]:
            parent = folder
            with parent:
                folder = parent.subfolder(part) if parent.exists(part) else parent.make_subfolder(part)
        folder.write_new(name.name, data)
    finally:
        folder.close()


def _publish(root: Folder, staging: str, name: str) -> None:
    try:
        root.rename(staging, name)
    except OSError as error:
        if error.errno in _TAKEN:
            raise JournalError(f"there is a session {name} already") from error
        raise
    root.sync()


def _read(folder: Folder) -> bytes:
    try:
        return folder.read(JOURNAL_FILE)
    except OSError as error:
        raise JournalDamaged(f"{JOURNAL_FILE}: {error.strerror}") from error


def _keep_aside(folder: Folder, tail: bytes) -> Torn:
    """Keep a torn tail under a name made of its content: a crash here and a second try leave one copy."""
    digest = hashlib.sha256(tail).hexdigest()
    kept = f"session.torn-{digest[:16]}"
    if not folder.exists(kept):
        fresh = "session.torn.new"
        folder.remove(fresh)
        folder.write_new(fresh, tail)
        folder.rename(fresh, kept)
    folder.sync()
    return Torn(file=kept, sha256=digest)


def _outputs(folder: Folder) -> Folder:
    if folder.exists(OUTPUTS):
        return folder.subfolder(OUTPUTS)
    outputs = folder.make_subfolder(OUTPUTS)
    folder.sync()
    return outputs
