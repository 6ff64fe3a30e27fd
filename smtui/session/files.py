"""Durable files in a folder held by descriptor: nobody can swap it for a symbolic link between two calls.

Every file is 0600 and every folder 0700 under any umask; below a shared folder (`shared`) 0660 and 2770. Failures are
the OSError of the call, with the file's name.
"""

from __future__ import annotations

import errno
import os
import pwd
import stat
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from hashlib import file_digest
from pathlib import Path, PurePosixPath
from types import TracebackType
from typing import Self

FILE_MODE = 0o600
FOLDER_MODE = 0o700
SHARED_FILE_MODE = 0o660
SHARED_FOLDER_MODE = 0o2770
CHUNK = 1 << 20
MAX_READ = 128 << 20
"""A journal of this many bytes would hold some 300,000 events; whatever it is, it is not read into memory."""

_SAFE = os.O_NOFOLLOW | os.O_CLOEXEC | os.O_NONBLOCK | os.O_NOCTTY  # O_NONBLOCK: a FIFO must not hold the program
_NO_FOLDER_SYNC = frozenset({errno.EINVAL, errno.ENOTSUP})


def write_all(fd: int, data: bytes) -> None:
    """Write every byte, however short the single writes are."""
    rest = memoryview(data)
    while rest:
        count = os.write(fd, rest)
        if count == 0:
            raise OSError(errno.EIO, "the file took no bytes")
        rest = rest[count:]


def make_durable(fd: int) -> None:
    """Return once data and size are on the disk. After a failure the descriptor must not be synced again."""
    os.fdatasync(fd)


def read_all(fd: int, start: int = 0, end: int | None = None) -> bytes:
    """The bytes from `start` up to `end` or the end of the file as it is now; EFBIG for more than a journal can be."""
    size = os.fstat(fd).st_size
    stop = size if end is None else min(end, size)
    if stop - start > MAX_READ:
        raise OSError(errno.EFBIG, os.strerror(errno.EFBIG))
    parts: list[bytes] = []
    while start < stop and (part := os.pread(fd, min(CHUNK, stop - start), start)):
        parts.append(part)
        start += len(part)
    return b"".join(parts)


def is_inside(name: str) -> bool:
    """Whether a relative name stays below its folder, as far as its words go; links are refused when it is opened."""
    parts = PurePosixPath(name).parts
    return bool(parts) and not name.startswith("/") and ".." not in parts and "\0" not in name


def close_file(fd: int) -> None:
    """Give a descriptor back. What is durable was synced before, so an error of this call says nothing more."""
    with suppress(OSError):
        os.close(fd)


class Folder:
    """An open folder; names are those of its direct children."""

    def __init__(self, path: Path, *, dir_fd: int | None = None) -> None:
        flags = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
        self.path = path
        self.fd = os.open(path.name if dir_fd is not None else path, flags, dir_fd=dir_fd)
        status = os.fstat(self.fd)
        self.gid = status.st_gid
        self.is_shared = stat.S_IMODE(status.st_mode) == SHARED_FOLDER_MODE
        """Whether its group works in it too, and everybody else is kept out."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        """Give the descriptor back; twice is harmless."""
        fd, self.fd = self.fd, -1
        if fd >= 0:
            close_file(fd)

    def require_own(self) -> None:
        """PermissionError unless the folder belongs to the user of this process, or to a member of its group."""
        owner = os.fstat(self.fd).st_uid
        if owner == os.geteuid() or (self.is_shared and may_own(owner, self.gid)):
            return
        raise PermissionError(errno.EPERM, "the folder belongs to another user", str(self.path))

    def make_private(self) -> None:
        """Open to nobody but its owner, whatever it was."""
        os.fchmod(self.fd, FOLDER_MODE)
        self.is_shared = False

    @property
    def file_mode(self) -> int:
        """Mode of the files in it."""
        return SHARED_FILE_MODE if self.is_shared else FILE_MODE

    def subfolder(self, name: str) -> Folder:
        """An existing child, opened without following a symbolic link."""
        return Folder(self.path / name, dir_fd=self.fd)

    def make_subfolder(self, name: str) -> Folder:
        """A new child; FileExistsError if there is one."""
        mode = SHARED_FOLDER_MODE if self.is_shared else FOLDER_MODE
        os.mkdir(name, mode, dir_fd=self.fd)
        os.chmod(name, mode, dir_fd=self.fd)  # the umask may have taken our own rights away
        return self.subfolder(name)

    def open(self, name: str, flags: int = os.O_RDONLY) -> int:
        """A descriptor of a regular file; anything else under that name is refused with EINVAL, a link with ELOOP."""
        fd = os.open(name, flags | _SAFE, self.file_mode, dir_fd=self.fd)
        try:
            owner = _owner_of_regular(fd, self.path / name)
            if flags & os.O_CREAT and owner == os.geteuid():  # another member's has its mode already
                os.fchmod(fd, self.file_mode)
        except BaseException:
            close_file(fd)
            raise
        return fd

    @contextmanager
    def opened(self, name: str, flags: int = os.O_RDONLY) -> Iterator[int]:
        """`open`, closed at the end of the block."""
        fd = self.open(name, flags)
        try:
            yield fd
        finally:
            close_file(fd)

    def create(self, name: str, data: bytes = b"") -> int:
        """A new file with these bytes, synced, as a descriptor that appends; its name is durable after `sync`."""
        fd = self.open(name, os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_EXCL)
        try:
            write_all(fd, data)
            os.fsync(fd)
        except BaseException:
            close_file(fd)
            raise
        return fd

    def write_new(self, name: str, data: bytes) -> None:
        """A new, synced file; its name is durable after `sync`."""
        close_file(self.create(name, data))

    def digest(self, name: str) -> str:
        """SHA-256 of a file at any depth; EINVAL for a name that leads out of the folder."""
        if not is_inside(name):
            raise OSError(errno.EINVAL, "the name leads out of the session", name)
        with ExitStack() as opened:
            folder = self
            *parents, last = PurePosixPath(name).parts
            for part in parents:
                folder = opened.enter_context(folder.subfolder(part))
            fd = opened.enter_context(folder.opened(last))
            return file_digest(opened.enter_context(os.fdopen(os.dup(fd), "rb")), "sha256").hexdigest()

    def read(self, name: str) -> bytes:
        """All bytes of a file."""
        with self.opened(name) as fd:
            return read_all(fd)

    def exists(self, name: str) -> bool:
        """Whether anything has that name, a dangling link included."""
        with suppress(FileNotFoundError):
            os.stat(name, dir_fd=self.fd, follow_symlinks=False)
            return True
        return False

    def rename(self, old: str, new: str) -> None:
        """Put `old` in the place of `new`."""
        os.rename(old, new, src_dir_fd=self.fd, dst_dir_fd=self.fd)

    def remove(self, name: str) -> None:
        """Remove a file if it is there."""
        with suppress(FileNotFoundError):
            os.unlink(name, dir_fd=self.fd)

    def sync(self) -> None:
        """Make the names in this folder durable. A file system that has no such call (CIFS) is left to itself."""
        try:
            os.fsync(self.fd)
        except OSError as error:
            if error.errno not in _NO_FOLDER_SYNC:
                raise


def _owner_of_regular(fd: int, path: Path) -> int:
    status = os.fstat(fd)
    if not stat.S_ISREG(status.st_mode):
        raise OSError(errno.EINVAL, "not a regular file", str(path))
    return status.st_uid


def may_own(uid: int, gid: int) -> bool:
    """Whether an account that this machine knows is root or in the group.

    One that it does not know, as when the directory is down, is taken for a member: nobody else gets into the folder.
    """
    if uid == 0:
        return True
    try:
        account = pwd.getpwuid(uid)
    except KeyError:
        return True
    return gid in os.getgrouplist(account.pw_name, account.pw_gid)


def sync_folder(path: Path) -> None:
    """Make the names in a folder durable."""
    with Folder(path) as folder:
        folder.sync()


def sync_tree(path: Path) -> None:
    """Make every name below a folder durable, the deepest first."""
    for folder, _, _ in os.walk(path, topdown=False):
        sync_folder(Path(folder))
