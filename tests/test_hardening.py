from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

HOUSE = Path(__file__).parents[1]
_PROBE = """
from smtui.hardening import harden
harden()
import ctypes, os, resource, subprocess, sys
print(resource.getrlimit(resource.RLIMIT_CORE), ctypes.CDLL(None).prctl(3, 0, 0, 0, 0), oct(os.umask(0)))
print(os.access("/proc/self/environ", os.R_OK))
child = subprocess.Popen(["sleep", "60"])
print(open(f"/proc/{child.pid}/stat").read().split()[1])
child.kill()
"""
_CRASH = "from smtui.hardening import harden; harden(); import os; print('secret'); os.abort()"


def run(code: str, *prefix: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*prefix, sys.executable, "-c", code],
        env={**os.environ, "PYTHONPATH": str(HOUSE)},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


def test_the_process_gives_up_what_would_hand_out_its_memory() -> None:
    assert run(_PROBE).stdout.splitlines()[0] == "(0, 0) 0 0o77"


@pytest.mark.skipif(os.geteuid() != 0 or not shutil.which("setpriv"), reason="only root can become somebody else")
def test_it_still_works_for_a_user_who_is_not_root() -> None:
    """Its own files below /proc belong to root from then on, its environment too; those of its children do not."""
    done = run(_PROBE, "setpriv", "--reuid=65534", "--regid=65534", "--clear-groups")
    assert done.stdout.splitlines() == ["(0, 0) 0 0o77", "False", "(sleep)"], done.stderr


def test_a_crash_leaves_no_core(tmp_path: Path) -> None:
    limit = 'ulimit -c unlimited 2>/dev/null; cd {}; exec "$@"'
    done = run(_CRASH, "sh", "-c", limit.format(tmp_path), "sh")
    assert done.returncode == -6
    assert list(tmp_path.iterdir()) == []
