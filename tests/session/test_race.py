"""Two programs race for one session, 200 times: one writer always, and no event is lost."""

from __future__ import annotations

import os
import subprocess
import sys
from collections import Counter
from pathlib import Path

from smtui.session.events import Noted, Stamp
from smtui.session.store import Store
from tests.session.making import AT, PINNED, opened

TURNS = 100
RACER = """
import os, sys
from pathlib import Path
from smtui.session.events import Noted, Stamp
from smtui.session.store import SessionBusy, Store
from datetime import UTC, datetime
root, name, turns = Path(sys.argv[1]), sys.argv[2], int(sys.argv[3])
inside = root.parent / "inside"
done = 0
while done < turns:
    try:
        session = Store(root).open("s", patience=0.0)
    except SessionBusy:
        continue
    os.close(os.open(inside, os.O_CREAT | os.O_EXCL))  # fails for a second writer
    record = session.append(
        Noted(text=f"{name} {done}"), Stamp(at=datetime.now(UTC), boottime=1.0, by=name, origin="local")
    )
    print(record.seq, record.sha256, flush=True)
    os.unlink(inside)
    session.release()
    done += 1
"""


def test_one_writer_always_and_no_event_is_lost(tmp_path: Path) -> None:
    root = tmp_path / "sessions"
    Store(root).create("s", opened(), PINNED, Stamp(at=AT, boottime=1.0, by="ada", origin="local")).release()
    racers = [
        subprocess.Popen(
            [sys.executable, "-c", RACER, str(root), name, str(TURNS)],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env={"PATH": os.environ["PATH"], "PYTHONPATH": os.pathsep.join(sys.path)},
        )
        for name in ("ada", "bob")
    ]
    acknowledged: dict[int, str] = {}
    for racer in racers:
        said, errors = racer.communicate(timeout=120)
        assert racer.returncode == 0, errors
        acknowledged.update((int(seq), sha256) for seq, sha256 in (line.split() for line in said.splitlines()))
    reading = Store(root).read("s")
    assert reading.verdict == "whole"
    assert {record.seq: record.sha256 for record in reading.records[1:]} == acknowledged
    assert len(acknowledged) == 2 * TURNS
    said_by = Counter(
        record.event.text.partition(" ")[0] for record in reading.records if isinstance(record.event, Noted)
    )
    assert said_by == {"ada": TURNS, "bob": TURNS}
