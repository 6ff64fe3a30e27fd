"""Whatever breaks while a screen waits for it is shown there, and the screen stays usable."""

from __future__ import annotations

from pathlib import Path
from typing import NoReturn

from smtui.tui.screens.session import SessionScreen
from tests.engine.thrown import THROWN
from tests.tui.pictures import prepared
from tests.tui.showing import show


async def test_whatever_an_errand_throws(tmp_path: Path) -> None:
    plan = prepared(tmp_path)
    told: list[str] = []
    async with show(plan) as operator:
        for error in THROWN:

            def broken(error: BaseException = error) -> NoReturn:
                raise error

            operator.app.errand(broken, lambda _: told.append("it was made"), lambda shown: told.append(str(shown)))
            await operator.settle()
        assert len(told) == len(THROWN)
        assert "it was made" not in told
        assert sum("SystemExit" in one or "KeyboardInterrupt" in one for one in told) == 2
        await operator.press("question_mark")
        await operator.press("escape")
        assert isinstance(operator.app.screen, SessionScreen)
        assert operator.app.defect is None
