"""The ready file: how the starter learns where the simulated servers listen and how to log in."""

from __future__ import annotations

import os
from pathlib import Path

import msgspec
from msgspec import Struct


class Place(Struct, frozen=True):
    """Where a server listens."""

    address: str
    port: int


class Login(Struct, frozen=True):
    """An account of the simulated deployment."""

    user: str
    password: str

    def __repr__(self) -> str:
        return f"Login({self.user!r})"


class Ready(Struct, frozen=True, kw_only=True):
    """What stands in the file; names are those of the environment file."""

    pid: int
    servers: dict[str, Place]
    sql: dict[str, Place]
    ca_file: str
    accounts: dict[str, Login]


def write_ready(path: Path, ready: Ready) -> None:
    """Write it in one step, for its owner only."""
    part = path.with_name(f".{path.name}.{os.getpid()}")
    descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(msgspec.json.format(msgspec.json.encode(ready), indent=2) + b"\n")
    part.replace(path)


def read_ready(path: Path) -> Ready:
    """Read one; raises OSError or msgspec.DecodeError."""
    return msgspec.json.decode(path.read_bytes(), type=Ready)
