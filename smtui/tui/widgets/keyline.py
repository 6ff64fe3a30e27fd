"""The last line: the keys that do something now."""

from __future__ import annotations

from collections.abc import Sequence

from textual.content import Content

from smtui.tui.actions import Action
from smtui.tui.shown import content
from smtui.tui.widgets.line import Line


class KeyLine(Line):
    """Draws itself only when its keys change: Textual's Footer paints anew at each call."""

    DEFAULT_CSS = """
    KeyLine { dock: bottom; background: $panel; }
    """

    def __init__(self) -> None:
        super().__init__(id="keys")
        self._shown: Sequence[Action] | str = ()

    def show(self, actions: Sequence[Action]) -> None:
        """Show the keys of these actions, of the first ones as many as fit: the last two are help and leave."""
        if actions != self._shown:
            self._shown = actions
            self._draw()

    def on_resize(self) -> None:
        """Other keys fit."""
        self._draw()

    def _draw(self) -> None:
        if isinstance(self._shown, str):
            self.show_line(content((f" {self._shown}", "dim")))
            return
        fitting = list(self._shown)
        while len(fitting) > 2 and sum(map(_width, fitting)) > self.size.width:
            fitting.pop(-3)
        parts = [content((f" {action.shown_key}", "bold $text-accent"), f" {action.label} ") for action in fitting]
        self.show_line(Content("").join(parts))

    def say(self, text: str) -> None:
        """Show a sentence instead, while a bar takes the keys."""
        if text != self._shown:
            self._shown = text
            self._draw()

    @property
    def shown(self) -> str:
        """What it says, as plain text."""
        if isinstance(self._shown, str):
            return self._shown
        return "  ".join(f"{action.shown_key} {action.label}" for action in self._shown)


def _width(action: Action) -> int:
    return len(action.shown_key) + len(action.label) + 3
