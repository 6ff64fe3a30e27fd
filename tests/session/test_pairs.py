"""The short way through a block says what the TOML libraries say, or nothing."""

from __future__ import annotations

import tomllib
from datetime import UTC, datetime

import pytest
import tomli_w
from hypothesis import example, given, settings
from hypothesis import strategies as st

from smtui.session.journal import encode
from smtui.session.pairs import read_pairs, write_pair

NAMES = st.sampled_from(["kind", "at", "by", "x_", "fields", "a"])
SCALARS = st.one_of(
    st.text(max_size=12),
    st.booleans(),
    st.integers(-(2**63), 2**63 - 1),
    st.floats(allow_nan=False, allow_infinity=False),
    st.datetimes(timezones=st.just(UTC)),
)
VALUES = st.one_of(SCALARS, st.lists(st.text(max_size=6), max_size=3))
LINES = st.sampled_from(
    [
        *("a = 1", "a.b = 2", "a.b = true", "b = -0", "b = 01", "c = +3", "c = 1.50", "c = 1.", "c = 1e3", "d = [ ]"),
        *("d = []", "d = [\n]", 'd = [\n    "x",\n]', 'd = [\n    "x"\n]', 'd = [\n    "\\u00e9",\n]', 'e = "\\u12"'),
        *('e = "\\t"', 'e = "\u00e9\t"', "f = 2025-13-01 00:00:00+00:00", "f = 2025-11-22 24:00:00+00:00"),
        *("f = 2025-11-22 10:00:00.5+00:00", "f = 2025-11-22 10:00:00+00:00", "f = 2025-11-22 23:59:60+00:00"),
        *("g = 'x'", "h=1", "A = 1", "a = true\r", "# note"),
    ]
)


def by_the_library(data: bytes) -> dict[str, object] | None:
    try:
        return tomllib.loads(data.decode())
    except ValueError:
        return None


@given(st.lists(LINES, max_size=4).map("\n".join))
@settings(max_examples=400)
@example("a = 1\na.b = 2")
@example("a.b = 2\na = 1")
@example("a = 1\na = 1")
def test_whatever_the_lines_are_it_agrees_with_tomllib_or_leaves_them_to_it(lines: str) -> None:
    data = f"{lines}\n".encode()
    read = read_pairs(data)
    assert read is None or (read, str(read)) == (by_the_library(data), str(by_the_library(data)))


@given(st.dictionaries(NAMES, VALUES, min_size=1), st.data())
def test_any_changed_byte_is_read_as_tomllib_reads_it_or_left_to_it(
    fields: dict[str, object], data: st.DataObject
) -> None:
    block = bytearray(tomli_w.dumps(fields).encode())
    block[data.draw(st.integers(0, len(block) - 1))] = data.draw(st.integers(0, 255))
    read = read_pairs(bytes(block))
    assert read is None or str(read) == str(by_the_library(bytes(block)))


@given(NAMES, SCALARS)
def test_what_it_writes_is_what_tomli_w_writes(key: str, value: object) -> None:
    assert write_pair(key, value) in (None, tomli_w.dumps({key: value}))


def test_the_short_way_is_taken_by_typical_events() -> None:
    at = datetime(2025, 11, 22, 10, 0, 0, 5, tzinfo=UTC)
    table = {"ok": True, "n": -3}
    values = {"at": at, "kind": "ended", "fields": table, "by": "CONTOSO\\ada", "boottime": 1.5, "of": ["a", "b"]}
    body = encode(values, 7, "0" * 64).removeprefix(b"\n[[event]]\n")
    assert read_pairs(body) == tomllib.loads(body.decode())


@pytest.mark.parametrize("data", [b"a = 1", b"a = 1\n\n", b"[a]\nb = 1\n", b"\xff = 1\n", b'a = "\xff"\n'])
def test_what_no_event_holds_is_left_to_the_library(data: bytes) -> None:
    assert read_pairs(data) is None
