"""Answers requests: runs their statements in the backend and turns what these yield into tokens."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime

from smtui.drill.sql import tokens
from smtui.drill.sql.backend import Backend
from smtui.drill.sql.channel import Disconnected
from smtui.drill.sql.parameters import Argument
from smtui.drill.sql.reader import ProtocolError
from smtui.drill.sql.replies import Drop, Error, Flush, Info, Reply, Result, Return, RowCount, Use
from smtui.drill.sql.reply_buffer import ReplyBuffer
from smtui.drill.sql.requests import Batch, Call, Calls, Request, TransactionRequest
from smtui.drill.sql.session import Cancelled, Running, Session
from smtui.drill.sql.tokens import Change, Command, Done, Status, Transaction
from smtui.drill.sql.values import SqlValue

_FATAL = 20
"""From this severity on SQL Server ends the connection."""

NOT_SIMULATED = 50404


class Responder:
    """Answers the requests of one session, on its thread."""

    def __init__(
        self, session: Session, backend: Backend, now: Callable[[], datetime], defect: Callable[[str], None]
    ) -> None:
        """Answer for a session; `defect` hears of exceptions in behaviours, which are ours."""
        self._session = session
        self._backend = backend
        self._now = now
        self._defect = defect
        self._buffer = ReplyBuffer(lambda data, last: session.send(data, last=last))
        self._status = 0

    def answer(self, request: Request, *, resets: bool) -> None:
        """Run a request and send its whole reply.

        Raises:
            Disconnected: the connection has ended, by the client, a fault, KILL or an error that is fatal.
        """
        if resets:
            self._session.reset()
            self._buffer.add(tokens.reset_done())
        try:
            self._dispatch(request)
        except Cancelled:
            self._buffer.break_off()
        except Disconnected:
            raise
        except ProtocolError as error:
            self.refuse(str(error))
        except Exception as error:  # noqa: BLE001 - a defect of a behaviour; told to the client and to `defect`
            self._defect(repr(error))
            self._buffer.add(self._message(Error(f"The drill has a defect: {error!r}", 50500, _FATAL)))
            self._end_connection()
        else:
            self._buffer.finish()
        if self._session.is_cut_off:
            raise Disconnected("cut off by a fault")

    def refuse(self, reason: str) -> None:
        """Answer a request that cannot be read with an error, and end the connection; raises Disconnected."""
        text = f"The incoming tabular data stream (TDS) protocol stream is incorrect: {reason}."
        self._buffer.add(self._message(Error(text, 4002)))
        self._end_connection()

    def _dispatch(self, request: Request) -> None:
        match request:
            case Batch(text):
                self._run(text, (), Done.BATCH)
            case Calls(calls):
                for call in calls:
                    self._call(call)
            case TransactionRequest():
                self._transact(request)

    def _transact(self, request: TransactionRequest) -> None:
        if request.kind != "begin":
            change = Transaction.COMMITTED if request.kind == "commit" else Transaction.ROLLED_BACK
            self._buffer.add(tokens.transaction_change(change, self._session.end_transaction() or 0))
        if request.kind == "begin" or request.then_begin:
            self._buffer.add(tokens.transaction_change(Transaction.BEGUN, self._session.begin()))
        self._buffer.end_statement(Done.BATCH)

    def _call(self, call: Call) -> None:
        self._status = 0
        database = self._session.database
        handle = self._procedure(call)
        if self._session.database != database:  # a USE inside a call holds until its end
            self._buffer.add(tokens.environment_change(Change.DATABASE, database, self._session.database))
            self._session.database = database
        self._buffer.add(tokens.return_status(self._status))
        if handle is not None:
            self._buffer.add(tokens.prepared_handle(handle))
        self._buffer.end_statement(Done.PROCEDURE)

    def _procedure(self, call: Call) -> int | None:
        """Run what a procedure stands for; the handle of the statement that it prepared, if any."""
        values = [argument.value for argument in call.arguments]
        handle = None
        match call.procedure:
            case "sp_executesql":
                self._run(_text(values, 0), values[2:], Done.IN_PROCEDURE)
            case "sp_prepare":
                handle = self._session.prepare(_text(values, 2))
            case "sp_prepexec":
                handle = self._session.prepare(_text(values, 2))
                self._run(_text(values, 2), values[3:], Done.IN_PROCEDURE)
            case "sp_prepexecrpc":
                statement = _execute_text(_text(values, 1), call.arguments[2:])
                handle = self._session.prepare(statement)
                self._run(statement, values[2:], Done.IN_PROCEDURE)
            case "sp_execute":
                self._execute_prepared(values)
            case "sp_unprepare":
                if values and isinstance(values[0], int):
                    self._session.prepared.pop(values[0], None)
            case procedure:
                self._run(_execute_text(procedure, call.arguments), values, Done.IN_PROCEDURE)
        return handle

    def _execute_prepared(self, values: Sequence[SqlValue]) -> None:
        handle = values[0] if values and isinstance(values[0], int) else 0
        statement = self._session.prepared.get(handle)
        if statement is None:
            self._take(
                Error(f"Could not find prepared statement with handle {handle}.", 8179, 16, 4), Done.IN_PROCEDURE
            )
        else:
            self._run(statement, values[1:], Done.IN_PROCEDURE)

    def _run(self, statement: str, values: Sequence[SqlValue], kind: Done) -> None:
        self._session.running = Running(statement, self._now())
        try:
            with contextlib.closing(self._backend.execute(self._session, statement, values)) as replies:
                for reply in replies:
                    self._session.pause(0)
                    self._take(reply, kind)
        finally:
            self._session.running = None

    def _take(self, reply: Reply, kind: Done) -> None:
        match reply:
            case Result():
                self._buffer.add(tokens.result_set(reply))
                self._buffer.end_statement(kind, Status.COUNT, len(reply.rows), Command.SELECT)
            case RowCount(count):
                status = Status.FINAL if count < 0 else Status.COUNT
                self._buffer.end_statement(kind, status, max(count, 0), Command.UPDATE)
            case Info():
                self._buffer.add(self._message(reply))
            case Error():
                self._take_error(reply, kind)
            case Use(database):
                self._use(database)
            case Return(status):
                self._status = status
            case Flush():
                self._buffer.flush()
            case Drop(unnoticed=True):
                self._session.cut_off()
            case Drop():
                raise Disconnected("cut by a fault")

    def _take_error(self, error: Error, kind: Done) -> None:
        self._buffer.add(self._message(error))
        self._status = error.number
        if error.severity >= _FATAL:
            self._end_connection()
        self._buffer.end_statement(kind, Status.ERROR)

    def _end_connection(self) -> None:
        self._buffer.end_statement(Done.BATCH, Status.ERROR)
        self._buffer.finish()
        raise Disconnected("ended by an error")

    def _use(self, database: str) -> None:
        self._buffer.add(tokens.environment_change(Change.DATABASE, database, self._session.database))
        self._buffer.add(self._message(Info(f"Changed database context to '{database}'.", 5701, 0, 2)))
        self._session.database = database

    def _message(self, message: Info | Error) -> bytes:
        return tokens.message(message, self._backend.name)


def _text(values: Sequence[SqlValue], index: int) -> str:
    value = values[index] if index < len(values) else None
    if not isinstance(value, str):
        raise ProtocolError(f"argument {index + 1} is no statement")
    return value


def _execute_text(procedure: str, arguments: Iterable[Argument]) -> str:
    """The call of a procedure as a batch would write it."""
    written = [
        f"{argument.name} = @P{number}" if argument.name else f"@P{number}"
        for number, argument in enumerate(arguments, start=1)
    ]
    return f"EXEC {procedure} {', '.join(written)}".rstrip()
