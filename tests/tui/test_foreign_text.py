"""Texts that others wrote, through every widget and every screen: some in the suite, 300 each by `bin/fuzz`.

None crashes, none becomes an action or a link, and no character reaches the terminal that it would act on.
"""

from __future__ import annotations

import asyncio
import os
import unicodedata
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from rich.style import Style as RichStyle
from rich.text import Text as RichText
from textual.containers import Vertical
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Static

from smtui.tui.app import SmtuiApp
from tests.foreign import MARKED_UP
from tests.tui.foreign_parts import SCREENS, WIDGETS, Alone, ForeignDesk, screen
from tests.tui.showing import Operator, around

FEW = 8
TEXTS = int(os.environ.get("SMTUI_FOREIGN_TEXTS", FEW))
MARK = "\N{DOUBLE DAGGER}"
"""Stands before every text, so that it is seen whether the text is shown at all."""
WORST = "[@click=app.quit]press[/]\x1b[2J\x9b31m\u202e[link=http://x]y[/link]\x1b]8;;http://x/\x07\r\n\ud800[/"
HARMFUL = {"Cc", "Cf", "Cs", "Zl", "Zp"}
SCROLLBARS = {"@mouse.down", "@mouse.up"}
"""Textual's own actions, on the bars that are not text."""


@dataclass(frozen=True)
class Seen:
    """What was on the screen, and what of it should not be there."""

    text: str
    offences: set[str]


class Theatre:
    """One App, and a loop that stands still between the texts; after a crash the next text gets another App."""

    def __init__(self) -> None:
        self._runner = asyncio.Runner()
        self._operator: Operator | None = None
        self._shown: Any = None

    def show(self, part: str, text: str) -> Seen:
        """Put the part on the screen with that text in it, and look."""
        return self._runner.run(self._show(part, text))

    def close(self) -> None:
        """End the App."""
        self._runner.run(self._end())
        self._runner.close()

    async def _show(self, part: str, text: str) -> Seen:
        if self._operator is None or not self._operator.app.is_running:
            await self._end()
            app = SmtuiApp(around(), desk=ForeignDesk("calm"))
            self._shown = app.run_test(size=(80, 24))
            self._operator = Operator(app, await self._shown.__aenter__())
            app.push_screen(Alone(Vertical()))
            await self._operator.settle()
        operator = self._operator
        await operator.app.switch_screen(screen(part, text))
        await operator.pilot.pause()
        if operator.app.errands:
            await operator.settle()
        return Seen(operator.text(), offences(operator))

    async def _end(self) -> None:
        if self._operator is not None:
            self._operator = None
            with suppress(Exception):  # a defect was reported already, by the text that led to it
                await self._shown.__aexit__(None, None, None)


@pytest.fixture(scope="module")
def theatre() -> Iterator[Theatre]:
    made = Theatre()
    yield made
    made.close()


def offences(operator: Operator) -> set[str]:
    """What is on the screen and should not be."""
    found = {f"crashed: {operator.app.defect!r}"} if operator.app.defect is not None else set()
    for strip in operator.app.screen._compositor.render_strips():
        for segment in strip:
            found |= {f"character {one!r}" for one in segment.text if unicodedata.category(one) in HARMFUL}
            if segment.style is not None:
                found |= {f"action {name}" for name in segment.style.meta if name[0] == "@" and name not in SCROLLBARS}
                found |= {f"link {segment.style.link}"} if segment.style.link else set()
    return found


@pytest.mark.parametrize("part", [*WIDGETS, *SCREENS])
def test_foreign_text_is_shown_as_characters(theatre: Theatre, part: str) -> None:
    def shown(text: str) -> None:
        seen = theatre.show(part, MARK + text)
        assert seen.offences == set()
        assert MARK in seen.text, "the text was not shown at all"

    few = settings(
        max_examples=TEXTS, deadline=None, database=None, derandomize=TEXTS == FEW,
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    few(example(WORST)(given(MARKED_UP)(shown)))()


PLANTED: Mapping[str, Callable[[], Widget]] = {
    "action @click": lambda: Static("[@click=app.quit]press[/]"),
    "character '\\x9b'": lambda: Static(Content("\x9b31m")),
    "link http://x": lambda: Static(RichText("y", RichStyle(link="http://x"))),
}


@pytest.mark.parametrize("seen", PLANTED)
def test_the_judge_sees_what_is_not_text(theatre: Theatre, monkeypatch: pytest.MonkeyPatch, seen: str) -> None:
    monkeypatch.setitem(WIDGETS, "planted", lambda _: PLANTED[seen]())
    assert seen in theatre.show("planted", "").offences
