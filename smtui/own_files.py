"""Small files that are nobody else's business: the vault, the list of trusted checklists.

They belong to this user, are readable by nobody else, are no links and lie in no folder that another user may change
(root's are accepted, for root may do anything already). A new content replaces the old one as a whole or not at all.
"""

from __future__ import annotations

import os
import secrets
import stat
from contextlib import suppress
from pathlib import Path
from typing import Final

FILE_MODE: Final = 0o600
FOLDER_MODE: Final = 0o700
_SAFE: Final = os.O_NOFOLLOW | os.O_CLOEXEC | os.O_NONBLOCK | os.O_NOCTTY


class OwnFileError(Exception):
    """The file may not be used as it lies there; the text is one line that says what to do."""


def read_own(path: Path, limit: int) -> bytes | None:
    """The bytes of a private file, None when there is none; raises OwnFileError."""
    try:
        folder = _open_folder(path)
    except FileNotFoundError:
        return None
    try:
        descriptor = os.open(path.name, os.O_RDONLY | _SAFE, dir_fd=folder)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise OwnFileError(f"{path} cannot be read: {error.strerror}") from error
    finally:
        os.close(folder)
    with open(descriptor, "rb") as file:  # noqa: PTH123  # a descriptor, not a path
        _require_private(os.fstat(descriptor), path)
        data = file.read(limit + 1)
    if len(data) > limit:
        raise OwnFileError(f"{path} is larger than {limit:,} bytes; it is not what it should be")
    return data


def replace_own(path: Path, data: bytes, *, new: bool = False) -> None:
    """Put a private file there, synced, 0600 under any umask; `new` refuses to replace one. Raises OwnFileError."""
    try:
        _make_folders(path.parent)
        folder = _open_folder(path)
    except OSError as error:
        raise OwnFileError(f"{path.parent} cannot be used: {error.strerror}") from error
    name = f".{path.name}.{secrets.token_hex(6)}"
    try:
        _write(folder, name, data)
        try:
            if new:
                os.link(name, path.name, src_dir_fd=folder, dst_dir_fd=folder)
            else:
                os.rename(name, path.name, src_dir_fd=folder, dst_dir_fd=folder)
        except FileExistsError:
            raise OwnFileError(f"{path} is there already") from None
        os.fsync(folder)
    except OSError as error:
        raise OwnFileError(f"{path} cannot be written: {error.strerror}; what was there is untouched") from error
    finally:
        with suppress(FileNotFoundError):
            os.unlink(name, dir_fd=folder)
        os.close(folder)


def require_own_folder(path: Path) -> None:
    """Refuse a folder that is a link, another user's, or open to others; one that is not there is fine.

    Raises OwnFileError.
    """
    try:
        os.close(_open_folder(path / "x"))
    except FileNotFoundError:
        return


def _write(folder: int, name: str, data: bytes) -> None:
    descriptor = os.open(name, os.O_WRONLY | os.O_CREAT | os.O_EXCL | _SAFE, FILE_MODE, dir_fd=folder)
    with open(descriptor, "wb") as file:  # noqa: PTH123  # a descriptor, not a path
        os.fchmod(descriptor, FILE_MODE)
        file.write(data)
        file.flush()
        os.fsync(descriptor)


def _make_folders(path: Path) -> None:
    if path.exists():
        return
    _make_folders(path.parent)
    with suppress(FileExistsError):  # somebody was faster; whose it is is looked at when it is opened
        path.mkdir(FOLDER_MODE)
        path.chmod(FOLDER_MODE)


def _open_folder(path: Path) -> int:
    try:
        descriptor = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC)
    except FileNotFoundError:
        raise
    except OSError as error:
        raise OwnFileError(f"{path.parent} is not used: {error.strerror}; a folder of your own is needed") from error
    try:
        _require_own_folder(os.fstat(descriptor), path.parent)
    except BaseException:  # whatever it was, nobody else knows the descriptor
        os.close(descriptor)
        raise
    return descriptor


def _require_own_folder(found: os.stat_result, path: Path) -> None:
    if found.st_uid not in {os.geteuid(), 0}:
        raise OwnFileError(f"{path} belongs to another user; use a folder of your own")
    if found.st_mode & (stat.S_IWGRP | stat.S_IWOTH) and not found.st_mode & stat.S_ISVTX:
        raise OwnFileError(f"{path} can be changed by other users; run: chmod go-w {path}")


def _require_private(found: os.stat_result, path: Path) -> None:
    if not stat.S_ISREG(found.st_mode):
        raise OwnFileError(f"{path} is not a regular file")
    if found.st_uid != os.geteuid():
        raise OwnFileError(f"{path} belongs to another user")
    if found.st_mode & 0o077:
        raise OwnFileError(f"{path} can be read or changed by other users; look at it, then run: chmod 600 {path}")
