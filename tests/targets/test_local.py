from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
from windows_stand import WAITED, Listener, running

from smtui.targets.base import LocalCall, Result
from smtui.targets.local import LocalTarget


def python(*lines: str) -> list[str]:
    return [sys.executable, "-u", "-c", "\n".join(lines)]


def call(arguments: list[str], timeout: float = WAITED) -> LocalCall:
    return LocalCall(arguments, "t0ken", timeout)


def run(arguments: list[str], listener: Listener | None = None, timeout: float = WAITED) -> Result:
    return LocalTarget(grace=0.2).run(call(arguments, timeout), (listener or Listener()).watch())


def test_a_program_runs_and_its_output_is_passed_on() -> None:
    listener = Listener()
    code = "import sys; print('out', sys.argv); print('errör', file=sys.stderr); print('\\xff')"
    result = run([sys.executable, "-u", "-X", "utf8", "-c", code, "$HOME; *"], listener)
    assert (result.ending, result.exit_code) == ("ok", 0)
    assert "'$HOME; *'" in listener.text, "no shell reads the arguments"
    assert "errör\n" in listener.text
    assert listener.remote.keys() == {"pid", "start_time", "boot_id"}


def test_bytes_that_are_no_text_are_shown_as_numbers() -> None:
    listener = Listener()
    run(python("import sys", r"sys.stdout.buffer.write(b'a\xffb\r\n')"), listener)
    assert listener.text == "a\\xffb\n"


def test_standard_input_is_empty() -> None:
    listener = Listener()
    run(python("import sys", "print(repr(sys.stdin.read()))"), listener)
    assert listener.text == "''\n"


def test_programs_get_the_environment_that_was_given() -> None:
    listener = Listener()
    LocalTarget({"ONLY": "this"}).run(call(["/usr/bin/env"]), listener.watch())
    assert listener.text == "ONLY=this\n"


@pytest.mark.parametrize(
    ("line", "code", "says"),
    [("raise SystemExit(3)", 3, "exit code 3"), ("import os; os.kill(os.getpid(), 9)", -9, "SIGKILL")],
)
def test_a_program_that_fails_says_how(line: str, code: int, says: str) -> None:
    result = run(python(line))
    assert (result.ending, result.exit_code) == ("failed", code)
    assert says in result.reason


def test_a_program_that_is_not_there_has_not_started() -> None:
    result = run(["/nowhere/to/be/found"])
    assert result.ending == "not-started"
    assert "no such file" in result.reason


def test_cancelled_before_it_began() -> None:
    listener = Listener()
    listener.cancelled.set()
    assert run(python("pass"), listener).ending == "not-started"


CHILDREN = python(
    "import subprocess, sys, time",
    "child = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)'])",
    "print(child.pid)",
    "time.sleep(60)",
)
STUBBORN = python("import signal, time", "signal.signal(signal.SIGTERM, signal.SIG_IGN)", "print(0)", "time.sleep(60)")


@pytest.mark.parametrize("arguments", [CHILDREN, STUBBORN])
def test_cancelling_ends_the_whole_group(arguments: list[str]) -> None:
    listener = Listener()
    results: list[Result] = []
    thread = running(lambda: results.append(run(arguments, listener)))
    assert listener.heard.wait(WAITED)
    listener.cancelled.set()
    thread.join(WAITED)
    assert results[0].ending == "unknown"
    assert "cancelled" in results[0].reason
    child = int(listener.text)
    assert not child or _ends(child)
    assert not _runs(int(listener.remote["pid"]))


def test_the_deadline_ends_the_program() -> None:
    result = run(python("import time", "time.sleep(60)"), timeout=0.3)
    assert result.ending == "unknown"
    assert "time is over" in result.reason


def test_the_deadline_holds_for_a_program_that_has_closed_its_output() -> None:
    result = run(python("import os, time", "os.close(1); os.close(2)", "time.sleep(60)"), timeout=0.5)
    assert result.ending == "unknown"


class _Died(Exception):
    pass


def test_an_engine_that_cannot_record_the_ids_stops_the_program() -> None:
    pids: list[int] = []
    watch = Listener().watch()

    def broken(ids: object) -> None:
        assert isinstance(ids, dict)
        pids.append(int(ids["pid"]))
        raise _Died

    watch.accepted = broken
    with pytest.raises(_Died):
        LocalTarget(grace=0.2).run(call(python("import time", "time.sleep(60)")), watch)
    assert not _runs(pids[0])


def test_nothing_of_a_program_runs_before_its_ids_are_on_record(tmp_path: Path) -> None:
    proof = tmp_path / "ran"
    watch = Listener().watch()
    seen: list[bool] = []

    def record(ids: object) -> None:
        threading.Event().wait(0.2)  # a program without a gate would have run by now
        seen.append(proof.exists())

    watch.accepted = record
    result = LocalTarget().run(call(["/usr/bin/touch", str(proof)]), watch)
    assert (result.ending, seen, proof.exists()) == ("ok", [False], True)


def test_a_program_behind_the_gate_never_runs_when_smtui_is_killed(tmp_path: Path) -> None:
    proof = tmp_path / "ran"
    killed = (
        "import os, sys; from smtui.targets.base import LocalCall, Watch; from smtui.targets.local import LocalTarget\n"
        "def die(ids): print(ids['pid'], flush=True); os.kill(os.getpid(), 9)\n"
        "LocalTarget().run(LocalCall(['/usr/bin/touch', sys.argv[1]], 't', 9.0), Watch(die, lambda _: None))"
    )
    done = subprocess.run([sys.executable, "-c", killed, proof], capture_output=True, text=True, check=False)
    assert done.returncode == -signal.SIGKILL
    pid = int(done.stdout)
    while _runs(pid):
        threading.Event().wait(0.01)
    assert not proof.exists()


def test_the_recorded_ids_are_those_of_the_program_itself() -> None:
    listener = Listener()
    run(python("import os", "print(os.getpid())"), listener)
    assert listener.text.strip() == listener.remote["pid"]


def test_a_file_that_may_not_be_run_has_not_started(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_text("text")
    result = run([str(file)])
    assert result.ending == "not-started"
    assert "permission denied" in result.reason


@pytest.fixture
def orphan() -> subprocess.Popen[bytes]:
    """A program of an smtui that died."""
    return subprocess.Popen(python("input()"), stdin=subprocess.PIPE, start_new_session=True)


def ids(process: subprocess.Popen[bytes]) -> dict[str, str]:
    return LocalTarget()._ids(process.pid)


def test_settling_follows_a_program_to_its_end(orphan: subprocess.Popen[bytes]) -> None:
    remote = ids(orphan)
    thread = running(lambda: orphan.communicate(b"\n"))
    settlement = LocalTarget().settle(call([]), remote, Listener().watch())
    assert settlement.state == "gone"
    assert "exit code is not known" in settlement.reason
    thread.join(WAITED)


def test_settling_ends_a_program_when_cancelled(orphan: subprocess.Popen[bytes]) -> None:
    listener = Listener()
    listener.cancelled.set()
    with orphan:
        settlement = LocalTarget(grace=0.2).settle(call([]), ids(orphan), listener.watch())
    assert settlement.state == "gone"
    assert orphan.returncode in {-signal.SIGTERM, -signal.SIGKILL}


@pytest.mark.parametrize("other", [{"start_time": "1"}, {"boot_id": "another boot"}])
def test_a_process_of_the_same_number_is_left_alone(orphan: subprocess.Popen[bytes], other: dict[str, str]) -> None:
    listener = Listener()
    listener.cancelled.set()
    settlement = LocalTarget().settle(call([]), {**ids(orphan), **other}, listener.watch())
    assert settlement.state == "gone"
    assert orphan.poll() is None
    orphan.communicate(b"\n")


def test_settling_without_ids_is_unclear() -> None:
    for remote in ({}, {"pid": "x", "start_time": "1", "boot_id": "b"}):
        assert LocalTarget().settle(call([]), remote, Listener().watch()).state == "unclear"


def test_this_machine_says_who_it_is() -> None:
    identity = LocalTarget().identify()
    assert identity.name
    assert identity.booted.endswith("+00:00")
    assert LocalTarget().canary().ending == "ok"


def _ends(pid: int) -> bool:
    """Whether a process that was killed is gone; the kernel takes its time."""
    until = time.monotonic() + WAITED
    while _runs(pid) and time.monotonic() < until:
        time.sleep(0.01)
    return not _runs(pid)


def _runs(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] not in "ZX"
    except OSError:
        return False


def test_the_test_itself_is_a_process_that_runs() -> None:
    assert _runs(os.getpid())
