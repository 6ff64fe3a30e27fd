"""The deployment that a session works on: a real one, or the simulated one that a drill starts as its own process."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import smtui
from smtui.checklist.model import Mode
from smtui.cli.environment_file import PINNED, EnvironmentFile
from smtui.cli.failures import Failure
from smtui.environment import Environment, load_environment
from smtui.secrets.credentials import Account
from smtui.secrets.secret import Secret
from smtui.session.files import SHARED_FILE_MODE, SHARED_FOLDER_MODE, Folder

READY_SECONDS = 30.0
DRILL_ENVIRONMENT = Path(smtui.__file__).parent / "drill" / "environment.toml"


@dataclass(frozen=True, slots=True)
class Deployment:
    """An environment, and how its hosts are reached from here."""

    mode: Mode
    environment: Environment
    """As the file has it."""
    reached: Environment
    """With addresses and CA files as they are to be used now."""
    accounts: Mapping[str, Account] = field(default_factory=dict)
    """Accounts of simulated hosts."""


def drill_file() -> EnvironmentFile:
    """The deployment that the drill simulates."""
    return EnvironmentFile.read(DRILL_ENVIRONMENT)


def reach(
    folder: Path,
    mode: Mode,
    faults: Sequence[str] = (),
    *,
    checklist: str = "",
    answers: Mapping[str, str] | None = None,
) -> Deployment:
    """The deployment of a session, reached as it is now; a drill's hosts are started when they do not run.

    A new world of a drill begins in the state from which the checklist makes sense, with these answers to its
    questions.
    """
    environment = load_environment(folder / PINNED)
    if mode != "drill":
        return Deployment(mode, environment, environment.located(folder))
    ready = running_hosts(folder)
    if ready is not None and faults:
        end_hosts(int(ready["pid"]))  # faults are armed when hosts start; their world goes on
        ready = None
    if ready is None:
        ready = start_hosts(folder, faults, checklist, answers or {})
    accounts = {name: Account(one["user"], Secret(one["password"])) for name, one in ready["accounts"].items()}
    return Deployment(mode, environment, environment.overlaid(ready), accounts)


def running_hosts(folder: Path) -> dict[str, Any] | None:
    """The ready file of simulated hosts that still answer; None when there are none."""
    try:
        ready: dict[str, Any] = json.loads((folder / "drill.json").read_bytes())
        reach_one = next(iter(ready["servers"].values()))
        with socket.create_connection((reach_one["address"], reach_one["port"]), timeout=1.0):
            if not _lives(int(ready["pid"])):
                return None
    except (OSError, ValueError, KeyError, StopIteration):
        return None
    return ready


def _lives(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except PermissionError:
        return True  # another account's, in a session of a group
    except ProcessLookupError:
        return False
    return True


def end_hosts(pid: int) -> None:
    """End simulated hosts and wait until they are gone. Raises Failure when they stay."""
    deadline = time.monotonic() + READY_SECONDS
    with suppress(ProcessLookupError):
        try:
            os.kill(pid, signal.SIGTERM)
        except PermissionError:
            raise Failure(f"the simulated hosts (process {pid}) belong to another account, which ends them") from None
        while time.monotonic() < deadline:
            with suppress(ChildProcessError):
                os.waitpid(pid, os.WNOHANG)
            os.kill(pid, 0)
            time.sleep(0.02)
        raise Failure(f"the simulated hosts (process {pid}) do not end; end them, then try again")


def check_faults(faults: Sequence[str]) -> None:
    """Raise Failure for a fault that the drill does not know, before anything is made for it."""
    if not faults:
        return
    command = [sys.executable, "-m", "smtui.drill", "--digests"]
    for fault in faults:
        command += ["--fault", fault]
    asked = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, check=False, cwd="/")
    if asked.returncode != 0:
        raise Failure(asked.stderr.decode("utf-8", "replace").strip().rpartition("\n")[2].partition("error: ")[2])


def start_hosts(folder: Path, faults: Sequence[str], checklist: str, answers: Mapping[str, str]) -> dict[str, Any]:
    """Start the simulated hosts on the session's world and wait until they listen. They outlive this process."""
    ready = folder / "drill.json"
    ready.unlink(missing_ok=True)
    command = [sys.executable, "-m", "smtui.drill", "--world", str(folder / "world.sqlite"), "--ready", str(ready)]
    command += ["--session", str(folder)]
    if checklist:
        command += ["--scenario", checklist]
    for name, value in answers.items():
        command += ["--answer", f"{name}={value}"] if value.isprintable() else []
    for fault in faults:
        command += ["--fault", fault]
    log = os.open(folder / "drill.log", os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
    with Folder(folder) as opened:
        shared = opened.is_shared
    try:
        process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
            cwd="/",
            umask=0o007 if shared else 0o077,
        )
    finally:
        os.close(log)
    deadline = time.monotonic() + READY_SECONDS
    while time.monotonic() < deadline:
        if ready.exists():
            found: dict[str, Any] = json.loads(ready.read_bytes())
            if shared:
                _share(folder)
            return found
        if process.poll() is not None:
            break
        time.sleep(0.02)
    last = (folder / "drill.log").read_text("utf-8", "replace").strip().rpartition("\n")[2]
    raise Failure(f"the simulated hosts did not start: {last or 'no reason given'} (see {folder / 'drill.log'})")


def _share(folder: Path) -> None:
    """Let the group use the world too: SQLite and the hosts make their files for one account."""
    for path in (*folder.glob("world.*"), *folder.glob("world.*/*"), *folder.glob("drill.*")):
        with suppress(PermissionError):  # another member's, who did the same
            path.chmod(SHARED_FILE_MODE if path.is_file() else SHARED_FOLDER_MODE)


def world_effects(folder: Path) -> list[dict[str, Any]]:
    """What really happened in a drill's world, counted by attempt token; empty when there is no world."""
    world = folder / "world.sqlite"
    if not world.exists():
        return []
    command = [sys.executable, "-m", "smtui.drill", "--world", str(world), "--effects"]
    printed = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, check=False, cwd="/")
    if printed.returncode != 0:
        raise Failure(f"the drill's world cannot be read: {printed.stderr.decode('utf-8', 'replace').strip()}")
    effects: list[dict[str, Any]] = json.loads(printed.stdout)
    return effects
