"""A screen that may put one question at its bottom."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from smtui.tui.screens.base import Base
from smtui.tui.widgets.keyline import KeyLine

if TYPE_CHECKING:  # loaded with the first question: most of the time that a screen takes to come up goes into imports
    from smtui.tui.widgets.bar import Ask, Bar

Answer = Callable[[Mapping[str, str], str], None]
"""What to do with the values and the option of an answered question."""


class AskingScreen(Base):
    """While a question stands, keys are for it alone."""

    _answer: Answer | None = None

    @property
    def asking(self) -> bool:
        """Whether a question stands. One that was answered may still be on its way out of the widgets."""
        return self._answer is not None

    def free_keys(self) -> None:
        """The question is gone: give the keys back to what had them, the one list or text of the screen."""
        self.set_focus(self.query("Listing, TextPane").first())

    def bar_keys(self) -> None:
        """A question is there: nothing else is to take keys."""

    def action_act(self, action_id: str) -> None:
        """While a question stands, keys are for it alone."""
        if self._answer is None:
            super().action_act(action_id)
        else:
            self.smtui.drop_key()

    def ask(self, ask: Ask, answer: Answer) -> None:
        """Put a question; keys typed before it is seen do not count."""
        from smtui.tui.widgets.bar import Bar

        self.smtui.question()
        self._answer = answer
        self.bar_keys()
        guard = self.smtui.guard
        self.mount(Bar(ask, lambda: guard.hurried if ask.grave else guard.burst, self.on_bar_dropped), before="#status")
        self.query_one(KeyLine).say("The question takes the keys: Enter answers, Esc goes back.")

    def on_bar_answered(self, event: Bar.Answered) -> None:
        """Do what was asked for."""
        answer = self._answer
        self._close_bar()
        if answer is not None:
            answer(event.values, event.option)

    def on_bar_dropped(self) -> None:
        """Do nothing."""
        self._close_bar()

    def _close_bar(self) -> None:
        self._answer = None
        self.query("Bar").remove()
        self.free_keys()
        self.show_keys()
