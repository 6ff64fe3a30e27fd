from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from smtui.session.events import Opened, Stamp
from smtui.session.store import SessionFile, Store, pinned_lines

AT = datetime(2025, 11, 22, 10, 41, 7, 120000, tzinfo=UTC)
PINNED = {
    "environment.toml": b'[environment]\nname = "Contoso"\n',
    "checklist/promote.toml": b'[checklist]\nid = "promote"\n',
    "checklist/scripts/service-stop.ps1": b"param([string] $Token, $Parameters)\r\n",
}


def opened(session: str = "s", **more: object) -> Opened:
    values: dict[str, object] = {
        "format": 1,
        "session": session,
        "checklist": "promote",
        "title": "Promote a secondary management server",
        "version": "1.0",
        "mode": "drill",
        "environment": "Contoso",
        "files": pinned_lines(PINNED),
        "smtui": "1.0",
        "machine": "jump01",
        "boot_id": "b2d1",
    }
    return Opened(**{**values, **more})  # type: ignore[arg-type]


@pytest.fixture
def stamp() -> Stamp:
    return Stamp(at=AT, boottime=12.5, by="ada", origin="10.0.0.7")


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path / "state" / "sessions", holder={"by": "ada", "host": "jump01"})


@pytest.fixture
def begin(store: Store, stamp: Stamp) -> Iterator[Callable[..., SessionFile]]:
    """Makes sessions and releases what a test leaves open."""
    made: list[SessionFile] = []

    def make(name: str = "s") -> SessionFile:
        made.append(store.create(name, opened(name), PINNED, stamp))
        return made[-1]

    yield make
    for session in made:
        session.release()
