from __future__ import annotations

import itertools
import json

from hypothesis import given
from hypothesis import strategies as st

from smtui.targets.framing import ResultLine, scalars

LINE = 'smtui-result t1 {"status":"Stopped"}\n'


def cut(text: str, places: list[int]) -> list[str]:
    marks = sorted({min(place, len(text)) for place in places} | {0, len(text)})
    return [text[a:b] for a, b in itertools.pairwise(marks)]


@given(
    st.lists(st.sampled_from(["smtui-", "smtui-result t1", "smtui-result t2 {}", "a", "", " smtui-result t1 {}", "é"])),
    st.lists(st.integers(0, 200)),
    st.booleans(),
)
def test_output_passes_whole_and_the_result_is_found_however_it_is_cut(
    lines: list[str], places: list[int], ended: bool
) -> None:
    before = "".join(line + "\n" for line in lines)
    text = before + (LINE if ended else LINE.rstrip("\n"))
    scanner = ResultLine("t1")
    shown = "".join(scanner.feed(part) for part in cut(text, places)) + scanner.finish()
    assert shown == before
    assert scanner.fields == {"status": "Stopped"}


def test_output_is_shown_at_once_unless_it_may_become_the_result() -> None:
    scanner = ResultLine("t1")
    assert scanner.feed("Stopping") == "Stopping"
    assert scanner.feed(" ...\nsmtui-re") == " ...\n"
    assert scanner.feed("start\n") == "smtui-restart\n"


def test_another_token_is_only_output() -> None:
    scanner = ResultLine("t1")
    assert scanner.feed("smtui-result t2 {}\n") == "smtui-result t2 {}\n"
    assert scanner.fields is None


def test_a_broken_result_says_so() -> None:
    for payload in ("{", "[]", "3", "[" * 100_000):
        scanner = ResultLine("t1")
        scanner.feed(f"smtui-result t1 {payload}\n")
        assert scanner.fields is None
        assert "result" in scanner.problem


def test_an_endless_result_line_does_not_fill_the_memory() -> None:
    scanner = ResultLine("t1")
    scanner.feed("smtui-result t1 ")
    shown = "".join(scanner.feed("x" * 65536) for _ in range(40))
    assert len(shown) > 1 << 20
    assert scanner.fields is None


def test_values_become_what_a_journal_can_hold() -> None:
    raw = json.loads('{"a":null,"b":[1,{"c":"é"}],"d":1e400,"e":123456789012345678901234567890,"f":true,"g":2.5}')
    assert scalars(raw) == {
        "b": '[1,{"c":"é"}]',
        "d": "inf",
        "e": "123456789012345678901234567890",
        "f": True,
        "g": 2.5,
    }
