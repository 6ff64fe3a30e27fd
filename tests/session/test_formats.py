"""Sessions of every format that was ever released open; those of a newer one are refused in one line."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

from smtui.checklist.library import Library, lay_out
from smtui.session.errors import JournalDamaged
from smtui.session.fold import Fold
from smtui.session.journal import FORMAT
from smtui.session.store import Store

FIXTURES = Path(__file__).parent / "fixtures"
EVENTS = {"format-1": 65, "format-2": 68, "format-2-two-persons": 33}
"""How many each kept session has."""
FORMATS = sorted(path.name for path in FIXTURES.iterdir())


@pytest.fixture
def kept(tmp_path: Path) -> Store:
    shutil.copytree(FIXTURES, tmp_path / "sessions")
    return Store(tmp_path / "sessions")


def test_one_is_kept_of_every_format() -> None:
    assert sorted(EVENTS) == FORMATS
    assert {int(name.split("-")[1]) for name in EVENTS} == set(range(1, FORMAT + 1))


@pytest.mark.parametrize("name", FORMATS)
def test_a_session_of_an_older_format_opens_and_means_what_it_meant(kept: Store, name: str) -> None:
    reading = kept.read(name)
    assert (reading.verdict, reading.reason, len(reading.records)) == ("whole", "", EVENTS[name])
    assert kept.problems(name) == ()
    folder = kept.path(name) / "checklist"
    (checklist,) = folder.glob("*.toml")
    state = Fold.of(lay_out(checklist, Library([folder])), reading.records).state()
    assert state.completed == "complete"
    assert {item.status for item in state.items.values()} == {"done"}
    session = kept.open(name)
    assert len(session.records) == EVENTS[name]
    session.release()


@pytest.mark.parametrize("name", FORMATS)
def test_a_newer_format_is_refused_in_one_line_and_left_alone(kept: Store, name: str) -> None:
    journal = kept.path(name) / "session.toml"
    newer = re.sub(rb"\nformat = \d+\n", b"\nformat = %d\n" % (FORMAT + 1), journal.read_bytes(), count=1)
    journal.write_bytes(newer)
    (kept.path(name) / "session.lock").unlink(missing_ok=True)
    assert f"format {FORMAT + 1}, which this smtui does not know" in kept.read(name).reason
    with pytest.raises(JournalDamaged, match=f"format {FORMAT + 1}") as refused:
        kept.open(name)
    assert "\n" not in str(refused.value)
    assert journal.read_bytes() == newer
