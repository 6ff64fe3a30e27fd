"""Opening a long session, beside its journal as plain TOML."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from pathlib import Path

from smtui.checklist.library import Library, lay_out
from smtui.session.fold import Fold
from smtui.session.store import Store
from tests.benchmarks.making import CHECKLIST, make_session
from tests.benchmarks.rows import Figure, Row, at_most, in_turn, ratio

EVENTS, ROUNDS = 10_000, 7


def measure(scratch: Path) -> Iterator[Figure]:
    """Locked, every seal checked, every event understood and folded; and given back."""
    store = Store(scratch / "sessions")
    folder = make_session(store, "long", EVENTS)
    journal = folder / "session.toml"

    def resume() -> None:
        session = store.open("long")
        Fold.of(
            lay_out(folder / "checklist" / f"{CHECKLIST}.toml", Library([folder / "checklist"])), session.records
        ).state()
        session.release()

    def load() -> None:
        with journal.open("rb") as file:
            tomllib.load(file)

    pairs = in_turn(resume, load, times=ROUNDS)
    yield ratio(f"open and resume a session of {EVENTS:,} events", "`tomllib.load` of its file", at_most(1.3), pairs)


ROW = Row("long-session", measure)
