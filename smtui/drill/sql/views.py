"""The management views that tell of running statements, answered from the sessions that are really there."""

from __future__ import annotations

from collections.abc import Sequence

from smtui.drill.sql.columns import FLOAT, SMALLINT, ColumnType, nvarchar
from smtui.drill.sql.replies import Result
from smtui.drill.sql.session import Session, Sessions
from smtui.drill.sql.values import SqlValue

SETTLE_SHA256 = "235a33b14a4aa018d3963615875c2388e166df1d3d805c02913d3d880569c8fa"
"""Digest of the statement by which smtui looks for the sessions of an attempt."""

_COLUMNS: tuple[tuple[str, ColumnType], ...] = (
    ("session_id", SMALLINT),
    ("status", nvarchar(30)),
    ("command", nvarchar(32)),
    ("wait_type", nvarchar(60)),
    ("percent_complete", FLOAT),
)
_COMMANDS = {"EXEC": "EXECUTE"}


def sessions_of_program(sessions: Sessions, values: Sequence[SqlValue]) -> Result:
    """`sys.dm_exec_sessions` of one program name, joined to `sys.dm_exec_requests`."""
    program = values[0] if values else None
    found = [
        session
        for session in sessions.all()
        if isinstance(program, str) and session.login.application.casefold() == program.casefold()
    ]
    return Result(_COLUMNS, [_row(session) for session in found])


def _row(session: Session) -> Sequence[SqlValue]:
    running = session.running
    if running is None:
        return session.spid, "sleeping", None, None, None
    if session.progress is not None:
        return session.spid, "running", session.progress.command, None, float(session.progress.percent)
    first = (running.statement.split() or [""])[0].upper()
    return session.spid, "running", _COMMANDS.get(first, first)[:32], None, 0.0
