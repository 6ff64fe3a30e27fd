"""Sessions of every format that was ever released open; those of a newer one are refused in one line."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

from smtui.checklist.library import Library, lay_out
from smtui.session.errors import JournalDamaged
from smtui.session.fold import Fold
from smtui.session.store import Store

FIXTURES = Path(__file__).parent / "fixtures"
FORMATS = sorted(path.name for path in FIXTURES.iterdir())


@pytest.fixture
def kept(tmp_path: Path) -> Store:
    shutil.copytree(FIXTURES, tmp_path / "sessions")
    return Store(tmp_path / "sessions")


@pytest.mark.parametrize("name", FORMATS)
def test_a_session_of_an_older_format_opens_and_means_what_it_meant(kept: Store, name: str) -> None:
    reading = kept.read(name)
    assert (reading.verdict, reading.reason, len(reading.records)) == ("whole", "", 65)
    assert kept.problems(name) == ()
    folder = kept.path(name) / "checklist"
    state = Fold.of(lay_out(folder / "promote-management-server.toml", Library([folder])), reading.records).state()
    assert state.completed == "complete"
    assert {item.status for item in state.items.values()} == {"done"}
    session = kept.open(name)
    assert len(session.records) == 65
    session.release()


@pytest.mark.parametrize("name", FORMATS)
def test_a_newer_format_is_refused_in_one_line_and_left_alone(kept: Store, name: str) -> None:
    journal = kept.path(name) / "session.toml"
    newer = re.sub(rb"\nformat = [12]\n", b"\nformat = 3\n", journal.read_bytes(), count=1)
    journal.write_bytes(newer)
    (kept.path(name) / "session.lock").unlink(missing_ok=True)
    assert "format 3, which this smtui does not know" in kept.read(name).reason
    with pytest.raises(JournalDamaged, match="format 3") as refused:
        kept.open(name)
    assert "\n" not in str(refused.value)
    assert journal.read_bytes() == newer
