from __future__ import annotations

from pathlib import Path

import pytest

from smtui.telling.ports import SessionSummary
from smtui.tui.screens.home import HomeScreen
from smtui.tui.screens.session import SessionScreen
from smtui.tui.screens.start import StartScreen
from tests.tui.pictures import prepared, sessions
from tests.tui.recovery import START, SmallDesk
from tests.tui.showing import Operator, show


def desk(root: Path) -> SmallDesk:
    return SmallDesk(root, sessions(), prepared(root / "open"))


def order(operator: Operator, *texts: str) -> bool:
    shown = operator.text()
    places = [shown.index(text) for text in texts]
    return places == sorted(places)


async def test_unfinished_sessions_come_first_with_what_they_wait_for(tmp_path: Path) -> None:
    async with show(desk(tmp_path)) as operator:
        assert order(
            operator, "Unfinished sessions", "11 of 28 closed, 1 unknown", "waits for 3.4", "drill on simulated hosts",
            "Begin with a checklist", "28 items, RTO 1 h", "Other sessions", "in use elsewhere", "held by pid 4711",
            "damaged, read-only", "event 12 at byte 5120", "complete",
        )  # fmt: skip


async def test_enter_takes_an_unfinished_session_up_and_q_comes_back(tmp_path: Path) -> None:
    async with show(desk(tmp_path)) as operator:
        await operator.press("enter")
        assert isinstance(operator.app.screen, SessionScreen)
        assert "next 3.4" in operator.text()
        await operator.press("q", "enter")
        assert isinstance(operator.app.screen, HomeScreen)
        assert "open here" in operator.text()
        await operator.press("enter")
        assert isinstance(operator.app.screen, SessionScreen)
        assert len(operator.app.opened.unfinished()) == 1


@pytest.mark.parametrize("steps", [2, 3])
async def test_a_busy_or_damaged_session_is_looked_at_only(tmp_path: Path, steps: int) -> None:
    here = desk(tmp_path)
    assert here.opened is not None
    before = here.opened.engine.state.seq
    async with show(here) as operator:
        await operator.press(*["down"] * steps, "enter")
        assert "only looked at" in operator.text()
        for key in ("r", "h", "s", "n", "w", "x"):
            await operator.press(key)
        assert "not possible here now" in operator.text()
        await operator.press("q")
        assert isinstance(operator.app.screen, HomeScreen)
    assert here.opened.engine.state.seq == before


async def test_a_session_that_cannot_be_taken_up_says_why(tmp_path: Path) -> None:
    one = SessionSummary("2026-03-14T0240Z-x", "Promote", "drill", "lab", START, "unfinished")
    async with show(SmallDesk(tmp_path, [one])) as operator:
        await operator.press("enter")
        assert "2026-03-14T0240Z-x is held by another process" in operator.text()
        assert isinstance(operator.app.screen, HomeScreen)


async def test_a_checklist_is_begun_with_the_answers_that_were_chosen(tmp_path: Path) -> None:
    here = SmallDesk(tmp_path)
    async with show(here) as operator:
        await operator.press("enter")
        assert isinstance(operator.app.screen, StartScreen)
        assert "Mode: drill (simulated" in operator.text()
        await operator.press("down", "enter", "enter", "right", "enter")
        assert here.started == [{"promoted": "SM02", "former": "SM01"}]
        assert isinstance(operator.app.screen, SessionScreen)
        await operator.press("q", "enter")
        assert isinstance(operator.app.screen, HomeScreen)


async def test_nothing_is_begun_by_enter_alone_or_without_every_answer(tmp_path: Path) -> None:
    here = SmallDesk(tmp_path)
    async with show(here) as operator:
        await operator.press("enter")
        await operator.press("tab", "tab", "enter")
        assert isinstance(operator.app.screen, HomeScreen)  # it started on Go back
        await operator.press("enter", "tab", "tab", "right", "enter")
        assert "Still to be answered: Which management server takes over?" in operator.text()
        await operator.press("escape")
        assert isinstance(operator.app.screen, HomeScreen)
    assert here.started == []


async def test_help_and_leaving(tmp_path: Path) -> None:
    async with show(SmallDesk(tmp_path)) as operator:
        await operator.press("question_mark")
        assert "Keys of the home screen" in operator.text()
        await operator.press("escape", "l", "q")
    assert operator.app.opened.exit_code() == 0


@pytest.mark.parametrize("size", [(60, 20), (20, 6), (1, 1)])
async def test_small_screens_do_not_crash(tmp_path: Path, size: tuple[int, int]) -> None:
    async with show(desk(tmp_path), size) as operator:
        for key in ("down", "up", "pagedown", "end", "enter", "question_mark", "escape", "q"):
            await operator.press(key)
