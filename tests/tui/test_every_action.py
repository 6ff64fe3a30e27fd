"""Every action of the registry is pressed by its key, on the screen that it belongs to, and seen to do its work."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

from smtui.tui.actions import ACTIONS, SHIPPED, Place
from smtui.tui.widgets.bar import TypedInput
from tests.tui.pictures import prepared, sessions
from tests.tui.recovery import Recovery, SmallDesk, recovery
from tests.tui.showing import Operator, show
from tests.tui.test_second_person import ITEM, two_persons


@dataclass(frozen=True)
class Press:
    """An action's key, what is on the screen then, and the keys that lead back to where the next one is pressed."""

    action: str
    sees: str
    back: tuple[str, ...] = ()
    at: str = ""
    """The item that the cursor is put on before."""


@dataclass(frozen=True)
class Story:
    """Presses one after the other in one program."""

    make: Callable[[Path], SmallDesk | Recovery]
    presses: Sequence[Press]
    place: Place
    opening: tuple[str, ...] = ()
    """Keys that lead to the screen."""


def desk(root: Path) -> SmallDesk:
    return SmallDesk(root, sessions(), prepared(root / "open"))


def under_way(root: Path) -> Recovery:
    plan = prepared(root)
    plan.world.gate.clear()
    plan.engine.run("prepare.stop-configuration")
    return plan


def at_the_end(root: Path) -> Recovery:
    plan = recovery(root)
    plan.close_all_but()
    return plan


def asked(root: Path) -> Recovery:
    plan = two_persons(root)
    plan.engine.request_approval(ITEM)
    return plan


def branching(root: Path) -> Recovery:
    return recovery(root, checklist="restore-database")


def differing(root: Path) -> Recovery:
    plan = recovery(root)
    plan.world.workflow_server = "sm03.contoso.test"
    plan.engine.sense("baseline.workflow-server")
    plan.wait()
    return plan


def already_so(root: Path) -> Recovery:
    plan = recovery(root)
    for item in ("target-role", "workflow-server"):
        plan.engine.sense(f"baseline.{item}")
        plan.wait()
    plan.world.services["SM01", "HealthService"] = ("Stopped", "Disabled")
    plan.engine.sense("fence.stop-former")
    plan.wait()
    return plan


ESC = ("escape",)
SIDE = (
    Press("findings", "Findings of", ESC),
    Press("targets", "Targets: 2 of 3 reachable", ESC),
    Press("readiness", "not looked at yet", ESC),
    Press("preview", "Report, first page", ESC),
    Press("history", "History: past sessions of 1 checklist", ESC),
    Press("help", "Keys of the", ESC),
    Press("palette", "What is to be done?", ESC),
)

STORIES: dict[str, Story] = {
    "home": Story(
        desk, (
            Press("look", "only looked at", ("q",)),
            Press("reload", "Unfinished sessions"),
            Press("open", "next 3.4", ("q", "enter")),
            *SIDE,
            Press("session", "next 3.4"),
        ),
        "home",
    ),
    "leaving": Story(desk, (Press("leave", ""),), "home"),
    "home from a session": Story(desk, (Press("home", "Unfinished sessions"),), "session", ("enter",)),
    "start": Story(
        desk, (Press("help", "Keys of the start screen", ESC), Press("leave", "Unfinished sessions")), "start",
        ("down", "enter"),
    ),
    "start again": Story(desk, (Press("back", "Unfinished sessions"),), "start", ("down", "enter")),
    "session": Story(
        prepared, (
            Press("settle", "find out what became of it?", ESC, at="3.4"),
            Press("output", "Output (following) of 3.4", ESC),
            Press("zoom", "3.4"),
            Press("unzoom", "next 3.4"),
            Press("run", "Enter runs it", ESC, at="3.5"),
            Press("next", ">→3.4"),
            Press("fold", ">+3"),
            Press("unfold", "3.1"),
            Press("bridge", "To read out", ESC),
            Press("find", "Text:", ESC),
            Press("jump", "Number of the item", ESC),
            Press("pane", "3.1"),
            Press("pane", "3.1"),
            Press("note", "What is to be remembered?", ESC),
            Press("sense", "3.5 Stop System Center Management Configuration", at="3.5"),
            Press("by_hand", "I have done this by hand", ESC, at="6.5"),
            Press("skip", "Why is it left out?", ESC),
            Press("defer", "Why, and until when?", ESC),
            Press("reopen", "Why?", ESC, at="3.1"),
            Press("filter", "Showing open items"),
            Press("leave", "Leave smtui?", ESC),
        ),
        "session",
    ),
    "taking over": Story(already_so, (Press("accept", "because it is already so?", at="2.1"),), "session"),
    "overriding": Story(differing, (Press("override", "although the look differs?", at="1.5"),), "session"),
    "cancelling": Story(under_way, (Press("cancel", "to stop?", at="3.5"),), "session"),
    "choosing": Story(branching, (Press("choose", "which way?", at="3.2"),), "session"),
    "second person": Story(
        two_persons, (
            Press("ask_second", "Ask a second person", ESC, at="1.1"),
            Press("break_glass", "Why", ESC),
        ),
        "session",
    ),
    "second person asked": Story(asked, (Press("take_back", "Why?", ESC, at="1.1"),), "session"),
    "completing": Story(at_the_end, (Press("complete", "End the session as"),), "session"),
    "output": Story(
        prepared, (
            Press("find", "Text:", ESC),
            Press("again", "/ finds a text"),
            Press("pause", "Output (paused)"),
            Press("save", "Save what is shown here?", ESC),
            Press("back", "next 3.4"),
        ),
        "output", ("o",),
    ),
    "findings": Story(
        desk, (
            Press("add", "What is to be mended?", ESC),
            Press("judge", "No objectives were fixed"),
            Press("back", "next 3.4"),
        ), "findings", ("enter", "i")
    ),
    "targets": Story(
        desk, (Press("again", "2 of 3 reachable"), Press("back", "Unfinished sessions")), "targets", ("t",)
    ),
    "readiness": Story(
        desk, (Press("look", "NOT READY: 2 problems"), Press("back", "Unfinished sessions")), "readiness", ("f7",)
    ),
    "preview": Story(
        desk, (
            Press("reload", "Drill report"),
            Press("write", "Folder, which must not be there yet", ESC),
            Press("back", "Unfinished sessions"),
        ),
        "preview", ("m",),
    ),
    "history": Story(desk, (Press("back", "Unfinished sessions"),), "history", ("f12",)),
    "palette": Story(
        prepared, (
            Press("down", "What is to be done?"),
            Press("up", "What is to be done?"),
            Press("take", "find out what became of it?", ("escape", "colon")),
            Press("back", "next 3.4"),
        ),
        "palette", ("colon",),
    ),
    "help": Story(desk, (Press("back", "Unfinished sessions"),), "help", ("question_mark",)),
}  # fmt: skip


@pytest.mark.parametrize("name", STORIES)
async def test_each_action_is_pressed_and_seen(name: str, tmp_path: Path) -> None:
    story = STORIES[name]
    on = story.make(tmp_path)
    plan = on.opened if isinstance(on, SmallDesk) else on
    assert plan is not None
    async with show(on, (100, 40)) as operator:
        await operator.press(*story.opening)
        for press in story.presses:
            await _go_to(operator, press.at)
            key = SHIPPED.find(story.place, press.action).keys[0]
            await operator.pilot.press(key)
            await operator.until(lambda wanted=press.sees: wanted in operator.text())  # type: ignore[misc]
            await operator.press(*press.back)
        plan.world.gate.set()


async def _go_to(operator: Operator, number: str) -> None:
    if number:
        await operator.pilot.press("g")
        await operator.until(lambda: bool(operator.app.screen.query(TypedInput)))
        await operator.pilot.press(*("full_stop" if letter == "." else letter for letter in number))
        await operator.pilot.press("enter")


def _pressed() -> Iterable[str]:
    for story in STORIES.values():
        for press in story.presses:
            yield SHIPPED.find(story.place, press.action).name


def test_no_action_is_left_out() -> None:
    assert set(_pressed()) == {action.name for action in ACTIONS}
