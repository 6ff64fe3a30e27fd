"""Reads the arguments of a remote procedure call: TYPE_INFO, then one value (MS-TDS 2.2.6.6)."""

from __future__ import annotations

import datetime as dt
import struct
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from smtui.drill.sql.reader import ProtocolError, Reader, utf16_text
from smtui.drill.sql.values import CALENDAR_EPOCH, DATETIME_TICKS, SQL_EPOCH, SqlValue

_NULL = 0x1F
_INTEGERS = {0x30: 1, 0x34: 2, 0x38: 4, 0x7F: 8}
_BIT, _FLOAT8, _FLOAT4, _DATETIME8, _DATETIME4 = 0x32, 0x3E, 0x3B, 0x3D, 0x3A
_INTN, _BITN, _FLOATN, _DATETIMEN, _GUID, _MONEYN = 0x26, 0x68, 0x6D, 0x6F, 0x24, 0x6E
_DECIMALN, _NUMERICN = 0x6A, 0x6C
_DATE, _TIME, _DATETIME2, _DATETIMEOFFSET = 0x28, 0x29, 0x2A, 0x2B
_NVARCHAR, _NCHAR, _VARCHAR, _CHAR, _VARBINARY, _BINARY = 0xE7, 0xEF, 0xA7, 0xAF, 0xA5, 0xAD
_TEXT, _NTEXT, _IMAGE = 0x23, 0x63, 0x22

_UNICODE = {_NVARCHAR, _NCHAR, _NTEXT}
_BYTES = {_VARBINARY, _BINARY, _IMAGE}
_UNLIMITED = 0xFFFF
_SHORT_NULL = 0xFFFF
_LONG_NULL = -1
_PLP_NULL = b"\xff" * 8
_COLLATION_LENGTH = 5
_CODE_PAGE = "cp1252"


@dataclass(frozen=True, slots=True)
class Argument:
    """One argument; `name` is empty when it was given by position."""

    name: str
    value: SqlValue


def read_argument(reader: Reader) -> Argument:
    """Read one argument; raises ProtocolError for a type that is not served here, such as a table or XML."""
    name = reader.text(reader.u8())
    reader.u8()  # status: by reference or default
    try:
        return Argument(name, _read_value(reader))
    except (ValueError, OverflowError, struct.error) as error:
        raise ProtocolError(f"argument {name or '?'} is malformed: {error}") from error


def _read_value(reader: Reader) -> SqlValue:
    kind = reader.u8()
    if kind == _NULL:
        return None
    if size := _INTEGERS.get(kind):
        return _integer(reader.take(size))
    if kind in _FIXED:
        return _byte_counted(_FIXED[kind][0], reader.take(_FIXED[kind][1]))
    if kind in {_TEXT, _NTEXT, _IMAGE}:
        return _characters(kind, _long(reader, kind))
    if kind in {_NVARCHAR, _NCHAR, _VARCHAR, _CHAR, _VARBINARY, _BINARY}:
        return _characters(kind, _variable(reader, kind))
    if kind in {_DECIMALN, _NUMERICN}:
        reader.take(2)  # longest length, precision
        scale = reader.u8()
        return _decimal(reader.take(reader.u8()), scale)
    if kind in {_DATE, _TIME, _DATETIME2, _DATETIMEOFFSET}:
        scale = 0 if kind == _DATE else reader.u8()
        return _calendar(kind, reader.take(reader.u8()), scale)
    if kind in {_INTN, _BITN, _FLOATN, _DATETIMEN, _GUID, _MONEYN}:
        reader.u8()  # longest length
        return _byte_counted(kind, reader.take(reader.u8()))
    raise ProtocolError(f"an argument of type {kind:#04x} is not simulated")


_FIXED = {
    _BIT: (_BITN, 1),
    _FLOAT8: (_FLOATN, 8),
    _FLOAT4: (_FLOATN, 4),
    _DATETIME8: (_DATETIMEN, 8),
    _DATETIME4: (_DATETIMEN, 4),
    0x3C: (_MONEYN, 8),
    0x7A: (_MONEYN, 4),
}
"""Types that cannot be NULL: the type with the same values that can, and the length."""


def _integer(data: bytes) -> int:
    return int.from_bytes(data, "little", signed=len(data) > 1)


def _byte_counted(kind: int, data: bytes) -> SqlValue:
    if not data:
        return None
    if kind == _INTN:
        return _integer(data)
    if kind == _BITN:
        return data[0] != 0
    if kind == _GUID:
        return UUID(bytes_le=data)
    if kind == _FLOATN:
        return float(struct.unpack("<f" if len(data) == 4 else "<d", data)[0])
    if kind == _MONEYN:
        return _money(data)
    return _datetime(data)


def _money(data: bytes) -> Decimal:
    if len(data) == 8:  # the high half comes first
        data = data[4:] + data[:4]
    return Decimal(int.from_bytes(data, "little", signed=True)).scaleb(-4)


def _datetime(data: bytes) -> dt.datetime:
    if len(data) == 4:  # smalldatetime: days and minutes
        days, minutes = struct.unpack("<HH", data)
        return SQL_EPOCH + dt.timedelta(days=days, minutes=minutes)
    days, ticks = struct.unpack("<iI", data)
    return SQL_EPOCH + dt.timedelta(days=days, milliseconds=round(ticks * 1000 / DATETIME_TICKS))


def _decimal(data: bytes, scale: int) -> Decimal | None:
    if not data:
        return None
    number = Decimal(int.from_bytes(data[1:], "little")).scaleb(-scale)
    return number if data[0] else -number


def _calendar(kind: int, data: bytes, scale: int) -> SqlValue:
    if not data:
        return None
    offset: dt.timedelta | None = None
    if kind == _DATETIMEOFFSET:
        offset = dt.timedelta(minutes=struct.unpack("<h", data[-2:])[0])
        data = data[:-2]
    days = 0
    if kind != _TIME:
        days = int.from_bytes(data[-3:], "little")
        data = data[:-3]
    if scale > 7:
        raise ValueError(f"a scale of {scale} digits")
    microseconds = int.from_bytes(data, "little") * 10 ** (7 - scale) // 10
    moment = CALENDAR_EPOCH + dt.timedelta(days=days, microseconds=microseconds)
    if kind == _DATE:
        return moment.date()
    if kind == _TIME:
        return moment.time()
    if offset is None:
        return moment
    return moment.replace(tzinfo=dt.UTC).astimezone(dt.timezone(offset))


def _variable(reader: Reader, kind: int) -> bytes | None:
    longest = reader.u16()
    if kind not in _BYTES:
        reader.take(_COLLATION_LENGTH)
    if longest == _UNLIMITED:
        return _in_chunks(reader)
    length = reader.u16()
    return None if length == _SHORT_NULL else reader.take(length)


def _in_chunks(reader: Reader) -> bytes | None:
    if reader.take(8) == _PLP_NULL:
        return None
    data = bytearray()
    while length := reader.u32():
        data += reader.take(length)
    return bytes(data)


def _long(reader: Reader, kind: int) -> bytes | None:
    reader.u32()  # longest length
    if kind != _IMAGE:
        reader.take(_COLLATION_LENGTH)
    length = reader.i32()
    return None if length == _LONG_NULL else reader.take(length)


def _characters(kind: int, data: bytes | None) -> SqlValue:
    if data is None:
        return None
    if kind in _BYTES:
        return data
    return utf16_text(data) if kind in _UNICODE else data.decode(_CODE_PAGE, "replace")
