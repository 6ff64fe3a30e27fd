"""What every SQL Server knows of itself, whatever is in its databases."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

from smtui.drill.sql.columns import DATETIME2, INT, SMALLINT, SQL_VARIANT, nvarchar
from smtui.drill.sql.replies import Error, Reply, RowCount, Use
from smtui.drill.sql.scalars import Function, Typed, UnknownExpression, select_scalars
from smtui.drill.sql.session import Session, Sessions
from smtui.drill.sql.values import SqlValue

_NAME = nvarchar(128)
_SET = re.compile(
    r"SET\s+(?:ANSI_\w+|ARITHABORT|CONCAT_NULL_YIELDS_NULL|DATEFORMAT|DEADLOCK_PRIORITY|LANGUAGE|LOCK_TIMEOUT|NOCOUNT"
    r"|NUMERIC_ROUNDABORT|QUOTED_IDENTIFIER|ROWCOUNT|TEXTSIZE|TRANSACTION\s+ISOLATION\s+LEVEL|XACT_ABORT)\s+[\w\s-]+",
    re.IGNORECASE,
)
_USE = re.compile(r"USE\s+(?:\[(?P<bracketed>[^\]]+)\]|(?P<plain>\w+))", re.IGNORECASE)
_KILL = re.compile(r"KILL\s+(?P<spid>\d{1,5})", re.IGNORECASE)


class System:
    """One instance's knowledge of itself, its sessions and the names of its databases."""

    def __init__(
        self,
        name: str,
        version: tuple[int, int, int],
        sessions: Sessions,
        databases: Callable[[], Mapping[str, int]],
        now: Callable[[], datetime],
    ) -> None:
        """Know these; `databases` gives ids by name, `now` the time in UTC."""
        self._name = name
        self._version = version
        self._sessions = sessions
        self._databases = databases
        self._now = now

    def answer(self, session: Session, statement: str, values: Sequence[SqlValue]) -> list[Reply] | None:
        """The replies to a batch of such statements; None when one of them is something else."""
        try:
            return [self._one(session, part, values) for part in _parts(statement)]
        except UnknownExpression:
            return None

    def _one(self, session: Session, statement: str, values: Sequence[SqlValue]) -> Reply:
        if _SET.fullmatch(statement):
            return RowCount()
        if found := _USE.fullmatch(statement):
            return self._use(found["bracketed"] or found["plain"])
        if found := _KILL.fullmatch(statement):
            return self._kill(session, int(found["spid"]))
        return select_scalars(statement, values, self._functions(session))

    def _use(self, asked: str) -> Reply:
        for name in self._databases():
            if name.casefold() == asked.casefold():
                return Use(name)
        return Error(f"Database '{asked}' does not exist. Make sure that the name is entered correctly.", 911)

    def _kill(self, session: Session, spid: int) -> Reply:
        if spid == session.spid:
            return Error("Cannot use KILL to kill your own process.", 6104)
        if not self._sessions.kill(spid):
            return Error(f"Process ID {spid} is not an active process ID.", 6106)
        return RowCount()

    def _functions(self, session: Session) -> Mapping[str, Function]:
        def known(typed: Typed) -> Function:
            return lambda _: typed

        account = known((_NAME, session.login.user))
        local_now = known((DATETIME2, self._now()))
        return {
            "@@spid": known((SMALLINT, session.spid)),
            "@@servername": known((_NAME, self._name)),
            "@@version": known((nvarchar(300), self._version_text())),
            "@@trancount": known((INT, int(session.in_transaction))),
            "@@language": known((_NAME, "us_english")),
            "app_name": known((_NAME, session.login.application)),
            "host_name": known((_NAME, session.login.host)),
            "suser_sname": account,
            "suser_name": account,
            "original_login": account,
            "system_user": account,
            "is_srvrolemember": known((INT, 1)),
            "getdate": local_now,
            "getutcdate": local_now,
            "sysdatetime": local_now,
            "sysutcdatetime": local_now,
            "db_name": lambda arguments: self._database_name(session, arguments),
            "db_id": lambda arguments: self._database_id(session, arguments),
            "serverproperty": self._server_property,
        }

    def _version_text(self) -> str:
        major, minor, build = self._version
        return f"Microsoft SQL Server 2022 (simulated by smtui) - {major}.{minor}.{build}.0 (X64)"

    def _database_name(self, session: Session, arguments: Sequence[SqlValue]) -> Typed:
        if not arguments:
            return _NAME, session.database
        return _NAME, next((name for name, number in self._databases().items() if number == arguments[0]), None)

    def _database_id(self, session: Session, arguments: Sequence[SqlValue]) -> Typed:
        asked = str(arguments[0] if arguments else session.database).casefold()
        return SMALLINT, next((number for name, number in self._databases().items() if name.casefold() == asked), None)

    def _server_property(self, arguments: Sequence[SqlValue]) -> Typed:
        major, minor, build = self._version
        properties: Mapping[str, SqlValue] = {
            "servername": self._name,
            "machinename": self._name,
            "computernamephysicalnetbios": self._name,
            "productversion": f"{major}.{minor}.{build}.0",
            "productlevel": "RTM",
            "edition": "Developer Edition (64-bit)",
            "engineedition": 3,
            "collation": "SQL_Latin1_General_CP1_CI_AS",
            "isfulltextinstalled": 1,
            "isclustered": 0,
            "ishadrenabled": 0,
        }
        return SQL_VARIANT, properties.get(str(arguments[0] if arguments else "").casefold())


def _parts(statement: str) -> list[str]:
    """The statements of a batch that are separated by semicolons; one that holds a quoted semicolon is not split."""
    trimmed = statement.strip()
    parts = [trimmed] if "'" in trimmed else trimmed.split(";")
    return [part.strip() for part in parts if part.strip()] or [trimmed]
