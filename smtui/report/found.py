"""What lies in a session's folder beside the journal, read once and bounded: digests, sizes, excerpts."""

from __future__ import annotations

import errno
import hashlib
import os
import re
import stat
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from io import BufferedReader
from pathlib import Path, PurePosixPath
from typing import Literal

from smtui.text import decode

EXCERPT = 2_000
"""Bytes shown of an output's beginning, and as many of its end."""

_CHUNK = 1 << 20
_PLAIN_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,200}")
_EVIDENCE = ("environment.toml", "checklist", "outputs")
_TORN = re.compile(r"session\.torn-[0-9a-f]{1,64}")


@dataclass(frozen=True, slots=True)
class FoundOutput:
    """One file of `outputs/`."""

    sha256: str
    bytes: int
    excerpt: str
    cut: bool


@dataclass(frozen=True, slots=True)
class Found:
    """A session's folder as it was when the report was made."""

    verdict: Literal["whole", "torn", "damaged"] = "whole"
    """What the journal's reader says of its bytes."""
    reason: str = ""
    files: Mapping[str, str] = field(default_factory=dict)
    """SHA-256 of every file of evidence but the journal, by its path in the folder."""
    outputs: Mapping[str, FoundOutput] = field(default_factory=dict)
    """By file name in `outputs/`."""


def look_into(
    folder: Path, verdict: Literal["whole", "torn", "damaged"], reason: str, pinned: Iterable[str] = ()
) -> Found:
    """Digest every file of evidence in a session's folder, `pinned` as below; OSError where one cannot be read."""
    files: dict[str, str] = {}
    outputs: dict[str, FoundOutput] = {}
    for name in evidence_files(folder, pinned):
        path = folder / name
        if path.parent.name == "outputs":
            outputs[path.name] = _look(path)
            files[name] = outputs[path.name].sha256
        else:
            files[name] = digest(path)
    return Found(verdict=verdict, reason=reason, files=files, outputs=outputs)


def evidence_files(folder: Path, pinned: Iterable[str] = ()) -> tuple[str, ...]:
    """Relative paths of all that a bundle takes over, the journal apart, sorted.

    `pinned` are the names that the journal has of files beside the usual ones, such as a CA's. Only plain names and
    regular files count: a link, or a name that no session makes, stays out.
    """
    beside = (name for name in pinned if _is_plain_file(folder, name))
    return tuple(sorted({*_walk(folder, ""), *beside}))


def _is_plain_file(folder: Path, name: str) -> bool:
    parts = PurePosixPath(name).parts
    if not parts or not all(_PLAIN_NAME.fullmatch(part) for part in parts):
        return False
    steps = [folder.joinpath(*parts[:count]) for count in range(1, len(parts) + 1)]
    return not any(step.is_symlink() for step in steps) and steps[-1].is_file()


def _walk(folder: Path, inside: str) -> Iterator[str]:
    with os.scandir(folder / inside) as entries:
        for entry in entries:
            wanted = inside or entry.name in _EVIDENCE or _TORN.fullmatch(entry.name)
            if not wanted or not _PLAIN_NAME.fullmatch(entry.name):
                continue
            path = f"{inside}{entry.name}"
            if entry.is_dir(follow_symlinks=False):
                yield from _walk(folder, f"{path}/")
            elif entry.is_file(follow_symlinks=False):
                yield path


def digest(path: Path) -> str:
    """SHA-256 of a regular file, read in pieces."""
    with _opened(path) as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def copy(source: Path, target: Path) -> str:
    """Copy a regular file durably to a new one (0600); the digest is that of the bytes that were written."""
    sha256 = hashlib.sha256()
    descriptor = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    with _opened(source) as file, os.fdopen(descriptor, "wb") as copied:
        while chunk := file.read(_CHUNK):
            sha256.update(chunk)
            copied.write(chunk)
        copied.flush()
        os.fsync(copied.fileno())
    return sha256.hexdigest()


def _opened(path: Path) -> BufferedReader:
    """A regular file for reading: no link is followed, and a pipe does not hold the program."""
    file = os.fdopen(os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC), "rb")
    if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
        file.close()
        raise OSError(errno.EINVAL, "no regular file", str(path))
    return file


def _look(path: Path) -> FoundOutput:
    sha256, size = hashlib.sha256(), 0
    head = tail = b""
    with _opened(path) as file:
        while chunk := file.read(_CHUNK):
            sha256.update(chunk)
            size += len(chunk)
            head = (head + chunk[: 2 * EXCERPT])[: 2 * EXCERPT]
            tail = (tail + chunk)[-EXCERPT:]
    cut = size > 2 * EXCERPT
    text = decode(head)
    if cut:
        text = f"{decode(head[:EXCERPT])}\n[… {size - 2 * EXCERPT} bytes left out …]\n{decode(tail)}"
    return FoundOutput(sha256=sha256.hexdigest(), bytes=size, excerpt=text, cut=cut)
