"""A disk of 3 MiB that really fills up."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

FILLER = Path(__file__).parent / "filler.py"


def test_a_full_disk_is_written_down_and_work_goes_on_when_there_is_room(tmp_path: Path) -> None:
    own_mounts = ["unshare", "--mount", *([] if os.geteuid() == 0 else ["--user", "--map-root-user"])]
    mount = 'mount -t tmpfs -o size=3m none "$1"'
    may = subprocess.run([*own_mounts, "sh", "-c", mount, "sh", tmp_path], capture_output=True, check=False)
    if may.returncode:
        pytest.skip(f"this kernel lets no user mount a small disk of their own: {may.stderr.decode().strip()}")
    done = subprocess.run(
        [*own_mounts, "sh", "-c", f'{mount} && exec "$2" "$3" "$1"', "sh", tmp_path, sys.executable, FILLER],
        capture_output=True,
        text=True,
        check=False,
        env={"PATH": os.environ["PATH"], "PYTHONPATH": ":".join(path for path in sys.path if path)},
    )
    assert done.returncode == 0, done.stderr
