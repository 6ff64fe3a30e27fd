"""A question of several fields on a small screen: what is typed, and the answers, are always in sight."""

from __future__ import annotations

from pathlib import Path

import pytest

from smtui.tui.widgets.bar import Bar, TypedInput
from tests.tui.pictures import prepared
from tests.tui.recovery import Recovery, recovery
from tests.tui.showing import Operator, show

SMALL = (60, 20)
OBJECTIVE = (
    "Workflows run again within four hours of the decision, as the contract of 2024 with the service desk asks for"
)


def before_the_levels(root: Path) -> Recovery:
    """1.8, which asks for two levels, may be confirmed."""
    plan = prepared(root)
    plan.engine.reopen("baseline.same-level", "read again")
    return plan


async def everything_in_sight(operator: Operator, *, prompts: tuple[str, ...], foot: tuple[str, ...]) -> None:
    """Go from field to field, type, and read the screen after each."""
    fields = list(operator.app.screen.query(TypedInput))
    assert len(fields) == len(prompts)
    for number, prompt in enumerate(prompts):
        assert operator.app.focused is fields[number]
        for typed in ("", f"answer {number}"):
            await operator.type(typed)
            shown = operator.text()
            for words in (prompt, typed, *foot):
                assert words in shown, shown
        await operator.press("tab")


async def test_an_objective_is_judged_with_fields_and_answers_in_sight(tmp_path: Path) -> None:
    async with show(recovery(tmp_path, objectives=(OBJECTIVE,)), SMALL) as operator:
        await operator.press("i", "v")
        await everything_in_sight(
            operator,
            prompts=("Who says so?", "On what ground?"),
            foot=("> Go back <", "It cannot be judged", "Enter takes the marked answer"),
        )


async def test_a_finding_has_its_three_fields_in_sight(tmp_path: Path) -> None:
    async with show(prepared(tmp_path), SMALL) as operator:
        await operator.press("i", "n")
        prompts = ("What is to be mended?", "Who mends it?", "Until when?")
        await everything_in_sight(operator, prompts=prompts, foot=("Enter records it",))


@pytest.mark.parametrize("size", [SMALL, (80, 24), (40, 16)])
async def test_evidence_of_an_item_by_hand_stays_in_sight_when_the_screen_shrinks(
    size: tuple[int, int], tmp_path: Path
) -> None:
    async with show(before_the_levels(tmp_path), (120, 40)) as operator:
        await operator.press("g")
        await operator.type("1.8")
        await operator.press("enter", "h")
        await operator.type("UR4")
        await operator.press("tab")
        await operator.pilot.resize_terminal(*size)
        await operator.settle()
        await operator.type("10.22.1068")
        shown = operator.text()
        assert "10.22.1068" in shown
        assert "> Go back <" in shown
        assert "Enter takes the marked answer" in shown


async def test_up_brings_the_beginning_of_a_question_back_and_typing_the_field(tmp_path: Path) -> None:
    async with show(before_the_levels(tmp_path), (60, 16)) as operator:
        await operator.press("g")
        await operator.type("1.8")
        await operator.press("enter", "h", "tab")
        field = operator.app.focused
        bar = operator.app.screen.query_one(Bar)
        assert bar.scroll_offset.y > 0, "nothing is out of sight: this test is of no use"
        await operator.press(*["up"] * bar.scroll_offset.y)
        assert bar.scroll_offset.y == 0
        assert operator.app.focused is field
        await operator.type("UR4")
        assert "UR4" in operator.text()
