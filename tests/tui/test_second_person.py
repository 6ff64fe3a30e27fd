"""Two persons on the screen and as lines: what is shown to the operator while they wait for the second one."""

from __future__ import annotations

from pathlib import Path

import pytest

from smtui.checklist.library import Library
from smtui.session.store import Store
from smtui.tui.widgets.bar import Bar
from tests.plain.speaking import heard
from tests.tui.recovery import Recovery, agreed, recovery
from tests.tui.showing import show

ITEM = "s.stop"
CHECKLIST = """\
[checklist]
id = "two"
title = "Two persons"
version = "1"
source = "test"
[[section]]
id = "s"
title = "S"
[[section.item]]
id = "stop"
title = "Stop the agent on SM02"
by_hand = "Stop it."
caution = "Nobody is told."
approve = 2
run = { on = "management-server", script = "service-stop.ps1", with = { name = "HealthService" } }
[[section.item]]
id = "last"
title = "The last one"
by_hand = "Nothing."
"""


def two_persons(root: Path) -> Recovery:
    folder = root / "checklists"
    (folder / "scripts").mkdir(parents=True)
    (folder / "two.toml").write_text(CHECKLIST)
    (folder / "scripts" / "service-stop.ps1").write_text("exit 0\n")
    return recovery(root / "sessions", library=Library([folder]), checklist="two")


@pytest.fixture
def plan(tmp_path: Path) -> Recovery:
    return two_persons(tmp_path)


def code_of(plan: Recovery) -> str:
    approval = plan.engine.state.items[ITEM].approval
    assert approval is not None
    return approval.code


async def test_the_code_is_shown_until_the_second_person_has_agreed(plan: Recovery) -> None:
    async with show(plan) as operator:
        assert "It takes 2 persons. y asks for the second one, K does without" in operator.text()
        await operator.press("r")
        assert not operator.app.screen.query(Bar), "there is nothing to run yet"
        await operator.press("y")
        assert "Ask a second person for 1.1 Stop the agent on SM02?" in operator.text()
        await operator.press("enter")
        assert f"smtui approve {code_of(plan)}" in " ".join(operator.text().split())
        plan.engine.hear(agreed(plan, ITEM))
        await operator.until(lambda: "agreed to by bert" in operator.text())
        await operator.press("r", "enter")
        await operator.until(lambda: plan.engine.state.items[ITEM].status == "done")
    assert plan.world.calls


async def test_the_glass_is_broken_with_a_reason_and_the_item_asks_all_the_same(plan: Recovery) -> None:
    async with show(plan) as operator:
        await operator.press("K")
        assert "It stands on the first page of the report." in " ".join(operator.text().split())
        await operator.press("enter")
        assert "Something must be typed here" in operator.text()
        await operator.type("alone")
        await operator.press("enter")
        await operator.until(lambda: "Glass broken" in operator.text())
        assert not plan.world.calls, "nothing has run by that"
        await operator.press("r", "enter")
        await operator.until(lambda: plan.engine.state.items[ITEM].status == "done")


async def test_what_was_asked_for_is_taken_back(plan: Recovery) -> None:
    async with show(plan) as operator:
        await operator.press("y", "enter")
        code = code_of(plan)
        await operator.press("Y")
        await operator.type("mistake")
        await operator.press("enter")
        await operator.until(lambda: "withdrawn: mistake" in " ".join(operator.text().split()))
        await operator.press("y", "enter")
        assert code_of(plan) != code


def test_as_lines(plan: Recovery) -> None:
    _, text = heard(plan, "run", "ask", "yes")
    flat = " ".join(text.split())
    assert "takes 2 persons" in flat
    assert f"They type: smtui approve {code_of(plan)}" in flat


def test_as_lines_once_they_have_agreed(plan: Recovery) -> None:
    plan.engine.request_approval(ITEM)
    plan.engine.hear(agreed(plan, ITEM))
    _, text = heard(plan, "run", "yes")
    assert "Agreed to by bert (account 4002)." in " ".join(text.split())
    assert plan.engine.state.items[ITEM].status == "done"


def test_as_lines_without_the_second_person(plan: Recovery, tmp_path: Path) -> None:
    heard(plan, "break", "alone on shift", "run", "yes")
    assert plan.engine.state.items[ITEM].status == "done"
    store = Store(tmp_path / "sessions")
    assert 'kind = "break-glass"' in (store.path(store.ids()[0]) / "session.toml").read_text()
