"""Signals of a program without a screen: SIGTERM ends it within two seconds, a hang-up lets the step finish."""

from __future__ import annotations

import fcntl
import os
import pty
import signal
import subprocess
import time
from pathlib import Path

import pytest

from .conftest import LIMIT, Program
from .local_steps import shell, write

BOUND = 2.0
"""Seconds: the promise itself."""


def ends_in_time(process: subprocess.Popen[str]) -> None:
    """SIGTERM, and the time that the end takes is the promise that is tested here.

    A process that has ended is a zombie until it is waited for, which strace may hold up by a thread that it delays.
    """
    began = time.monotonic()
    process.send_signal(signal.SIGTERM)
    stat = Path(f"/proc/{process.pid}/stat")
    while stat.read_text().rpartition(")")[2].split()[0] != "Z":
        assert time.monotonic() - began < BOUND
        time.sleep(0.01)
    assert process.wait(LIMIT) == 75


def finish(smtui: Program, session: str, *confirmed: str) -> None:
    confirm = [part for item in confirmed for part in ("--confirm", f"{item}=looked at it")]
    smtui("run", "three", "--session", session, *confirm)


def test_sigterm_in_the_middle_of_a_step_that_ignores_it(smtui: Program, tmp_path: Path) -> None:
    stubborn = shell('trap "" TERM; touch "$1"; sleep 3', tmp_path / "runs")
    process = smtui.begin(*write(smtui, tmp_path, stubborn, shell("true")))
    session = smtui.wait_for('kind = "accepted"')
    ends_in_time(process)
    assert process.stdout
    told = process.stdout.read()
    assert f"smtui resume {session}" in told
    journal = smtui.journal(session)
    assert 'reason = "ended by SIGTERM"' in journal
    assert 'interrupted = [\n    "s.i1",\n]' in journal
    assert "a person decides" in smtui("run", "three", "--session", session, code=3).stdout
    finish(smtui, session, "s.i1")
    assert smtui.items(session)["s.i2"]["status"] == "done"
    assert len(smtui.items(session)["s.i1"]["attempts"]) == 1


def test_sigterm_while_the_disk_hangs(smtui: Program, tmp_path: Path) -> None:
    """The first sync of the journal thread never ends: it is the one of the intent, whose bytes can be read already."""
    arguments = write(smtui, tmp_path, shell('touch "$1"', tmp_path / "ran"))
    hang = ["strace", "-D", "-qq", "-f", "-o", str(tmp_path / "log"), "-e", "trace=fdatasync"]
    hang += ["-e", "inject=fdatasync:delay_enter=4000000:when=1+"]
    process = subprocess.Popen(
        [*hang, *smtui._command(arguments)],
        env=smtui.environ,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    smtui.started.append(process)
    smtui.wait_for('kind = "started"')
    ends_in_time(process)
    session = smtui.session()
    assert not (tmp_path / "ran").exists()
    smtui("run", "three", "--session", session, code=None)
    item = smtui.items(session)["s.i1"]
    assert (tmp_path / "ran").exists() == (item["attempts"][-1]["outcome"] == "ok")


def test_sigterm_while_nobody_reads_the_lines(smtui: Program, tmp_path: Path) -> None:
    full, writer = os.pipe()
    os.write(writer, bytes(fcntl.fcntl(writer, fcntl.F_GETPIPE_SZ)))
    process = subprocess.Popen(
        smtui._command(write(smtui, tmp_path, shell("true"), shell("sleep 30"))),
        env=smtui.environ,
        stdin=subprocess.DEVNULL,
        stdout=writer,
        text=True,
    )
    smtui.started.append(process)
    smtui.wait_for('kind = "accepted"', count=2)
    ends_in_time(process)
    os.close(full)
    os.close(writer)


def test_a_hang_up_lets_the_step_finish_and_starts_nothing_more(smtui: Program, tmp_path: Path) -> None:
    wait = shell('while ! [ -e "$1" ]; do sleep 0.05; done', tmp_path / "go")
    master, slave = pty.openpty()
    process = subprocess.Popen(
        smtui._command(write(smtui, tmp_path, wait, shell("true"))),
        env=smtui.environ,
        stdin=slave,
        stdout=slave,
        stderr=slave,
        start_new_session=True,
        text=True,
    )
    smtui.started.append(process)
    os.close(slave)
    session = smtui.wait_for('kind = "accepted"')
    os.close(master)
    process.send_signal(signal.SIGHUP)
    with pytest.raises(subprocess.TimeoutExpired):
        process.wait(0.5)
    (tmp_path / "go").touch()
    assert process.wait(LIMIT) == 75
    items = smtui.items(session)
    assert (items["s.i1"]["status"], items["s.i2"]["status"]) == ("done", "todo")
    assert "the terminal was lost" in smtui.journal(session)
    finish(smtui, session)
