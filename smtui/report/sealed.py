"""A bundle on disk, read by somebody who trusts none of it: the sums, the files, what else lies there."""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Iterator, Mapping, Set
from pathlib import Path

from smtui.report.found import digest
from smtui.report.write import SUMS
from smtui.text import visible

TOKEN = f"{SUMS}.tsr"
SIGNATURE = re.compile(r"SHA256SUMS\.([A-Za-z0-9][A-Za-z0-9@._+-]{0,63})\.sig")
FORMS = ("VERIFY.txt", "items.csv", "records.csv", "report.html", "report.json", "report.md")
"""Files without which a folder is no bundle; an edition for outsiders has no others."""

_LARGEST_SUMS = 16 * 1024 * 1024
_LINE = re.compile(r"([0-9a-f]{64})  ([A-Za-z0-9][A-Za-z0-9._-]*(?:/[A-Za-z0-9][A-Za-z0-9._-]*)*)")


class TamperedError(Exception):
    """The bundle is not as it was made; the text names the first file that is wrong."""


def read_small(path: Path, largest: int) -> bytes:
    """A regular file of bounded size, without following a link; TamperedError where it is something else."""
    name = _shown(path.name)
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError as error:
        raise TamperedError(f"{name}: {error.strerror}") from None
    with os.fdopen(descriptor, "rb") as file:
        if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
            raise TamperedError(f"{name} is no regular file")
        data = file.read(largest + 1)
    if len(data) > largest:
        raise TamperedError(f"{name} is too large")
    return data


def read_sums(folder: Path) -> tuple[bytes, dict[str, str]]:
    """SHA256SUMS as bytes, which are what is signed, and as digests by path."""
    data = read_small(folder / SUMS, _LARGEST_SUMS)
    try:
        lines = data.decode("ascii").split("\n")
    except UnicodeDecodeError:
        raise TamperedError(f"{SUMS} is no text") from None
    if lines.pop() != "":
        raise TamperedError(f"{SUMS} does not end with its last line")
    sums: dict[str, str] = {}
    for number, line in enumerate(lines, 1):
        found = _LINE.fullmatch(line)
        if found is None or found[2] in sums or found[2] == SUMS:
            raise TamperedError(f"{SUMS}, line {number}: this is no line of a bundle")
        sums[found[2]] = found[1]
    return data, sums


def require_forms(sums: Mapping[str, str]) -> None:
    """A bundle holds every form of the report."""
    for name in FORMS:
        if name not in sums:
            raise TamperedError(f"{name} is not listed in {SUMS}")


def compare(folder: Path, sums: Mapping[str, str]) -> None:
    """Every listed file is there, is a file and not a link, and has its digest."""
    for name, wanted in sums.items():
        path = folder / name
        try:
            found = digest(path)
        except OSError as error:
            raise TamperedError(f"{name}: {error.strerror}") from None
        if found != wanted:
            raise TamperedError(f"{name} was changed")


def refuse_strangers(folder: Path, sums: Mapping[str, str]) -> tuple[str, ...]:
    """Nothing lies there that is not listed but the sums, signatures and a token; the principals who signed."""
    folders = {str(parent) for name in sums for parent in Path(name).parents}
    principals = []
    for name, entry in sorted(_everything(folder, "", folders)):
        signature = SIGNATURE.fullmatch(name)
        if entry.is_dir(follow_symlinks=False):
            if name not in folders:
                raise TamperedError(f"the folder {_shown(name)} was added")
        elif signature:
            principals.append(signature[1])
        elif name in (SUMS, TOKEN):
            if not entry.is_file(follow_symlinks=False):
                raise TamperedError(f"{name} is no regular file")
        elif name not in sums:
            raise TamperedError(f"{_shown(name)} was added")
    return tuple(principals)


def put(path: Path, data: bytes) -> None:
    """Write a file beside the sums, durably: the whole of it under its name, or nothing."""
    partial = path.with_name(f"{path.name}.partial")
    partial.unlink(missing_ok=True)
    descriptor = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        partial.rename(path)
    except BaseException:  # Ctrl-C too: no half file stays behind
        partial.unlink(missing_ok=True)
        raise
    folder = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def _everything(folder: Path, inside: str, folders: Set[str]) -> Iterator[tuple[str, os.DirEntry[str]]]:
    """Every entry; of folders that are not listed only themselves, however deep they go."""
    with os.scandir(folder / inside) as entries:
        for entry in entries:
            name = f"{inside}{entry.name}"
            yield name, entry
            if name in folders and entry.is_dir(follow_symlinks=False):
                yield from _everything(folder, f"{name}/", folders)


def _shown(name: str) -> str:
    return visible(name[:200], multiline=False)
