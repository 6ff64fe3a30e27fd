"""A scripted server, and connections to it by the real drivers."""

from __future__ import annotations

import datetime as dt
import platform
import re
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import mssql_python_odbc
import pyodbc
import pytest

from smtui.drill.sql.backend import LoginRefused, Replies
from smtui.drill.sql.connect_time import connect_time_answer
from smtui.drill.sql.login import Login
from smtui.drill.sql.replies import Error
from smtui.drill.sql.server import Certificate, SqlServer
from smtui.drill.sql.session import Session, Sessions
from smtui.drill.sql.values import SqlValue

PASSWORD = "P@ss w0rd;x"
ENDS_AFTER = 10.0
"""Seconds after which a test gives a wait up; far beyond what any of them takes."""

Act = Callable[[Session, Sequence[SqlValue]], Replies]


def microsoft_driver() -> Path:
    """Microsoft's Driver 18 in its wheel; Debian's build runs on any glibc."""
    machine = {"x86_64": "x86_64", "aarch64": "arm64"}[platform.machine()]
    libraries = Path(mssql_python_odbc.get_libs_dir(), "linux", "debian_ubuntu", machine, "lib")
    return next(libraries.glob("libmsodbcsql-*.so*"))


@dataclass(frozen=True)
class Mode:
    """One driver, and how it encrypts."""

    name: str
    driver: str
    settings: str
    served_with_certificate: bool = True

    @property
    def is_microsoft(self) -> bool:
        return self.driver != "FreeTDS"

    def connection_string(self, port: int, certificate: Path, **more: str) -> str:
        if not self.is_microsoft and self.driver not in pyodbc.drivers():
            pytest.skip("FreeTDS is not installed (Debian: tdsodbc)")
        # FreeTDS 1.3 does not understand a port behind a comma, Microsoft's driver no Port.
        where = f"Server=localhost,{port}" if self.is_microsoft else f"Server=localhost;Port={port}"
        # WSID comes last: FreeTDS 1.3 takes the braces for a part of the password when nothing follows it.
        given = {"UID": "smtui", "PWD": f"{{{PASSWORD}}}", "WSID": "jump", **more}
        rest = ";".join(f"{key}={value}" for key, value in given.items())
        return f"Driver={self.driver};{where};{self.settings.format(certificate=certificate)};{rest}"


_MICROSOFT = str(microsoft_driver())
_FREETDS = "TDS_Version=7.4;ClientCharset=UTF-8"

MODES = (
    Mode("microsoft, no certificate", _MICROSOFT, "Encrypt=no", served_with_certificate=False),
    Mode("microsoft, login only", _MICROSOFT, "Encrypt=optional"),
    Mode("microsoft, yes", _MICROSOFT, "Encrypt=yes;TrustServerCertificate=yes"),
    Mode("microsoft, strict", _MICROSOFT, "Encrypt=strict;ServerCertificate={certificate}"),
    Mode("freetds, no certificate", "FreeTDS", _FREETDS, served_with_certificate=False),
    Mode("freetds, login only", "FreeTDS", f"{_FREETDS};Encryption=request"),
    Mode("freetds, require", "FreeTDS", f"{_FREETDS};Encryption=require"),
)


class ScriptedBackend:
    """A server whose statements a test makes up."""

    name = "SQLTEST"
    version = (16, 0, 4135)
    databases = ("master", "ServiceManager")

    def __init__(self) -> None:
        self.acts: dict[str, Act] = {}
        self.received: list[tuple[str, tuple[SqlValue, ...]]] = []
        self.logins: list[Login] = []

    def admit(self, login: Login) -> str:
        self.logins.append(login)
        refused = Error(f"Login failed for user '{login.user}'.", 18456, 14)
        if login.integrated or (login.user, login.password) != ("smtui", PASSWORD):
            raise LoginRefused(refused)
        if (login.database or "master") not in self.databases:
            asked = f'Cannot open database "{login.database}" requested by the login. The login failed.'
            raise LoginRefused(Error(asked, 4060, 11), refused)
        return login.database or "master"

    def execute(self, session: Session, statement: str, values: Sequence[SqlValue]) -> Replies:
        answer = connect_time_answer(statement, values)
        if answer is not None:
            yield answer
            return
        self.received.append((statement, tuple(values)))
        act = self.acts.get(re.sub(r"@P\d+", "?", statement))
        if act is None:
            yield Error(f"not simulated: {statement[:60]}", 50404)
        else:
            yield from act(session, values)


class Deployment:
    """A scripted server and the way to it."""

    def __init__(self, mode: Mode, certificate: Certificate) -> None:
        self.mode = mode
        self.backend = ScriptedBackend()
        self.sessions = Sessions()
        self._certificate = certificate
        self.server = SqlServer(
            self.backend,
            self.sessions,
            lambda: dt.datetime.now(dt.UTC),
            certificate=certificate if mode.served_with_certificate else None,
        )

    def connection_string(self, **more: str) -> str:
        return self.mode.connection_string(self.server.port, self._certificate.chain_file, **more)

    def connect(self, *, autocommit: bool = True, timeout: int = 10, **more: str) -> pyodbc.Connection:
        return pyodbc.connect(self.connection_string(**more), autocommit=autocommit, timeout=timeout)


def drain(cursor: pyodbc.Cursor) -> list[list[tuple[object, ...]] | list[str]]:
    """Every result set as rows and every batch of messages as texts without their brackets, in order."""
    seen: list[list[tuple[object, ...]] | list[str]] = []
    more = True
    while more:
        seen += _messages(cursor)
        if cursor.description:
            seen.append([tuple(row) for row in cursor.fetchall()])
        more = cursor.nextset()
    return seen + _messages(cursor)  # FreeTDS gives the last ones when there is no other set


def _messages(cursor: pyodbc.Cursor) -> list[list[str]]:
    messages = [re.sub(r"^(\[[^\]]*\])+", "", text) for _, text in cursor.messages or ()]
    return [messages] if messages else []


def error_number(error: pyodbc.Error) -> int:
    """The server's number, which the drivers give only inside the text."""
    found = re.search(r"\((\d+)\) \(SQL\w+\)", str(error.args[1]))
    assert found is not None, error
    return int(found[1])


def wait_until(condition: Callable[[], bool]) -> None:
    """Return as soon as it holds; fails when it does not come to that."""
    end = time.monotonic() + ENDS_AFTER
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.002)
