from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smtui.checklist.fit import misfits
from smtui.checklist.library import Library, lay_out
from smtui.checklist.model import InputType, Value
from smtui.checklist.references import (
    LOCAL,
    Place,
    ReferenceError_,
    Scope,
    resolve,
    resolve_text,
    scope_of,
    targets_of,
    whole_reference,
)
from smtui.environment import Environment

TYPES: dict[str, InputType] = {
    "promoted": "server",
    "store": "database",
    "those": "group",
    "share": "unc-path",
    "joined": "yes-no",
    "unanswered": "text",
}
ANSWERS = {
    "promoted": "sm02",
    "store": "dw-repository",
    "those": "all-management-servers",
    "share": "\\\\fs01\\{promoted.fqdn}",
    "joined": "yes",
}


@pytest.fixture
def scope(environment: Environment) -> Scope:
    return Scope(environment, ANSWERS, TYPES)


@pytest.mark.parametrize(
    ("template", "value"),
    [
        ("{promoted}", "SM02"),
        ("{promoted.fqdn}", "sm02.contoso.test"),
        ("{store}", "DWRepository"),
        ("{store.server}", "SQL01"),
        ("{service-manager.name}", "ServiceManager"),
        ("{service-manager.server_fqdn}", "sql01.contoso.test"),
        ("{service-manager.port}", 14330),
        ("{workflow-server}", "SM01"),
        ("{workflow-server.fqdn}", "sm01.contoso.test"),
        ("{management-server}", ("SM01", "SM02")),
        ("{those}", ("SM01", "SM02")),
        ("{all-management-servers}", ("SM01", "SM02")),
        ("{joined}", True),
        ("{paths.media}", "\\\\fs01\\media"),
        ("{environment.management_group}", "SM_Contoso"),
        ("{share}", "\\\\fs01\\{promoted.fqdn}"),  # an answer is never read as a template
        ("the {promoted}", "the {promoted}"),
        ("{ promoted }", "{ promoted }"),
        (5, 5),
        (False, False),
    ],
)
def test_a_reference_is_the_whole_value_and_keeps_its_type(scope: Scope, template: Value, value: Value) -> None:
    assert not isinstance(template, tuple)
    resolved = resolve(template, scope)
    assert resolved == value
    assert type(resolved) is type(value)


@pytest.mark.parametrize(
    ("template", "said"),
    [
        ("{nothing}", "`nothing` is no input, no role, and no group"),
        ("{unanswered}", "the input `unanswered` has not been answered"),
        ("{promoted.role}", "no such field"),
        ("{store.port}", "an instance, not a port"),
        ("{management-server.fqdn}", "several servers are meant"),
        ("{those.fqdn}", "several servers are meant"),
        ("{portal}", "no server of the environment has the role `portal`"),
        ("{dw-staging}", "no database in the role `dw-staging`"),
        ("{paths.packs}", "the environment names no path for {paths.packs}"),
        ("{paths}", "the environment names no path"),
        ("{environment.mirror}", "is nothing that the environment tells"),
        ("{joined.x}", "`joined` has no fields"),
    ],
)
def test_what_stands_for_nothing_is_said(scope: Scope, template: str, said: str) -> None:
    with pytest.raises(ReferenceError_, match=said):
        resolve(template, scope)


def test_an_answer_that_the_environment_does_not_know_is_said(environment: Environment) -> None:
    scope = Scope(environment, {"promoted": "SM09", "store": "x", "those": "y"}, TYPES)
    for name, said in (("promoted", "no server `SM09`"), ("store", "in the role `x`"), ("those", "`y` is no input")):
        with pytest.raises(ReferenceError_, match=said):
            resolve(f"{{{name}}}", scope)


def test_prose_holds_text_and_other_braces_stay(scope: Scope) -> None:
    prose = "On **{promoted.fqdn}** and {those}: {joined}, port {service-manager.port}; ${promoted} @{promoted} {x} {0}"
    assert resolve_text(prose, scope) == (
        "On **sm02.contoso.test** and SM01, SM02: yes, port 14330; ${promoted} @{promoted} {x} {0}"
    )


BARE = Scope(Environment(name="n", kind="exercise", management_group="g"), {"it": "{it}"}, {"it": "text"})


@given(st.text(st.sampled_from("{}.$@ it-_")) | st.text())
def test_prose_never_fails(prose: str) -> None:
    resolve_text(prose, BARE)
    if whole_reference(prose) is None:
        assert resolve(prose, BARE) == prose


@pytest.mark.parametrize(
    ("on", "places"),
    [
        ("local", (LOCAL,)),
        ("promoted", (Place("server", "SM02", "SM02"),)),
        ("store", (Place("database", "dw-repository", "DWRepository on SQL01"),)),
        ("service-manager", (Place("database", "service-manager", "ServiceManager on SQL01"),)),
        ("management-server", (Place("server", "SM01", "SM01"), Place("server", "SM02", "SM02"))),
        ("those", (Place("server", "SM01", "SM01"), Place("server", "SM02", "SM02"))),
    ],
)
def test_where_an_action_runs(scope: Scope, on: str, places: tuple[Place, ...]) -> None:
    assert targets_of(on, scope) == places


@pytest.mark.parametrize("on", ["share", "joined", "paths", "nothing", "portal"])
def test_nothing_runs_where_there_is_no_place(scope: Scope, on: str) -> None:
    with pytest.raises(ReferenceError_):
        targets_of(on, scope)


def test_steps_of_an_include_see_what_they_are_handed(library: Library, environment: Environment) -> None:
    procedure = lay_out(library.find("move-everything"), library)
    answers = {"first": "SM02", "joined": "no"}
    first = scope_of(procedure.by_id["one/act.record"], procedure, environment, answers)
    second = scope_of(procedure.by_id["two/act.record"], procedure, environment, answers)
    assert resolve("{target.fqdn}", first) == "sm02.contoso.test"
    assert resolve("{is-joined}", first) is False
    assert resolve("{store}", first) == "ServiceManager"
    assert resolve("{store}", second) == "DWRepository"
    assert resolve("{is-joined}", second) is True
    with pytest.raises(ReferenceError_):
        resolve("{first}", first)
    outside = scope_of(procedure.by_id["before.tell"], procedure, environment, answers)
    assert resolve("{first}", outside) == "SM02"
    heading = next(one for one in procedure.headings if one.id == "one/decide")
    assert resolve_text(heading.title, scope_of(heading, procedure, environment, answers)) == "Decide about SM02"


def test_a_group_and_a_role_are_handed_on_by_name(
    tmp_path: Path, library: Library, folder: Path, environment: Environment
) -> None:
    (folder / "restart.toml").write_text(
        '[checklist]\nid = "restart"\ntitle = "T"\nversion = "1"\nsource = "S"\n'
        '[[input]]\nname = "those"\ntype = "group"\nprompt = "P"\n'
        '[[input]]\nname = "base"\ntype = "database"\nprompt = "P"\n'
        '[[input]]\nname = "where"\ntype = "path"\nprompt = "P"\n'
        '[[section]]\nid = "s"\ntitle = "S"\n'
        '[[section.item]]\nid = "i"\ntitle = "I"\nby_hand = "{those} {base} {where}"\n',
        "utf-8",
    )
    (folder / "outer.toml").write_text(
        '[checklist]\nid = "outer"\ntitle = "T"\nversion = "1"\nsource = "S"\n'
        '[[section]]\nid = "s"\ntitle = "S"\ninclude = "restart"\n'
        'inputs = { those = "{all-management-servers}", base = "{service-manager}", where = "{paths.media}" }\n',
        "utf-8",
    )
    procedure = lay_out(folder / "outer.toml", library)
    step = procedure.by_id["s/s.i"]
    scope = scope_of(step, procedure, environment, {})
    assert scope.inputs == {
        "those": "all-management-servers",
        "base": "service-manager",
        "where": "\\\\fs01\\media",
    }
    assert resolve_text(step.item.by_hand, scope) == "SM01, SM02 ServiceManager \\\\fs01\\media"


def test_a_procedure_that_fits_has_no_misfits(library: Library, environment: Environment) -> None:
    procedure = lay_out(library.find("move-service"), library)
    answers = {"target": "SM02", "store": "service-manager", "is-joined": "yes"}
    assert misfits(procedure, environment, answers) == ()


def test_misfits_are_told_by_line(library: Library, environment: Environment) -> None:
    procedure = lay_out(library.find("move-service"), library)
    found = misfits(procedure, environment, {"target": "SM09", "store": "dw-repository", "is-joined": "yes"})
    record = procedure.by_id["act.record"]
    assert {problem.line for problem in found if "SM09" in problem.text} == {s.line for s in procedure.steps}
    assert [p.line for p in found if "an instance, not a port" in p.text] == [record.line]
    unanswered = misfits(lay_out(library.find("move-everything"), library), environment, {})
    assert "the input `first` has not been answered" in {problem.text for problem in unanswered}
