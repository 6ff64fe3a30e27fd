"""Asking the living holder of a session to let it go: a request file, for nobody is robbed of a lock."""

from __future__ import annotations

import tomllib
from contextlib import suppress
from datetime import datetime

import msgspec
import tomli_w

from smtui.session.errors import JournalError
from smtui.session.files import Folder

REQUEST_FILE = "takeover.request"
_LIMIT = 4096


class Request(msgspec.Struct, frozen=True, kw_only=True):
    """Who asks, and why."""

    by: str
    reason: str
    at: datetime


def ask(folder: Folder, request: Request) -> None:
    """Leave the request where the holder looks; the latest one counts."""
    data = tomli_w.dumps(msgspec.to_builtins(request, builtin_types=(datetime,))).encode()
    if len(data) > _LIMIT:
        raise JournalError("the reason is too long for a request")
    fresh = f"{REQUEST_FILE}.new"
    folder.remove(fresh)
    folder.write_new(fresh, data)
    folder.rename(fresh, REQUEST_FILE)
    folder.sync()


def asked(folder: Folder) -> Request | None:
    """The request that lies there; None where there is none, or none that can be understood."""
    with suppress(OSError, ValueError, msgspec.ValidationError):
        data = folder.read(REQUEST_FILE)
        return msgspec.convert(tomllib.loads(data[:_LIMIT].decode()), Request)
    return None


def withdraw(folder: Folder) -> None:
    """Nobody asks any more."""
    with suppress(OSError):
        folder.remove(REQUEST_FILE)
