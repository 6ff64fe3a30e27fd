"""The tokens of a reply (MS-TDS 2.2.7)."""

from __future__ import annotations

import struct
from enum import IntEnum, IntFlag

from smtui.drill.sql.columns import COLLATION, INT
from smtui.drill.sql.reader import utf16_bytes
from smtui.drill.sql.replies import Error, Info, Result

_COLMETADATA, _ROW, _ENVCHANGE, _ERROR, _INFO, _LOGINACK = 0x81, 0xD1, 0xE3, 0xAA, 0xAB, 0xAD
_RETURNSTATUS, _RETURNVALUE = 0x79, 0xAC
_NULLABLE = 0x0009  # nullable, updatability unknown
_T_SQL = 1
_PROGRAM = "Microsoft SQL Server"


class Done(IntEnum):
    """The end of a statement: in a batch, of a procedure call, inside a procedure call."""

    BATCH = 0xFD
    PROCEDURE = 0xFE
    IN_PROCEDURE = 0xFF


class Status(IntFlag):
    """Bits of the end of a statement."""

    FINAL = 0
    MORE = 0x01
    ERROR = 0x02
    COUNT = 0x10
    ATTENTION = 0x20


class Command(IntEnum):
    """What kind of statement ended; Microsoft's driver takes the rows of a SELECT from its result set only."""

    SELECT = 0xC1
    UPDATE = 0xC5
    OTHER = 0xFD


class Change(IntEnum):
    """What ENVCHANGE tells that are texts."""

    DATABASE = 1
    LANGUAGE = 2
    PACKET_SIZE = 4


class Transaction(IntEnum):
    """What ENVCHANGE tells of a transaction."""

    BEGUN = 8
    COMMITTED = 9
    ROLLED_BACK = 10


def _counted(text: str) -> bytes:
    data = utf16_bytes(text)[: 2 * 255]
    return bytes([len(data) // 2]) + data


def _token(kind: int, body: bytes) -> bytes:
    return bytes([kind]) + struct.pack("<H", len(body)) + body


def environment_change(change: Change, new: str, old: str) -> bytes:
    """The database, language or packet size is another one now."""
    return _token(_ENVCHANGE, bytes([change]) + _counted(new) + _counted(old))


def collation_change() -> bytes:
    """The collation of the session, said once after the login."""
    return _token(_ENVCHANGE, b"\x07" + bytes([len(COLLATION)]) + COLLATION + b"\0")


def transaction_change(change: Transaction, descriptor: int) -> bytes:
    """A transaction has begun or ended; the client names it by this number from now on."""
    number = bytes([8]) + struct.pack("<Q", descriptor)
    return _token(_ENVCHANGE, bytes([change]) + (number + b"\0" if change is Transaction.BEGUN else b"\0" + number))


def reset_done() -> bytes:
    """The connection of a pool was put back to its beginning."""
    return _token(_ENVCHANGE, bytes([18, 0, 0]))


def login_accepted(tds_version: int, server_version: tuple[int, int, int]) -> bytes:
    """LOGINACK; the protocol version goes in network order."""
    major, minor, build = server_version
    body = (
        bytes([_T_SQL]) + struct.pack(">I", tds_version) + _counted(_PROGRAM) + struct.pack(">BBH", major, minor, build)
    )
    return _token(_LOGINACK, body)


def message(reply: Info | Error, server: str) -> bytes:
    """ERROR or INFO."""
    text = utf16_bytes(reply.text)[: 2 * 4000]
    body = struct.pack("<iBBH", reply.number, reply.state, reply.severity, len(text) // 2) + text
    body += _counted(server) + _counted(reply.procedure) + struct.pack("<I", reply.line)
    return _token(_ERROR if isinstance(reply, Error) else _INFO, body)


def result_set(result: Result) -> bytes:
    """COLMETADATA and its rows; raises TypeError when a value does not fit its column."""
    parts = [bytes([_COLMETADATA]), struct.pack("<H", len(result.columns))]
    parts += [struct.pack("<IH", 0, _NULLABLE) + kind.info + _counted(name) for name, kind in result.columns]
    for row in result.rows:
        parts.append(bytes([_ROW]))
        parts += [kind.encode(value) for (_, kind), value in zip(result.columns, row, strict=True)]
    return b"".join(parts)


def done(kind: Done, status: Status, count: int = 0, command: Command = Command.OTHER) -> bytes:
    """The end of a statement."""
    return struct.pack("<BHHQ", kind, status, command, count)


def return_status(status: int) -> bytes:
    """What a procedure returned."""
    return bytes([_RETURNSTATUS]) + struct.pack("<i", status)


def prepared_handle(handle: int) -> bytes:
    """The output argument of sp_prepare and its like."""
    head = struct.pack("<HB", 0, 0) + b"\x01" + struct.pack("<IH", 0, _NULLABLE)
    return bytes([_RETURNVALUE]) + head + INT.info + INT.encode(handle)
