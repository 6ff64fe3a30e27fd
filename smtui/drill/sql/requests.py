"""What a client may ask after its login: a batch, procedure calls, the begin or end of a transaction."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from smtui.drill.sql.packets import Message, PacketType
from smtui.drill.sql.parameters import Argument, read_argument
from smtui.drill.sql.reader import ProtocolError, Reader, utf16_text

_BY_NUMBER = 0xFFFF
_NUMBERED = {
    10: "sp_executesql",
    11: "sp_prepare",
    12: "sp_execute",
    13: "sp_prepexec",
    14: "sp_prepexecrpc",
    15: "sp_unprepare",
}
_ANOTHER_CALL = {0x80, 0xFE, 0xFF}
"""In the place of an argument's name length: the next call of the same message begins."""

_BEGIN, _COMMIT, _ROLLBACK = 5, 7, 8
_THEN_BEGIN = 0x01


@dataclass(frozen=True, slots=True)
class Batch:
    """T-SQL without parameters."""

    text: str


@dataclass(frozen=True, slots=True)
class Call:
    """One procedure and its arguments."""

    procedure: str
    arguments: tuple[Argument, ...]


@dataclass(frozen=True, slots=True)
class Calls:
    """Procedure calls of one message; drivers send arrays of parameters so."""

    calls: tuple[Call, ...]


@dataclass(frozen=True, slots=True)
class TransactionRequest:
    """ODBC with autocommit off begins one at the connect and one after each end."""

    kind: Literal["begin", "commit", "rollback"]
    then_begin: bool = False


Request = Batch | Calls | TransactionRequest


def parse_request(message: Message) -> Request:
    """Read a request; raises ProtocolError for what is malformed or not simulated."""
    reader = Reader(message.payload)
    if message.type == PacketType.SQL_BATCH:
        _skip_headers(reader)
        return Batch(utf16_text(reader.rest()))
    if message.type == PacketType.RPC:
        _skip_headers(reader)
        return Calls(tuple(_read_calls(reader)))
    if message.type == PacketType.TRANSACTION:
        _skip_headers(reader)
        return _read_transaction(reader)
    raise ProtocolError(f"a message of type {message.type} is not simulated")


def _skip_headers(reader: Reader) -> None:
    """Skip ALL_HEADERS: the transaction, of which a session has one, and query notifications."""
    reader.take(reader.u32() - 4)


def _read_calls(reader: Reader) -> list[Call]:
    calls = []
    while True:
        calls.append(_read_call(reader))
        if not reader.more():
            return calls
        reader.u8()


def _read_call(reader: Reader) -> Call:
    length = reader.u16()
    if length == _BY_NUMBER:
        number = reader.u16()
        procedure = _NUMBERED.get(number, f"procedure number {number}")
    else:
        procedure = reader.text(length)
    reader.u16()  # options: recompile, no metadata
    arguments = []
    while reader.more() and reader.peek() not in _ANOTHER_CALL:
        arguments.append(read_argument(reader))
    return Call(procedure, tuple(arguments))


def _read_transaction(reader: Reader) -> TransactionRequest:
    kind = reader.u16()
    if kind == _BEGIN:
        return TransactionRequest("begin")
    if kind not in {_COMMIT, _ROLLBACK}:
        raise ProtocolError(f"a transaction request of type {kind} is not simulated")
    if reader.more():
        reader.text(reader.u8())
    then_begin = reader.more() and bool(reader.u8() & _THEN_BEGIN)
    return TransactionRequest("commit" if kind == _COMMIT else "rollback", then_begin)
