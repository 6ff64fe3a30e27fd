"""The drill's process outlives whoever started it, and ends when nobody needs it."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from smtui.session.events import Opened, Stamp
from smtui.session.store import Store

LIMIT = 60.0
"""Seconds after which something counts as hung."""
STAMP = Stamp(at=datetime(2026, 11, 22, tzinfo=UTC), boottime=1.0, by="op@here", origin="local")
OPENED = Opened(
    format=1, session="s", checklist="c", title="C", version="1", mode="drill", environment="e", files=(), smtui="0",
    machine="m", boot_id="b",
)  # fmt: skip


def until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + LIMIT
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def start(folder: Path, *more: str) -> subprocess.Popen[bytes]:
    ready = folder / "ready.json"
    command = [sys.executable, "-m", "smtui.drill", "--world", str(folder / "world.sqlite"), "--ready", str(ready)]
    process = subprocess.Popen([*command, "--idle", "0.5", *more], stdin=subprocess.DEVNULL)
    until(lambda: ready.exists() or process.poll() is not None)
    return process


def test_unused_hosts_end_by_themselves(tmp_path: Path) -> None:
    assert start(tmp_path).wait(LIMIT) == 0


def test_unused_hosts_stay_while_their_session_is_open(tmp_path: Path) -> None:
    store = Store(tmp_path / "sessions")
    session = store.create("s", OPENED, {}, STAMP)
    process = start(tmp_path, "--session", str(tmp_path / "sessions" / "s"))
    try:
        process.wait(2.0)
        stayed = False
    except subprocess.TimeoutExpired:
        stayed = True
    session.release()
    assert process.wait(LIMIT) == 0
    assert stayed


def test_hosts_end_with_their_world(tmp_path: Path) -> None:
    store = Store(tmp_path / "sessions")
    session = store.create("s", OPENED, {}, STAMP)
    process = start(tmp_path, "--session", str(tmp_path / "sessions" / "s"))
    (tmp_path / "world.sqlite").unlink()
    assert process.wait(LIMIT) == 0
    session.release()
