"""Somebody else asks for a session that is open on the screen."""

from __future__ import annotations

import threading
from pathlib import Path

from smtui.session.events import Left
from smtui.session.store import Store
from smtui.tui.launch import _farewell
from smtui.tui.screens.home import HomeScreen
from tests.tui.recovery import Recovery, SmallDesk, recovery
from tests.tui.showing import Operator, show

HEIR = "bob@jump02"


async def handed_over(operator: Operator, plan: Recovery) -> None:
    """As the program's own thread for requests does it."""
    thread = threading.Thread(target=plan.engine.hand_over, args=(HEIR, "shift change"))
    thread.start()
    await operator.until(lambda: bool(operator.app.opened.handed_over()))
    thread.join()


async def test_the_program_ends_and_says_who_has_it(tmp_path: Path) -> None:
    plan = recovery(tmp_path)
    async with show(plan) as operator:
        await operator.press("g")  # even while something is asked
        await handed_over(operator, plan)
        await operator.until(lambda: not operator.app.is_running)
        opened = operator.app.opened
    session = plan.engine.state.session
    assert opened.exit_code() == 75
    assert (
        _farewell(opened)
        == f"Session {session} is with {HEIR} now, who asked for it; look on with: smtui watch {session}\n"
    )
    opened.part("left by the operator")  # writes nothing: it is another's
    assert [type(record.event) for record in Store(tmp_path).read(session).records].count(Left) == 1


async def test_another_session_that_is_open_stays_open(tmp_path: Path) -> None:
    first, other = recovery(tmp_path / "first"), recovery(tmp_path / "other", checklist="verify-recovery")
    async with show(SmallDesk(tmp_path)) as operator:
        for plan in (other, first):
            operator.app.open_session(plan.engine)
            await operator.settle()
        await handed_over(operator, first)
        await operator.until(lambda: isinstance(operator.app.screen, HomeScreen))
        await operator.settle()
        assert f"is with {HEIR} now" in operator.text()
        assert operator.app.opened.unfinished() == (other.engine.state.session,)
