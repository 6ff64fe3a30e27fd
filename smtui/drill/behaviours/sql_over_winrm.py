"""The script that runs one T-SQL statement in the instance of its own machine."""

from __future__ import annotations

import datetime as dt
import decimal
import json
from collections.abc import Mapping
from typing import Final

from smtui.checklist.model import Scalar
from smtui.drill.behaviours.framework import Call, CallEnded, Script, ScriptResult, script
from smtui.drill.behaviours.parameters import number, text
from smtui.drill.host import SimulatedHost
from smtui.drill.sql.asking import Answered, Asked, NotLoggedOn
from smtui.drill.sql.channel import Disconnected
from smtui.drill.sql.replies import Error, Result
from smtui.drill.sql.values import SqlValue

_NO_SERVER: Final = Error(
    "A network-related or instance-specific error occurred while establishing a connection to SQL Server.", 2, 20
)
_BROKEN: Final = Error("A transport-level error has occurred when receiving results from the server.", 109, 20)


@script("sql-over-winrm.ps1", sha256="7b36c711ac89308cac5e24de343714a9b7958556d0881491561e347dbb99c5aa")
def sql_over_winrm(host: SimulatedHost, parameters: Mapping[str, Scalar], call: Call) -> ScriptResult:
    """The statement counts its own effects under the token in the application's name; the script has none."""
    asked = Asked(
        text(parameters, "application"),
        text(parameters, "database"),
        text(parameters, "statement"),
        [parameters[f"p{one}"] for one in range(1, int(number(parameters, "values")) + 1)],
    )
    if host.own_sql is None:
        return _not_logged_on(_NO_SERVER)
    try:
        answered = host.own_sql.ask(asked, call.write, call.ended)
    except NotLoggedOn as refused:
        return _not_logged_on(refused.error)
    except Disconnected as ended:
        raise CallEnded from ended
    return _result(answered)


def _not_logged_on(error: Error) -> ScriptResult:
    return ScriptResult({"phase": "login", "connected": False, **_error(error)}, 1)


def _result(answered: Answered) -> ScriptResult:
    fields: dict[str, Scalar | None] = {
        "spid": answered.spid, "login_time": answered.login_time, "server": answered.server
    }  # fmt: skip
    error = answered.error if answered.connected else answered.error or _BROKEN
    if error is not None:
        return ScriptResult({**fields, "phase": "statement", "connected": answered.connected, **_error(error)}, 1)
    if answered.last is not None:
        fields |= {"rows": len(answered.last.rows), "row": json.dumps(_row(answered.last), ensure_ascii=False)}
    return ScriptResult(fields)


def _error(error: Error) -> dict[str, Scalar | None]:
    return {
        "error": error.text, "error_number": error.number, "error_line": error.line, "error_class": error.severity
    }  # fmt: skip


def _row(last: Result) -> dict[str, Scalar]:
    if not last.rows:
        return {}
    named = zip(last.columns, last.rows[0], strict=True)
    numbered = ((name.lower() or f"column_{at}", value) for at, ((name, _), value) in enumerate(named, start=1))
    return {name: _plain(value) for name, value in numbered if value is not None}


def _plain(value: SqlValue) -> Scalar:
    if isinstance(value, dt.datetime | dt.date | dt.time):
        return value.isoformat()
    if isinstance(value, decimal.Decimal):
        return int(value) if value == value.to_integral_value() else str(value)
    if isinstance(value, bytes):
        return "0x" + value.hex().upper()
    return value if isinstance(value, bool | int | float) else str(value)


SQL_OVER_WINRM: tuple[Script, ...] = (sql_over_winrm,)
