"""A simulated SQL Server whose statements are made up by the test, and smtui's target for it."""

from __future__ import annotations

import datetime as dt
import re
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

from smtui.drill.certificates import Authority
from smtui.drill.sql.backend import LoginRefused, Replies
from smtui.drill.sql.columns import DATETIME2, FLOAT, INT, nvarchar
from smtui.drill.sql.connect_time import connect_time_answer
from smtui.drill.sql.login import Login
from smtui.drill.sql.replies import Drop, Error, Result
from smtui.drill.sql.server import Certificate, SqlServer
from smtui.drill.sql.session import Session, Sessions
from smtui.drill.sql.values import SqlValue
from smtui.targets.sql import SESSION_STATEMENT, SqlTarget
from smtui.targets.sql_connect import SqlEndpoint
from smtui.targets.sql_sessions import IDENTITY_STATEMENT, PRIVILEGE_STATEMENT, SETTLE_STATEMENT

PASSWORD = "P@ss w0rd;x}UID=sa"
WAITED = 20.0
"""Seconds after which a test gives a wait up; far beyond what any of them takes."""

Act = Callable[[Session, Sequence[SqlValue]], Replies]


class SqlStand:
    """One server for `sql01.contoso.test` with the database ServiceManager."""

    name = "SQL01"
    version = (16, 0, 4135)

    def __init__(self, folder: Path) -> None:
        authority = Authority(folder, dt.datetime.now(dt.UTC))
        files = authority.issue(["sql01.contoso.test"])
        self.acts: dict[str, Act] = {
            SESSION_STATEMENT: self._session,
            SETTLE_STATEMENT: self._settle,
            PRIVILEGE_STATEMENT: self._privilege,
            IDENTITY_STATEMENT: self._identity,
            "EXEC work ?": self._work,
            "WAIT": self._wait,
        }
        self.databases = {"master", "ServiceManager"}
        self.logins: list[Login] = []
        self.received: list[tuple[str, tuple[SqlValue, ...]]] = []
        self.began = threading.Event()
        self.sysadmin = 1
        self.sessions = Sessions()
        self.server = SqlServer(
            self, self.sessions, lambda: dt.datetime.now(dt.UTC), certificate=Certificate(files.certificate, files.key)
        )
        self.endpoint = SqlEndpoint(
            fqdn="sql01.contoso.test",
            address="127.0.0.1",
            port=self.server.port,
            instance=None,
            database="ServiceManager",
            label="ServiceManager on SQL01",
            user="smtui",
            password=PASSWORD,
            ca_file=authority.ca_file,
        )

    def close(self) -> None:
        self.server.close()

    def target(self, **other: object) -> SqlTarget:
        """`other` replaces parts of the endpoint."""
        return SqlTarget(replace(self.endpoint, **other), login_timeout=5, settle_pause=0.02)

    def statements(self) -> list[str]:
        """What was run, without what the target asks for itself."""
        return [text for text, _ in self.received if text not in {SESSION_STATEMENT, SETTLE_STATEMENT}]

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
        text = re.sub(r"@P\d+", "?", statement)
        self.received.append((text, tuple(values)))
        act = self.acts.get(text)
        if act is None:
            yield Error(f"not simulated: {text[:60]}", 50404)
        else:
            yield from act(session, values)

    def _session(self, session: Session, _: Sequence[SqlValue]) -> Replies:
        login_time = dt.datetime.fromisoformat("2026-01-02T03:04:05")
        yield Result([("spid", INT), ("login_time", DATETIME2)], [(session.spid, login_time)])

    def _settle(self, _: Session, values: Sequence[SqlValue]) -> Replies:
        rows = [
            (
                session.spid,
                "running",
                session.running and session.running.statement.split()[0],
                None,
                session.running and 30.0,
            )
            for session in self.sessions.all()
            if session.login.application == values[0]
        ]
        columns = [
            ("session_id", INT), ("status", nvarchar(30)), ("command", nvarchar(32)), ("wait_type", nvarchar(60)),
            ("percent_complete", FLOAT),
        ]  # fmt: skip
        yield Result(columns, rows)

    def _privilege(self, _: Session, __: Sequence[SqlValue]) -> Replies:
        yield Result([("sysadmin", INT)], [(self.sysadmin,)])

    def _identity(self, _: Session, __: Sequence[SqlValue]) -> Replies:
        yield Result([("name", nvarchar(128))], [(self.name,)])

    def _work(self, _: Session, values: Sequence[SqlValue]) -> Replies:
        yield Result([("Server", nvarchar(128))], [(values[0],)])

    def _wait(self, session: Session, _: Sequence[SqlValue]) -> Replies:
        self.began.set()
        end = time.monotonic() + WAITED
        while time.monotonic() < end:
            session.pause(0.02)
        yield Drop()
