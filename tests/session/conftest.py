from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from smtui.session.events import Stamp
from smtui.session.recording import SessionFile
from smtui.session.store import Store
from tests.session.making import AT, PINNED, opened


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
