"""`/` in the item that has the whole screen finds what stands in it: output, by-hand text, command."""

from __future__ import annotations

from pathlib import Path

from smtui.tui.widgets.pane import TextPane
from tests.tui.pictures import prepared
from tests.tui.showing import Operator, show


async def find(operator: Operator, text: str = "") -> None:
    await operator.press("slash")
    await operator.type(text)
    await operator.press("enter")


def marked(operator: Operator) -> str:
    """The line that stands out, when it is in sight."""
    pane = operator.app.screen.query_one("#details", TextPane)
    assert pane.hit is not None
    line = pane.lines[pane.hit].plain
    assert pane.scroll_offset.y <= pane.hit < pane.scroll_offset.y + pane.scrollable_size.height
    assert line.strip() in operator.text()
    return line


async def test_text_of_the_item_is_found_from_hit_to_hit_and_round(tmp_path: Path) -> None:
    async with show(prepared(tmp_path)) as operator:
        await operator.press("enter")
        await find(operator, "state: stoppending")
        assert "StopPending" in marked(operator)
        first = operator.app.screen.query_one("#details", TextPane).hit
        await find(operator)
        second = operator.app.screen.query_one("#details", TextPane).hit
        assert "StopPending" in marked(operator)
        assert first is not None
        assert second is not None
        assert second > first
        await find(operator)
        assert operator.app.screen.query_one("#details", TextPane).hit == first
        assert f"Line {first + 1} of" in operator.text()


async def test_the_command_far_below_is_scrolled_to(tmp_path: Path) -> None:
    async with show(prepared(tmp_path), (60, 20)) as operator:
        await operator.press("enter")
        assert "param(" not in operator.text()
        await find(operator, "PARAM(")
        assert "param(" in marked(operator)


async def test_what_is_not_there_is_said_and_another_item_has_no_mark(tmp_path: Path) -> None:
    async with show(prepared(tmp_path)) as operator:
        await operator.press("enter")
        await find(operator, "StopPending")
        await operator.press("escape", "down")
        assert operator.app.screen.query_one("#details", TextPane).hit is None
        await operator.press("enter", "slash", *["backspace"] * len("StopPending"))
        await operator.type("no such words")
        await operator.press("enter")
        assert "This item does not hold 'no such words'." in operator.text()


async def test_with_the_checklist_in_sight_it_finds_items_as_before(tmp_path: Path) -> None:
    async with show(prepared(tmp_path)) as operator:
        await find(operator, "Configuration")
        assert ">" in next(line for line in operator.text().splitlines() if " 3.5 " in line)
