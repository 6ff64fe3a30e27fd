"""A real sshd on loopback: the connection is cut in the middle of a step, or its client stops reading."""

from __future__ import annotations

import getpass
import os
import shlex
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pexpect
import pytest

from smtui.session.events import Ended, Event, Left, Resumed, Started, TakenOver
from tests.crash.program import FULL, SESSION, Home, ThreeSteps

LIMIT = 60.0
FROZEN = 60.0 if FULL else 3.0
"""Seconds for which a client is frozen."""
AWAIT = 'echo begun; i=0; while ! [ -e "$1" ]; do echo "line $i of many"; i=$((i+1)); sleep 0.01; done; echo x >> "$2"'


class Gate:
    """An sshd of this user, for keys of this test alone."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        sshd = shutil.which("sshd", path=f"{os.environ['PATH']}:/usr/sbin")
        if sshd is None:
            pytest.skip("no sshd: apt-get install openssh-server")
        if os.geteuid() == 0:
            Path("/run/sshd").mkdir(mode=0o755, exist_ok=True)  # where it wants to be without privileges
        for name in ("host", "user"):
            subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", folder / name], check=True)
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        config = folder / "config"
        config.write_text(
            f"ListenAddress 127.0.0.1\nPort {self.port}\nHostKey {folder / 'host'}\nPidFile none\nUsePAM no\n"
            f"AuthorizedKeysFile {folder / 'user.pub'}\nStrictModes no\nPasswordAuthentication no\n"
            "PermitRootLogin prohibit-password\n"
        )
        self._log = (folder / "log").open("wb")
        self.process = subprocess.Popen([sshd, "-D", "-e", "-f", config], stdin=subprocess.DEVNULL, stderr=self._log)
        until(self._listens)

    def login(self, home: Home, *arguments: str) -> pexpect.spawn[str]:
        """smtui in a terminal of 80 by 24 behind ssh."""
        environ = {name: value for name, value in home.environ.items() if name in ("HOME", "PATH")}
        environ |= {name: value for name, value in home.environ.items() if name.startswith("XDG_")}
        environ["PYTHONPATH"] = ":".join(path for path in sys.path if path)
        command = ["env", *(f"{name}={value}" for name, value in environ.items()), sys.executable, "-m", "smtui"]
        options = ["-tt", "-F", "none", "-p", str(self.port), "-i", str(self.folder / "user")]
        for option in ("StrictHostKeyChecking=no", "UserKnownHostsFile=/dev/null", "LogLevel=ERROR", "BatchMode=yes"):
            options += ["-o", option]
        child = pexpect.spawn(
            "ssh",
            [*options, f"{getpass.getuser()}@127.0.0.1", shlex.join([*command, *arguments])],
            env={**os.environ, "TERM": "xterm-256color"}, dimensions=(24, 80), encoding="utf-8", timeout=LIMIT,
        )  # fmt: skip
        child.delaybeforesend = None
        return child

    def close(self) -> None:
        self.process.terminate()
        self.process.wait()
        self._log.close()

    def _listens(self) -> bool:
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", self.port)) == 0


@pytest.fixture
def gate(tmp_path: Path) -> Iterator[Gate]:
    made = Gate(tmp_path)
    yield made
    made.close()


class Awaited(ThreeSteps):
    """The first step prints without end until a file appears."""

    limit = "10m"

    def command(self, home: Home, item: str) -> list[str]:
        line = AWAIT if item == "s.i1" else 'echo x >> "$2"'
        return ["/bin/sh", "-c", line, "sh", str(home.root / "go"), str(home.root / item)]


@pytest.fixture
def home(tmp_path: Path) -> Home:
    made = Home(tmp_path / "home")
    Awaited().prepare(made)
    return made


def until(met: Callable[[], bool], reads: pexpect.spawn[str] | None = None) -> None:
    deadline = time.monotonic() + LIMIT
    while not met():
        assert time.monotonic() < deadline, "it did not come to that"
        if reads is not None:
            drain(reads)
        else:
            time.sleep(0.02)


def drain(child: pexpect.spawn[str]) -> None:
    try:
        child.read_nonblocking(65536, timeout=0.05)
    except (pexpect.TIMEOUT, pexpect.EOF):
        return


def events(home: Home) -> list[Event]:
    return [record.event for record in home.around.store.read(SESSION).records]


def begin_first_step(gate: Gate, home: Home) -> pexpect.spawn[str]:
    """Log in, take the session up on the screen, run its first item, see its output."""
    child = gate.login(home, "resume", SESSION)
    child.expect("Leave")
    time.sleep(0.6)  # keys typed ahead are dropped
    child.send("r")
    child.expect("Enter runs it")
    time.sleep(0.6)
    child.send("\r")
    until(lambda: any(isinstance(event, Started) for event in events(home)), child)
    child.expect("of many")
    return child


def finish(gate: Gate, home: Home, *more: str) -> str:
    """A second login goes on to the end."""
    second = gate.login(home, "run", "three", "--session", SESSION, *more)
    second.expect(pexpect.EOF)
    second.close()
    assert second.exitstatus == 0, second.before
    assert all((home.root / item).read_text() == "x\n" for item in ThreeSteps.items)
    assert home.around.store.problems(SESSION) == ()
    return str(second.before)


def test_the_connection_is_cut_in_the_middle_of_a_step(gate: Gate, home: Home) -> None:
    child = begin_first_step(gate, home)
    child.kill(signal.SIGKILL)  # the client: sshd sees the connection end, and hangs the terminal up
    until(lambda: home.around.store.is_draining(SESSION))
    (home.root / "go").touch()
    finish(gate, home)
    recorded = [type(event) for event in events(home)]
    assert recorded.index(Ended) < recorded.index(Left) < recorded.index(Resumed, recorded.index(Left))
    assert "terminal was lost" in next(event.reason for event in events(home) if isinstance(event, Left))
    child.close(force=True)


def test_a_frozen_client_holds_up_neither_step_nor_journal_nor_the_next_operator(gate: Gate, home: Home) -> None:
    child = begin_first_step(gate, home)
    child.kill(signal.SIGSTOP)
    time.sleep(FROZEN)
    (home.root / "go").touch()
    until(lambda: any(isinstance(event, Ended) for event in events(home)))
    finish(gate, home, "--take-over", "the link is frozen")
    assert [event.reason for event in events(home) if isinstance(event, TakenOver)] == ["the link is frozen"]
    assert [event.outcome for event in events(home) if isinstance(event, Ended)] == ["ok"] * 3
    child.kill(signal.SIGCONT)
    child.close(force=True)
