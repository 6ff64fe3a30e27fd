"""The second copy of a session: it has everything, never holds anything up, and can be gone on from."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import time
from dataclasses import replace
from pathlib import Path

import pytest

from smtui.session.store import Store

from .conftest import LIMIT, Program
from .local_steps import shell, write


@pytest.fixture
def share(tmp_path: Path) -> Path:
    return tmp_path / "share"


@pytest.fixture
def elsewhere(smtui: Program, tmp_path: Path) -> Program:
    """Another machine: a state folder of its own, the same acceptances."""
    state = tmp_path / "elsewhere"
    return replace(smtui, home=state, environ={**smtui.environ, "XDG_STATE_HOME": str(state / "state")})


def begin(smtui: Program, folder: Path, share: Path, *commands: list[str]) -> tuple[str, ...]:
    return write(smtui, folder, *commands, more=f'mirror = "{share}"\n')


def files(folder: Path) -> dict[str, bytes]:
    kept = [path for path in folder.rglob("*") if path.is_file() and path.name not in ("session.lock", "ballast")]
    return {str(path.relative_to(folder)): path.read_bytes() for path in kept}


def test_the_copy_is_the_session(smtui: Program, tmp_path: Path, share: Path) -> None:
    smtui(*begin(smtui, tmp_path, share, shell("echo one"), shell("echo two")))
    session = smtui.session()
    assert files(share / session) == files(smtui.sessions / session)
    assert "has everything" in smtui("show", session).stdout
    assert (share / session).stat().st_mode & 0o777 == 0o700


def test_it_goes_on_elsewhere_when_the_machine_is_lost(
    smtui: Program, elsewhere: Program, tmp_path: Path, share: Path
) -> None:
    go, gone = tmp_path / "go", tmp_path / "gone"
    second = shell('while ! [ -e "$1" ]; do sleep 0.05; done; touch "$2"', go, gone)
    process = smtui.begin(*begin(smtui, tmp_path, share, shell("echo one"), second, shell("true")))
    session = smtui.wait_for('kind = "accepted"', count=2)
    refused = elsewhere("run", "three", "--session", session, "--from", str(share), code=2)
    assert "still written" in refused.stderr
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    go.touch()
    deadline = time.monotonic() + LIMIT
    while not gone.exists():
        assert time.monotonic() < deadline
        time.sleep(0.02)
    before = smtui.journal(session)
    elsewhere("run", "three", "--session", session, "--from", str(share), code=3)
    elsewhere("run", "three", "--session", session, "--confirm", "s.i2=looked at it")
    assert elsewhere.journal(session).startswith(before)
    assert {item["status"] for item in elsewhere.items(session).values()} == {"done"}
    stale = smtui("run", "three", "--session", session, code=2).stderr
    assert "went on elsewhere" in stale
    assert smtui.journal(session) == before
    smtui("run", "three", "--session", session, "--from", str(share))
    assert smtui.journal(session) == elsewhere.journal(session)
    aside = [path.name for path in smtui.sessions.iterdir() if path.name.startswith(".set-aside-")]
    assert aside == [f".set-aside-{session}-0"]
    shutil.rmtree(smtui.sessions / aside[0])


def test_another_history_is_left_alone(smtui: Program, tmp_path: Path, share: Path) -> None:
    smtui(*begin(smtui, tmp_path, share, shell("true")))
    session = smtui.session()
    copy = share / session / "session.toml"
    copy.write_bytes(copy.read_bytes().replace(b"Three", b"Throo"))
    forged = copy.read_bytes()
    assert "another history" in smtui("show", session).stdout
    told = smtui("run", "three", "--session", session, "--from", str(share), code=2).stderr
    assert "another history" in told
    assert copy.read_bytes() == forged


def test_a_folder_that_is_not_to_be_had_is_told_and_nothing_waits(smtui: Program, tmp_path: Path, share: Path) -> None:
    share.write_text("a file")
    done = smtui(*begin(smtui, tmp_path, share, shell("sleep 1")))
    assert "goes on without it" in done.stdout
    assert {item["status"] for item in smtui.items(smtui.session()).values()} == {"done"}


def test_a_share_that_hangs_is_waited_for_two_seconds_once(smtui: Program, tmp_path: Path, share: Path) -> None:
    """The first call on the share does not come back."""
    arguments = begin(smtui, tmp_path, share, shell("sleep 1"), shell("true"), shell("true"))
    hang = ["strace", "-D", "-qq", "-f", "-o", str(tmp_path / "log"), "-e", "trace=fdatasync,mkdir"]
    hang += ["-P", str(share), "-e", "inject=mkdir:delay_enter=60000000:when=1+"]
    said = (tmp_path / "said").open("w")
    process = subprocess.Popen(
        [*hang, *smtui._command(arguments)], env=smtui.environ, stdin=subprocess.DEVNULL, stdout=said, stderr=said
    )
    began = time.monotonic()
    stat = Path(f"/proc/{process.pid}/stat")
    while stat.read_text().rpartition(")")[2].split()[0] != "Z":
        assert time.monotonic() - began < LIMIT
        time.sleep(0.02)
    assert time.monotonic() - began < 30
    said.close()
    assert "no answer for 2 s" in (tmp_path / "said").read_text()
    assert {item["status"] for item in smtui.items(smtui.session()).values()} == {"done"}
    tracers = Path(f"/proc/{process.pid}/status").read_text().partition("TracerPid:\t")[2].partition("\n")[0]
    if tracers != "0":
        os.kill(int(tracers), signal.SIGKILL)  # it would hold the ended process for a minute
    process.wait(LIMIT)


def test_sessions_are_read_from_the_copy_as_from_any(smtui: Program, tmp_path: Path, share: Path) -> None:
    smtui(*begin(smtui, tmp_path, share, shell("echo one")))
    session = smtui.session()
    store = Store(share)
    assert store.read(session).verdict == "whole"
    assert store.problems(session) == ()
