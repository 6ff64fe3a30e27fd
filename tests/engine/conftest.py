"""A real engine on a real session folder, whose targets are programs of this machine."""

from __future__ import annotations

import itertools
import json
import os
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from smtui.checklist.library import Library, lay_out
from smtui.checklist.references import scope_of
from smtui.engine.clock import Operator, SystemClock
from smtui.engine.core import Engine
from smtui.engine.news import Listener, News
from smtui.engine.recorder import Recorder
from smtui.engine.runner import Workshop
from smtui.environment import Environment
from smtui.secrets.credentials import Credentials
from smtui.secrets.redaction import Redactor
from smtui.session.events import Event, Opened, Resumed
from smtui.session.fold import Fold
from smtui.session.recording import SessionFile
from smtui.session.store import Store
from smtui.targets.connect import connector

HEAD = '[checklist]\nid = "c"\ntitle = "C"\nversion = "1"\nsource = "test"\n[[section]]\nid = "s"\ntitle = "S"\n'
ENVIRONMENT = Environment(name="lab", kind="exercise", management_group="G")
UID = 4001
OPERATOR = Operator("op@here", "local", UID)
PATIENCE = 30.0
"""Seconds after which something counts as hung."""
SECRET = "correct-horse-battery"


def item(name: str, more: str = "") -> str:
    """A hand item, or with `more` another one, as TOML."""
    return f'[[section.item]]\nid = "{name}"\ntitle = "{name}"\nby_hand = "By hand."\n{more}\n'


def program(code: str) -> str:
    """A local command that runs Python code, as TOML."""
    return f'{{ on = "local", command = {json.dumps([sys.executable, "-c", code])}, timeout = "20s" }}'


@dataclass
class Bench:
    """A session with everything around it."""

    store: Store
    session: str
    file: SessionFile
    engine: Engine
    folder: Path
    heard: list[News]

    def wait(self) -> None:
        """Until nothing runs any more."""
        assert self.engine.idle.wait(PATIENCE)

    def events(self) -> list[Event]:
        """What the journal holds."""
        return [record.event for record in self.file.records]


def assemble(file: SessionFile, folder: Path, listener: Listener, first: tuple[Event, ...] = ()) -> Engine:
    library = Library([folder / "checklists"])
    procedure = lay_out(folder / "checklists" / "c.toml", library)
    recorder = Recorder(file, Fold.of(procedure, file.records), SystemClock(), OPERATOR)
    recorder.subscribe(listener)
    for event in first:
        recorder.append(event)
    redactor = Redactor()
    redactor.add(SECRET)
    credentials = Credentials(ENVIRONMENT, ask=input, environ={}, drill_accounts={}, redactor=redactor)
    tokens = itertools.count(len(file.records))
    workshop = Workshop(
        environment=ENVIRONMENT,
        scope_of=lambda step: scope_of(step, procedure, ENVIRONMENT, recorder.state.inputs),
        connect=connector(ENVIRONMENT, credentials, odbc_libraries=None, environ=dict(os.environ)),
        redactor=redactor,
        new_output=file.new_output,
        new_token=lambda: f"token{next(tokens)}",
        shared=True,
        retry_pause=0.01,
    )
    return Engine(recorder, workshop, release=file.release)


@pytest.fixture
def bench(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., Bench]]:
    """Makes a session of the items given as TOML; called with `again`, takes that one up again."""
    monkeypatch.chdir(tmp_path)
    store = Store(tmp_path / "sessions")
    made: list[Bench] = []

    def make(*items: str, again: Bench | None = None) -> Bench:
        heard: list[News] = []
        if again is not None:
            again.engine.close()
            file = store.open(again.session)
            resumed = Resumed(smtui="0", machine="here", boot_id="b", uid=UID)
            engine = assemble(file, tmp_path, heard.append, (resumed,))
            made.append(Bench(store, again.session, file, engine, tmp_path, heard))
            return made[-1]
        folder = tmp_path / "checklists"
        folder.mkdir()
        (folder / "c.toml").write_text(HEAD + "".join(items))
        session = store.new_id("c", SystemClock().now())
        opened = Opened(
            format=1, session=session, checklist="c", title="C", version="1", mode="exercise", environment="lab",
            files=(), smtui="0", machine="here", boot_id="b", uid=UID,
        )  # fmt: skip
        file = store.create(session, opened, {}, OPERATOR.stamp(SystemClock()))
        made.append(Bench(store, session, file, assemble(file, tmp_path, heard.append), tmp_path, heard))
        return made[-1]

    yield make
    for one in made:
        one.engine.drain(PATIENCE)
        one.engine.close()
