"""T-SQL on a database by PowerShell on its own server: for where no port is open and no SQL login is to be had.

One shipped script takes statement and values as data. So the call is one of WinRM, with its ids and its rules for what
runs at most once; the session in SQL Server is called as by ODBC, and is looked for where WinRM cannot tell.
"""

from __future__ import annotations

import json
import math
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from smtui.checklist.model import Scalar
from smtui.checklist.sql_text import count_placeholders, name_placeholders
from smtui.targets.base import Call, Identity, PowerShellCall, Result, Settlement, SqlCall, Target, TargetError, Watch
from smtui.targets.framing import scalars
from smtui.targets.sql_connect import NoSession, application
from smtui.targets.sql_errors import LOGIN_FAILED, NO_DATABASE, NOT_SIMULATED
from smtui.targets.sql_sessions import IDENTITY_STATEMENT, Sessions
from smtui.targets.sql_text import wants_master
from smtui.text import one_line

_ASKING: Final = 60.0
"""Seconds for a small question, the start of a PowerShell with it."""
_SECOND_NET: Final = 5
"""Seconds after its deadline at which the script itself stops a statement."""
_TIMED_OUT: Final = -2
"""SqlException's number for SqlCommand.CommandTimeout."""
_BREAKING: Final = 20
"""From this severity on SQL Server, or the client for it, ends the connection."""


@dataclass(frozen=True, slots=True)
class OwnDatabase:
    """A database as its own server reaches it."""

    source: str
    """As SqlConnection takes it: `(local)`, `(local)\\INSTANCE` or `tcp:localhost,PORT`."""
    name: str
    label: str
    """For people: `ServiceManager on SQL01`."""
    encrypt: bool = True


class SqlOverWinRmTarget:
    """One database, through the target of its server."""

    def __init__(
        self,
        server: Target,
        database: OwnDatabase,
        script: str,
        *,
        clock: Callable[[], float] = time.monotonic,
        settle_pause: float = 2.0,
    ) -> None:
        """`script` is the text of sql-over-winrm.ps1; `settle_pause` in seconds."""
        self._server = server
        self.database = database
        self._script = script
        self._sessions = Sessions(self._ask, settle_pause, clock)

    def canary(self) -> Result:
        """Whether the server lets the account in; what SQL Server says to it is heard with the first statement."""
        return self._server.canary()

    def prepare(self) -> Result:
        """Make the server ready for the first script."""
        return self._server.prepare()

    def run(self, call: Call, watch: Watch) -> Result:
        """Have the statement run and read everything that it answers."""
        work = _for_database(call)
        if count_placeholders(work.statement) != len(work.values):
            return Result("not-started", reason="the statement takes another number of values; nothing ran")
        return self._read(self._server.run(self._call(work), self._named(work, watch)))

    def settle(self, call: Call, remote: Mapping[str, str], watch: Watch) -> Settlement:
        """Ask the server how the script ended; where it cannot tell, wait for the end of the attempt's session."""
        work = _for_database(call)
        settlement = self._server.settle(self._call(work), remote, watch)
        result = None if settlement.result is None else self._read(settlement.result)
        if settlement.state == "ended" and result is not None and result.ending != "unknown":
            if result.ending in {"ok", "failed"}:
                return Settlement("ended", result, settlement.reason)
            return Settlement("never", reason=result.reason)
        if settlement.state not in {"ended", "gone"}:
            return settlement
        return self._sessions.await_end(remote.get("application", application(work.token)), work.timeout, watch)

    def identify(self) -> Identity:
        """The instance's name; domain and boot time are those of the server that was asked."""
        server = self._server.identify()
        try:
            rows = self._ask(IDENTITY_STATEMENT, ())
        except NoSession as error:
            raise TargetError(error.result.reason) from error
        if not rows or not rows[0].get("name"):
            raise TargetError(f"{self.database.label} did not say who it is; connect to it by hand and look")
        return Identity(str(rows[0]["name"]), server.domain, server.booted)

    def close(self) -> None:
        """Leave the server."""
        self._server.close()

    def _call(self, call: SqlCall, *, master: bool = False) -> PowerShellCall:
        parameters: dict[str, Scalar] = {
            "source": self.database.source,
            "database": "master" if master or wants_master(call.statement) else self.database.name,
            "application": application(call.token),
            "encrypt": self.database.encrypt,
            "seconds": math.ceil(call.timeout) + _SECOND_NET,
            "statement": name_placeholders(call.statement),
            "values": len(call.values),
            **{f"p{number}": value for number, value in enumerate(call.values, start=1)},
        }
        return PowerShellCall(self._script, parameters, call.token, call.timeout)

    @staticmethod
    def _named(call: SqlCall, watch: Watch) -> Watch:
        """The same watch, whose ids hold the session's name too."""
        return Watch(
            accepted=lambda ids: watch.accepted({**ids, "application": application(call.token)}),
            output=watch.output,
            cancelled=watch.cancelled,
        )

    def _ask(self, statement: str, values: Sequence[Scalar]) -> Sequence[dict[str, Scalar]]:
        """The first row of a small read-only query, none where it has none; an attempt has one session at most."""
        call = SqlCall(statement, values, "question", _ASKING)
        quiet = Watch(accepted=lambda _: None, output=lambda _: None)
        result = self._read(self._server.run(self._call(call, master=True), quiet))
        if result.ending != "ok" or result.rows is None:
            raise NoSession(result)
        return [dict(result.fields)] if result.rows else []

    def _read(self, result: Result) -> Result:
        """What the script's report means for the statement."""
        fields = result.fields
        if result.ending == "ok" and "spid" in fields:
            rows = fields.get("rows")
            return Result(
                "ok", 0, scalars(json.loads(str(fields.get("row", "{}")))), rows if isinstance(rows, int) else None
            )
        if result.ending != "failed" or "phase" not in fields:
            return result
        text, number = one_line(str(fields.get("error", ""))), fields.get("error_number")
        if fields["phase"] == "login":
            return self._not_logged_on(text, number)
        return self._failed(text, number, fields)

    def _not_logged_on(self, text: str, number: Scalar | None) -> Result:
        label = self.database.label
        said = text if number is None else f"{text} (error {number})"
        if number in LOGIN_FAILED:
            # No rejection that could lock the account: Windows let it in, and SQL Server knows it by its ticket.
            reason = f"{label} refused the account: {said}; nothing ran; give it a login in SQL Server"
            return Result("not-started", reason=reason)
        if number in NO_DATABASE:
            reason = f"{label} cannot be opened: {said}; nothing ran; see its state"
            return Result("not-started", reason=reason)
        return Result("unreachable", reason=f"no connection to {label} on its own server: {said}; nothing ran")

    def _failed(self, text: str, number: Scalar | None, fields: Mapping[str, Scalar]) -> Result:
        label = self.database.label
        if fields["phase"] == "answer":
            reason = f"the statement ran, but its answer cannot be read: {text}; look at the real state"
            return Result("unknown", reason=reason)
        severity = fields.get("error_class", 0)
        if number == _TIMED_OUT:
            reason = f"its time is over; {label} was told to stop; look at the real state before it is run again"
            return Result("unknown", reason=reason)
        if fields.get("connected") is False or (isinstance(severity, int | float) and severity >= _BREAKING):
            reason = f"the connection to {label} broke while the statement ran: {text}; settle it"
            return Result("unknown", reason=reason)
        line = fields.get("error_line")
        kept: dict[str, Scalar] = {"error": text}
        kept |= {name: fields[name] for name in ("error_number", "error_line") if name in fields}
        where = f" (error {number}, line {line})" if line else f" (error {number})"
        reason = f"{label} says: {text}{where}; look at the real state before it is run again"
        return Result("failed", 1, kept, reason=reason, not_simulated=number == NOT_SIMULATED)


def _for_database(call: Call) -> SqlCall:
    if not isinstance(call, SqlCall):
        raise TypeError(f"{type(call).__name__} is not for a database")
    return call
