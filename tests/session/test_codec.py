from __future__ import annotations

import tomllib
from datetime import UTC, datetime, timedelta, timezone
from typing import get_args

import msgspec
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from smtui.session import codec, journal
from smtui.session.events import (
    Accepted,
    Completed,
    Confirmed,
    Ended,
    EnvironmentChanged,
    Event,
    Noted,
    Opened,
    Sensed,
    Skipped,
    Stamp,
    Started,
    Torn,
)
from smtui.session.journal import MAX_BLOCK, ORIGIN
from tests.session.making import AT, opened

STAMP = Stamp(at=AT, boottime=12.5, by="ada", origin="10.0.0.7")
STARTED = Started(item="a.b", attempt=1, target="SM01", token="t", action_sha256="0" * 64, output="2-a.b-SM01.txt")
anything = st.text(st.characters(exclude_categories=[]), max_size=300)
"""Lone surrogates, controls and unassigned characters included."""
scalars = st.one_of(anything, st.integers(), st.floats(), st.booleans())


def there_and_back(event: Event, stamp: Stamp = STAMP, seq: int = 2) -> tuple[Event, Stamp]:
    block = codec.pack(event, stamp, seq, ORIGIN)
    assert len(block) <= MAX_BLOCK
    found = journal.scan(block, seq=seq - 1, head=ORIGIN)
    assert found.verdict == "whole", found.reason
    record = codec.record(found.entries[0])
    assert record.seq == seq
    return record.event, record.stamp


def stored(text: str) -> str:
    return text.encode("utf-8", "backslashreplace").decode()


@pytest.mark.parametrize(
    "event",
    [
        opened(),
        opened(files=(), rto=3600.0, people=("lead: Ada", "observer: Bob")),
        STARTED,
        Accepted(item="a.b", token="t", remote={}),
        Accepted(item="a.b", token="t", remote={"shell": "S-1", "command": "C-2"}),
        Ended(
            item="a.b", target="SM01", token="t", outcome="ok", exit_code=0, fields={"status": "Stopped", "count": 3}
        ),
        Confirmed(item="a.b", grade="attested", evidence={"Ticket number": "CHG-1", "Überprüft von": "Bob"}),
        Completed(verdict="complete with exceptions"),
        Torn(file="session.torn-00", sha256="0" * 64),
        EnvironmentChanged(reason="new address", sha256="0" * 64, difference=("- a", "+ b")),
        EnvironmentChanged(reason="none", sha256="0" * 64, difference=()),
    ],
)
def test_event_and_stamp_come_back(event: Event) -> None:
    seq = 1 if isinstance(event, Opened) else 2
    assert there_and_back(event, seq=seq) == (event, STAMP)


def test_every_kind_of_event_has_a_tag_of_its_own() -> None:
    tags = [kind.__struct_config__.tag for kind in get_args(Event)]
    assert len(set(tags)) == len(tags)


def test_no_kind_has_a_key_that_the_format_keeps_for_itself() -> None:
    for kind in get_args(Event):
        keys = {field.encode_name for field in msgspec.structs.fields(kind)}
        assert not keys & {"seq", "sha256", "kind", "at", "boottime", "by", "from"}
        assert all(journal.NAME.fullmatch(key) for key in keys)


def test_none_and_empty_values_are_left_out() -> None:
    fields = codec.to_fields(Sensed(item="a", target="t", answer="agrees"), STAMP)
    assert set(fields) == {"at", "kind", "item", "target", "answer", "boottime", "by", "from"}


def test_times_are_utc_in_the_file() -> None:
    east = AT.astimezone(timezone(timedelta(hours=5, minutes=30)))
    block = codec.pack(Noted(text="x"), Stamp(at=east, boottime=1.0, by="a", origin="b"), 2, ORIGIN)
    assert b"at = 2025-11-22 10:41:07.120000+00:00\n" in block
    assert there_and_back(Noted(text="x"), Stamp(at=east, boottime=1.0, by="a", origin="b"))[1].at == AT


def test_a_naive_time_is_refused() -> None:
    naive = Stamp(at=datetime(2025, 1, 1), boottime=1.0, by="a", origin="b")  # noqa: DTZ001 - the very thing refused
    with pytest.raises(ValueError, match="without a zone"):
        codec.pack(Noted(text="x"), naive, 2, ORIGIN)


@given(anything)
@example("x_")
@example("x__5f_")
@example("_41_")
@example("")
@example("Service Name")
@example('status\r\nsha256 = "0"')
def test_any_name_comes_back(text: str) -> None:
    name = codec.to_name(text[:60])
    assert journal.NAME.fullmatch(name)
    if len(stored(text[:60])) <= 64:
        assert codec.from_name(name) == stored(text[:60])


@given(st.lists(anything, unique_by=stored, max_size=20))
def test_different_names_stay_different(texts: list[str]) -> None:
    assert len({codec.to_name(text) for text in texts}) == len(texts)


def test_plain_names_stay_as_they_are() -> None:
    assert codec.to_name("recovery_model2") == "recovery_model2"
    assert codec.to_name("Service Name") == "x__53_ervice_20__4e_ame"
    assert codec.to_name("x_ray") == "x_x_5f_ray"


def test_long_names_with_one_beginning_do_not_clash() -> None:
    names = [codec.to_name("n" * 300 + str(number)) for number in range(50)]
    assert len(set(names)) == 50
    assert max(map(len, names)) <= 600


@pytest.mark.parametrize("name", ["x__", "x__ffffffffffffff_", "x__d800_", "x_" + "_9" * 30_000 + "_"])
def test_names_nobody_wrote_are_read_as_something(name: str) -> None:
    codec.from_name(name).encode()


@settings(max_examples=300)
@given(anything, anything, st.dictionaries(anything, scalars, max_size=8), st.one_of(st.none(), anything))
def test_foreign_text_and_values_come_back_as_text_that_the_format_holds(
    item: str, target: str, fields: dict[str, str | bool | int | float], why: str | None
) -> None:
    event, stamp = there_and_back(Sensed(item=item, target=target, answer="cannot-tell", fields=fields, why=why))
    assert isinstance(event, Sensed)
    assert (event.item, event.target) == (stored(item), stored(target))
    assert event.why == (None if why is None else stored(why))
    assert stamp == STAMP
    assert len(event.fields) == len({codec.to_name(name) for name in fields})


def test_what_has_no_toml_number_becomes_text() -> None:
    fields = {"huge": 2**63, "edge": 2**63 - 1, "inf": float("inf"), "nan": float("nan"), "ok": True, "small": -0.0}
    event, _ = there_and_back(Sensed(item="a", target="t", answer="agrees", fields=fields))
    assert isinstance(event, Sensed)
    assert event.fields["huge"] == "9223372036854775808"
    assert event.fields["edge"] == 2**63 - 1
    assert (event.fields["inf"], event.fields["nan"], event.fields["ok"]) == ("inf", "nan", True)


@pytest.mark.parametrize(
    "text", ["\r\n", "a\r\nb\rc\n", "\0", "\x1b]0;owned\a", "\x9b2J", "\u202eabc", "\u2028", "\ufeff"]
)
def test_controls_come_back_and_no_pager_sees_them(text: str) -> None:
    block = codec.pack(Noted(text=text), STAMP, 2, ORIGIN)
    assert not any(ord(char) < 32 and char != "\n" for char in block.decode())
    assert not any(char in block.decode() for char in "\x7f\x9b\u202e\u2028\ufeff")
    assert there_and_back(Noted(text=text))[0] == Noted(text=text)


@pytest.mark.parametrize("letter", ["a", "\0", "é", "\U0001f600", "\U000e0041", "\ud800", '"'])
def test_huge_texts_are_cut_with_a_mark(letter: str) -> None:
    event, _ = there_and_back(Noted(text=letter * 2_000_000))
    assert isinstance(event, Noted)
    assert event.text.endswith("… (cut, 2000000 characters)")
    assert event.text.startswith(stored(letter) * 100)


def test_a_text_that_fits_is_never_cut() -> None:
    text = "a" * (MAX_BLOCK - 1000)
    assert there_and_back(Noted(text=text))[0] == Noted(text=text)


def test_only_what_is_long_is_cut() -> None:
    event, stamp = there_and_back(Skipped(item="a.b", reason="r" * 500_000))
    assert isinstance(event, Skipped)
    assert event.item == "a.b"
    assert stamp == STAMP


@pytest.mark.parametrize("width", [1, 40, 3000])
def test_a_flood_of_fields_is_cut_with_a_mark(width: int) -> None:
    fields: dict[str, str | bool | int | float] = {f"Ключ {n}": "\x1b" * width for n in range(20_000)}
    event, _ = there_and_back(Sensed(item="a", target="t", answer="agrees", fields=fields))
    assert isinstance(event, Sensed)
    assert "more were cut" in str(event.fields["…"])
    assert "Ключ 0" in event.fields


def test_a_cut_event_is_still_one_toml_event() -> None:
    block = codec.pack(Noted(text="\x1b" * 100_000), STAMP, 2, ORIGIN)
    (event,) = tomllib.loads(block.decode())["event"]
    assert event["seq"] == 2
    assert event["at"] == AT.astimezone(UTC)


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"kind": "noted"},
        {"kind": 7},
        {"kind": ["noted"]},
        {"kind": "noted", "text": "x", "at": "yesterday", "boottime": 1.0, "by": "a", "from": "b"},
        {"kind": "noted", "text": "x", "colour": "red", "at": AT, "boottime": 1.0, "by": "a", "from": "b"},
        {"kind": "noted", "text": {"a": 1}, "at": AT, "boottime": 1.0, "by": "a", "from": "b"},
        {"kind": "\x1b[31m", "at": AT, "boottime": 1.0, "by": "a", "from": "b"},
    ],
)
def test_unknown_kinds_and_keys_are_told_in_one_line(fields: dict[str, object]) -> None:
    with pytest.raises(codec.UnknownEventError) as error:
        codec.from_fields(fields)
    assert str(error.value).isprintable()
