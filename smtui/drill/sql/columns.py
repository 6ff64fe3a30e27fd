"""The types of result columns (MS-TDS 2.2.5.4): how each is declared, and how its values are written."""

from __future__ import annotations

import datetime as dt
import struct
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from smtui.drill.sql.reader import utf16_bytes
from smtui.drill.sql.values import CALENDAR_EPOCH, DATETIME_TICKS, SQL_EPOCH, SqlValue

COLLATION = bytes.fromhex("0904d00034")
"""SQL_Latin1_General_CP1_CI_AS, the collation that the vendor names first for Service Manager."""

_PLP_NULL = b"\xff" * 8
_SHORT_NULL = b"\xff\xff"
_DECIMAL_LENGTH = 17
_VARIANT_LENGTH = 8009
_SCALE = 7
"""Digits of a second that datetime2 has by default: steps of 100 nanoseconds."""


@dataclass(frozen=True, slots=True)
class ColumnType:
    """A type as T-SQL writes it, its TYPE_INFO, and the writer of its values.

    The writer raises TypeError for a value of another type: a defect of the behaviour that made it.
    """

    declaration: str
    info: bytes
    encode: Callable[[SqlValue], bytes]


def _mismatch(value: SqlValue, declaration: str) -> TypeError:
    return TypeError(f"{type(value).__name__} in a column of type {declaration}")


def _integer(declaration: str, size: int) -> ColumnType:
    def encode(value: SqlValue) -> bytes:
        if value is None:
            return b"\0"
        if not isinstance(value, int):
            raise _mismatch(value, declaration)
        return bytes([size]) + int(value).to_bytes(size, "little", signed=size > 1)

    return ColumnType(declaration, bytes([0x26, size]), encode)


TINYINT = _integer("tinyint", 1)
SMALLINT = _integer("smallint", 2)
INT = _integer("int", 4)
BIGINT = _integer("bigint", 8)


def nvarchar(length: int) -> ColumnType:
    """Text of at most `length` (1 to 4000) UTF-16 code units; longer values are cut, as a CAST cuts them."""
    declaration = f"nvarchar({length})"

    def encode(value: SqlValue) -> bytes:
        if value is None:
            return _SHORT_NULL
        if not isinstance(value, str):
            raise _mismatch(value, declaration)
        data = utf16_bytes(value)[: 2 * length]
        return struct.pack("<H", len(data)) + data

    return ColumnType(declaration, b"\xe7" + struct.pack("<H", 2 * length) + COLLATION, encode)


def varbinary(length: int) -> ColumnType:
    """At most `length` (1 to 8000) bytes; longer values are cut."""
    declaration = f"varbinary({length})"

    def encode(value: SqlValue) -> bytes:
        if value is None:
            return _SHORT_NULL
        if not isinstance(value, bytes):
            raise _mismatch(value, declaration)
        return struct.pack("<H", min(len(value), length)) + value[:length]

    return ColumnType(declaration, b"\xa5" + struct.pack("<H", length), encode)


def _in_one_chunk(data: bytes) -> bytes:
    chunk = struct.pack("<I", len(data)) + data if data else b""
    return struct.pack("<Q", len(data)) + chunk + struct.pack("<I", 0)


def _encode_nvarchar_max(value: SqlValue) -> bytes:
    if value is None:
        return _PLP_NULL
    if not isinstance(value, str):
        raise _mismatch(value, "nvarchar(max)")
    return _in_one_chunk(utf16_bytes(value))


def _encode_varbinary_max(value: SqlValue) -> bytes:
    if value is None:
        return _PLP_NULL
    if not isinstance(value, bytes):
        raise _mismatch(value, "varbinary(max)")
    return _in_one_chunk(value)


NVARCHAR_MAX = ColumnType("nvarchar(max)", b"\xe7\xff\xff" + COLLATION, _encode_nvarchar_max)
VARBINARY_MAX = ColumnType("varbinary(max)", b"\xa5\xff\xff", _encode_varbinary_max)


def _encode_bit(value: SqlValue) -> bytes:
    if value is None:
        return b"\0"
    if not isinstance(value, bool):
        raise _mismatch(value, "bit")
    return bytes([1, value])


def _encode_float(value: SqlValue) -> bytes:
    if value is None:
        return b"\0"
    if not isinstance(value, int | float):
        raise _mismatch(value, "float")
    return b"\x08" + struct.pack("<d", value)


def _encode_guid(value: SqlValue) -> bytes:
    if value is None:
        return b"\0"
    if not isinstance(value, UUID):
        raise _mismatch(value, "uniqueidentifier")
    return b"\x10" + value.bytes_le


BIT = ColumnType("bit", b"\x68\x01", _encode_bit)
FLOAT = ColumnType("float", b"\x6d\x08", _encode_float)
UNIQUEIDENTIFIER = ColumnType("uniqueidentifier", b"\x24\x10", _encode_guid)


def decimal(precision: int, scale: int) -> ColumnType:
    """An exact number; digits behind `scale` are cut."""
    declaration = f"decimal({precision},{scale})"

    def encode(value: SqlValue) -> bytes:
        if value is None:
            return b"\0"
        if not isinstance(value, Decimal | int):
            raise _mismatch(value, declaration)
        number = int(Decimal(value).scaleb(scale))
        return bytes([_DECIMAL_LENGTH, number >= 0]) + abs(number).to_bytes(_DECIMAL_LENGTH - 1, "little")

    return ColumnType(declaration, bytes([0x6A, _DECIMAL_LENGTH, precision, scale]), encode)


def _encode_datetime(value: SqlValue) -> bytes:
    if value is None:
        return b"\0"
    if not isinstance(value, dt.datetime):
        raise _mismatch(value, "datetime")
    since = value.replace(tzinfo=None) - SQL_EPOCH
    ticks = round((since.seconds + since.microseconds / 1_000_000) * DATETIME_TICKS)
    return b"\x08" + struct.pack("<iI", since.days, ticks)


def _encode_datetime2(value: SqlValue) -> bytes:
    if value is None:
        return b"\0"
    if not isinstance(value, dt.datetime):
        raise _mismatch(value, "datetime2")
    since = value.replace(tzinfo=None) - CALENDAR_EPOCH
    steps = (since.seconds * 1_000_000 + since.microseconds) * 10
    return b"\x08" + steps.to_bytes(5, "little") + since.days.to_bytes(3, "little")


def _encode_date(value: SqlValue) -> bytes:
    if value is None:
        return b"\0"
    if not isinstance(value, dt.date):
        raise _mismatch(value, "date")
    return b"\x03" + (value.toordinal() - 1).to_bytes(3, "little")


DATETIME = ColumnType("datetime", b"\x6f\x08", _encode_datetime)
DATETIME2 = ColumnType("datetime2", bytes([0x2A, _SCALE]), _encode_datetime2)
DATE = ColumnType("date", b"\x28", _encode_date)


def _encode_variant(value: SqlValue) -> bytes:
    if value is None:
        return struct.pack("<I", 0)
    if isinstance(value, int):
        content = b"\x38\x00" + struct.pack("<i", value)
    elif isinstance(value, str):
        content = b"\xe7\x07" + COLLATION + struct.pack("<H", 8000) + utf16_bytes(value)
    else:
        raise _mismatch(value, "sql_variant")
    return struct.pack("<I", len(content)) + content


SQL_VARIANT = ColumnType("sql_variant", b"\x62" + struct.pack("<I", _VARIANT_LENGTH), _encode_variant)
"""What an uncast SERVERPROPERTY() gives: text or int; the drivers have trouble with it."""
