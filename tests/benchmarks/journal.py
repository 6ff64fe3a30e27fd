"""What a durable event costs, early and late in a session, and what opening a long session costs.

usage: python -m tests.benchmarks.journal [FOLDER]    FOLDER on the disk that is asked about; the current one otherwise
"""

from __future__ import annotations

import os
import statistics
import sys
import tempfile
import time
import tomllib
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from smtui.session import codec
from smtui.session.events import Event, Opened, Sensed, Stamp
from smtui.session.recording import SessionFile
from smtui.session.store import Store

EARLY, LATE, ROUNDS = 10, 10_000, 300
STAMP = Stamp(at=datetime(2025, 11, 22, 10, 41, 7, 123456, tzinfo=UTC), boottime=81234.56, by="ada", origin="10.0.0.7")
OPENED = Opened(
    format=1,
    session="s",
    checklist="p",
    title="Promote",
    version="1",
    mode="drill",
    environment="Contoso",
    files=(),
    smtui="1",
    machine="jump01",
    boot_id="b2d1",
)


def event(number: int) -> Event:
    """A typical one: 300 bytes as a block."""
    fields: dict[str, str | bool | int | float] = {"status": "Stopped", "name": "OMSDK", "count": number}
    return Sensed(item="prepare.stop-data-access", target="SM02", answer="agrees", fields=fields, why="it is so")


def timed(act: Callable[[], object]) -> float:
    """Milliseconds."""
    begun = time.perf_counter()
    act()
    return (time.perf_counter() - begun) * 1000


def session_of(store: Store, name: str, count: int) -> SessionFile:
    """An open session of that many events, made without their syncs."""
    session = store.create(name, OPENED, {}, STAMP)
    head = session.records[0].sha256
    session.release()
    with (session.folder / "session.toml").open("ab") as file:
        for seq in range(2, count + 1):
            block = codec.pack(event(seq), STAMP, seq, head)
            head = block[-66:-2].decode()
            file.write(block)
    return store.open(name)


def appending(store: Store, count: int) -> None:
    """Appends behind `count` events and bare writes of the same bytes, in turn."""
    session = session_of(store, f"append-{count}", count)
    block = codec.pack(event(count), STAMP, count, "0" * 64)
    bare = os.open(session.folder / "bare", os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    appends, writes = [], []
    for _ in range(ROUNDS):
        appends.append(timed(lambda: session.append(event(count), STAMP)))
        writes.append(timed(lambda: (os.write(bare, block), os.fdatasync(bare))))
    os.close(bare)
    session.release()
    ours, theirs = statistics.median(appends), statistics.median(writes)
    print(
        f"append behind {count:6,} events: {ours:.3f} ms; bare write and fdatasync: {theirs:.3f} ms; "
        f"ratio {ours / theirs:.2f}, difference {ours - theirs:.3f} ms (medians of {ROUNDS})"
    )


def opening(store: Store, count: int) -> None:
    """A session opened to be written, beside its file as plain TOML."""
    session_of(store, "open", count).release()
    path = store.path("open") / "session.toml"
    opened = statistics.median(timed(lambda: store.open("open").release()) for _ in range(3))
    read = statistics.median(timed(lambda: store.read("open")) for _ in range(3))
    parsed = statistics.median(timed(lambda: tomllib.loads(path.read_text())) for _ in range(3))
    brief = statistics.median(timed(lambda: store.brief("open")) for _ in range(20))
    print(
        f"{count:,} events, {path.stat().st_size / 1e6:.1f} MB: open {opened:.0f} ms, read {read:.0f} ms, "
        f"tomllib.load {parsed:.0f} ms, ratio {opened / parsed:.2f}; brief {brief:.2f} ms (medians)"
    )


def main(folder: Path) -> None:
    """Print the three lines."""
    with tempfile.TemporaryDirectory(dir=folder) as place:
        store = Store(Path(place))
        appending(store, EARLY)
        appending(store, LATE)
        opening(store, LATE)


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else Path.cwd())
