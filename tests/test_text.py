from __future__ import annotations

import sys
import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from smtui.text import decode, one_line, visible
from tests.foreign import FOREIGN


@pytest.mark.parametrize(
    ("raw", "shown"),
    [
        ("plain", "plain"),
        ("Größe 漢字 🙂", "Größe 漢字 🙂"),
        ("\x1b[31mred\x1b[0m and \x9b1;4mbold\x9bm", "red and bold"),
        ("\x1b]0;title\x07", "␛]0;title␇"),
        ("\x1b[2J", "␛[2J"),
        ("\x9b2J", "<9b>2J"),
        ("a\u202eb\u200bc", "a<U+202E>b<U+200B>c"),
        ("\ud800", "<U+D800>"),
        ("tag \U000e0041", "tag <U+E0041>"),
        ("\x7f", "␡"),
        ("one\r\ntwo\tthree\r", "one\ntwo\tthree␍"),
        ("\ufffd", "\ufffd"),
        ("\x1b[\x1b[0m0m", "␛[0m"),
    ],
)
def test_what_a_terminal_would_act_on_is_seen(raw: str, shown: str) -> None:
    assert visible(raw) == shown


def test_a_single_line_holds_no_layout() -> None:
    assert visible("a\nb\tc\r\nd", multiline=False) == "a␊b␉c␊d"


def test_every_character_of_a_harmful_category_is_replaced() -> None:
    harmful = [
        chr(code)
        for code in range(sys.maxunicode + 1)
        if unicodedata.category(chr(code)) in {"Cc", "Cf", "Cs", "Zl", "Zp"} and chr(code) not in "\n\t"
    ]
    assert [c for c in harmful if visible(c) == c] == []


@given(FOREIGN, st.booleans())
@example("\x1b[\x1b[0m0m", True)
def test_twice_is_the_same_as_once(text: str, multiline: bool) -> None:
    once = visible(text, multiline=multiline)
    assert visible(once, multiline=multiline) == once


@given(FOREIGN)
def test_what_is_shown_can_be_written_and_holds_no_control(text: str) -> None:
    shown = visible(text)
    shown.encode()
    assert all(c in "\n\t" or unicodedata.category(c) not in {"Cc", "Cf", "Cs", "Zl", "Zp"} for c in shown)


@given(FOREIGN, st.integers(min_value=1, max_value=50))
def test_one_line_keeps_its_limit(text: str, limit: int) -> None:
    line = one_line(text, limit)
    assert len(line) <= limit
    assert line.splitlines() in ([], [line])


def test_a_long_line_ends_in_an_ellipsis() -> None:
    assert one_line("  abcdef\n", 4) == "abc…"
    assert one_line("  abcd\n", 4) == "abcd"


@given(st.binary())
def test_decoded_bytes_can_be_written(data: bytes) -> None:
    decode(data).encode()


def test_broken_utf8_stays_readable() -> None:
    assert decode(b"caf\xe9") == "caf\\xe9"
