from __future__ import annotations

from functools import partial
from pathlib import Path

import pytest
from textual.events import Paste

from smtui.session.events import Noted
from smtui.session.store import Store
from smtui.targets.base import Result
from smtui.telling.ports import Header
from smtui.tui.actions import ACTIONS
from smtui.tui.screens.session import SessionScreen
from smtui.tui.widgets.bar import Bar
from smtui.tui.widgets.choice import ChoiceRow
from smtui.tui.widgets.keyline import KeyLine
from tests.tui.pictures import before_promotion, prepared
from tests.tui.recovery import Recovery, SmallDesk, recovery
from tests.tui.showing import Operator, show

FENCE = "fence.stop-former"
PROMOTE = "promote.promote"


async def go_to(operator: Operator, number: str) -> None:
    await operator.press("g")
    await operator.type(number)
    await operator.press("enter")


def ready_to_fence(root: Path) -> Recovery:
    plan = recovery(root)
    for item in ("target-role", "workflow-server"):
        plan.engine.sense(f"baseline.{item}")
        plan.wait()
    return plan


async def test_running_takes_a_key_and_enter_and_shows_target_and_command_between(tmp_path: Path) -> None:
    plan = ready_to_fence(tmp_path)
    async with show(plan) as operator:
        await go_to(operator, "2.1")
        await operator.press("r")
        shown = operator.text()
        assert "Run 2.1 Stop and disable the workflows on SM01 on SM01?" in shown
        assert "service-fence.ps1" in shown
        assert 'name = "HealthService"' in shown
        assert plan.world.calls == []
        await operator.press("enter")
        assert plan.world.calls == [("SM01", "service-fence.ps1")]
        assert "2.1 Stop and disable the workflows on SM01: done (verified)" in operator.text()


async def test_escape_runs_nothing(tmp_path: Path) -> None:
    plan = ready_to_fence(tmp_path)
    async with show(plan) as operator:
        await go_to(operator, "2.1")
        await operator.press("r", "escape")
        assert not operator.app.screen.query(Bar)
        assert plan.engine.state.items[FENCE].attempts == ()


async def test_what_cannot_be_taken_back_runs_only_when_its_target_is_typed(tmp_path: Path) -> None:
    plan = before_promotion(tmp_path)
    calls = len(plan.world.calls)
    async with show(plan, (100, 30)) as operator:
        await go_to(operator, "4.2")
        await operator.press("r")
        assert "This cannot be taken back." in operator.text()
        await operator.press("enter")
        await operator.type("SM02")
        await operator.press("enter")
        assert "exactly ServiceManager on SQL01 must be typed. Nothing was done." in operator.text()
        assert len(plan.world.calls) == calls
        await operator.press(*["backspace"] * 4)
        operator.app.screen.focused.post_message(Paste("ServiceManager on SQL01"))  # type: ignore[union-attr]
        await operator.settle()
        assert "Pasting is not taken here" in operator.text()
        await operator.press("enter")
        assert len(plan.world.calls) == calls
        await operator.type("ServiceManager on SQL01")
        await operator.press("enter")
        assert plan.world.calls[calls:] == [("service-manager", "statement")]
        assert plan.engine.state.items[PROMOTE].grade == "verified"


async def test_by_hand_starts_on_go_back_and_needs_its_evidence(plan: Recovery) -> None:
    async with show(plan) as operator:
        await operator.press("h", "enter")
        assert "Something must be typed here" in operator.text()
        await operator.type("SOC 02:41")
        await operator.press("enter")
        assert operator.app.screen.query_one(ChoiceRow).at.label == "Go back"
        await operator.press("enter")
        item = plan.engine.state.items["baseline.announce"]
        assert item.status == "todo"
        await operator.press("h")
        await operator.type("SOC 02:41")
        await operator.press("enter", "right", "enter")
        item = plan.engine.state.items["baseline.announce"]
        assert (item.status, item.grade, item.evidence) == ("done", "attested", {"informed": "SOC 02:41"})


@pytest.mark.parametrize(("key", "status"), [("s", "skipped"), ("d", "deferred")])
async def test_leaving_an_item_out_takes_a_reason(plan: Recovery, key: str, status: str) -> None:
    async with show(plan) as operator:
        await operator.press(key, "enter")
        assert "Something must be typed here" in operator.text()
        assert plan.engine.state.items["baseline.announce"].status == "todo"
        await operator.type("no desk at night")
        await operator.press("enter")
        item = plan.engine.state.items["baseline.announce"]
        assert (item.status, item.reason) == (status, "no desk at night")
        await operator.press("p")
        await operator.type("they answer now")
        await operator.press("enter")
        assert plan.engine.state.items["baseline.announce"].status == "todo"


async def test_overriding_a_look_that_differs_takes_a_reason(plan: Recovery) -> None:
    plan.world.workflow_server = "sm03.contoso.test"
    async with show(plan) as operator:
        await go_to(operator, "1.5")
        await operator.press("e")
        assert "✗ failed" in operator.text()
        await operator.press("v")
        await operator.type("SM03 was renamed last week")
        await operator.press("enter")
        item = plan.engine.state.items["baseline.workflow-server"]
        assert (item.status, item.grade) == ("done", "overridden")
        assert "1 set aside" in operator.text()


async def test_what_is_already_so_is_taken_over_on_request(tmp_path: Path) -> None:
    plan = ready_to_fence(tmp_path)
    plan.world.services["SM01", "HealthService"] = ("Stopped", "Disabled")
    async with show(plan) as operator:
        await go_to(operator, "2.1")
        await operator.press("e")
        assert plan.engine.state.items[FENCE].status == "todo"
        assert "a Already so" in operator.app.screen.query_one(KeyLine).shown
        await operator.press("a", "enter")
        assert plan.engine.state.items[FENCE].grade == "sensed"
        assert plan.world.calls == []


async def test_an_unknown_is_settled_never_run_again(tmp_path: Path) -> None:
    plan = prepared(tmp_path)
    calls = list(plan.world.calls)
    async with show(plan) as operator:
        shown = operator.text()
        assert "? unknown" in shown
        assert "It is not run again by itself" in shown
        await operator.press("r")
        assert "Not now" in operator.text()
        await operator.press("u", "enter")
        assert plan.world.calls == calls
        assert plan.engine.state.items["prepare.stop-monitoring-agent"].status != "unknown"


async def test_what_runs_can_be_cancelled_and_leaving_says_what_happens_to_it(tmp_path: Path) -> None:
    plan = ready_to_fence(tmp_path)
    plan.world.gate.clear()
    async with show(plan) as operator:
        await go_to(operator, "2.1")
        await operator.pilot.press("r", "enter")
        await operator.until(lambda: plan.engine.state.items[FENCE].status == "running")
        await operator.until(lambda: "► running" in operator.text())
        await operator.pilot.press("q")
        await operator.until(lambda: "smtui waits for these to end" in operator.text())
        await operator.pilot.press("escape", "x")
        await operator.pilot.press(*"wrong")
        await operator.press("enter")
        assert plan.engine.state.items[FENCE].status == "unknown"


async def test_a_step_that_ends_elsewhere_is_told_with_the_time(tmp_path: Path) -> None:
    plan = ready_to_fence(tmp_path)
    plan.world.result = Result(
        "failed", 1, reason="HealthService does not stop. It still runs; stop its children first."
    )
    async with show(plan, (120, 30)) as operator:
        plan.engine.run(FENCE)
        await operator.settle()
        assert (
            "02:52:00  2.1 Stop and disable the workflows on SM01: failed: HealthService does not stop."
            in operator.text()
        )
        assert "1 failed" in operator.text()


async def test_notes_go_into_the_session(plan: Recovery, tmp_path: Path) -> None:
    async with show(plan) as operator:
        await operator.press("n")
        await operator.type("bridge call open")
        await operator.press("enter")
    store = Store(tmp_path / "sessions")
    events = [record.event for record in store.read(store.ids()[0]).records]
    assert Noted(text="bridge call open", item="baseline.announce") in events


async def test_finding_jumping_and_filtering_only_move(plan: Recovery) -> None:
    before = plan.engine.state.seq
    async with show(plan) as operator:
        await operator.press("slash")
        await operator.type("portal")
        await operator.press("enter")
        assert "6.2  The portal" in operator.text()
        await operator.press("slash")
        await operator.type("zzz")
        await operator.press("enter")
        assert "No item holds 'portalzzz'" in operator.text()
        await go_to(operator, "9.9")
        assert "There is no item '9.9'" in operator.text()
        await operator.press("f")
        assert "Showing open items: 28" in operator.text()
        await operator.press("f")
        assert "Showing items in trouble: 0" in operator.text()
        await operator.press("full_stop")
        assert ">→1.1" in operator.text()
    assert plan.engine.state.seq == before


async def test_details_fill_the_screen_and_give_it_back(plan: Recovery) -> None:
    async with show(plan) as operator:
        await operator.press("enter")
        assert "Know where things stand" not in operator.text()
        await operator.press("escape")
        assert "Know where things stand" in operator.text()
        await operator.press("tab", "down", "tab", "down")
        assert operator.app.screen.query_one("#items").has_focus


async def test_output_is_searched_and_paused(tmp_path: Path) -> None:
    plan = prepared(tmp_path)
    plan.world.output = "".join(f"line {number} of the log\n" for number in range(500))
    plan.engine.run("prepare.stop-configuration")
    plan.wait()
    async with show(plan) as operator:
        await go_to(operator, "3.5")
        await operator.press("o")
        assert "line 499 of the log" in operator.text()
        assert "following" in operator.text()
        await operator.press("slash")
        await operator.type("LINE 77 ")
        await operator.press("enter")
        assert "Line 78 of 500; paused" in operator.text()
        assert "line 77 of the log" in operator.text()
        await operator.press("n")
        await operator.press("p")
        assert "line 499 of the log" in operator.text()
        await operator.press("escape")
        assert "Know where things stand" in operator.text() or "3.5" in operator.text()


async def test_a_session_is_ended_once_nothing_is_open(plan: Recovery) -> None:
    plan.close_all_but("baseline.announce")
    async with show(plan, (120, 30)) as operator:
        assert "Wrap up" not in operator.app.screen.query_one(KeyLine).shown
        await operator.press("w")
        assert plan.engine.state.completed is None
        await operator.press("s")
        await operator.type("late")
        await operator.press("enter")
        assert "nothing is open any more" in operator.text()
        await operator.press("w")
        assert "complete with exceptions (28 skipped, deferred or overridden)" in operator.text()
        await operator.press("enter")
        assert plan.engine.state.completed == "complete with exceptions"
        assert "COMPLETE WITH EXCEPTIONS" in operator.text()
        await operator.press("q", "enter")
    assert operator.app.opened.exit_code() == 4


async def test_keys_typed_ahead_neither_run_nor_confirm(tmp_path: Path) -> None:
    plan = ready_to_fence(tmp_path)
    before = plan.engine.state.seq
    async with show(plan, quiet=3600) as operator:
        operator.app.guard.question(-7200)  # the screen has been there for long
        await operator.pilot.press("r", "enter", "h", "enter", "right", "enter", "y", "s", "x", "enter")
        await operator.settle()
        assert "dropped: typed ahead" in operator.text()
    assert plan.engine.state.seq == before
    assert plan.world.calls == []


async def test_an_enter_that_comes_with_other_keys_answers_nothing(plan: Recovery) -> None:
    async with show(plan) as operator:
        await operator.press("s")
        operator.app.guard.quiet = 3600
        await operator.press(*"reason", "enter")
        assert "came together with other keys" in operator.text()
        assert plan.engine.state.items["baseline.announce"].status == "todo"
        operator.app.guard.quiet = 0
        await operator.press("enter")
        assert plan.engine.state.items["baseline.announce"].status == "skipped"


async def test_a_paste_answers_nothing(plan: Recovery) -> None:
    before = plan.engine.state.seq
    async with show(plan) as operator:
        for text in ("r\r\n", "s\rreason\r", "q\r"):
            operator.app.post_message(Paste(text))
            await operator.settle()
        assert not operator.app.screen.query(Bar)
    assert plan.engine.state.seq == before


@pytest.mark.parametrize("item", ["baseline.announce", "prepare.stop-monitoring-agent", "prepare.stop-configuration"])
async def test_no_key_alone_changes_anything_but_sense_looks(item: str, tmp_path: Path) -> None:
    plan = prepared(tmp_path)
    async with show(plan) as operator:
        await go_to(operator, plan.engine.state.procedure.by_id[item].number)
        for action in [one for one in ACTIONS if one.place == "session" and one.id != "sense"]:
            before = plan.engine.state.seq
            for key in action.key.split(","):
                await operator.press(key)
                assert plan.engine.state.seq == before, action.id
                await operator.press("escape")


@pytest.mark.parametrize("size", [(60, 20), (40, 10), (20, 5), (10, 3), (1, 1)])
async def test_small_screens_work_or_at_least_do_not_crash(size: tuple[int, int], tmp_path: Path) -> None:
    plan = prepared(tmp_path)
    async with show(plan, size) as operator:
        if size == (60, 20):
            shown = operator.text()
            for text in ("DRILL ON SIMULATED HOSTS", "3.4", "? unknown", "q Leave", "next 3.4"):
                assert text in shown
        for key in (
            "down",
            "pagedown",
            "end",
            "home",
            "enter",
            "escape",
            "r",
            "escape",
            "h",
            "tab",
            "escape",
            "o",
            "escape",
        ):
            await operator.press(key)
        await operator.press("question_mark", "down", "escape")
        await operator.pilot.resize_terminal(120, 40)
        await operator.settle()
        assert "DRILL ON SIMULATED HOSTS" in operator.text()


async def test_resizing_while_a_question_stands_keeps_it(tmp_path: Path) -> None:
    plan = ready_to_fence(tmp_path)
    async with show(plan) as operator:
        await go_to(operator, "2.1")
        await operator.press("r")
        for size in ((120, 40), (30, 8), (80, 24)):
            await operator.pilot.resize_terminal(*size)
            await operator.settle()
        assert "Enter runs it" in operator.text()
        await operator.press("enter")
    assert plan.engine.state.items[FENCE].grade == "verified"


HOSTILE = (
    "[/]", "[red]x[/red]", "[@click=app.boom]x[/]", "\x1b]0;owned\x07", "\x1b[2J\x1b[6n", "\x9b31m", "a\u202eb",
    "[ERROR] failed",     "[28000] [Microsoft][ODBC Driver 18 for SQL Server]Login failed",
    "\ud800", "[System.IO.File]::Exists('x')", "a\tb\rc\x00d",
)  # fmt: skip


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
async def test_hostile_text_is_shown_and_does_nothing(text: str, tmp_path: Path) -> None:
    plan = prepared(tmp_path)
    plan.world.output = f"{text}\n" * 3
    plan.world.result = Result("failed", 1, {"field": text}, reason=f"{text} end")
    plan.engine.run("prepare.stop-configuration")
    plan.wait()
    plan.engine.note(f"note {text}".encode("utf-8", "replace").decode(), "prepare.stop-configuration")
    async with show(plan, (200, 50)) as operator:
        operator.app.say(text)
        await go_to(operator, "3.5")
        shown = operator.text()
        if "[" in text and text.isprintable():
            assert shown.count(text) >= 3
        assert not any(letter in shown for letter in "\x1b\x9b\x07\x00\u202e\r")
        await operator.press("o")
        await operator.press("escape")


async def test_no_colour_of_16_is_needed_to_read_it(tmp_path: Path) -> None:
    async with show(prepared(tmp_path), theme="ansi-dark") as operator:
        shown = operator.text()
        for text in ("? unknown", "✓ done", "» deferred", "○ to do"):
            assert text in shown


async def test_after_an_item_is_closed_the_way_on_is_offered_first(plan: Recovery) -> None:
    async with show(plan) as operator:
        await operator.press("s")
        await operator.type("no desk")
        await operator.press("enter")
        keys = operator.app.screen.query_one(KeyLine).shown
        assert keys.startswith(". Next")
        await operator.press("full_stop")
        assert ">→1.2" in operator.text()
        assert ". Next" not in operator.app.screen.query_one(KeyLine).shown


async def test_the_session_is_told_in_one_sentence_to_read_out(tmp_path: Path) -> None:
    plan = prepared(tmp_path)
    async with show(plan, (120, 40)) as operator:
        await operator.press("b")
        assert "To read out" in operator.text()
        assert "12 of 28 items closed, 1 unknown. Next is 3.4" in operator.text()
        await operator.press("enter")
        assert not operator.app.screen.query(Bar)


async def test_a_filter_says_what_it_shows_for_as_long_as_it_does(tmp_path: Path) -> None:
    async with show(prepared(tmp_path)) as operator:
        await operator.press("f", "f")
        assert "[items in trouble: 1] → next 3.4" in operator.text()
        await operator.press("f", "f")
        assert "[" not in next(line for line in operator.text().splitlines() if "→ next" in line)


def shows(operator: Operator, words: str) -> bool:
    return words in operator.text()


async def test_past_sessions_forecast_a_recovery_and_no_drill(tmp_path: Path) -> None:
    desk = SmallDesk(tmp_path)
    async with show(desk, size=(120, 30)) as operator:
        for mode, source in (("drill", "by the estimates"), ("exercise", "by past sessions")):
            engine = recovery(tmp_path / mode, mode=mode).engine  # type: ignore[arg-type]  # a Mode
            operator.app.push_screen(SessionScreen(engine, Header.of(engine.state), to_home=True))
            await operator.settle()
            await operator.until(partial(shows, operator, source))
