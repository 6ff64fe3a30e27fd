"""T-SQL on a database by ODBC: a connection for each call, known to the server as `smtui/<token>`."""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Final

from smtui.checklist.model import Scalar
from smtui.targets.base import Call, Identity, Result, Settlement, SqlCall, TargetError, Watch
from smtui.targets.odbc import Connection, Cursor, load_odbc
from smtui.targets.sql_answers import LinkLostError, pass_messages, read_answer, read_rows
from smtui.targets.sql_connect import NoSession, SqlEndpoint, application, close, connect
from smtui.targets.sql_errors import NOT_SIMULATED, SqlTrouble, trouble_in_statement
from smtui.targets.sql_sessions import IDENTITY_STATEMENT, Sessions
from smtui.targets.sql_text import wants_master
from smtui.text import one_line

SESSION_STATEMENT: Final = "SELECT @@SPID AS spid, SYSDATETIME() AS login_time"
"""Asked first on every connection: what finds the session again."""
_LOGIN_TIMEOUT: Final = 15
_NOTICE: Final = 0.1
"""Seconds after which a cancellation or the deadline is noticed."""
_FORCED_END: Final = "was told to stop; look at the real state before it is run again"


class SqlTarget:
    """One database. Holds no connection between calls, for the application name carries the attempt's token."""

    def __init__(
        self,
        endpoint: SqlEndpoint,
        libraries: Path | None = None,
        driver: str | None = None,
        *,
        clock: Callable[[], float] = time.monotonic,
        login_timeout: int = _LOGIN_TIMEOUT,
        settle_pause: float = 2.0,
    ) -> None:
        """`libraries` and `driver` are those of `load_odbc`; the others are seconds. Raises OdbcUnavailable."""
        self._endpoint = endpoint
        self._odbc = load_odbc(libraries, driver)
        self._clock = clock
        self._login_timeout = login_timeout
        self._settle_pause = settle_pause

    def canary(self) -> Result:
        """Log on and off again."""
        try:
            close(self._odbc, self._connect("canary", master=False))
        except NoSession as error:
            return error.result
        return Result("ok")

    def prepare(self) -> Result:
        """Nothing is kept between calls."""
        return Result("ok")

    def run(self, call: Call, watch: Watch) -> Result:
        """Send the statement and read everything that it answers."""
        if not isinstance(call, SqlCall):
            raise TypeError(f"{type(call).__name__} is not for a database")
        until = self._clock() + call.timeout
        if watch.cancelled.is_set():
            return Result("not-started", reason="cancelled before the statement was sent; nothing ran")
        try:
            connection = self._connect(call.token, master=wants_master(call.statement))
        except NoSession as error:
            return error.result
        try:
            watch.accepted(self._session(connection, call.token))
            return self._execute(connection, call, watch, until)
        except NoSession as error:
            return error.result
        finally:
            close(self._odbc, connection)

    def settle(self, call: Call, remote: Mapping[str, str], watch: Watch) -> Settlement:
        """Look for the attempt's session and wait for its end; it is never ended from here."""
        sessions = Sessions(
            lambda statement, values: self._ask("settle", statement, values), self._settle_pause, self._clock
        )
        return sessions.await_end(remote.get("application", application(call.token)), call.timeout, watch)

    def identify(self) -> Identity:
        """The instance's name; it says no domain, and its start is not the machine's."""
        try:
            rows = self._ask("identify", IDENTITY_STATEMENT, ())
        except NoSession as error:
            raise TargetError(error.result.reason) from error
        if not rows or not rows[0].get("name"):
            raise TargetError(f"{self._endpoint.label} did not say who it is; connect to it by hand and look")
        return Identity(str(rows[0]["name"]), "", "")

    def close(self) -> None:
        """Nothing is held between calls."""

    def _connect(self, token: str, *, master: bool) -> Connection:
        return connect(self._odbc, self._endpoint, token, self._login_timeout, master=master)

    def _session(self, connection: Connection, token: str) -> dict[str, str]:
        """What finds this session again; raises NoSession."""
        cursor = connection.cursor()
        try:
            cursor.execute(SESSION_STATEMENT)
            row = read_answer(cursor, lambda _: None).fields
        except self._odbc.errors as error:
            text = trouble_in_statement(error).text
            reason = f"{self._endpoint.label} took the login but no statement: {text}; nothing ran; run it again"
            raise NoSession(Result("not-started", reason=reason)) from error
        return {**{name: str(value) for name, value in row.items()}, "application": application(token)}

    def _execute(self, connection: Connection, call: SqlCall, watch: Watch, until: float) -> Result:
        # The driver's own timeout is the second net, for a server that does not answer a cancellation.
        connection.timeout = max(1, math.ceil(until - self._clock())) + 5
        cursor = connection.cursor()
        sent = False
        with _Stopper(cursor, watch.cancelled, until, self._clock, self._odbc.errors) as stopper:
            try:
                cursor.execute(call.statement, *call.values)
                sent = True
                answer = read_answer(cursor, watch.output)
            except LinkLostError as error:
                return self._failed(SqlTrouble("lost", one_line(str(error))), stopper, sent=sent)
            except self._odbc.errors as error:
                with suppress(LinkLostError):
                    pass_messages(cursor, watch.output)
                return self._failed(trouble_in_statement(error), stopper, sent=sent)
        return Result("ok", 0, answer.fields, answer.rows)

    def _failed(self, trouble: SqlTrouble, stopper: _Stopper, *, sent: bool) -> Result:
        if trouble.kind == "local" and not sent:
            return Result("not-started", reason=f"the statement was not sent: {trouble.text}; nothing ran")
        label = self._endpoint.label
        if stopper.reason or trouble.kind == "stopped":
            return Result("unknown", reason=f"{stopper.reason or 'its time is over'}; {label} {_FORCED_END}")
        if trouble.kind == "lost":
            reason = f"the connection to {label} broke while the statement ran: {trouble.text}; settle it"
            return Result("unknown", reason=reason)
        if trouble.kind == "local":
            reason = f"the statement ran, but its answer cannot be read: {trouble.text}; look at the real state"
            return Result("unknown", reason=reason)
        fields: dict[str, Scalar] = {"error": trouble.text}
        if trouble.number is not None:
            fields["error_number"] = trouble.number
        number = "" if trouble.number is None else f" (error {trouble.number})"
        reason = f"{label} says: {trouble.text}{number}; look at the real state before it is run again"
        return Result("failed", 1, fields, reason=reason, not_simulated=trouble.number == NOT_SIMULATED)

    def _ask(self, token: str, statement: str, values: Sequence[Scalar]) -> list[dict[str, Scalar]]:
        """All rows of a small read-only query on a connection of its own; raises NoSession."""
        connection = self._connect(token, master=True)
        try:
            connection.timeout = self._login_timeout
            cursor = connection.cursor()
            cursor.execute(statement, *values)
            return read_rows(cursor)
        except self._odbc.errors as error:
            text = trouble_in_statement(error).text
            raise NoSession(Result("failed", reason=f"{self._endpoint.label} says: {text}")) from error
        finally:
            close(self._odbc, connection)


class _Stopper:
    """Cancels a running statement from a thread of its own, on request or when its time is over."""

    def __init__(
        self,
        cursor: Cursor,
        cancelled: threading.Event,
        until: float,
        clock: Callable[[], float],
        errors: tuple[type[Exception], ...],
    ) -> None:
        self._cursor = cursor
        self._cancelled = cancelled
        self._until = until
        self._clock = clock
        self._errors = errors
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._watch, name="sql-stopper", daemon=True)
        self.reason = ""
        """Why it was stopped; empty while it was not."""

    def __enter__(self) -> _Stopper:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._done.set()
        self._thread.join()

    def _watch(self) -> None:
        while not self._done.wait(_NOTICE):
            if self._cancelled.is_set():
                self.reason = "cancelled"
            elif self._clock() >= self._until:
                self.reason = "its time is over"
            else:
                continue
            try:
                self._cursor.cancel()
            except self._errors as error:  # it ended or its connection broke meanwhile; the other thread says which
                self.reason += f" (the driver says {one_line(str(error))})"
            return
