"""Values keep their bytes in both directions: what a column writes is what an argument of its type reads."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smtui.drill.sql import columns
from smtui.drill.sql.columns import ColumnType
from smtui.drill.sql.parameters import Argument, read_argument
from smtui.drill.sql.reader import ProtocolError, Reader, utf16_bytes
from smtui.drill.sql.values import SqlValue

MOMENTS = st.datetimes(dt.datetime.fromisoformat("1753-01-01"), dt.datetime.fromisoformat("9999-12-31"))
ANY_TEXT = st.text(st.characters(codec=None, categories=None))
"""Lone surrogates too: SQL Server stores what it gets."""


def through(kind: ColumnType, value: SqlValue) -> SqlValue:
    reader = Reader(b"\0\0" + kind.info + kind.encode(value))
    argument = read_argument(reader)
    assert not reader.more()
    return argument.value


def whole_units(text: str, limit: int) -> bool:
    return len(utf16_bytes(text)) <= 2 * limit


@given(ANY_TEXT)
def test_text(text: str) -> None:
    assert through(columns.NVARCHAR_MAX, text) == text
    if whole_units(text, 4000):
        assert through(columns.nvarchar(4000), text) == text


@given(st.binary(max_size=9000))
def test_bytes(data: bytes) -> None:
    assert through(columns.VARBINARY_MAX, data) == data
    assert through(columns.varbinary(8000), data) == data[:8000]


@pytest.mark.parametrize(
    ("kind", "low", "high"),
    [
        (columns.TINYINT, 0, 255),
        (columns.SMALLINT, -(2**15), 2**15 - 1),
        (columns.INT, -(2**31), 2**31 - 1),
        (columns.BIGINT, -(2**63), 2**63 - 1),
    ],
    ids=lambda value: getattr(value, "declaration", None),
)
def test_integers(kind: ColumnType, low: int, high: int) -> None:
    for value in (low, high, 0, 1, None):
        assert through(kind, value) == value
    with pytest.raises(OverflowError):
        kind.encode(high + 1)


@given(st.floats(allow_nan=False))
def test_floats(value: float) -> None:
    assert through(columns.FLOAT, value) == value


@given(st.decimals(allow_nan=False, allow_infinity=False, places=4, min_value=-(10**13), max_value=10**13))
def test_decimals(value: Decimal) -> None:
    assert through(columns.decimal(18, 4), value) == value


@given(MOMENTS)
def test_moments(moment: dt.datetime) -> None:
    assert through(columns.DATETIME2, moment) == moment
    assert through(columns.DATE, moment.date()) == moment.date()
    rounded = through(columns.DATETIME, moment)
    assert isinstance(rounded, dt.datetime)
    assert abs(rounded - moment) <= dt.timedelta(milliseconds=4)


@given(st.uuids())
def test_guids(guid: UUID) -> None:
    assert through(columns.UNIQUEIDENTIFIER, guid) == guid


ALL = (
    columns.TINYINT, columns.BIT, columns.FLOAT, columns.NVARCHAR_MAX, columns.VARBINARY_MAX, columns.nvarchar(10),
    columns.varbinary(10), columns.DATETIME, columns.DATETIME2, columns.DATE, columns.UNIQUEIDENTIFIER,
    columns.decimal(9, 2),
)  # fmt: skip


@pytest.mark.parametrize("kind", ALL, ids=lambda kind: kind.declaration)
def test_null_and_values_of_other_types(kind: ColumnType) -> None:
    assert through(kind, None) is None
    with pytest.raises(TypeError, match="in a column of type"):
        kind.encode(dt.time(1) if kind is not columns.NVARCHAR_MAX else 1)


def test_bits() -> None:
    assert [through(columns.BIT, value) for value in (True, False)] == [True, False]


def test_longer_text_is_cut() -> None:
    assert through(columns.nvarchar(3), "abcdef") == "abc"


def named(body: bytes) -> Argument:
    return read_argument(Reader(b"\x02@\0x\0\0" + body))


@pytest.mark.parametrize(
    ("body", "value"),
    [
        (b"\x1f", None),
        (b"\x38\xfe\xff\xff\xff", -2),
        (b"\x32\x01", True),
        (b"\x3b\0\0\xc0\x3f", 1.5),
        (b"\x3a\x01\x00\x3c\x00", dt.datetime.fromisoformat("1900-01-02T01:00")),
        (b"\x6e\x08\x08\xff\xff\xff\xff\xf0\xd8\xff\xff", Decimal("-1.0000")),
        (b"\x7a\x10\x27\0\0", Decimal("1.0000")),
        (b"\x29\x00\x03\x3c\0\0", dt.time(0, 1)),
        (b"\x2b\x00\x08\x00\x00\x00\x01\x00\x00\x3c\x00", dt.datetime.fromisoformat("0001-01-02T01:00:00+01:00")),
        (b"\xa7\x08\0\x09\x04\xd0\0\x34\x02\0\xe9\x80", "é€"),
        (b"\x63\xff\xff\xff\x7f\x09\x04\xd0\0\x34\x04\0\0\0a\0b\0", "ab"),
        (b"\x22\xff\xff\xff\x7f\x02\0\0\0\x01\x02", b"\1\2"),
        (b"\x23\xff\xff\xff\x7f\x09\x04\xd0\0\x34\xff\xff\xff\xff", None),
    ],
)
def test_types_that_only_clients_send(body: bytes, value: SqlValue) -> None:
    assert named(body) == Argument("@x", value)


@given(st.binary(max_size=60))
def test_garbage_is_an_argument_or_refused(data: bytes) -> None:
    try:
        read_argument(Reader(data))
    except ProtocolError:
        return
