"""Findings, targets, palette, saving and the report."""

from __future__ import annotations

from pathlib import Path

from smtui.session.store import Store
from smtui.tui.screens.palette import PaletteScreen
from smtui.tui.screens.session import SessionScreen
from smtui.tui.screens.targets import TargetsScreen
from smtui.tui.widgets.bar import Bar, TypedInput
from tests.tui.pictures import prepared, sessions
from tests.tui.recovery import SmallDesk, recovery
from tests.tui.showing import show


async def test_an_objective_is_judged_with_a_name_and_a_ground(tmp_path: Path) -> None:
    plan = recovery(tmp_path, objectives=("The portal is back", "No mail lost"))
    async with show(plan) as operator:
        await operator.press("i", "down", "v")
        assert "Was this met: No mail lost" in operator.text()
        await operator.type("Olga")
        await operator.press("enter")
        await operator.type("Three are missing")
        await operator.press("enter", "down", "down", "enter")
        await operator.until(lambda: bool(plan.engine.state.judged))
        assert "not met, says Olga: Three are missing" in operator.text()
    (said,) = plan.engine.state.judged.values()
    assert (said.objective, said.result, said.judge) == ("No mail lost", "not met", "Olga")


async def test_a_finding_takes_words_an_owner_and_a_date(tmp_path: Path) -> None:
    plan = prepared(tmp_path)
    async with show(plan) as operator:
        await operator.press("i")
        assert "none yet: n writes one down" in operator.text()
        await operator.press("n")
        assert "Finding about 3.4" in operator.text()
        await operator.type("The agent hangs while it stops")
        await operator.press("enter")
        await operator.type("Anna")
        await operator.press("enter", "enter")
        assert "Something must be typed here" in operator.text()
        await operator.type("Friday")
        await operator.press("enter")
        assert "1. 3.4  The agent hangs while it stops" in operator.text()
        assert "Anna, until Friday" in operator.text()
        await operator.press("escape")
        assert isinstance(operator.app.screen, SessionScreen)
    (finding,) = plan.engine.state.findings
    assert (finding.text, finding.owner, finding.due) == ("The agent hangs while it stops", "Anna", "Friday")
    assert finding.item == "prepare.stop-monitoring-agent"
    assert any(record.event == finding for record in Store(tmp_path).read(plan.engine.state.session).records)


async def test_targets_are_tried_and_said_by_shape_and_word(tmp_path: Path) -> None:
    async with show(SmallDesk(tmp_path, sessions(), prepared(tmp_path))) as operator:
        await operator.press("t")
        assert isinstance(operator.app.screen, TargetsScreen)
        shown = operator.text()
        assert "Targets: 2 of 3 reachable" in shown
        assert "✗ not reachable: No route to host   WinRM at 127.0.0.1:1" in shown
        assert "✓ reachable   SQL Server at 127.0.0.1:3" in shown
        await operator.press("l", "escape", "enter", "t")
        assert "Targets: 2 of 3 reachable" in operator.text()


async def test_without_a_desk_the_commands_are_named(tmp_path: Path) -> None:
    async with show(prepared(tmp_path)) as operator:
        await operator.press("t")
        assert "not from here: use smtui report, smtui check and smtui history" in operator.text()


async def test_the_report_is_written_where_the_operator_says(tmp_path: Path) -> None:
    desk = SmallDesk(tmp_path, sessions(), prepared(tmp_path))
    async with show(desk) as operator:
        await operator.press("enter", "m")
        shown = " ".join(operator.text().split())
        for said in ("Drill report: Promote a secondary", "INCOMPLETE", "DRILL ON SIMULATED HOSTS", "w Write"):
            assert said in shown
        await operator.press("w", "enter")
        session = desk.opened.engine.state.session if desk.opened else ""
        assert desk.exported == (session, f"~/{session}-report")
        assert "Written: ~/" in operator.text()


async def test_the_palette_finds_an_action_by_a_word_and_hands_it_on(tmp_path: Path) -> None:
    async with show(prepared(tmp_path)) as operator:
        await operator.press("colon")
        assert isinstance(operator.app.screen, PaletteScreen)
        await operator.type("remark")
        assert "n       Note: Write a remark about the item into the session." in operator.text()
        await operator.press("enter")
        assert isinstance(operator.app.screen, SessionScreen)
        assert "Note on 3.4" in operator.text()


async def test_the_palette_shows_what_is_not_possible_and_does_not_choose_it(tmp_path: Path) -> None:
    async with show(prepared(tmp_path)) as operator:
        await operator.press("ctrl+p")
        await operator.type("branch")
        assert "Choose: not possible for this item now" in operator.text()
        await operator.press("enter")
        assert "Nothing is marked." in operator.text()
        await operator.press("escape")
        assert not operator.app.screen.query(Bar)


async def test_arrows_move_in_the_palette(tmp_path: Path) -> None:
    async with show(prepared(tmp_path)) as operator:
        await operator.press("colon")
        first = next(line for line in operator.text().splitlines() if line.startswith(">"))
        await operator.press("down")
        second = next(line for line in operator.text().splitlines() if line.startswith(">"))
        await operator.press("up")
        assert first != second
        assert first in operator.text()


async def test_what_is_shown_is_saved_and_nothing_is_written_over(tmp_path: Path) -> None:
    file = tmp_path / "saved.txt"
    async with show(prepared(tmp_path / "sessions")) as operator:
        await operator.press("o", "s", *["backspace"] * 60)
        await operator.type("~/../..")
        await operator.press("enter")
        assert "nothing was written" in operator.text()
        await operator.press("s")
        operator.app.screen.query_one(TypedInput).value = str(file)
        await operator.press("enter")
        assert "Written: " in operator.text()
        await operator.press("s")
        operator.app.screen.query_one(TypedInput).value = str(file)
        await operator.press("enter")
        assert "Written: " not in operator.text()
    assert file.read_text() == "Stopping HealthService ...\nstate: StopPending\nstate: StopPending\n"
    assert file.stat().st_mode & 0o777 == 0o600
