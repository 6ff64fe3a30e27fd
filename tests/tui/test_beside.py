"""Several servers of one item: side by side where there is room, one below the other where there is not."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import pytest

from smtui.checklist.library import Library
from smtui.tui.beside import COLUMN, Beside, Column
from tests.tui.recovery import Recovery, World, recovery
from tests.tui.showing import Operator, show

SERVERS = ("SM01", "SM02", "SM03", "DW01")
ITEM = "s.stop"
CHECKLIST = """\
[checklist]
id = "several"
title = "Several servers"
version = "1"
source = "test"
[[section]]
id = "s"
title = "S"
[[section.item]]
id = "stop"
title = "Stop the service on every server"
by_hand = "Stop it."
run = { on = "all-management-servers", script = "service-stop.ps1", with = { name = "OMSDK" } }
"""
SAID = {name: f"{name} stops its service\n{name} waits\n" for name in SERVERS}


def stopping(root: Path, *free: str) -> Recovery:
    """Four servers stop a service; all but the free ones are at it."""
    world = World(said={**SAID, "SM02": "SM02 begins\n" + "SM02 still waits\n" * 20}, free=frozenset(free))
    world.gate.clear()
    folder = root / "checklists"
    (folder / "scripts").mkdir(parents=True)
    (folder / "several.toml").write_text(CHECKLIST)
    (folder / "scripts" / "service-stop.ps1").write_text("exit 0\n")
    return recovery(root / "sessions", world, library=Library([folder]), checklist="several")


async def run_on_all(operator: Operator, plan: Recovery) -> None:
    """Run the item, and wait until every server has said something and the free ones have ended."""
    plan.engine.run(ITEM)

    def under_way() -> bool:
        attempts = plan.engine.state.items[ITEM].attempts
        ended = {one.target for one in attempts if one.outcome == "ok"}
        return ended == plan.world.free and set(plan.engine.recent_outputs(ITEM)) == set(SERVERS)

    await operator.until(under_way)


def on_one_line(operator: Operator, *words: str) -> bool:
    return any(all(word in line for word in words) for line in operator.text().splitlines())


def on_lines_of_their_own(operator: Operator, *words: str) -> bool:
    lines = operator.text().splitlines()
    return all(any(line.strip().startswith(word) for line in lines) for word in words)


@pytest.mark.parametrize("width", [100, 120])
async def test_what_four_servers_say_stands_side_by_side_with_their_states(width: int, tmp_path: Path) -> None:
    plan = stopping(tmp_path, "SM01")
    async with show(plan, (width, 30)) as operator:
        await run_on_all(operator, plan)
        await operator.pilot.press("o")
        await operator.until(
            partial(on_one_line, operator, "SM01 waits", "SM02 still waits", "SM03 waits", "DW01 waits")
        )
        assert on_one_line(operator, *SERVERS)
        await operator.until(partial(on_one_line, operator, "ok, 02:", "running, since"))
        plan.world.gate.set()
        await operator.until(lambda: "running" not in operator.text())
        assert operator.text().count("ok, ") == len(SERVERS)
        await operator.press("escape", "enter")
        assert on_one_line(operator, "SM01 waits", "SM02 still waits", "SM03 waits", "DW01 waits")
        assert on_one_line(operator, *(f"{name} " for name in ("SM01", "SM02", "SM03")), "│ DW01")


@pytest.mark.parametrize("size", [(60, 40), (80, 40)])
async def test_on_a_narrow_screen_each_server_has_a_line_for_its_state(size: tuple[int, int], tmp_path: Path) -> None:
    plan = stopping(tmp_path, "SM01")
    async with show(plan, size) as operator:
        await run_on_all(operator, plan)
        await operator.pilot.press("o", "p", "home")
        await operator.until(partial(on_lines_of_their_own, operator, "SM01: ok, 02:", "SM02: running, since"))
        await operator.pilot.press("end")
        await operator.until(partial(on_lines_of_their_own, operator, "SM03: running, since", "DW01: running, since"))
        assert not on_one_line(operator, "SM02", "SM03")
        plan.world.gate.set()


def test_what_a_server_says_is_made_visible_and_nothing_of_it_is_cut() -> None:
    beside = Beside(
        (
            Column("SM01", "ok", "good", ("x" * 50, "\x1b[2J[red]\u202e")),
            Column("SM02", "running", "busy", ("one",)),
        )
    )
    wide = "\n".join(one.text for one in beside.at(2 * COLUMN + 3))
    assert wide.count("x") == 50
    assert not set(wide) & set("\x1b\u202e")
    assert "[red]" in wide
    assert "one" in wide.splitlines()[-2], "the latest lines of both stand at the bottom"
    assert len(beside.at(2 * COLUMN + 2)) == 4, "one below the other: a state and its lines each"
