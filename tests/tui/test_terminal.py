from __future__ import annotations

import os
import pty
import re
import signal
import subprocess
import sys
import termios
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pexpect
import pytest

from smtui.session.events import Ended, Event, Left, Started
from smtui.session.store import Store
from smtui.tui.guard import QUIET
from smtui.tui.terminal import refusal
from tests.tui.on_terminal import SECRET

ROOT = Path(__file__).parents[2]
ITEM = "fence.stop-former"


class Seat:
    """A program on a terminal, and the journal that it writes."""

    def __init__(self, folder: Path, *arguments: str, term: str = "xterm-256color") -> None:
        self.folder = folder
        environment = {**os.environ, "TERM": term, "PYTHONPATH": str(ROOT)}
        environment.pop("COLORTERM", None)
        self.child = pexpect.spawn(
            sys.executable,
            ["-m", "tests.tui.on_terminal", str(folder), *arguments],
            env=environment, cwd=str(ROOT), dimensions=(24, 80), encoding="utf-8", timeout=30,
        )  # fmt: skip
        self.child.delaybeforesend = None
        self.gone = False
        """Whether the process has been waited for."""

    def events(self) -> list[Event]:
        store = Store(self.folder / "sessions")
        return [record.event for record in store.read(store.ids()[0]).records]

    def until(self, met: Callable[[], bool]) -> None:
        """Read the screen until something is so; the bound is only for a broken program."""
        deadline = time.monotonic() + 30
        while not met():
            assert time.monotonic() < deadline, "it did not come to that"
            self._read()

    def _read(self) -> None:
        try:
            self.child.read_nonblocking(65536, timeout=0.05)
        except (pexpect.TIMEOUT, pexpect.EOF):
            return

    def sees(self, text: str) -> None:
        """Wait for a text, and then for as long as the program drops keys that were typed ahead."""
        self.child.expect(text)
        time.sleep(QUIET + 0.1)

    def run_item(self) -> None:
        """Press what runs the fence, and wait for its intent in the journal."""
        self.sees("Leave")
        self.child.send("g")
        self.sees("Number of the item")
        self.child.send("2.1\r")
        self.sees("Caution")
        self.child.send("r")
        self.sees("Enter runs it")
        self.child.send("\r")
        self.until(lambda: any(isinstance(event, Started) for event in self.events()))

    def hang_up(self) -> None:
        """Close the terminal, as sshd does when the connection is lost."""
        self.child.ptyproc.fileobj.close()

    def waited(self) -> int:
        """The exit code, without reading what is on the terminal."""
        _, status = os.waitpid(self.child.pid, 0)
        self.gone = True
        return os.waitstatus_to_exitcode(status)

    def ended(self) -> tuple[int | None, int | None]:
        self.child.expect(pexpect.EOF)
        self.child.close()
        return self.child.exitstatus, self.child.signalstatus


@pytest.fixture
def seats() -> Iterator[Callable[..., Seat]]:
    opened: list[Seat] = []

    def take(folder: Path, *arguments: str, term: str = "xterm-256color") -> Seat:
        opened.append(Seat(folder, *arguments, term=term))
        return opened[-1]

    yield take
    for seat in opened:
        if not seat.gone:
            seat.child.close(force=True)


def outcomes(seat: Seat) -> list[str]:
    return [event.outcome for event in seat.events() if isinstance(event, Ended)]


def test_a_lost_terminal_lets_the_running_step_end_and_records_it(tmp_path: Path, seats: Callable[..., Seat]) -> None:
    seat = seats(tmp_path, "3")
    seat.run_item()
    seat.hang_up()
    assert seat.waited() == 75
    assert outcomes(seat) == ["ok"]
    left = [event for event in seat.events() if isinstance(event, Left)]
    assert [event.interrupted for event in left] == [()]
    assert "terminal was lost" in left[0].reason


def test_sigterm_gives_the_terminal_back_within_two_seconds(tmp_path: Path, seats: Callable[..., Seat]) -> None:
    seat = seats(tmp_path, "600")
    before = termios.tcgetattr(seat.child.child_fd)
    seat.run_item()
    assert termios.tcgetattr(seat.child.child_fd) != before
    began = time.monotonic()
    seat.child.kill(signal.SIGTERM)
    seat.child.expect(pexpect.EOF)
    assert time.monotonic() - began < 2
    shown = seat.child.before
    for undone in ("\x1b[?1049l", "\x1b[?25h", "\x1b[?2004l", "\x1b[<u"):
        assert undone in shown
    assert "smtui resume" in shown
    seat.child.close()
    assert seat.child.exitstatus == 75
    left = [event for event in seat.events() if isinstance(event, Left)]
    assert [event.interrupted for event in left] == [(ITEM,)]
    assert outcomes(seat) == []


def test_sigterm_reaches_a_program_whose_terminal_is_not_read(tmp_path: Path, seats: Callable[..., Seat]) -> None:
    seat = seats(tmp_path, "600")
    seat.sees("Leave")
    for _ in range(400):  # paint more than the terminal's buffer holds, and read none of it
        seat.child.send("\x1b[6~\x1b[5~")
        time.sleep(0.005)
    began = time.monotonic()
    os.kill(seat.child.pid, signal.SIGTERM)
    code = seat.waited()
    assert time.monotonic() - began < 2
    assert code == 75


def test_the_terminal_is_the_same_after_leaving(tmp_path: Path, seats: Callable[..., Seat]) -> None:
    seat = seats(tmp_path)
    before = termios.tcgetattr(seat.child.child_fd)
    seat.sees("Leave")
    seat.child.send("q")
    seat.sees("Enter leaves")
    seat.child.send("\r")
    seat.child.expect("smtui resume")
    after = termios.tcgetattr(seat.child.child_fd)
    assert seat.ended() == (75, None)
    assert after == before


def leave_while_it_runs(seat: Seat) -> None:
    seat.run_item()
    seat.child.send("q")
    seat.sees("smtui waits for these to end")
    seat.child.send("\r")
    seat.child.expect("waiting for the end of: Stop and disable the workflows on SM01")


def test_leaving_waits_for_what_runs_and_records_it(tmp_path: Path, seats: Callable[..., Seat]) -> None:
    seat = seats(tmp_path, "3")
    leave_while_it_runs(seat)
    seat.child.expect("smtui resume")
    assert seat.ended() == (75, None)
    assert outcomes(seat) == ["ok"]


def test_ctrl_c_ends_the_waiting_and_what_runs_is_interrupted(tmp_path: Path, seats: Callable[..., Seat]) -> None:
    seat = seats(tmp_path, "600")
    leave_while_it_runs(seat)
    seat.child.expect("Ctrl-C stops waiting")
    seat.child.send("\x03")
    seat.child.expect("smtui resume")
    assert seat.ended() == (75, None)
    assert [event.interrupted for event in seat.events() if isinstance(event, Left)] == [(ITEM,)]


def test_a_burst_runs_nothing(tmp_path: Path, seats: Callable[..., Seat]) -> None:
    seat = seats(tmp_path)
    seat.sees("Leave")
    seat.child.send("g2.1\rr\r\ry\rr\r" * 3)
    seat.sees("dropped: typed ahead")
    seat.child.send("\x1b")
    seat.sees("By hand")
    seat.child.send("q")
    seat.child.expect("Enter leaves")
    assert not [event for event in seat.events() if isinstance(event, Started)]


def test_what_c_libraries_write_does_not_reach_the_screen(tmp_path: Path, seats: Callable[..., Seat]) -> None:
    seat = seats(tmp_path, "0", "noise")
    seat.child.expect("\x1b\\[\\?1049h")  # from here on the screen has the terminal
    seat.sees("Leave")
    shown = seat.child.before
    for _ in range(20):
        seat.child.send("\x1b[B")
        time.sleep(0.05)
        shown += seat.child.read_nonblocking(65536, timeout=1)
    assert "NOISE" not in shown


def test_a_crash_shows_no_variables_and_exits_70(tmp_path: Path, seats: Callable[..., Seat]) -> None:
    seat = seats(tmp_path, "0", "crash")
    before = termios.tcgetattr(seat.child.child_fd)
    seat.sees("Leave")
    seat.child.send("\x1b[20~")
    seat.child.expect("defect of its own")
    shown = seat.child.before
    seat.child.expect("smtui resume")
    shown += seat.child.before
    assert termios.tcgetattr(seat.child.child_fd) == before
    seat.child.expect(pexpect.EOF)
    shown += seat.child.before
    seat.child.close()
    assert seat.child.exitstatus == 70
    assert SECRET not in shown
    assert "password" not in shown
    assert re.search(r"on_terminal\.py:\d+ key_f9", shown)
    assert "RuntimeError" in shown


def test_without_a_terminal_it_says_so_in_one_line(tmp_path: Path) -> None:
    ended = subprocess.run(
        [sys.executable, "-m", "tests.tui.on_terminal", str(tmp_path)],
        stdin=subprocess.DEVNULL, capture_output=True, text=True, cwd=ROOT, timeout=60, check=False,
    )  # fmt: skip
    assert ended.returncode == 2
    assert ended.stdout == ""
    assert ended.stderr.count("\n") == 1
    assert "must be a terminal" in ended.stderr


def test_a_dumb_terminal_is_refused(tmp_path: Path, seats: Callable[..., Seat]) -> None:
    seat = seats(tmp_path, term="dumb")
    seat.child.expect("TERM=dumb cannot show a screen")
    assert "\x1b" not in seat.child.before
    assert seat.ended() == (2, None)


def test_a_terminal_is_not_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    primary, secondary = pty.openpty()
    kept = os.dup(0), os.dup(2)
    try:
        os.dup2(secondary, 0)
        os.dup2(secondary, 2)
        assert refusal({"TERM": "xterm"}) is None
        assert refusal({}) is None
    finally:
        os.dup2(kept[0], 0)
        os.dup2(kept[1], 2)
        for fd in (primary, secondary, *kept):
            os.close(fd)
