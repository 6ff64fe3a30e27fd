from __future__ import annotations

import os
import tomllib
from pathlib import Path

import pytest
import tomli_w
from hypothesis import example, given
from hypothesis import strategies as st

from smtui.toml_positions import MAX_ENTRIES, TooMuchError, positions
from smtui.toml_source import MAX_BYTES, MAX_LINE, Problem, SourceError, load_toml, parse_toml

SAMPLE = '''\
title = "a # [b] = 'c'"   # [comment] = 1
dotted.key."with space" = 1

[[section]]
id = "one"
text = """
id = "not here"
[nor.here]
\\""" still inside """""
[[section.item]]
list = [
  1, # one
  [2, 3], { a = 'x', b.c = [ { d = 1 } ] },
]
raw = \'\'\'
[[section]]''\'\'\'
[[section]]
[[section.item]]
when = 1979-05-27 07:32:00
[[section.item]]
half = 1.5
[section.item.run]
on = { "quoted\\u0020key" = true }
'''

ROUTES = {
    ("title",): 1,
    ("dotted",): 2,
    ("dotted", "key", "with space"): 2,
    ("section",): 4,
    ("section", 0): 4,
    ("section", 0, "id"): 5,
    ("section", 0, "text"): 6,
    ("section", 0, "item", 0): 10,
    ("section", 0, "item", 0, "list", 0): 12,
    ("section", 0, "item", 0, "list", 1, 1): 13,
    ("section", 0, "item", 0, "list", 2, "b", "c", 0, "d"): 13,
    ("section", 0, "item", 0, "raw"): 15,
    ("section", 1): 17,
    ("section", 1, "item", 0, "when"): 19,
    ("section", 1, "item", 1): 20,
    ("section", 1, "item", 1, "half"): 21,
    ("section", 1, "item", 1, "run"): 22,
    ("section", 1, "item", 1, "run", "on", "quoted key"): 23,
}


def routes_of(value: object, route: tuple[str | int, ...] = ()) -> set[tuple[str | int, ...]]:
    if isinstance(value, dict):
        below = [routes_of(element, (*route, key)) for key, element in value.items()]
    elif isinstance(value, list):
        below = [routes_of(element, (*route, index)) for index, element in enumerate(value)]
    else:
        below = []
    return {route}.union(*below)


def test_every_value_has_its_line() -> None:
    source = parse_toml(SAMPLE.encode(), "sample.toml")
    assert {route: source.lines[route] for route in ROUTES} == ROUTES
    assert set(source.lines) == routes_of(source.tree) - {()}


def test_windows_line_ends_change_no_line() -> None:
    source = parse_toml(SAMPLE.replace("\n", "\r\n").encode(), "sample.toml")
    assert dict(source.lines) == positions(SAMPLE)


def test_a_value_that_is_not_there_is_told_at_the_table_around_it() -> None:
    source = parse_toml(SAMPLE.encode(), "sample.toml")
    assert source.line(("section", 0, "item", 0, "missing", "below")) == 10
    assert source.line(("nothing",)) == 1
    assert str(source.problem(("section", 1), "is wrong")) == "sample.toml:17: is wrong"


KEYS = st.one_of(st.from_regex(r"[A-Za-z0-9_-]{1,5}", fullmatch=True), st.text(max_size=5))
LEAVES = st.one_of(
    st.text(), st.integers(-(2**40), 2**40), st.booleans(), st.floats(allow_nan=False, allow_infinity=False)
)
TREES = st.dictionaries(
    KEYS,
    st.recursive(
        LEAVES, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=3), max_leaves=8
    ),
    max_size=5,
)


@given(TREES, st.booleans())
def test_every_written_tree_is_read_with_all_its_places(tree: dict[str, object], multiline: bool) -> None:
    text = tomli_w.dumps(tree, multiline_strings=multiline)
    try:
        text.encode()
    except UnicodeEncodeError:  # lone surrogates cannot stand in a file
        return
    source = parse_toml(text.encode(), "written")
    assert set(source.lines) == routes_of(source.tree) - {()}


SIGNS = [*"\"'[]{}=,.\n\\ \x00é", '"""', "'''", "[[", "]]", "\r\n", "a", "b.c", "1", "# x"]
PIECES = ["a = 1\n", "[a]\n", "[[b]]\n", '"k" = """x\n""""\n', "x = [1, {y = 2}]\n"]
FRAGMENTS = st.lists(st.sampled_from(SIGNS + PIECES), max_size=25).map("".join)


@given(st.one_of(st.binary(), st.text().map(str.encode), FRAGMENTS.map(str.encode)))
@example(b"a = 0x" + b"f" * 9000)
@example(b"a = " + b"1" * 5000)
@example(b"a = 2021-02-30")
@example(b"\xed\xa0\x80 = 1")
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    try:
        source = parse_toml(data, "any")
    except SourceError as error:
        problems = error.problems
    else:
        assert set(source.lines) == routes_of(source.tree) - {()}
        assert source.tree == tomllib.loads(data.decode("utf-8-sig"))
        return
    assert [str(problem)[:3] for problem in problems] == ["any"]


@pytest.mark.parametrize(
    ("data", "line", "said"),
    [
        (b"a" + b".a" * 17 + b" = 1", 1, "more than 16 dots"),
        (b"x = 1\n[a" + b".a" * 40_00 + b"]", 2, "more than 16 dots"),
        (b'x = """\n\n"""\ny = ' + b"[" * 33, 4, "deeper than 32"),
        (b"y = " + b"{a=" * 33, 1, "deeper than 32"),
        (b"a = 1\n# " + b"x" * MAX_LINE, 2, "longer than 65,536 bytes"),
        (b"#\n" * (MAX_BYTES // 2) + b"#", 0, "larger than 2,097,152 bytes"),
        (b"a = [\n" + b"0,\n" * (MAX_ENTRIES + 1) + b"]", MAX_ENTRIES + 1, "more than 100,000 keys"),
        (b"".join(b"[a%d.b.c.d.e.f.g.h]\n" % n for n in range(20_000)), 12501, "more than 100,000 keys"),
        (b"a = 1\nb = nope", 2, "not valid TOML: Invalid value"),
        (b"a = 1\n\na = 2", 3, "not valid TOML: Cannot overwrite a value"),
        (b"a = 1\nb = \xff", 2, "byte 0xff is not UTF-8"),
        (b"a = " + b"9" * 4400, 0, "a number that is too long"),
    ],
)
def test_bombs_and_broken_files_are_refused_where_they_stand(data: bytes, line: int, said: str) -> None:
    with pytest.raises(SourceError) as caught:
        parse_toml(data, "f")
    (problem,) = caught.value.problems
    assert problem.line == line
    assert said in problem.text


def test_what_is_just_within_the_bounds_is_read() -> None:
    parse_toml(b"a" + b".a" * 16 + b" = 1\n[b" + b".b" * 16 + b"]\nx = " + b"[" * 32 + b"]" * 32, "f")
    with pytest.raises(TooMuchError):
        positions("x = " + "[" * 33)


def test_dots_in_strings_and_numbers_are_no_depth() -> None:
    parse_toml(b'a = "' + b"." * 100 + b'"\n"' + b"." * 100 + b'" = [' + b"1.5, " * 100 + b"]", "f")


def test_a_message_shows_no_control_characters() -> None:
    assert str(Problem("f\x1b[2J", 3, "a\nb\x07")) == "f␛[2J:3: a␊b␇"
    assert str(Problem("f", 0, "x")) == "f: x"


@pytest.mark.parametrize("kind", ["missing", "folder", "pipe", "device", "nul"])
def test_only_regular_files_are_read(tmp_path: Path, kind: str) -> None:
    path = {"folder": tmp_path, "device": Path("/dev/zero"), "nul": tmp_path / "a\0b"}.get(kind, tmp_path / "file")
    if kind == "pipe":
        os.mkfifo(path)
    with pytest.raises(SourceError) as caught:
        load_toml(path)
    assert caught.value.problems[0].line == 0
