"""A run of the whole program as a log of what it did to the disk, for power cuts in the middle of it."""

from __future__ import annotations

import random
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.crash.judging import violation
from tests.crash.power import Call, Disk, calls_of, strace_to
from tests.crash.program import PATIENCE, SESSION, Home, Kind
from tests.crash.tracing import start, victim

MODELS = [(names, with_data) for names in ("any", "ordered") for with_data in (False, True)]
"""How a file system may keep names: in any subset or in their order, with the data of their file or not."""
_MARK = re.compile(rb"seq = (\d+)\n")


@dataclass(frozen=True)
class Log:
    """What lay there before, and every change since then in its order."""

    sessions: Path
    """A copy of the folder of sessions as it was when the program began, all of it durable."""
    calls: Sequence[Call]
    acknowledged: int
    """Events that were acknowledged before the program began."""


@dataclass(frozen=True)
class Image:
    """A disk that could be found after a power cut."""

    place: str
    """After which call."""
    files: dict[str, bytes | None]
    acknowledged: int


def record_run(home: Home, kind: Kind, planted: str = "") -> Log:
    """Let the program work through a prepared session; `planted` is an injection such as `fdatasync:retval=0`."""
    sessions = home.folder.parent
    before = home.root / "before" / "sessions"
    shutil.copytree(sessions, before, ignore=shutil.ignore_patterns("world.*", "drill.*", "ballast"))
    acknowledged = len(home.around.store.read(SESSION).records)
    log = home.root / "power.log"
    command = [*strace_to(log, planted), sys.executable, "-m", "smtui", *kind.arguments]
    with (home.root / "said").open("wb") as said:
        done = subprocess.run(
            command, env=home.environ, stdin=subprocess.DEVNULL, stdout=said, stderr=said, check=False, timeout=PATIENCE
        )
    assert done.returncode == 0, (home.root / "said").read_text()
    return Log(before, tuple(_of_session(calls_of(log), home.folder)), acknowledged)


def record_recovery(image: Image, folder: Path) -> Log:
    """Let a program take over what a power cut left, and finish it."""
    sessions = folder / "disk" / "sessions"
    lay_out(image.files, sessions.parent)
    before = folder / "before" / "sessions"
    shutil.copytree(sessions, before)
    log = folder / "power.log"
    done = start([*strace_to(log), *victim(sessions, "finish")])
    assert done.stdout.endswith("DONE\n"), done.stderr
    return Log(before, tuple(_of_session(calls_of(log), sessions / SESSION)), image.acknowledged)


def _of_session(calls: Iterator[Call], folder: Path) -> Iterator[Call]:
    """What concerns the session, without the room kept on the disk and the world of a drill.

    The mark in the lock is written once an event is acknowledged, and is never synced. Only the latest one is taken to
    be still in memory: an older one says less.
    """
    lock = f"{folder}/session.lock"
    others = tuple(f"{folder}/{name}" for name in ("world", "drill", "ballast"))
    for call in calls:
        if call.kind == "ack" or not call.path.startswith(str(folder)) or call.path.startswith(others):
            continue
        if call.path == lock and call.kind == "write":
            yield Call("flush", lock)
            yield call
            mark = _MARK.match(call.data)
            yield Call("ack", "", number=int(mark[1]) if mark else 0)
        else:
            yield call


def images(log: Log, root: Path, model: tuple[str, bool], share: float = 1.0) -> Iterator[Image]:
    """Every different disk after a cut behind each call, or behind a seeded `share` of them; `root` is where it ran."""
    names, with_data = model
    disk = Disk.loaded(log.sessions, str(root), names_with_data=with_data)
    lot = random.Random(11)  # noqa: S311 - the same lot every time
    acknowledged, seen = log.acknowledged, set[int]()
    for number, call in enumerate(log.calls):
        if call.kind == "ack":
            acknowledged = max(acknowledged, call.number)
        else:
            disk.do(call)
        if lot.random() >= share:
            continue
        for files in disk.after_a_cut(names, lot):
            key = hash((acknowledged, frozenset(files.items())))
            if key not in seen:
                seen.add(key)
                yield Image(f"after call {number} ({call.kind} {call.path})", files, acknowledged)


def violations(found: Iterator[Image], disk: Path, enough: int = 0) -> tuple[int, list[str]]:
    """How many disks were looked at, and what was wrong with them; stops at `enough` violations."""
    wrong: list[str] = []
    count = 0
    for image in found:
        count += 1
        lay_out(image.files, disk)
        if why := violation(disk / "sessions", {image.acknowledged: "?"}):
            wrong.append(f"{image.place}: {why}")
            if len(wrong) == enough:
                break
    return count, wrong


def lay_out(files: dict[str, bytes | None], folder: Path) -> None:
    """Make a disk of it."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    for path, content in sorted(files.items()):
        if content is None:
            (folder / path).mkdir()
        elif not path.endswith("/ballast"):
            (folder / path).write_bytes(content)
