"""Each measure against a bad link, seen on a real terminal: it holds, and is missed when it is taken out."""

from __future__ import annotations

import os
import signal
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pexpect
import pytest

from smtui.session.events import Left, Started
from smtui.session.store import Store
from smtui.tui.guard import QUIET
from tests.tui.on_terminal import SECRET

ROOT = Path(__file__).parents[2]


class Line:
    """A program on a terminal whose bytes are counted."""

    def __init__(self, measure: str, folder: Path, *arguments: str) -> None:
        self.folder = folder
        environment = {**os.environ, "TERM": "xterm-256color", "LC_ALL": "C.UTF-8", "PYTHONPATH": str(ROOT)}
        environment.pop("COLORTERM", None)
        self.child = pexpect.spawn(
            sys.executable,
            ["-m", "tests.tui.without", measure, str(folder), *arguments],
            env=environment, cwd=str(ROOT), dimensions=(24, 80), encoding="utf-8", timeout=30,
        )  # fmt: skip
        self.child.delaybeforesend = None

    def sees(self, text: str) -> None:
        self.child.expect(text)

    def heard(self, seconds: float) -> str:
        """All that comes within a time."""
        until, heard = time.monotonic() + seconds, ""
        while (left := until - time.monotonic()) > 0:
            try:
                heard += self.child.read_nonblocking(65536, timeout=left)
            except pexpect.TIMEOUT:
                break
            except pexpect.EOF:
                break
        return heard

    def press(self, keys: str) -> str:
        """What keys bring, until nothing more comes for a while."""
        self.child.send(keys)
        return self.heard(QUIET + 0.5)

    def has(self, kind: type) -> bool:
        store = Store(self.folder / "sessions")
        return any(isinstance(record.event, kind) for record in store.read(store.ids()[0]).records)


Open = Callable[..., Line]


@pytest.fixture
def line(tmp_path: Path) -> Iterator[Open]:
    opened: list[Line] = []

    def begin(measure: str, *arguments: str) -> Line:
        opened.append(Line(measure, tmp_path / f"{len(opened)}", *arguments))
        opened[-1].sees("Leave")
        opened[-1].heard(QUIET + 0.5)
        return opened[-1]

    yield begin
    for one in opened:
        one.child.close(force=True)


def test_a_bar_sends_only_the_cells_that_changed(line: Open) -> None:
    def cost(measure: str) -> int:
        return len(line(measure).press("n"))

    assert cost("nothing") < 3000 < cost("cell-difference")


def test_keys_typed_ahead_run_nothing(line: Open) -> None:
    def skipped(measure: str) -> int:
        there = line(measure)
        there.child.send("s")
        there.sees("Why is it left out")
        there.press("because\r")  # nobody has read the question yet
        store = Store(there.folder / "sessions")
        return sum(type(record.event).__name__ == "Skipped" for record in store.read(store.ids()[0]).records)

    assert skipped("nothing") == 0
    assert skipped("key-guard") > 0


def test_a_key_that_the_link_tore_apart_is_still_that_key(line: Open) -> None:
    def where(measure: str) -> str:
        there = line(measure)
        there.child.send("\x1b")
        there.heard(0.2)
        there.child.send("[")
        there.heard(0.2)
        there.press("B")
        return there.press("n")

    assert "Note on 1.2" in where("nothing")
    assert "Note on 1.1" in where("patient-escape")


def test_escape_is_a_key_of_its_own_however_soon_the_next_one_comes(line: Open) -> None:
    def after(measure: str) -> str:
        there = line(measure)
        there.press("n")
        there.child.send("\x1b")
        there.heard(0.1)
        return there.press("?")

    assert "Keys of the session" in after("nothing")
    assert "Keys of the session" not in after("prompt-escape")


def test_waking_up_starts_no_second_reader(line: Open) -> None:
    def more(measure: str) -> int:
        there = line(measure)
        tasks = Path(f"/proc/{there.child.pid}/task")
        before = len(list(tasks.iterdir()))
        for _ in range(4):
            there.child.kill(signal.SIGCONT)
            there.heard(0.5)
        return len(list(tasks.iterdir())) - before

    assert more("nothing") <= 0 < more("wake-up")


def test_a_stalled_terminal_holds_up_no_signal(line: Open) -> None:
    def left(measure: str) -> bool:
        there = line(measure, "0", "flood")
        deadline = time.monotonic() + 60
        while not (there.folder / "stalled").exists() and time.monotonic() < deadline:
            time.sleep(0.05)
        there.child.kill(signal.SIGTERM)
        deadline = time.monotonic() + (60 if measure == "nothing" else 3)
        while not there.has(Left) and time.monotonic() < deadline:
            time.sleep(0.1)
        return there.has(Left)

    assert left("nothing")
    assert not left("watch")


def test_a_dumb_terminal_is_told_of_plain_lines(tmp_path: Path) -> None:
    def said(measure: str) -> str:
        child = pexpect.spawn(
            sys.executable, ["-m", "tests.tui.without", measure, str(tmp_path / measure)],
            env={**os.environ, "TERM": "dumb", "PYTHONPATH": str(ROOT)}, cwd=str(ROOT), encoding="utf-8", timeout=60,
        )  # fmt: skip
        try:
            child.expect(["smtui --plain", "\x1b\\[\\?1049h"])
            return str(child.after)
        finally:
            child.close(force=True)

    assert said("nothing") == "smtui --plain"
    assert said("refusal") != "smtui --plain"


def test_an_open_question_sends_nothing_by_itself(line: Open) -> None:
    def idle(measure: str) -> int:
        there = line(measure)
        there.press("n")
        return len(there.heard(2.0))

    assert idle("nothing") < 300 < idle("steady-cursor")


def test_the_clock_costs_next_to_nothing(line: Open) -> None:
    def idle(measure: str) -> int:
        return len(line(measure).heard(2.0))

    assert idle("nothing") < 300 < idle("slow-clock")


def test_what_c_libraries_write_stays_off_the_screen(line: Open) -> None:
    assert "NOISE" not in line("nothing", "0", "noise").heard(1.0)
    assert "NOISE" in line("descriptors", "0", "noise").heard(1.0)


def test_a_crash_shows_no_local_variables(line: Open) -> None:
    def last_words(measure: str) -> str:
        there = line(measure, "0", "crash")
        there.child.send("\x1b[20~")
        there.child.expect(pexpect.EOF)
        return str(there.child.before)

    assert SECRET not in last_words("nothing")
    assert SECRET in last_words("quiet-crash")


@pytest.mark.parametrize(
    ("measure", "number"), [("hang-up", signal.SIGHUP), ("termination", signal.SIGTERM)], ids=["hang-up", "termination"]
)
def test_signals_are_written_into_the_journal(line: Open, measure: str, number: int) -> None:
    def left(measure: str) -> bool:
        there = line(measure)
        there.child.kill(number)
        there.child.expect(pexpect.EOF)
        assert not there.has(Started)
        return there.has(Left)

    assert left("nothing")
    assert not left(measure)


def test_colour_says_nothing_that_a_word_does_not(line: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    there = line("nothing")
    shown = there.press("\x0c")
    assert "\u2713 done" in shown
    colours = [code for part in shown.split("\x1b[")[1:] for code in part.partition("m")[0].split(";")]
    assert not {code for code in colours if code.isdecimal() and (30 <= int(code) <= 38 or 40 <= int(code) <= 48)}


def test_ascii_where_the_terminal_has_nothing_else(line: Open, tmp_path: Path) -> None:
    environment = {**os.environ, "TERM": "linux", "LC_ALL": "C", "PYTHONPATH": str(ROOT)}
    child = pexpect.spawn(
        sys.executable, ["-m", "tests.tui.without", "nothing", str(tmp_path / "ascii")],
        env=environment, cwd=str(ROOT), dimensions=(24, 80), encoding="utf-8", timeout=30,
    )  # fmt: skip
    try:
        child.expect("Leave")
        assert str(child.before).isascii()
        assert "v done" in str(child.before)
    finally:
        child.close(force=True)
