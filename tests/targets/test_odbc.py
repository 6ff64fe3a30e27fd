from __future__ import annotations

import importlib.util
import subprocess
import sys
from pathlib import Path

import pyodbc  # noqa: F401  loads the system's driver manager, which the tests copy
import pytest

from smtui.targets.odbc import OdbcUnavailable, load_odbc

ROOT = Path(__file__).parents[2]
LOAD = """
import sys
from pathlib import Path
sys.path.insert(0, sys.argv[1])
from smtui.targets.odbc import load_odbc
print(load_odbc(Path(sys.argv[2])).driver)
"""
OURS, OTHER = b"libodbc.so.2\0", b"libodbc.so.9\0"


def loaded(name: str) -> Path:
    """Where this process has a library from."""
    lines = Path("/proc/self/maps").read_text().splitlines()
    return next(Path(line.split(maxsplit=5)[5]) for line in lines if name in line)


@pytest.fixture
def needy(tmp_path: Path) -> Path:
    """A folder with a pyodbc that needs `libodbc.so.9`, as one on a machine without unixODBC needs `libodbc.so.2`."""
    spec = importlib.util.find_spec("pyodbc")
    assert spec is not None
    assert spec.origin is not None
    module = Path(spec.origin)
    (tmp_path / "modules").mkdir()
    (tmp_path / "modules" / module.name).write_bytes(module.read_bytes().replace(OURS, OTHER))
    return tmp_path / "modules"


def load_with(modules: Path, libraries: Path) -> subprocess.CompletedProcess[str]:
    arguments = [sys.executable, "-c", LOAD, str(modules), str(libraries)]
    return subprocess.run(arguments, capture_output=True, text=True, cwd=ROOT, check=False)


def test_the_driver_of_the_wheel_is_found() -> None:
    assert "libmsodbcsql-18" in load_odbc(None).driver


def test_a_driver_may_be_named() -> None:
    assert load_odbc(None, "FreeTDS").driver == "FreeTDS"


def test_a_driver_that_is_not_there_says_so() -> None:
    with pytest.raises(OdbcUnavailable, match="is not there"):
        load_odbc(None, "/nowhere/libmsodbcsql.so")


def test_a_driver_that_cannot_be_loaded_says_why(tmp_path: Path) -> None:
    broken = tmp_path / "libmsodbcsql.so"
    broken.write_text("no library")
    with pytest.raises(OdbcUnavailable, match=r"file too short|invalid ELF header"):
        load_odbc(None, str(broken))


def test_without_a_driver_manager_the_command_that_mends_it_is_named(needy: Path, tmp_path: Path) -> None:
    ended = load_with(needy, tmp_path / "nothing")
    assert "apt-get install -y --no-install-recommends libodbc2" in ended.stderr
    assert "OdbcUnavailable" in ended.stderr


def test_a_driver_manager_in_a_folder_is_enough(needy: Path, tmp_path: Path) -> None:
    libraries = tmp_path / "odbc"
    libraries.mkdir()
    (libraries / "libltdl.so.7").write_bytes(loaded("libltdl").read_bytes())
    (libraries / "libodbc.so.2").write_bytes(loaded("libodbc.so").read_bytes().replace(OURS, OTHER))
    ended = load_with(needy, libraries)
    assert "libmsodbcsql-18" in ended.stdout, ended.stderr
