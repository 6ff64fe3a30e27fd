from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from smtui.checklist.layout import MAX_STEPS
from smtui.checklist.library import Library, lay_out
from smtui.checklist.load import ChecklistError

Spoil = Callable[[str, str, str], Path]


def problems_of(path: Path, library: Library) -> str:
    with pytest.raises(ChecklistError) as caught:
        lay_out(path, library)
    return str(caught.value)


def test_one_checklist_gets_full_ids_numbers_and_lines(folder: Path, library: Library) -> None:
    procedure = lay_out(folder / "move-service.toml", library)
    assert [(h.id, h.number) for h in procedure.headings] == [("decide", "1"), ("act", "2")]
    record = procedure.by_id["act.record"]
    assert record.number == "2.2"
    assert record.section == "act"
    assert record.requires == ("act.stop", "decide.way")
    assert record.when == ("decide.way = move", "is-joined = yes")
    assert procedure.by_id["act.stop"].holds_until == "act.start"
    assert procedure.by_id["act.start"].undo_of == "act.stop"
    assert record.inputs == {}
    assert not record.included
    lines = (folder / "move-service.toml").read_text("utf-8").splitlines()
    assert lines[record.line] == 'id = "record"'
    assert sorted(procedure.scripts) == ["place.sql", "service-status.ps1", "service-stop.ps1"]


def test_a_plan_prefixes_numbers_and_hands_on(folder: Path, library: Library) -> None:
    procedure = lay_out(folder / "move-everything.toml", library)
    assert [h.number for h in procedure.headings] == ["1", "2", "2.1", "2.2", "3", "3.1", "3.2", "4"]
    first, second = procedure.by_id["one/act.record"], procedure.by_id["two/act.record"]
    assert first.number == "2.2.2"
    assert first.requires == ("one/act.stop", "one/decide.way")
    assert first.when == ("before.tell = done", "one/decide.way = move", "joined = yes")
    assert second.when == ("two/decide.way = move", '"yes" = yes')
    assert second.inputs == {"target": "{first}", "store": "dw-repository", "is-joined": "yes"}
    assert second.input_types["target"] == "server"
    assert second.included
    assert procedure.by_id["after.check"].requires == ("one/act.record", "two/act.record")


def test_a_plan_of_plans_composes_what_is_handed(folder: Path, library: Library) -> None:
    (folder / "outer.toml").write_text(
        """
[checklist]
id = "outer"
title = "Outer"
version = "1.0"
source = "Made up"
[[input]]
name = "machine"
type = "server"
prompt = "Which?"
[[section]]
id = "all"
title = "All"
include = "move-everything"
inputs = { first = "{machine}", joined = "no" }
""",
        "utf-8",
    )
    procedure = lay_out(folder / "outer.toml", library)
    step = procedure.by_id["all/one/act.record"]
    assert step.number == "1.2.2.2"
    assert step.inputs == {"target": "{machine}", "store": "service-manager", "is-joined": "no"}
    assert step.when == ("all/before.tell = done", "all/one/decide.way = move", '"no" = yes')


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('include = "move-service"', 'include = "move-servce"', "no checklist is called `move-servce`; did you mean"),
        ('include = "move-service"', 'include = "move-everything"', "`move-everything` includes itself by this"),
        ('include = "move-service"', 'include = "x/../y"', "`include` must be lower case words"),
        ('target = "{first}"', 'traget = "{first}"', "has no input `traget`; did you mean `target`?"),
        ('target = "{first}"', 'traget = "{first}"', "`move-service` needs the input `target`"),
        ('target = "{first}"', 'target = "{frist}"', "{frist} stands for nothing; did you mean `first`?"),
        ('target = "{first}"', 'target = "{first.fqdn}"', "{first.fqdn} is no server"),
        ('target = "{first}"', 'target = "{joined}"', "{joined} is no server"),
        ('is-joined = "yes"', 'is-joined = "true"', "`is-joined` must be one of yes, no"),
        ('store = "dw-repository"', 'store = "DWRepository"', "`store` must be one of"),
        ('is-joined = "{joined}"', 'is-joined = "{environment.kind}"', "which a condition cannot compare"),
        ('"one/act.record"', '"one/act.recrd"', "no item is called `one/act.recrd`; did you mean `one/act.record`?"),
        ('"one/act.record"', '"act.record"', "no item is called `act.record`"),
        ('include = "move-service"', 'include = "move-service"\nitem = []', "not both"),
        ('title = "The first service"', 'title = "{second}"', "{second} stands for nothing"),
    ],
)
def test_a_bad_include_is_named(library: Library, spoil: Spoil, old: str, new: str, said: str) -> None:
    path = spoil("move-everything.toml", old, new)
    if said == "not both":
        path.write_text(path.read_text("utf-8").replace("item = []", 'item = [{id = "a", title = "A", by_hand = "B"}]'))
    assert said in problems_of(path, library)


def test_mistakes_of_an_included_file_are_named_in_that_file_once(folder: Path, library: Library, spoil: Spoil) -> None:
    included = spoil("move-service.toml", 'undo_of = "stop"', 'undo_of = "stopp"')
    spoil("move-service.toml", "retry = 2", "retry = -1")
    said = problems_of(folder / "move-everything.toml", library).splitlines()
    assert [line.split(": ")[1] for line in said] == [
        "`retry` must be from 0 to 10",
        "no item is called `stopp`; did you mean `stop`?",
    ]
    assert all(line.startswith(str(included)) for line in said)


def test_an_include_must_have_the_id_that_it_is_called_by(folder: Path, library: Library) -> None:
    (folder / "move-service.toml").rename(folder / "other.toml")
    path = folder / "move-everything.toml"
    path.write_text(path.read_text("utf-8").replace('include = "move-service"', 'include = "other"'), "utf-8")
    assert "the file for `other` has the id `move-service`" in problems_of(path, library)


def plan(checklist_id: str, *includes: str) -> str:
    sections = "".join(
        f'[[section]]\nid = "s{number}"\ntitle = "S"\ninclude = "{name}"\n' for number, name in enumerate(includes)
    )
    return f'[checklist]\nid = "{checklist_id}"\ntitle = "T"\nversion = "1"\nsource = "S"\n{sections}'


LEAF = plan("leaf") + '[[section]]\nid = "s"\ntitle = "S"\n[[section.item]]\nid = "i"\ntitle = "I"\nby_hand = "B"\n'


def test_cycles_are_refused(tmp_path: Path) -> None:
    (tmp_path / "a.toml").write_text(plan("a", "b"))
    (tmp_path / "b.toml").write_text(plan("b", "a"))
    assert "`a` includes itself by this" in problems_of(tmp_path / "a.toml", Library([tmp_path]))


def test_includes_do_not_nest_without_end(tmp_path: Path) -> None:
    (tmp_path / "leaf.toml").write_text(LEAF)
    below = "leaf"
    names = ["l1", "l2", "l3", "l4"]
    for name in names:
        (tmp_path / f"{name}.toml").write_text(plan(name, below))
        below = name
    library = Library([tmp_path])
    assert len(lay_out(tmp_path / "l3.toml", library).steps) == 1
    assert "more than 3 deep" in problems_of(tmp_path / "l4.toml", library)
    # Also where each link of the chain has been read before.
    (tmp_path / "flat.toml").write_text(plan("flat", "leaf", "l1", "l2", "l3", "l4"))
    assert "more than 3 deep" in problems_of(tmp_path / "flat.toml", library)


def test_includes_do_not_multiply_without_end(tmp_path: Path) -> None:
    (tmp_path / "leaf.toml").write_text(LEAF)
    (tmp_path / "wide.toml").write_text(plan("wide", *["leaf"] * 200))
    (tmp_path / "wider.toml").write_text(plan("wider", *["wide"] * 200))
    assert f"more than {MAX_STEPS} steps" in problems_of(tmp_path / "wider.toml", Library([tmp_path]))


def test_what_a_section_requires_each_of_its_items_requires(folder: Path, library: Library) -> None:
    path = folder / "move-everything.toml"
    text = path.read_text("utf-8")
    spoilt = text.replace('include = "move-service"', 'include = "move-service"\nrequires = ["before.tell"]', 1)
    assert spoilt != text
    path.write_text(spoilt)
    procedure = lay_out(path, library)
    assert procedure.by_id["one/act.stop"].requires[0] == "before.tell"
    assert "before.tell" in procedure.by_id["one/act.record"].requires
    assert "before.tell" not in procedure.by_id["two/act.record"].requires


def test_a_section_cannot_require_what_comes_later(folder: Path, library: Library) -> None:
    path = folder / "move-everything.toml"
    text = path.read_text("utf-8")
    path.write_text(text.replace('include = "move-service"', 'include = "move-service"\nrequires = ["after.check"]', 1))
    assert "must come earlier" in problems_of(path, library)
