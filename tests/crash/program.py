"""The whole program under faults: `smtui run` on a prepared session, and whether it leaves what was promised."""

from __future__ import annotations

import json
import os
import random
import re
import shutil
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol

from smtui.checklist.library import lay_out, pinned_files
from smtui.checklist.trust import Trusted, fingerprint
from smtui.cli.deployment import DRILL_ENVIRONMENT, start_hosts
from smtui.cli.headless import Interruption, Mandate, work
from smtui.cli.opening import resume
from smtui.cli.questions import suggested
from smtui.cli.signals import Signals
from smtui.cli.surroundings import Surroundings
from smtui.environment import load_environment
from smtui.session.events import InputGiven, Opened, Stamp
from smtui.session.store import pinned_lines

SESSION = "s"
PATIENCE = 120.0
"""Seconds after which a program counts as hung."""
FULL = os.environ.get("SMTUI_CRASH") == "full"
"""Every point instead of a seeded part; `tests/crash/full` says so."""
STAMP = Stamp(at=datetime(2025, 11, 22, 10, 41, 7, tzinfo=UTC), boottime=12.5, by="ada@jump01", origin="10.0.0.7")
KILLED = (
    "write", "pwrite64", "openat", "fsync", "fdatasync", "renameat", "unlinkat", "mkdirat", "ftruncate", "fallocate",
)  # fmt: skip
REFUSED = (*KILLED, "pread64", "flock", "fchmod")
_signals = Signals()


@dataclass(frozen=True)
class Home:
    """A home folder with one session that was opened and no more."""

    root: Path

    @property
    def folder(self) -> Path:
        return self.root / "state" / "smtui" / "sessions" / SESSION

    @property
    def environ(self) -> dict[str, str]:
        """What the program gets."""
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("XDG_", "SMTUI_", "SSH_"))}
        paths = {"HOME": ".", "XDG_STATE_HOME": "state", "XDG_CONFIG_HOME": "config"}
        return {**kept, **{name: str(self.root / path) for name, path in paths.items()}}

    @property
    def around(self) -> Surroundings:
        return Surroundings(environ=self.environ, home=self.root, prefix=Path(sys.prefix))

    def end_hosts(self) -> None:
        """End the simulated hosts of a drill."""
        with suppress(OSError, ValueError, KeyError):
            os.kill(json.loads((self.folder / "drill.json").read_bytes())["pid"], signal.SIGTERM)


class Kind(Protocol):
    """One kind of session that is put to the test."""

    arguments: tuple[str, ...]
    mandate: Mandate

    def prepare(self, home: Home) -> None:
        """Open the session."""

    def effects(self, home: Home) -> Mapping[str, int]:
        """How often each thing really happened."""

    def decide(self, home: Home, item: str) -> bool:
        """Whether a person who looks finds the item done."""


class ThreeSteps:
    """Three programs of this machine; each says something, has its effect, and takes its time."""

    arguments = ("run", "three", "--session", SESSION)
    mandate = Mandate()
    items = ("s.i1", "s.i2", "s.i3")
    limit = "60s"
    """Of each step."""

    def prepare(self, home: Home) -> None:
        home.root.mkdir(parents=True)
        text = '[checklist]\nid = "three"\ntitle = "Three"\nversion = "1"\nsource = "test"\n'
        text += '[[section]]\nid = "s"\ntitle = "S"\n'
        for item in self.items:
            command = self.command(home, item)
            text += f'[[section.item]]\nid = "{item[2:]}"\ntitle = "T"\nby_hand = "By hand."\n'
            text += f'run = {{ on = "local", command = {json.dumps(command)}, timeout = "{self.limit}" }}\n'
        path = home.root / "three.toml"
        path.write_text(text)
        environment = b'[environment]\nname = "Lab"\nkind = "exercise"\nmanagement_group = "G"\n'
        files = {**pinned_files(path, home.around.library), "environment.toml": environment}
        _open(home, "three", "exercise", files, {})
        pinned = {name: data for name, data in files.items() if name.startswith("checklist/")}
        home.around.trust.add(
            Trusted(sha256=fingerprint(pinned), what="three", path=str(path), at=STAMP.at, by="ada@jump01")
        )

    def command(self, home: Home, item: str) -> list[str]:
        """What one step runs."""
        line = f'echo begun; echo {item} >> "$1"; sleep 0.05; echo done'
        return ["/bin/sh", "-c", line, "sh", str(home.root / "effects")]

    def effects(self, home: Home) -> Mapping[str, int]:
        file = home.root / "effects"
        lines = file.read_text().splitlines() if file.exists() else []
        return {item: lines.count(item) for item in self.items}

    def decide(self, home: Home, item: str) -> bool:
        return self.effects(home)[item] > 0


class Promotion:
    """The shipped procedure on simulated hosts, which count effects by the token of the attempt."""

    arguments = ("run", "promote-management-server", "--session", SESSION, "--confirm-by-hand", "rehearsal")
    mandate = Mandate(rehearsal="rehearsal")

    def __init__(self, *faults: str) -> None:
        self._faults = faults

    def prepare(self, home: Home) -> None:
        home.root.mkdir(parents=True)
        library = home.around.library
        path = library.find("promote-management-server")
        files = {**pinned_files(path, library), "environment.toml": DRILL_ENVIRONMENT.read_bytes()}
        answers = suggested(lay_out(path, library), load_environment(DRILL_ENVIRONMENT))
        _open(home, "promote-management-server", "drill", files, answers)
        # Not by the program under fault: the servers of a deployment do not die with the machine that recovers them.
        start_hosts(home.folder, self._faults, "promote-management-server", answers)

    def effects(self, home: Home) -> Mapping[str, int]:
        """By token: an effect of no attempt, or of two, is a violation too."""
        world = sqlite3.connect(home.folder / "world.sqlite")
        try:
            rows = world.execute("SELECT target || ' ' || effect, SUM(count) FROM effects GROUP BY 1").fetchall()
        finally:
            world.close()
        return dict(rows)

    def decide(self, home: Home, item: str) -> bool:
        raise AssertionError(f"a look at {home.folder} cannot tell {item}")


def _open(home: Home, checklist: str, mode: str, files: Mapping[str, bytes], answers: Mapping[str, str]) -> None:
    opened = Opened(
        format=1, session=SESSION, checklist=checklist, title="T", version="1", mode=mode,  # type: ignore[arg-type]
        environment="Lab", files=pinned_lines(files), smtui="1", machine="jump01", boot_id="b",
    )  # fmt: skip
    session = home.around.store.create(SESSION, opened, files, STAMP)
    for name, value in answers.items():
        session.append(InputGiven(name=name, value=value), STAMP)
    session.release()


@dataclass(frozen=True)
class Run:
    """How a program under a fault ended."""

    code: int
    said: str
    fired: bool


def run(home: Home, kind: Kind, paths: Sequence[str], fault: str = "") -> Run:
    """Run the program on the session; a fault is `call:signal=KILL:when=3`, counted per thread on `paths` alone."""
    log, said = home.root / "strace.log", home.root / "said"
    command = [sys.executable, "-m", "smtui", *kind.arguments]
    if fault:
        strace = ["strace", "-D", "-qq", "-f", "-o", str(log), "-e", "trace=" + fault.partition(":")[0]]
        strace += [word for path in paths for word in ("-P", str(home.folder / path))]
        strace += ["-e", f"inject={fault}"]
        command = [*strace, *command]
    with said.open("wb") as file:
        process = subprocess.Popen(command, env=home.environ, stdin=subprocess.DEVNULL, stdout=file, stderr=file)
        code = process.wait(PATIENCE)
    fired = code == -signal.SIGKILL or (log.exists() and "INJECTED" in log.read_text(errors="replace"))
    return Run(code, said.read_text(errors="replace"), fired)


def touched(home: Home) -> list[str]:
    """What an undisturbed run left in the session folder: names to watch, outputs under their spare names too."""
    names = [str(path.relative_to(home.folder)) for path in home.folder.rglob("*")]
    names = [name for name in names if not name.startswith(("checklist", "environment", "world", "drill", "ca"))]
    return [".", "session.toml.new", *names, *(f"{name}.new" for name in names if name.startswith("outputs/"))]


def violation(home: Home, kind: Kind, done: Run) -> str:
    """Resume as an operator would, in this process; what is wrong with the session in the end, or nothing."""
    told: list[str] = []
    for _ in range(8):
        code = _resumed(home, kind, told)
        if code == 0:
            break
    else:
        return f"the session could not be finished: {told[-3:]}"
    store = home.around.store
    reading = store.read(SESSION)
    if reading.verdict != "whole" or (problems := store.problems(SESSION)):
        return f"{reading.verdict}: {reading.reason} {problems}"
    wrong = {name: count for name, count in kind.effects(home).items() if count != 1}
    if wrong or not kind.effects(home):
        return f"effects: {wrong}"
    journal = (home.folder / "session.toml").read_text()
    for item in re.findall(r"^ *[\d.]+ (\S+): done", done.said, re.MULTILINE):
        if f'item = "{item}"' not in journal:
            return f"{item} was shown as done and is not in the journal"
    return ""


def _resumed(home: Home, kind: Kind, told: list[str]) -> int:
    def ask(prompt: str) -> str:
        raise EOFError(prompt)

    engine = resume(home.around, SESSION, ask)
    try:
        code = work(engine, kind.mandate, told.append, Interruption(engine, _signals))
        unknown = [item.id for item in engine.state.items.values() if item.status == "unknown"]
    finally:
        engine.drain(PATIENCE)
        engine.close()
    if code == 3 and unknown:
        engine = resume(home.around, SESSION, ask)
        try:
            for item in unknown:
                if kind.decide(home, item):
                    engine.confirm(item, {}, "it was found done")
                else:
                    engine.reopen(item, "it was found not done")
        finally:
            engine.close()
    return code


Judge = Callable[[Home, Kind, Run], str]


def points(folder: Path, kind: Kind, calls: Sequence[str]) -> tuple[list[str], list[tuple[str, int]]]:
    """The watched names, and every call on them of an undisturbed run: (call, n-th of its thread)."""
    home = Home(folder / "clean")
    kind.prepare(home)
    done = run(home, kind, ())
    assert done.code == 0, done.said
    home.end_hosts()
    names = touched(home)
    counted = Home(folder / "counted")
    kind.prepare(counted)
    traced = run(counted, kind, names, ",".join(calls) + ":delay_exit=0")
    assert traced.code == 0, traced.said
    counted.end_hosts()
    found: set[tuple[str, int]] = set()
    seen: dict[tuple[str, str], int] = {}
    log = (counted.root / "strace.log").read_text(errors="replace")
    for thread, call in re.findall(r"^(\d+) +(\w+)\(", log, re.MULTILINE):
        seen[thread, call] = seen.get((thread, call), 0) + 1
        found.add((call, seen[thread, call]))
    for one in (home, counted):
        shutil.rmtree(one.root)
    return names, sorted(found)


def sweep(
    folder: Path, kind: Kind, fault: str, calls: Sequence[str], *, judge: Judge, share: float, full: float = 1.0
) -> int:
    """How many faults fired; fails with every violation. A fixed lot takes `share` of all points, or `full` of them."""
    names, every = points(folder, kind, calls)
    lot = random.Random(4)  # noqa: S311 - the same lot every time
    part = full if FULL else share
    chosen = every if part >= 1 else sorted(lot.sample(every, max(1, round(part * len(every)))))

    def at(point: tuple[str, int]) -> tuple[bool, str]:
        call, number = point
        home = Home(folder / f"{call}-{number}")
        kind.prepare(home)
        try:
            done = run(home, kind, names, f"{call}:{fault}:when={number}")
            why = judge(home, kind, done) if done.fired else ""
        except Exception as error:  # noqa: BLE001 - a violation like any other, reported with its place
            done, why = Run(-1, "", fired=True), f"{type(error).__name__}: {error}"
        finally:
            home.end_hosts()
        if not why:
            shutil.rmtree(home.root, ignore_errors=True)
        return done.fired, f"{call} {number} ({fault}): {why}" if why else ""

    with ThreadPoolExecutor(2) as pool:
        outcomes = list(pool.map(at, chosen))
    violations = [why for _, why in outcomes if why]
    fired = sum(done for done, _ in outcomes)
    print(f"{type(kind).__name__} {fault}: {len(every)} points, {len(chosen)} tried, {fired} fired, "
          f"{len(violations)} violations")  # fmt: skip
    assert not violations, "\n".join(violations)
    return fired


def refused(home: Home, kind: Kind, done: Run) -> str:
    """A refused call: the program goes on to the end, or said in one line why it did not begin."""
    if "Traceback" in done.said or "defect" in done.said:
        return f"exit code {done.code}: {done.said}"
    if done.code not in (0, 1, 2, 3, 75):
        return f"exit code {done.code}: {done.said}"
    if done.code != 0 and not re.search(r"\(E[A-Z]+\)|error|system|space|exceeded", done.said):
        return f"exit code {done.code}, and nothing says why: {done.said}"
    return violation(home, kind, done)
