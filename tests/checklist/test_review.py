from __future__ import annotations

from pathlib import Path

import pytest

from smtui.checklist.library import Library, shipped_folder
from smtui.checklist.review import review
from smtui.checklist.script_rules import FRAME, HEAD

HEADING = """
[checklist]
id = "one"
title = "One"
version = "1.0"
source = "A test"
[[section]]
id = "all"
title = "All"
"""
DELETE = """
[[section.item]]
id = "delete"
title = "Delete"
by_hand = "Delete it."
run = { on = "service-manager", sql = "DELETE FROM t" }
"""
SHIPPED = Library([shipped_folder()])


def said(path: Path) -> list[str]:
    return [
        f"{Path(problem.file).name}:{problem.line}: {problem.text}" for problem in review(path, Library([])).problems
    ]


@pytest.fixture
def one(tmp_path: Path) -> Path:
    (tmp_path / "scripts").mkdir()
    return tmp_path / "one.toml"


@pytest.mark.parametrize("path", SHIPPED.paths(), ids=lambda path: path.stem)
def test_a_shipped_checklist_has_nothing_wrong(path: Path) -> None:
    found = review(path, SHIPPED)
    assert [str(problem) for problem in found.problems] == []
    assert found.procedure is not None


def test_what_cannot_be_taken_back_must_be_marked(one: Path) -> None:
    one.write_text(HEADING + DELETE)
    assert said(one) == [
        "one.toml:15: runs `DELETE FROM t`, which cannot be taken back: say `consequential = true` and a `caution`"
    ]
    one.write_text(HEADING + DELETE + 'consequential = true\ncaution = "It is gone."\n')
    assert said(one) == []


def test_what_another_item_undoes_need_not_be_marked(one: Path) -> None:
    undo = '[[section.item]]\nid = "again"\ntitle = "Again"\nby_hand = "Put it back."\nundo_of = "delete"\n'
    one.write_text(HEADING + DELETE + undo)
    assert said(one) == []


def test_everything_is_said_at_once_in_the_order_of_files_and_lines(one: Path) -> None:
    item = '[[section.item]]\nid = "run"\ntitle = "Run"\nby_hand = ""\nrun = { on = "sql", script = "a.ps1" }\n'
    (one.parent / "scripts" / "a.ps1").write_text(f"{HEAD}\niex $x\n{FRAME}\nexit\n")
    one.write_text(HEADING + item + DELETE.replace("DELETE FROM t", "EXEC (@x)"))
    assert [line.partition(": ")[0] for line in said(one)] == ["one.toml:13", "one.toml:20", "a.ps1:2", "a.ps1:4"]
    assert review(one, Library([])).procedure is None


def test_a_file_that_is_no_toml_is_said(one: Path) -> None:
    one.write_text("[checklist")
    (found,) = said(one)
    assert found.startswith("one.toml:1: not valid TOML")
