"""pyodbc and a driver for it: found or brought along, and explained when they are not there.

pyodbc does not bring the driver manager, and `Can't open lib` is said of a driver that is there when one of *its*
libraries is missing; so both are looked into here.
"""

from __future__ import annotations

import ctypes
import importlib
import platform
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Final, Protocol, cast

from smtui.targets.base import TargetError
from smtui.text import one_line

_MANAGER: Final = ("libltdl.so.7", "libodbc.so.2")
"""In the order of loading: the second needs the first."""
_APT: Final = "apt-get install -y --no-install-recommends"
_PACKAGES: Final = {
    "libodbc.so.2": "libodbc2",
    "libltdl.so.7": "libltdl7",
    "libgssapi_krb5.so.2": "libgssapi-krb5-2",
    "libkrb5.so.3": "libkrb5-3",
    "libssl.so.3": "libssl3",
    "libcrypto.so.3": "libssl3",
}
_REGISTERED: Final = "ODBC Driver 18 for SQL Server"
_MACHINES: Final = {"x86_64": "x86_64", "aarch64": "arm64"}
_BUILDS: Final = ("debian_ubuntu", "rhel", "suse", "alpine")
"""Folders of the wheel; any build for the C library at hand works, and the wheel holds only those."""


class OdbcUnavailable(TargetError):
    """T-SQL cannot be sent from this machine; the text names the command that mends it."""


class Cursor(Protocol):
    """What is used of pyodbc's cursor."""

    @property
    def description(self) -> Sequence[tuple[object, ...]] | None:
        """Name and type of each column; None where there are no rows."""

    @property
    def messages(self) -> Sequence[tuple[str, str]] | None:
        """What the server said with the latest answer."""

    def execute(self, statement: str, *values: object) -> object:
        """Send the statement and wait for its first answer."""

    def fetchmany(self, size: int) -> Sequence[Sequence[object]]:
        """The next rows."""

    def nextset(self) -> bool:
        """Wait for the next answer."""

    def cancel(self) -> None:
        """Ask the server to stop; may be called by another thread."""


class Connection(Protocol):
    """What is used of pyodbc's connection."""

    timeout: int
    """Seconds for each answer, for cursors made from now on."""

    def cursor(self) -> Cursor:
        """A new cursor."""

    def close(self) -> None:
        """Log off."""


class Odbc:
    """pyodbc, loaded, with the driver to use. It ships no types, so Any ends here."""

    def __init__(self, module: Any, driver: str) -> None:
        self._module = module
        self.driver = driver
        """A registered name, or the path of the library."""
        self.errors: tuple[type[Exception], ...] = (module.Error, UnicodeError, OverflowError)
        """What it raises: of ODBC, and for values that no driver takes."""

    def connect(self, connection_string: str, login_timeout: int) -> Connection:
        """Connect with every statement its own transaction; raises what pyodbc raises."""
        return cast("Connection", self._module.connect(connection_string, autocommit=True, timeout=login_timeout))


def load_odbc(libraries: Path | None, driver: str | None = None) -> Odbc:
    """Load pyodbc and choose the driver; raises OdbcUnavailable.

    Args:
        libraries: Folder with the driver manager's two libraries, for machines that have none of their own;
            None for the one that bin/setup fills.
        driver: A driver by its registered name or its path; None for Microsoft's Driver 18.
    """
    module = _load_pyodbc(libraries or Path(sys.prefix, "lib", "odbc"))
    module.pooling = False  # a pooled connection would keep the application name of another attempt
    chosen = driver or _find_driver(module.drivers())
    if "/" in chosen:
        _explain_library(Path(chosen))
    return Odbc(module, chosen)


def _load_pyodbc(libraries: Path) -> Any:
    try:
        return importlib.import_module("pyodbc")
    except ImportError as error:
        if "libodbc" not in str(error):
            raise OdbcUnavailable(f"pyodbc cannot be loaded: {one_line(str(error))}; run bin/setup") from error
    try:
        for name in _MANAGER:
            ctypes.CDLL(str(libraries / name), mode=ctypes.RTLD_GLOBAL)
        return importlib.import_module("pyodbc")
    except (OSError, ImportError) as error:
        raise OdbcUnavailable(
            f"T-SQL needs unixODBC, which is neither installed nor in {libraries}: run `{_APT} libodbc2`, "
            "or bin/setup, which needs no root"
        ) from error


def _find_driver(registered: Sequence[str]) -> str:
    if _REGISTERED in registered:
        return _REGISTERED
    found = next(_in_wheel(), None)
    if found is None:
        raise OdbcUnavailable(
            f"{_REGISTERED} is not installed: run `pip install mssql-python-odbc`, or install Microsoft's msodbcsql18"
        )
    return str(found)


def _in_wheel() -> Iterator[Path]:
    """The driver in the wheel mssql-python-odbc, whose layout may change: looked for, not assumed."""
    try:
        package = importlib.import_module("mssql_python_odbc")
    except ImportError:
        return
    machine = _MACHINES.get(platform.machine(), platform.machine())
    for build in _BUILDS:
        yield from sorted(Path(package.get_libs_dir(), "linux", build, machine).glob("**/libmsodbcsql-*.so*"))


def _explain_library(path: Path) -> None:
    """Load the driver once, for the driver manager gives no reason when it cannot."""
    if not path.is_file():
        raise OdbcUnavailable(f"the ODBC driver {path} is not there; correct the setting or leave it out")
    try:
        ctypes.CDLL(str(path))
    except OSError as error:
        missing = next((package for library, package in _PACKAGES.items() if library in str(error)), None)
        cure = f"run `{_APT} {missing}`" if missing else "install what is missing"
        raise OdbcUnavailable(f"the ODBC driver cannot be loaded: {one_line(str(error))}; {cure}") from error
