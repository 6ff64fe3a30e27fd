"""What a test left behind, searched for the passwords that were in use: those of every drill.

The passwords of a drill are random, so each is a canary of its own. They stand in two files of the simulated hosts and
must stand in nothing else. The judge is `tests/secrets/secret_decoder.py`, which shares no code with the redactor.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from tests.secrets.secret_decoder import revealed

_OF_HOSTS = ("drill.json", "accounts")
_judged: set[bytes] = set()
"""Digests of texts that were searched already: a random password cannot be in what was there before it was drawn."""


def left_in(folder: Path) -> list[str]:
    """Names of files that give a password of a drill away."""
    files = [path for path in folder.rglob("*") if path.is_file() and not path.is_symlink()]
    secrets = sorted({secret for path in files if path.name in _OF_HOSTS for secret in _passwords(path)})
    if not secrets:
        return []
    return [str(path.relative_to(folder)) for path in files if path.name not in _OF_HOSTS and _tells(path, secrets)]


def _passwords(path: Path) -> Iterator[str]:
    with suppress(OSError, ValueError, KeyError, TypeError):
        if path.name == "accounts":
            yield path.read_text("utf-8").strip().rpartition(":")[2]
        else:
            yield from (login["password"] for login in json.loads(path.read_bytes())["accounts"].values())


def _tells(path: Path, secrets: list[str]) -> bool:
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
