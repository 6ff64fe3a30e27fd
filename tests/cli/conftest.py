"""Runs the real program, in a home of its own, and reads what it left."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

REHEARSED = ("--confirm-by-hand", "rehearsal")
PROMOTE = ("run", "promote-management-server", "--drill", *REHEARSED)
LIMIT = 120.0
"""Seconds after which a command counts as hung."""


@dataclass(frozen=True)
class Program:
    """The command line in a folder of its own."""

    home: Path
    environ: dict[str, str]
    started: list[subprocess.Popen[str]] = field(default_factory=list)
    prefix: tuple[str, ...] = ()
    """What it is started by, as under another account."""

    def __call__(
        self, *arguments: str, code: int | None = 0, typed: str = "", **more: str
    ) -> subprocess.CompletedProcess[str]:
        """Run a command to its end and check its exit code; `typed` comes on its standard input, which ends then."""
        done = subprocess.run(
            self._command(arguments),
            env={**self.environ, **more},
            input=typed,
            capture_output=True,
            text=True,
            timeout=LIMIT,
            check=False,
        )
        if code is not None:
            assert done.returncode == code, f"exit code {done.returncode}\n{done.stdout}\n{done.stderr}"
        return done

    def begin(self, *arguments: str) -> subprocess.Popen[str]:
        """Start a command and go on."""
        process = subprocess.Popen(
            self._command(arguments),
            env=self.environ,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self.started.append(process)
        return process

    def json(self, *arguments: str) -> Any:
        """What a command prints with --json."""
        return json.loads(self(*arguments, "--json").stdout)

    @property
    def sessions(self) -> Path:
        """The folder of the sessions."""
        return self.home / "state" / "smtui" / "sessions"

    def session(self) -> str:
        """The only session that there is."""
        (only,) = [path.name for path in self.sessions.iterdir() if not path.name.startswith(".")]
        return only

    def journal(self, session: str) -> str:
        """The text of a session's journal."""
        return (self.sessions / session / "session.toml").read_text()

    def wait_for(self, session_text: str, *, count: int = 1) -> str:
        """Wait until the journal of the only session holds a text so many times; the session's id."""
        deadline = time.monotonic() + LIMIT
        while time.monotonic() < deadline:
            names = [p for p in self.sessions.iterdir() if not p.name.startswith(".")] if self.sessions.exists() else []
            if names and self.journal(names[0].name).count(session_text) >= count:
                return names[0].name
            time.sleep(0.02)
        raise AssertionError(f"the journal never held {session_text!r}")

    def items(self, session: str) -> dict[str, Any]:
        """The items of a session as `show --json` has them, by id."""
        return {item["id"]: item for item in self.json("show", session)["items"]}

    def effects(self, session: str) -> list[Any]:
        """What really happened in the drill's world."""
        effects: list[Any] = self.json("show", session)["world"]["effects"]
        return effects

    def _command(self, arguments: Sequence[str]) -> list[str]:
        return [*self.prefix, sys.executable, "-m", "smtui", *arguments]

    def end_hosts(self) -> None:
        """End the simulated hosts of every session, by the id that each wrote down."""
        for ready in self.sessions.glob("*/drill.json"):
            try:
                os.kill(json.loads(ready.read_bytes())["pid"], signal.SIGTERM)
            except (OSError, ValueError, KeyError):
                continue


@pytest.fixture
def smtui(tmp_path: Path) -> Iterator[Program]:
    """The program in a home of its own; its simulated hosts end with the test."""
    home = tmp_path / "home"
    home.mkdir()
    environ = {
        **{name: value for name, value in os.environ.items() if not name.startswith(("XDG_", "SMTUI_", "SSH_"))},
        "HOME": str(home),
        "XDG_STATE_HOME": str(home / "state"),
        "XDG_CONFIG_HOME": str(home / "config"),
    }
    program = Program(home, environ)
    yield program
    for process in program.started:
        if process.poll() is None:
            process.kill()
            process.wait()
        if process.stdout is not None:
            process.stdout.close()
    program.end_hosts()
