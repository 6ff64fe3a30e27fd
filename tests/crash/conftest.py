from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest


@pytest.fixture(scope="session", autouse=True)
def strace() -> str:
    """The tool that makes calls fail; these tests mean nothing without it, so they do not pass without it."""
    found = shutil.which("strace")
    if found is None:
        pytest.fail("strace is missing: sudo apt-get install strace", pytrace=False)
    return found


@pytest.fixture
def quick_disk(tmp_path: Path) -> Iterator[Path]:
    """A folder in memory where there is one: thousands of disks are laid out, and their syncs prove nothing."""
    memory = Path("/dev/shm")  # noqa: S108 - the folder made in it has a name of its own
    if not memory.is_dir():
        yield tmp_path / "disk"
        return
    with tempfile.TemporaryDirectory(dir=memory) as folder:
        yield Path(folder) / "disk"
