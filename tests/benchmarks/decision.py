"""What a durable decision costs, early and late in a session."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from smtui.checklist.library import Library, lay_out
from smtui.engine.clock import Operator, SystemClock
from smtui.engine.recorder import Recorder
from smtui.session.events import Confirmed
from smtui.session.fold import Fold
from smtui.session.store import Store
from tests.benchmarks.making import CHECKLIST, items, make_session
from tests.benchmarks.rows import Figure, Row, at_most, in_turn, ratio

BEHIND, ROUNDS = (10, 10_000), 300


def measure(scratch: Path) -> Iterator[Figure]:
    """Through the engine's recorder: sealed, read back, written, synced, folded, told; beside the same bytes bare."""
    store = Store(scratch / "sessions")
    for count in BEHIND:
        folder = make_session(store, f"behind-{count}", count)
        procedure = lay_out(folder / "checklist" / f"{CHECKLIST}.toml", Library([folder / "checklist"]))
        session = store.open(folder.name)
        recorder = Recorder(
            session, Fold.of(procedure, session.records), SystemClock(), Operator("ada@jump01", "local")
        )
        decision = Confirmed(item=items()[0], grade="attested", evidence={"who": "the monitoring desk, 03:10"})
        before = (folder / "session.toml").stat().st_size
        recorder.append(decision)
        block = b"x" * ((folder / "session.toml").stat().st_size - before)
        bare = os.open(scratch / f"bare-{count}", os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        pairs = in_turn(
            lambda recorder=recorder, decision=decision: recorder.append(decision),
            lambda bare=bare, block=block: (os.write(bare, block), os.fdatasync(bare)),
            times=ROUNDS,
        )
        os.close(bare)
        session.release()
        yield ratio(
            f"one decision, durable, behind {count:,} events", "a bare `write` and `fdatasync`", at_most(3), pairs
        )


ROW = Row("decision", measure, asserted="exactly one fdatasync (`tests/session/test_syncs.py`)")
