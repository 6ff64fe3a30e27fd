"""An operator in front of a screen that no terminal shows."""

from __future__ import annotations

import os
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import timedelta

os.environ.setdefault("TEXTUAL_ANIMATIONS", "none")  # Textual reads it when it is imported

from textual.events import Key
from textual.pilot import Pilot

from smtui.tui.app import SmtuiApp, Surroundings
from tests.tui.recovery import START, Recovery, SmallDesk


def around(quiet: float = 0.0, theme: str = "textual-dark") -> Surroundings:
    """Fixed time; keys count at once unless a test is about typing ahead."""
    return Surroundings(lambda: START + timedelta(minutes=12), time.monotonic, quiet, 0.001, theme)


class Operator:
    """Presses keys and reads the screen, as a person does."""

    def __init__(self, app: SmtuiApp, pilot: Pilot[None], what: Recovery | SmallDesk | None = None) -> None:
        self.app, self.pilot, self._what = app, pilot, what

    async def press(self, *keys: str) -> None:
        """Press keys, then wait until what they caused is on the screen."""
        await self.pilot.press(*keys)
        await self.settle()

    async def type(self, text: str) -> None:
        """Type into a field; all at once, as nothing but the field is to see it."""
        for letter in text:
            self.app.post_message(Key(_key_of(letter), letter))
        await self.settle()

    async def settle(self) -> None:
        """Until no errand is under way, nothing runs and the details have followed; the bound is for a broken App.

        What a test holds back at the gate of its targets is not waited for.
        """
        await self.pilot.pause()
        for _ in range(2000):
            resting = getattr(self.app.screen, "_details_timer", None) is None
            if self.app.errands == 0 and (self._held_back() or self.app.opened.idle()) and resting:
                break
            await self.pilot.pause(0.01)
        await self.pilot.pause()

    def _held_back(self) -> bool:
        plan = self._what.opened if isinstance(self._what, SmallDesk) else self._what
        return plan is not None and not plan.world.gate.is_set()

    async def until(self, met: Callable[[], bool]) -> None:
        """Until something is so; the bound is for a broken App."""
        for _ in range(2000):
            if met():
                return
            await self.pilot.pause(0.01)
        raise AssertionError(f"it did not come to that:\n{self.text()}")

    def text(self) -> str:
        """What is on the screen."""
        lines = self.app.screen._compositor.render_strips()
        return "\n".join("".join(segment.text for segment in strip).rstrip() for strip in lines)


def _key_of(letter: str) -> str:
    return letter if letter.isalnum() else {" ": "space", ".": "full_stop", "-": "minus"}.get(letter, "other")


@asynccontextmanager
async def show(
    what: Recovery | SmallDesk,
    size: tuple[int, int] = (80, 24),
    quiet: float = 0.0,
    theme: str = "textual-dark",
    surroundings: Surroundings | None = None,
) -> AsyncIterator[Operator]:
    """Run the App on a desk or a session."""
    places = surroundings or around(quiet, theme)
    app = SmtuiApp(places, desk=what) if isinstance(what, SmallDesk) else SmtuiApp(places, first=what.engine)
    async with app.run_test(size=size) as pilot:
        operator = Operator(app, pilot, what)
        await operator.settle()
        yield operator
