from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from smtui.checklist.library import Library, lay_out
from smtui.checklist.load import ChecklistError

Spoil = Callable[[str, str, str], Path]

STOP_RUN = 'with = { name = "OMSDK", computer = "{target.fqdn}", wait = 60, force = false }'

# What is replaced in move-service.toml, by what, and what is said of it.
MISTAKES = [
    ('version = "1.0"', 'verzion = "1.0"', "unknown key `verzion`; did you mean `version`?"),
    ("[checklist]", "[cheklist]", "unknown key `cheklist`; did you mean `checklist`?"),
    ('id = "move-service"', 'id = "Move Service"', "`id` must be lower case words joined by hyphens"),
    ('title = "Move a service to another server"', 'title = " "', "`title` is empty"),
    ('rto = "1h"', 'rto = "1 hour"', '`rto` must be a duration such as "90s", "5m" or "2h"'),
    ('rto = "1h"', "rto = 60", "`rto` must be a duration"),
    ('rto = "1h"', 'rto = "0s"', "`rto` must be a duration"),
    ('applies_to = ["2022"]', 'applies_to = "2022"', "`applies_to` must be a list, not text"),
    ('applies_to = ["2022"]', 'applies_to = ["2019", 2022]', "`applies_to[2]` must be text, not a whole number"),
    ('name = "target"', 'name = "paths"', "`paths` has a meaning of its own"),
    ('name = "target"', 'name = "sql"', "`sql` has a meaning of its own"),
    ('name = "target"', 'name = "all-management-servers"', "has a meaning of its own"),
    ('name = "target"', 'name = "Target"', "names are lower case words"),
    ('name = "store"', 'name = "target"', "the input `target` is there already, in line 10"),
    ('type = "server"', 'type = "sever"', "`type` cannot be `sever`; did you mean `server`?"),
    ('role = "management-server"', 'role = "service-manager"', "`service-manager` is no role of a server"),
    ('role = "management-server"', 'role = "managment-server"', "did you mean `management-server`?"),
    ('prompt = "Where to?"', 'prompt = ""', "`prompt` is empty"),
    ('prompt = "Where to?"', 'prompt = "Not {store}?"', "a prompt is shown before anything is answered"),
    ('default = "service-manager"', 'default = "sm"', "`default` must be one of service-manager"),
    ('default = "service-manager"', 'choices = ["a", "b"]', "`choices` and the type `choice` belong together"),
    ('id = "act"', 'id = "decide"', "the section `decide` is there already"),
    ('id = "record"', 'id = "stop"', "the item `stop` is there already"),
    ('title = "Decide about {target.name}"', 'title = "{taget}"', "{taget} stands for nothing; did you mean `target`?"),
    ('when = ["decide.way = move"]', 'when = ["decide.way"]', "must be written as `name = value`"),
    ('when = ["decide.way = move"]', 'when = ["decide.wy = move"]', "no item is called `decide.wy`; did you mean"),
    ('when = ["decide.way = move"]', 'when = ["decide.way = mov"]', "did you mean `move`?"),
    ('when = ["decide.way = move"]', 'when = ["act.start = done"]', "`act.start` must come earlier"),
    ('when = ["decide.way = move"]', "when = ['\"a\" = a']", "must begin with the name of an input or an item"),
    ('when = ["is-joined = yes"]', 'when = ["is-joined = yess"]', "`yess` is no answer to `is-joined`; did you mean"),
    ('when = ["is-joined = yes"]', 'when = ["joined = yes"]', "no item is called `joined`"),
    ("choose = { rebuild", 'choose = { move = "Move it" } # ', "a choice needs two branches at least"),
    ("choose = { rebuild", "choose = { Rebuild", "must be lower case words"),
    ('"Move it" }', '"" }', "`move` is empty"),
    ('by_hand = "Stop it in `services.msc`."', 'by_hand = ""', "`by_hand` is empty"),
    ('by_hand = "Stop it in `services.msc`."', 'by_hand = "{target.fqn}"', "no such field; did you mean `fqdn`?"),
    ('by_hand = "Stop it in `services.msc`."', 'by_hand = "{paths}"', "needs a field, such as {paths.media}"),
    ('by_hand = "Stop it in `services.msc`."', 'by_hand = "{is-joined.x}"', "`is-joined` has no fields"),
    ('by_hand = "Stop it in `services.msc`."', 'by_hand = "{exit}"', "a literal brace takes a blank: `{ exit }`"),
    ('estimate = "1m"', 'estimate = "1d"', "`estimate` must be a duration"),
    ('run = { on = "target"', 'run = { on = "taget"', "no place where anything runs; did you mean `target`?"),
    ('run = { on = "target"', 'run = { on = "xyz"', "is asked for by an [[input]] of type `group`"),
    ('run = { on = "target"', 'run = { on = "is-joined"', "`is-joined` is no place where anything runs"),
    ('run = { on = "target"', 'run = { on = "store"', "PowerShell runs on a server, and `store` is none"),
    ('run = { on = "store"', 'run = { on = "target"', "T-SQL runs on a database, and `target` is none"),
    ('run = { on = "local"', 'run = { on = "target"', "a command runs on this machine"),
    ('script = "service-stop.ps1"', 'script = "service-stp.ps1"', "the script `service-stp.ps1`: cannot be read"),
    ('script = "service-stop.ps1"', 'script = "../stop.ps1"', "must be the plain name of a .ps1 or .sql file"),
    ('script = "service-stop.ps1"', 'script = "stop.exe"', "must be the plain name of a .ps1 or .sql file"),
    ('script = "service-stop.ps1", ', "", "`run` needs one of `script`, `sql` and `command`, and one only"),
    ('script = "service-stop.ps1"', 'script = "service-stop.ps1", sql = "X"', "and one only"),
    (STOP_RUN, "values = [1]", "`values` is for T-SQL"),
    (STOP_RUN, 'with = { "a b" = 1 }', "names of parameters are letters, digits and underscores"),
    (STOP_RUN, 'with = { name = "{tget.fqdn}" }', "{tget.fqdn} stands for nothing; did you mean `target`?"),
    (STOP_RUN, 'with = { name = "on {target}" }', "{target} must be the whole value here"),
    (STOP_RUN, "with = { name = [1] }", "`name` must be text, a number, true or false, not a list"),
    (STOP_RUN, "with = { name = 2020-01-01 }", "not a date or time"),
    (STOP_RUN, "with = { name = nan }", "`name` is no number that can be kept"),
    (STOP_RUN, "with = { name = 0xffffffffffffffffff }", "`name` is no number that can be kept"),
    ('timeout = "5m"', 'timeut = "5m"', "unknown key `timeut`; did you mean `timeout`?"),
    ('timeout = "5m"', 'timeout = "5m", expect = { a = 1 }', "unknown key `expect`"),
    ('expect = { status = "Stopped" }', "expect = {}", "`sense` needs `expect`"),
    ('expect = { status = "Stopped" }', "expect = { Status = 1 }", "fields are lower case words"),
    ('expect = { status = "Stopped" }', "expect = { status = [1] }", "`status` must be a table, not a list"),
    ('expect = { status = "Stopped" }', "expect = { status = { is = 1 } }", "unknown key `is`"),
    ('expect = { status = "Stopped" }', "expect = { status = {} }", "needs one of one_of, at_least"),
    ('expect = { status = "Stopped" }', "expect = { status = { at_least = 1, at_most = 2 } }", "and one only"),
    ('expect = { status = "Stopped" }', "expect = { status = { one_of = [] } }", "`one_of` is empty"),
    (
        'expect = { status = "Stopped" }',
        'expect = { status = { matches = "(" } }',
        "`matches` is no regular expression",
    ),
    ('expect = { status = "Stopped" }', 'expect = { status = { matches = "[[a]" } }', "Possible nested set"),
    ('expect = { status = "Stopped" }', 'expect = { status = "{x.y}" }', "{x.y} stands for nothing"),
    ('holds_until = "start"', 'holds_until = "strat"', "no item is called `strat`; did you mean `start`?"),
    ('holds_until = "start"', 'holds_until = "decide.way"', "`decide.way` must come later"),
    ("retry = 2", "retry = 11", "`retry` must be from 0 to 10"),
    ("retry = 2", 'on_interrupt = "rerun"', "`rerun` needs `idempotent = true`"),
    ("retry = 2", "approve = 0", "`approve` must be from 1 to 5"),
    ("retry = 2", 'approve = 2\nchoose = { a = "A", b = "B" }', "approved, not the choice"),
    ("retry = 2", 'modes = ["drill", "drill"]', "a mode is named twice"),
    ("retry = 2", 'modes = ["dril"]', "`modes[1]` cannot be `dril`; did you mean `drill`?"),
    ("retry = 2", 'retry = "2"', "`retry` must be a whole number, not text"),
    ("retry = 2", 'choose = { a = "A", b = "B" }', "has neither `run` nor `sense`"),
    ('caution = "The database believes it from here on."', "", "a consequential item needs a `caution`"),
    ("consequential = true", "consequential = true\nretry = 1", "is never tried again by itself"),
    ("consequential = true", "consequential = 1", "`consequential` must be true or false, not a whole number"),
    ('requires = ["stop", "decide.way"]', 'requires = ["stop", "way"]', "no item is called `way`"),
    ('requires = ["stop", "decide.way"]', 'requires = ["stop", "stop"]', "an item is named twice"),
    ('requires = ["stop", "decide.way"]', 'requires = ["record"]', "an item cannot name itself here"),
    ('requires = ["stop", "decide.way"]', 'requires = ["start"]', "`start` must come earlier"),
    ('values = ["{target.fqdn}"]', "values = []", "the statement takes 1 values (`?`), and `values` has 0"),
    ('values = ["{target.fqdn}"]', "with = { a = 1 }", "`with` is for PowerShell"),
    ('values = ["{target.fqdn}"]', 'values = ["{target.fqdn}"], credential = "x"', "only PowerShell scripts ask"),
    ('values = ["{target.name}"]', 'values = ["a", "b"]', "the statement takes 1 values (`?`), and `values` has 2"),
    ('otherwise = "It still', 'otherwise = "{it} still', "{it} stands for nothing"),
    ('confirm = { seen = "', 'confirm = { Seen = "', "names are lower case words"),
    ('confirm = { seen = "Which name is there now?" }', 'confirm = { seen = "" }', "`seen` is empty"),
    ('undo_of = "stop"', 'undo_of = "stopp"', "no item is called `stopp`; did you mean `stop`?"),
    ('command = ["printf", "%s", "{target.fqdn}"]', "command = []", "the command is empty"),
    ('command = ["printf", "%s", "{target.fqdn}"]', 'command = ["a", "b{target}"]', "must be the whole value here"),
    ('command = ["printf", "%s", "{target.fqdn}"]', 'command = ["a", "\\u0000"]', "cannot hold a NUL"),
    ('on_interrupt = "rerun"', 'on_interrupt = "sense"', "`sense` is for items that have one"),
    ("idempotent = true", 'include = "x"', "unknown key `include`"),
]


@pytest.mark.parametrize(("old", "new", "said"), MISTAKES, ids=[said[:60] for _, _, said in MISTAKES])
def test_a_mistake_is_named_where_it_stands(library: Library, spoil: Spoil, old: str, new: str, said: str) -> None:
    path = library.find("move-service")
    text = path.read_text("utf-8")
    before = text[: text.index(old)]
    line, head = before.count("\n") + 1, before[: before.rfind("\n[") + 1].count("\n") + 1
    spoil("move-service.toml", old, new)
    with pytest.raises(ChecklistError) as caught:
        lay_out(path, library)
    hits = [problem for problem in caught.value.problems if said in problem.text]
    assert hits, str(caught.value)
    assert {problem.file for problem in hits} == {str(path)}
    # What is missing is told at the head of its table.
    assert {problem.line for problem in hits} <= {line, head, line + new.count("\n")}, str(caught.value)


@pytest.mark.parametrize("key", ["id", "title", "by_hand"])
def test_a_missing_key_is_named_at_its_item(folder: Path, library: Library, key: str) -> None:
    path = folder / "move-service.toml"
    text = path.read_text("utf-8")
    head = text.index('[[section.item]]\nid = "stop"')
    path.write_text(text[:head] + re.sub(rf"(?m)^{key} = .*\n", "", text[head:], count=1), "utf-8")
    with pytest.raises(ChecklistError) as caught:
        lay_out(path, library)
    line = text[:head].count("\n") + 1
    assert any(p.line == line and p.text == f"`{key}` is missing" for p in caught.value.problems), str(caught.value)


def test_all_mistakes_are_named_at_once(folder: Path, library: Library, spoil: Spoil) -> None:
    spoil("move-service.toml", 'type = "server"', 'type = "sever"')
    spoil("move-service.toml", 'estimate = "1m"', "estimate = 1")
    spoil("move-service.toml", 'undo_of = "stop"', 'undo_of = "stopp"')
    path = spoil("move-service.toml", "service-status.ps1", "service-stats.ps1")
    with pytest.raises(ChecklistError) as caught:
        lay_out(path, library)
    assert [problem.line for problem in caught.value.problems] == sorted(p.line for p in caught.value.problems)
    assert len(caught.value.problems) == 4, str(caught.value)
    assert str(caught.value).splitlines()[0].startswith(f"{path}:12: `type` cannot be")


def test_one_mistake_is_said_once(folder: Path, library: Library, spoil: Spoil) -> None:
    path = spoil("move-service.toml", 'by_hand = "Stop it in `services.msc`."', "by_hand = 3")
    with pytest.raises(ChecklistError) as caught:
        lay_out(path, library)
    assert [problem.text for problem in caught.value.problems] == ["`by_hand` must be text, not a whole number"]
