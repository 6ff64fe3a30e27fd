from __future__ import annotations

from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from smtui.checklist.layout import Layout
from smtui.checklist.load import ChecklistError, load_bytes
from smtui.checklist.volume import Volume
from smtui.toml_shape import MAX_PROBLEMS

TEXT = (Path(__file__).parent / "data" / "move-service.toml").read_text("utf-8")
WORDS = [
    "[",
    "]",
    "{",
    "}",
    '"',
    "=",
    "\n",
    "1",
    "true",
    "2020-01-01",
    "nan",
    "{target}",
    "[[section]]\n",
    "item = []\n",
]


def spoilt(cut: tuple[int, int, str]) -> bytes:
    start, length, new = cut
    return (TEXT[:start] + new + TEXT[start + length :]).encode(errors="replace")


CUTS = st.tuples(
    st.integers(0, len(TEXT)), st.integers(0, 60), st.text(max_size=10) | st.lists(st.sampled_from(WORDS)).map("".join)
).map(spoilt)

LINES = TEXT.splitlines()
SHUFFLED = st.lists(st.sampled_from(LINES), max_size=40).map(lambda lines: "\n".join(lines).encode())


@given(st.one_of(st.binary(), CUTS, SHUFFLED))
def test_any_bytes_are_laid_out_or_refused(data: bytes) -> None:
    try:
        loaded = load_bytes(data, "any.toml")
    except ChecklistError:
        return
    layout = Layout(Volume(loaded, data, {}, {}))
    layout.procedure()
    for problem in (*loaded.problems, *layout.problems):
        assert str(problem).isprintable() or not str(problem).isascii()
        assert 0 < problem.line <= data.count(b"\n") + 1


def test_a_flood_of_mistakes_is_cut_off() -> None:
    flood = "".join(f"unknown{number} = 1\n" for number in range(20_000))
    assert len(load_bytes(flood.encode(), "flood.toml").problems) == MAX_PROBLEMS
