"""A shell with job control stops the program and brings it back; the terminal belongs to one of them at a time."""

from __future__ import annotations

import os
import signal
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pexpect
import pytest

from smtui.session.events import Ended, Event, Left, Started
from smtui.session.store import Store
from smtui.tui.guard import QUIET

ROOT = Path(__file__).parents[2]
LIMIT = 60.0
PROMPT = "the-shell> "


class Shell:
    """A shell on a terminal, and the program that it starts."""

    def __init__(self, folder: Path, seconds: str) -> None:
        self.folder = folder
        environment = {**os.environ, "TERM": "xterm-256color", "PYTHONPATH": str(ROOT), "PS1": PROMPT}
        environment.pop("COLORTERM", None)
        self.child = pexpect.spawn(
            "bash", ["--norc", "--noprofile", "-i"],
            env=environment, cwd=str(ROOT), dimensions=(24, 80), encoding="utf-8", timeout=LIMIT,
        )  # fmt: skip
        self.child.delaybeforesend = None
        self.child.expect(PROMPT)
        self.child.sendline(f"{sys.executable} -m tests.tui.on_terminal {folder} {seconds}")
        self.sees("Leave")
        children = Path(f"/proc/{self.child.pid}/task/{self.child.pid}/children").read_text().split()
        self.program = int(children[0])

    def sees(self, text: str) -> None:
        """Wait for a text, and then for as long as the program drops keys that were typed ahead."""
        self.child.expect(text)
        time.sleep(QUIET + 0.1)

    def has_the_terminal(self) -> None:
        """The shell reads lines, echoes them, and nothing of a screen is left."""
        self.child.sendline("echo t''old; stty -a | tr ' ' '\\n' | grep -x -e -icanon; fg")
        self.child.expect("told\r\n")

    def goes_on(self) -> None:
        """The screen is drawn anew and hears keys."""
        self.sees("\x1b\\[\\?1049h")
        self.sees("Leave")
        self.child.send("q")
        self.sees("Enter leaves|waits for these to end")

    def events(self) -> list[Event]:
        store = Store(self.folder / "sessions")
        return [record.event for record in store.read(store.ids()[0]).records]

    def until(self, met: Callable[[], bool]) -> None:
        deadline = time.monotonic() + LIMIT
        while not met():
            assert time.monotonic() < deadline, "it did not come to that"
            try:
                self.child.read_nonblocking(65536, timeout=0.05)
            except pexpect.TIMEOUT:
                continue


@pytest.fixture
def shells() -> Iterator[Callable[..., Shell]]:
    opened: list[Shell] = []

    def take(folder: Path, seconds: str = "0") -> Shell:
        opened.append(Shell(folder, seconds))
        return opened[-1]

    yield take
    for shell in opened:
        for number in (signal.SIGKILL, signal.SIGCONT):
            try:
                os.kill(shell.program, number)
            except ProcessLookupError:
                break
        shell.child.close(force=True)


def test_stopped_it_gives_the_terminal_back_and_fg_brings_it_again(
    tmp_path: Path, shells: Callable[..., Shell]
) -> None:
    shell = shells(tmp_path)
    for _ in range(2):
        os.kill(shell.program, signal.SIGTSTP)
        shell.child.expect("smtui is stopped: it starts and records nothing until fg continues it")
        shell.child.expect(PROMPT)
        shell.has_the_terminal()
        shell.sees("\x1b\\[\\?1049h")
        shell.sees("Leave")
    shell.child.send("q")
    shell.sees("Enter leaves")
    shell.child.send("\r")
    shell.child.expect("smtui resume")
    shell.child.sendline("echo code $?")
    shell.child.expect("code 75")


def test_what_runs_while_it_is_stopped_is_recorded_once_it_goes_on(
    tmp_path: Path, shells: Callable[..., Shell]
) -> None:
    shell = shells(tmp_path, "1")
    shell.child.send("g")
    shell.sees("Number of the item")
    shell.child.send("2.1\r")
    shell.sees("Caution")
    shell.child.send("r")
    shell.sees("Enter runs it")
    shell.child.send("\r")
    shell.until(lambda: any(isinstance(event, Started) for event in shell.events()))
    os.kill(shell.program, signal.SIGTSTP)
    shell.child.expect("smtui is stopped")
    shell.child.expect(PROMPT)
    before = len(shell.events())
    time.sleep(1.5)
    assert len(shell.events()) == before
    shell.has_the_terminal()
    shell.until(lambda: any(isinstance(event, Ended) for event in shell.events()))
    assert [event.outcome for event in shell.events() if isinstance(event, Ended)] == ["ok"]


def test_stopped_from_outside_it_takes_the_terminal_anew(tmp_path: Path, shells: Callable[..., Shell]) -> None:
    shell = shells(tmp_path)
    os.kill(shell.program, signal.SIGSTOP)
    shell.child.expect("Stopped")
    shell.child.sendline("fg")
    shell.goes_on()


def test_a_terminal_that_is_lost_while_it_is_stopped_ends_it_in_order(
    tmp_path: Path, shells: Callable[..., Shell]
) -> None:
    shell = shells(tmp_path)
    os.kill(shell.program, signal.SIGTSTP)
    shell.child.expect("smtui is stopped")
    shell.child.expect(PROMPT)
    shell.child.ptyproc.fileobj.close()  # the kernel hangs up and continues what was stopped
    store = Store(shell.folder / "sessions")
    deadline = time.monotonic() + LIMIT
    while store.is_held(store.ids()[0]):
        assert time.monotonic() < deadline
        time.sleep(0.05)
    (reason,) = [event.reason for event in shell.events() if isinstance(event, Left)]
    assert reason in {"the terminal was lost; what ran was finished", "ended by SIGTERM"}  # a shell may send that first


def test_without_a_shell_it_goes_on(tmp_path: Path) -> None:
    child = pexpect.spawn(
        sys.executable, ["-m", "tests.tui.on_terminal", str(tmp_path)],
        env={**os.environ, "TERM": "xterm-256color", "PYTHONPATH": str(ROOT)},
        cwd=str(ROOT), dimensions=(24, 80), encoding="utf-8", timeout=LIMIT,
    )  # fmt: skip
    child.expect("Leave")
    os.kill(child.pid, signal.SIGTSTP)
    child.expect("There is no shell to go back to")
    child.close(force=True)
