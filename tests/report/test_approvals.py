"""What a report says of second persons: who was asked, who agreed, who said no, and what was done without."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from smtui.cli.exporting import evidence_of
from smtui.environment import load_environment
from smtui.report.edition import edition
from smtui.report.html import to_html
from smtui.report.json_ import to_json
from smtui.report.layout import lay_out
from smtui.report.markdown import to_markdown
from smtui.report.model import Evidence
from smtui.session.store import Store

KEPT = Path(__file__).parents[1] / "session" / "fixtures" / "format-2-two-persons"
ITEM = "import.overwrite"
FORMS = (to_html, to_markdown)


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Store:
    root = tmp_path_factory.mktemp("sessions")
    shutil.copytree(KEPT, root / "two")
    return Store(root)


@pytest.fixture(scope="module")
def told(store: Store) -> Evidence:
    reading = store.read("two")
    return evidence_of(store.path("two"), reading, reading.verdict, reading.reason)


def test_each_request_has_its_answer(told: Evidence) -> None:
    (item,) = [one for one in told.items if one.id == ITEM]
    assert item.persons == 2
    assert [(one.answer, one.by, one.uid) for one in item.approvals] == [
        ("agreed", "4002", 4002),
        ("refused", "4002", 4002),
        ("glass broken", "4001@vm", None),
    ]
    assert item.approvals[1].reason == "the copy is of another server"
    assert len({one.deed_sha256 for one in item.approvals}) == 1, "the same deed all along"


def test_doing_without_comes_first(told: Evidence) -> None:
    assert told.deviations[0].kind == "break-glass"
    assert told.deviations[0].what == "none is overwritten, nobody else is here"
    assert "refused" in {one.kind for one in told.deviations}
    assert told.summary.second_person == {"without one (glass broken)": 1}
    banners = [banner.title for banner in lay_out(told).banners]
    assert "GLASS BROKEN" in banners


def test_both_accounts_are_named_with_what_they_do_not_prove(told: Evidence) -> None:
    assert [(one.name, one.role, one.uid) for one in told.people] == [
        ("4001@vm", "operator", 4001),
        ("4002", "second person", 4002),
    ]
    assert any("Two accounts are not two persons" in text for text in told.does_not_prove)


def test_all_forms_say_it(told: Evidence) -> None:
    codes = {one.code for item in told.items for one in item.approvals if one.code}
    for text in [form(told) for form in FORMS]:
        plain = text.replace("\\", "")
        for wanted in (*codes, "glass broken", "the copy is of another server", "second person", "account 4002"):
            assert wanted in plain
    report = json.loads(to_json(told))
    assert report["summary"]["second_person"] == told.summary.second_person


def test_outsiders_do_not_learn_the_account(store: Store, told: Evidence) -> None:
    environment = load_environment(store.path("two") / "environment.toml")
    text = to_json(edition(told, environment, store.read("two").records))
    assert "4002" not in text
    assert "4001" not in text
