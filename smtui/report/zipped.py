"""A bundle as one file, to be sent: the same files give the same bytes on the same machine."""

from __future__ import annotations

import os
import re
import shutil
import stat
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory
from typing import IO

from smtui.report.write import SUMS

LARGEST = 8 << 30
"""Bytes of all files together that are unpacked."""

_MOST_FILES = 100_000
_THEN = (1980, 1, 1, 0, 0, 0)
_FILE = stat.S_IFREG | 0o600
_CHUNK = 1 << 20
_NAME = re.compile(r"(?!\.\.?/)[^/\\\0]+(?:/[A-Za-z0-9][A-Za-z0-9@._+-]*)+")
_UNREADABLE = (
    *(zipfile.BadZipFile, zlib.error, NotImplementedError, EOFError, RuntimeError, ValueError),
    *(FileExistsError, NotADirectoryError),  # a file and a folder of the same name
)


class ZipError(Exception):
    """A zip is in the way or is none of a bundle; the text is one line."""


def zip_of(folder: Path) -> Path:
    """Where the zip of a bundle lies: beside it."""
    folder = folder.absolute()
    return folder.with_name(f"{folder.name}.zip")


def write_zip(folder: Path) -> Path:
    """Write the zip of a bundle, or write it anew after a signature; durable when this returns.

    Raises:
        ZipError: something else has its name.
    """
    target = zip_of(folder)
    require_room(folder)
    partial = target.with_name(f".{target.name}.partial")
    descriptor = os.open(partial, os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
    try:
        with os.fdopen(descriptor, "w+b") as file:
            _fill(file, folder)
            file.flush()
            os.fsync(file.fileno())
        partial.rename(target)
    except BaseException:  # Ctrl-C too: no half file stays behind
        partial.unlink(missing_ok=True)
        raise
    return target


def require_room(folder: Path) -> None:
    """Raise ZipError when a file that is no zip of this bundle has the name of its zip."""
    target = zip_of(folder)
    if os.path.lexists(target) and not _is_zip_of(target, folder):
        raise ZipError(f"{target} exists and is no zip of this bundle. Move it away.")


@contextmanager
def unpacked(file: Path) -> Iterator[Path]:
    """The bundle in a zip as a folder, which is gone afterwards.

    Raises:
        ZipError: it is no zip, or has names, sizes or links in it that no bundle has.
    """
    with TemporaryDirectory(prefix="smtui-bundle-") as folder:
        try:
            with zipfile.ZipFile(file) as zipped:
                inside = _unpack(zipped, Path(folder))
        except _UNREADABLE as error:
            raise ZipError(f"{file} cannot be unpacked: {error}") from None
        yield inside


def _fill(file: IO[bytes], folder: Path) -> None:
    top = folder.absolute().name
    names = sorted(path for path in folder.rglob("*") if path.is_file() and not path.is_symlink())
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as zipped:
        for path in names:
            entry = zipfile.ZipInfo(f"{top}/{path.relative_to(folder).as_posix()}", _THEN)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.create_system = 3
            entry.external_attr = _FILE << 16
            entry.file_size = path.stat().st_size
            with path.open("rb") as source, zipped.open(entry, "w") as target:
                shutil.copyfileobj(source, target, _CHUNK)


def _is_zip_of(file: Path, folder: Path) -> bool:
    if file.is_symlink() or not (folder / SUMS).is_file():
        return False
    try:
        with zipfile.ZipFile(file) as zipped:
            return zipped.read(f"{folder.absolute().name}/{SUMS}") == (folder / SUMS).read_bytes()
    except (zipfile.BadZipFile, KeyError, OSError, NotImplementedError, RuntimeError, ValueError):
        return False


def _unpack(zipped: zipfile.ZipFile, folder: Path) -> Path:
    entries = zipped.infolist()
    tops = {PurePosixPath(entry.filename).parts[:1] for entry in entries}
    if len(tops) != 1 or len(entries) > _MOST_FILES:
        raise ZipError("it holds no one folder of a bundle")
    left = LARGEST
    for entry in entries:
        parts = PurePosixPath(entry.filename).parts
        if not _NAME.fullmatch(entry.filename) or len(parts) < 2:
            raise ZipError("it has a name in it that no bundle has")
        target = folder.joinpath("bundle", *parts[1:])
        if target.exists():
            raise ZipError(f"it has {entry.filename} twice")
        target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with zipped.open(entry) as source, target.open("xb") as file:
            left = _copied(source, file, left)
    return folder / "bundle"


def _copied(source: IO[bytes], target: IO[bytes], left: int) -> int:
    """Copy at most `left` bytes, whatever the zip says of the size; how many are left then."""
    while piece := source.read(_CHUNK):
        left -= len(piece)
        if left < 0:
            raise ZipError("it holds more than a bundle would")
        target.write(piece)
    return left
