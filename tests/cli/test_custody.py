"""Whatever breaks while it is looked for requests, whoever asks for the session is heard."""

from __future__ import annotations

import sys
import threading
from pathlib import Path

import pytest

from smtui.cli.deployment import EnvironmentFile
from smtui.cli.opening import Opening, start
from smtui.cli.surroundings import Surroundings
from smtui.engine.clock import SystemClock
from smtui.engine.news import News, Trouble
from smtui.session.handover import Request
from smtui.session.store import Store
from tests.engine.thrown import THROWN

from .conftest import LIMIT, Program
from .local_steps import shell, write


def test_whatever_the_store_throws(smtui: Program, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _, checklist, _, environment = write(smtui, tmp_path, shell("true"))
    around = Surroundings(environ=smtui.environ, home=smtui.home, prefix=Path(sys.prefix))
    left, all_thrown, told = list(THROWN), threading.Event(), list[str]()
    asked = Store.handover_asked

    def broken(store: Store, session: str) -> Request | None:
        if left:
            raise left.pop()
        all_thrown.set()
        return asked(store, session)

    def hear(news: News) -> None:
        if isinstance(news, Trouble):
            told.append(news.text)

    monkeypatch.setattr(Store, "handover_asked", broken)
    monkeypatch.setattr("smtui.cli.custody.PAUSE", 0.001)
    engine = start(around, checklist, Opening(EnvironmentFile.read(Path(environment)), {}), input)
    engine.subscribe(hear)
    assert all_thrown.wait(LIMIT)
    around.store.ask_for(engine.state.session, Request(by="bob", reason="shift", at=SystemClock().now()))
    assert engine.handed_over.wait(LIMIT)
    assert engine.heir == "bob"
    assert any("while requests were looked for" in text for text in told)
