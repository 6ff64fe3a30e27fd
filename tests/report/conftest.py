from __future__ import annotations

from pathlib import Path

import pytest
import report_story as story

from smtui.report.model import Evidence
from smtui.session.store import Store


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path / "sessions")


@pytest.fixture
def session(store: Store) -> Path:
    return story.whole_story(store)


@pytest.fixture
def evidence(store: Store, session: Path) -> Evidence:
    return story.evidence_of(store)
