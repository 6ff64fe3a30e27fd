"""That passwords can be read stands above everything on every screen."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.tui.recovery import SmallDesk, recovery
from tests.tui.showing import Operator, show

WAYS = ("SM02: basic over plain HTTP (port 5985)",)
TOLD = "INSECURE: passwords can be read on the network (SM02: basic over plain HTTP"


def told(operator: Operator) -> bool:
    return operator.text().splitlines()[0].strip().startswith(TOLD)


@pytest.mark.parametrize("keys", [(), ("question_mark",), ("colon",), ("o",), ("i",), ("r",), ("z",)])
async def test_a_session_says_so_on_each_of_its_screens(tmp_path: Path, keys: tuple[str, ...]) -> None:
    async with show(recovery(tmp_path, insecure=WAYS)) as operator:
        await operator.press(*keys)
        assert told(operator)


async def test_the_home_screen_says_it_of_the_deployment_and_a_session_of_itself(tmp_path: Path) -> None:
    desk = SmallDesk(tmp_path)
    desk.insecure = WAYS
    async with show(desk) as operator:
        assert told(operator)
        await operator.press("t")
        assert told(operator)
        await operator.press("escape", "question_mark")
        assert told(operator)
        await operator.press("escape", "enter")
        assert "Which management server takes over?" in operator.text()
        assert told(operator)
        operator.app.open_session(recovery(tmp_path / "secure").engine)
        await operator.settle()
        assert "INSECURE" not in operator.text()


async def test_nothing_is_said_where_nothing_is_open(tmp_path: Path) -> None:
    async with show(recovery(tmp_path)) as operator:
        assert "INSECURE" not in operator.text()
