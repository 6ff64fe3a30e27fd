from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smtui.checklist.expect import judge
from smtui.checklist.model import Condition, Scalar
from smtui.checklist.references import ReferenceError_, Scope
from smtui.environment import Environment
from smtui.text import visible


@pytest.fixture
def scope(environment: Environment) -> Scope:
    return Scope(environment, {"promoted": "SM02"}, {"promoted": "server"})


@pytest.mark.parametrize(
    ("condition", "found", "answer"),
    [
        (Condition(equal="Stopped"), "stopped", "agrees"),
        (Condition(equal="Straße"), "STRASSE", "agrees"),
        (Condition(equal="Stopped"), "Running", "differs"),
        (Condition(equal="{promoted.fqdn}"), "SM02.contoso.test", "agrees"),
        (Condition(equal="{all-management-servers}"), "sm01", "agrees"),
        (Condition(equal=1), 1, "agrees"),
        (Condition(equal=1), "1", "agrees"),
        (Condition(equal=1), True, "agrees"),
        (Condition(equal="1"), 1, "agrees"),
        (Condition(equal=1), 2, "differs"),
        (Condition(equal=2**60), 2**60 + 1, "differs"),
        (Condition(equal=False), False, "agrees"),
        (Condition(equal=False), "False", "agrees"),
        (Condition(equal=False), 0, "agrees"),
        (Condition(equal=False), "", "differs"),
        (Condition(equal=""), "", "agrees"),
        (Condition(equal="one"), 1, "differs"),
        (Condition(one_of=("{promoted.fqdn}", "{promoted.name}")), "sm02", "agrees"),
        (Condition(one_of=("{promoted.fqdn}", "{promoted.name}")), "sm01", "differs"),
        (Condition(one_of=("{all-management-servers}", "X")), "SM02", "agrees"),
        (Condition(at_least=1), 1, "agrees"),
        (Condition(at_least=1), "0", "differs"),
        (Condition(at_least=1), "many", "cannot-tell"),
        (Condition(at_most=1.5), 1, "agrees"),
        (Condition(at_most=1.5), 2, "differs"),
        (Condition(matches="^7\\."), "7.5.0", "agrees"),
        (Condition(matches="error"), "ERROR 5", "agrees"),
        (Condition(matches="^5$"), 5, "agrees"),
        (Condition(matches="x"), "y", "differs"),
        (Condition(matches="x"), "y" * 5000 + "x", "differs"),
        (Condition(absent=True), "there", "differs"),
        (Condition(absent=True), "", "agrees"),
        (Condition(absent=False), "there", "agrees"),
        (Condition(absent=False), "", "differs"),
    ],
)
def test_one_field(scope: Scope, condition: Condition, found: Scalar, answer: str) -> None:
    assert judge({"field": condition}, {"field": found}, scope).answer == answer


def test_a_missing_field_cannot_be_told_unless_absence_is_asked_for(scope: Scope) -> None:
    assert judge({"status": Condition(equal="x")}, {}, scope).answer == "cannot-tell"
    assert judge({"status": Condition(absent=True)}, {}, scope).answer == "agrees"
    assert judge({"status": Condition(absent=False)}, {}, scope).answer == "differs"


def test_why_is_one_line_that_names_found_and_expected(scope: Scope) -> None:
    expect = {"status": Condition(equal="Stopped"), "open": Condition(at_most=0), "name": Condition(one_of=("a", "b"))}
    judged = judge(expect, {"status": "Running\n\x1b[2J", "open": 3, "name": "a"}, scope)
    assert judged.why == "status is Running␊␛[2J, expected Stopped; open is 3, expected at most 0"
    error = judge({"status": Condition(equal="Stopped")}, {"error": "access denied"}, scope)
    assert error.why == "status is missing: access denied"
    assert judge({"status": Condition(equal="x")}, {"status": ""}, scope).why == "status is empty, expected x"


def test_a_difference_outweighs_what_cannot_be_told(scope: Scope) -> None:
    expect = {"a": Condition(equal=1), "b": Condition(equal=1)}
    assert judge(expect, {"b": 2}, scope).answer == "differs"
    assert judge(expect, {"b": 1}, scope).answer == "cannot-tell"


@pytest.mark.parametrize("progress", ["RESTORE 42 %", 0, True])
def test_progress_comes_before_every_comparison(scope: Scope, progress: Scalar) -> None:
    judged = judge({"status": Condition(equal="x")}, {"status": "x", "progress": progress}, scope)
    assert judged.answer == "in-progress"
    assert judged.why


@pytest.mark.parametrize("progress", ["", False])
def test_empty_progress_is_none(scope: Scope, progress: Scalar) -> None:
    assert judge({"status": Condition(equal="x")}, {"status": "x", "progress": progress}, scope).answer == "agrees"


def test_nothing_expected_never_agrees(scope: Scope) -> None:
    assert judge({}, {"status": "Stopped"}, scope).answer == "cannot-tell"


def test_an_unresolved_reference_is_an_error_not_a_difference(scope: Scope) -> None:
    with pytest.raises(ReferenceError_):
        judge({"a": Condition(equal="{portal}")}, {"a": "x"}, scope)


SCALARS = st.one_of(st.text(), st.booleans(), st.integers(), st.floats(allow_nan=False))


EMPTY = Environment(name="n", kind="exercise", management_group="g")


@given(SCALARS, SCALARS)
def test_any_field_can_be_judged_and_equals_itself(found: Scalar, wanted: Scalar) -> None:
    scope = Scope(EMPTY, {}, {})
    assert judge({"f": Condition(equal=found)}, {"f": found}, scope).answer == "agrees"
    for condition in (
        Condition(equal=wanted),
        Condition(one_of=(wanted, 1)),
        Condition(at_least=1),
        Condition(at_most=1),
    ):
        why = judge({"f": condition}, {"f": found}, scope).why
        assert visible(why, multiline=False) == why
