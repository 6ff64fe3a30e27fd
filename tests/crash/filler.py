"""Fills a small disk with a session. usage: filler.py FOLDER; ends with 0 when every promise was kept."""

from __future__ import annotations

import sys
from pathlib import Path

from smtui.session.errors import JournalHalted
from smtui.session.events import Halted, Noted
from smtui.session.recording import SessionFile
from smtui.session.store import Store
from tests.crash.victim import OPENED, PINNED, SESSION, STAMP


def fill(session: SessionFile) -> str:
    """Append until the disk is full; what the journal says then."""
    while True:
        try:
            session.append(Noted(text="x" * 50_000), STAMP)
        except JournalHalted as halted:
            return str(halted)


def main(folder: Path) -> None:
    """Fill, write down that it is full, make room, go on."""
    (folder / "other-file").write_bytes(bytes(200_000))
    store = Store(folder / "sessions")
    session = store.create(SESSION, OPENED, PINNED, STAMP)
    why = fill(session)
    assert why == "session.toml: No space left on device (ENOSPC); the event is not recorded", why
    assert session.halted == why
    session.append(Halted(reason=why), STAMP)
    assert session.halted == ""
    fill(session)
    assert session.halted
    (folder / "other-file").unlink()
    session.append(Noted(text="there is room again"), STAMP)
    assert session.halted == ""
    session.release()
    reading = store.read(SESSION)
    assert (reading.verdict, reading.records) == ("whole", tuple(session.records))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
