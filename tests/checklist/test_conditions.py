from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smtui.checklist.conditions import STATUSES, When, holds, parse_when
from smtui.checklist.sql_text import count_placeholders


@pytest.mark.parametrize(
    ("entry", "when"),
    [
        ("joined = yes", When("input", "joined", "yes")),
        ("  joined=yes ", When("input", "joined", "yes")),
        ("decide.way = move", When("item", "decide.way", "move")),
        ("one/decide.way = not-applicable", When("item", "one/decide.way", "not-applicable")),
        ("version = 2016 or = later", When("input", "version", "2016 or = later")),
        ('"a \\" = b" = c', When("value", 'a " = b', "c")),
    ],
)
def test_entries(entry: str, when: When) -> None:
    assert parse_when(entry) == when
    assert parse_when(str(when)) == when


@pytest.mark.parametrize("entry", ["", "joined", "joined =", "= yes", "Joined = yes", "a b = c", '"a = c', '"\\q" = c'])
def test_what_is_no_entry_is_refused(entry: str) -> None:
    with pytest.raises(ValueError, match="must be written as `name = value`"):
        parse_when(entry)


@given(st.text())
def test_any_text_is_an_entry_or_refused(entry: str) -> None:
    try:
        when = parse_when(entry)
    except ValueError:
        return
    assert parse_when(str(when)) == when


@given(st.text(), st.from_regex(r"[a-z]+", fullmatch=True))
def test_any_text_can_be_settled_beforehand(text: str, value: str) -> None:
    when = When("value", text, value)
    assert parse_when(str(when)) == when


@pytest.mark.parametrize(
    ("entry", "status", "branch", "answer"),
    [
        ("a.b = move", "done", "move", True),
        ("a.b = MOVE", "done", "move", True),
        ("a.b = move", "done", "stay", False),
        ("a.b = move", "todo", None, None),
        ("a.b = move", "not-applicable", None, False),
        ("a.b = done", "done", None, True),
        ("a.b = done", "running", None, None),
        ("a.b = done", "skipped", None, False),
        ("a.b = failed", "failed", None, True),
        ("a.b = skipped", "skipped", None, True),
    ],
)
def test_conditions_on_items(entry: str, status: str, branch: str | None, answer: bool | None) -> None:
    assert status in STATUSES
    assert holds(parse_when(entry), {}, lambda _: (status, branch)) is answer


def test_conditions_on_inputs_and_settled_values() -> None:
    def never(item: str) -> tuple[str, str | None]:
        raise AssertionError(item)

    assert holds(parse_when("joined = yes"), {"joined": "Yes"}, never) is True
    assert holds(parse_when("joined = yes"), {"joined": "no"}, never) is False
    assert holds(parse_when("joined = yes"), {}, never) is None
    assert holds(parse_when('"yes" = YES'), {}, never) is True
    assert holds(parse_when('"no" = yes'), {}, never) is False


@pytest.mark.parametrize(
    ("statement", "count"),
    [
        ("EXEC p ?", 1),
        ("SELECT ?, ?;", 2),
        ("SELECT '?', '''?', \"?\", [?], [a]]?] -- ?\n, ?", 1),
        ("/* ? /* ? */ ? */ ?", 1),
        ("/* ' */ ? /* [ */", 1),
        ("'never closed ?", 0),
        ("-- '\n?", 1),
        ("", 0),
    ],
)
def test_placeholders_are_counted_where_they_are_some(statement: str, count: int) -> None:
    assert count_placeholders(statement) == count


@given(st.text(st.sampled_from("?'\"[]-/*\n a")))
def test_counting_ends_and_counts_no_more_than_there_are(statement: str) -> None:
    assert 0 <= count_placeholders(statement) <= statement.count("?")
