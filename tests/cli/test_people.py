"""Several people at one session: onlookers, the next shift, a program that ends what it runs before it lets go."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pexpect
import pytest

from smtui.cli.following import PAUSE

from .conftest import LIMIT, Program
from .local_steps import shell, write

AWAIT = 'echo waiting; while ! [ -e "$1" ]; do sleep 0.05; done; echo went on'


class Heard:
    """The lines of a program as they come."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self.process = process
        self.lines: list[str] = []
        self._news = threading.Condition()
        threading.Thread(target=self._read, daemon=True).start()

    def wait_for(self, text: str) -> None:
        """Return once there is a line with that text."""
        with self._news:
            assert self._news.wait_for(lambda: any(text in line for line in self.lines), LIMIT), (text, self.lines)

    def _read(self) -> None:
        assert self.process.stdout
        for line in self.process.stdout:
            with self._news:
                self.lines.append(line)
                self._news.notify_all()


@pytest.fixture
def waiting(smtui: Program, tmp_path: Path) -> Iterator[tuple[subprocess.Popen[str], str, Path]]:
    """A program in the middle of its first step, which ends when a file appears."""
    go = tmp_path / "go"
    process = smtui.begin(*write(smtui, tmp_path, shell(AWAIT, go), shell("echo second")))
    session = smtui.wait_for('kind = "accepted"')
    yield process, session, go
    go.touch()


def test_onlookers_see_each_event_within_a_second(
    smtui: Program, waiting: tuple[subprocess.Popen[str], str, Path]
) -> None:
    process, session, go = waiting
    onlookers = [Heard(smtui.begin("watch", session)) for _ in range(3)]
    for one in onlookers:
        one.wait_for("| waiting")
    before = smtui.journal(session)
    assert smtui.journal(session) == before, "looking on writes nothing"
    go.touch()
    assert process.wait(LIMIT) == 0
    assert PAUSE < 1.0, "each event within a second: they look that often"
    for one in onlookers:
        one.wait_for("Completed: complete")
        one.wait_for("| went on")
        one.wait_for("| second")
        assert one.process.wait(LIMIT) == 0


def test_a_living_holder_is_left_alone_without_a_reason(
    smtui: Program, waiting: tuple[subprocess.Popen[str], str, Path]
) -> None:
    process, session, _ = waiting
    refused = smtui("run", "three", "--session", session, code=2).stderr
    assert f"pid {process.pid}" in refused
    assert "--take-over REASON" in refused
    assert f"smtui watch {session}" in refused


def test_a_living_holder_ends_what_it_runs_and_hands_over(
    smtui: Program, waiting: tuple[subprocess.Popen[str], str, Path]
) -> None:
    first, session, go = waiting
    second = Heard(smtui.begin("run", "three", "--session", session, "--take-over", "shift change"))
    second.wait_for("Asked ")
    told = Heard(first)
    told.wait_for("takes the session over: shift change")
    assert second.process.poll() is None
    go.touch()
    second.wait_for("| went on")
    assert first.wait(LIMIT) == 75
    assert second.process.wait(LIMIT) == 0
    told.wait_for("handed over to ")
    journal = smtui.journal(session)
    assert 'kind = "taken-over"\nreason = "shift change"' in journal
    assert journal.index('kind = "left"') < journal.index('kind = "taken-over"')
    items = smtui.items(session)
    assert [items[item]["status"] for item in ("s.i1", "s.i2")] == ["done", "done"]
    assert [len(items[item]["attempts"]) for item in ("s.i1", "s.i2")] == [1, 1]
    assert not (smtui.sessions / session / "takeover.request").exists()


@pytest.mark.parametrize("plain", [False, True])
def test_screen_and_dialogue_hand_over_and_end(smtui: Program, tmp_path: Path, *, plain: bool) -> None:
    smtui(*write(smtui, tmp_path, shell("exit 1")), code=1)
    session = smtui.session()
    first = pexpect.spawn(
        sys.executable, ["-m", "smtui", "resume", session, *(["--plain"] if plain else [])],
        env={**smtui.environ, "TERM": "xterm-256color"}, dimensions=(24, 80), encoding="utf-8", timeout=LIMIT,
    )  # fmt: skip
    first.expect("quit" if plain else "Leave")
    second = Heard(smtui.begin("run", "three", "--session", session, "--take-over", "shift change"))
    second.wait_for("Asked ")
    if plain:
        second.process.wait(LIMIT)  # it has the session, so the first has given it back
        first.sendline("list")
        first.expect("The session is with .* now")
    first.expect(f"smtui watch {session}")
    first.expect(pexpect.EOF)
    first.close()
    assert first.exitstatus == 75
    assert second.process.wait(LIMIT) == 1  # its item has failed
    journal = smtui.journal(session)
    assert journal.count('kind = "left"') == 3, "one by each program"
    before, _, after = journal.partition('kind = "taken-over"\nreason = "shift change"')
    assert (before.count('kind = "left"'), after.count('kind = "left"')) == (2, 1)


def test_a_request_can_be_withdrawn(smtui: Program, waiting: tuple[subprocess.Popen[str], str, Path]) -> None:
    first, session, go = waiting
    first.send_signal(signal.SIGSTOP)  # so that it does not see the request
    second = Heard(smtui.begin("run", "three", "--session", session, "--take-over", "by mistake"))
    second.wait_for("Asked ")
    second.process.send_signal(signal.SIGINT)
    assert second.process.wait(LIMIT) == 75
    first.send_signal(signal.SIGCONT)
    go.touch()
    assert first.wait(LIMIT) == 0
    assert "taken-over" not in smtui.journal(session)


@pytest.mark.parametrize(("again", "code"), [(("run", "three", "--session"), 0), (("resume", "--plain"), 75)])
def test_a_program_that_ends_is_waited_for_and_its_output_shown(
    smtui: Program, waiting: tuple[subprocess.Popen[str], str, Path], again: tuple[str, ...], code: int
) -> None:
    first, session, go = waiting
    first.send_signal(signal.SIGHUP)
    while "state draining" not in str(smtui.json("sessions")[0]["reason"]):
        assert first.poll() is None
    second = Heard(smtui.begin(*again, session))
    second.wait_for("ends what it runs")
    go.touch()
    second.wait_for("| went on")
    assert second.process.wait(LIMIT) == code
    assert first.wait(LIMIT) == 75
    assert [len(item["attempts"]) for item in smtui.items(session).values()] == [1, 1 if code == 0 else 0]


def test_a_killed_holder_is_no_holder(smtui: Program, waiting: tuple[subprocess.Popen[str], str, Path]) -> None:
    first, session, go = waiting
    os.kill(first.pid, signal.SIGKILL)
    first.wait()
    go.touch()
    smtui("run", "three", "--session", session, code=3)
    assert smtui.json("show", session)["interruptions"] == 1
