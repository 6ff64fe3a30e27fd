"""What a test left behind, searched for the passwords that were in use: those of every drill.

The passwords of a drill are random, so each is a canary of its own. They stand in the files of the simulated hosts and
must stand in nothing else: no file, and nothing that any logger says, all of which are at DEBUG level in tests. The
judge is `tests/secrets/secret_decoder.py`, which shares no code with the redactor.
"""

from __future__ import annotations

import hashlib
import json
import logging
import os
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path

from tests.secrets.secret_decoder import revealed

_OF_HOSTS = ("drill.json", "ready.json", "accounts")
"""Files of the simulated hosts: how they are reached, by either name that tests give it, and what logs in to them."""
_judged: set[bytes] = set()
"""Digests of texts that were searched already: a random password cannot be in what was there before it was drawn."""
_layout = logging.Formatter("%(message)s")
"""Adds the traceback, as every usual layout does."""


def passwords_in(folder: Path) -> Sequence[str]:
    """The passwords of the drills whose hosts kept their files in this folder."""
    return sorted({secret for path in _files(folder) if path.name in _OF_HOSTS for secret in _passwords(path)})


def left_in(folder: Path, secrets: Sequence[str]) -> list[str]:
    """Names of files that give one of the passwords away."""
    return [
        str(path.relative_to(folder)) for path in _files(folder) if path.name not in _OF_HOSTS and _tells(path, secrets)
    ]


def nothing_left_in(folder: Path) -> None:
    """Fail where a file gives away a password of the drills that ran in this folder, or where none ran."""
    passwords = passwords_in(folder)
    assert passwords, f"no drill ran in {folder}"
    assert left_in(folder, passwords) == [], "these files give a password away"


def told_by(records: Iterable[logging.LogRecord], secrets: Sequence[str]) -> list[str]:
    """Names of loggers one of whose records gives one of the passwords away, in its message or its traceback."""
    said: dict[str, set[str]] = {}
    for record in records:
        said.setdefault(record.name, set()).add(_layout.format(record))
    # All that a logger said is judged in one go: most of the cost is that of a text, not of its length.
    return sorted(name for name, texts in said.items() if revealed(["\n".join(sorted(texts))], secrets))


def _files(folder: Path) -> list[Path]:
    # os.walk passes over what vanishes meanwhile: a drill's hosts may still be ending.
    every = [Path(root, name) for root, _, names in os.walk(folder) for name in names]
    return [path for path in every if path.is_file() and not path.is_symlink()]


def _passwords(path: Path) -> Iterator[str]:
    with suppress(OSError, ValueError, KeyError, TypeError):
        if path.name == "accounts":
            yield path.read_text("utf-8").strip().rpartition(":")[2]
        else:
            yield from (login["password"] for login in json.loads(path.read_bytes())["accounts"].values())


def _tells(path: Path, secrets: Sequence[str]) -> bool:
    try:
        data = path.read_bytes()
    except OSError:
        return False
    if any(secret.encode(encoding) in data for secret in secrets for encoding in ("utf-8", "utf-16-le")):
        return True
    digest = hashlib.sha256(data).digest()
    if b"\0" in data or digest in _judged:
        return False
    _judged.add(digest)
    return bool(revealed([data.decode("utf-8", "replace")], secrets))
