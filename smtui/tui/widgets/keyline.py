"""The last line: the keys that do something now."""

from __future__ import annotations

from collections.abc import Sequence

from textual.content import Content
from textual.widgets import Static

from smtui.tui.actions import Action
from smtui.tui.shown import content


class KeyLine(Static):
    """Draws itself only when its keys change: Textual's Footer paints anew at each call."""

    DEFAULT_CSS = """
    KeyLine { height: 1; dock: bottom; background: $panel; }
    """

    def __init__(self) -> None:
        super().__init__(id="keys")
        self._shown: Sequence[Action] | str = ()

    def show(self, actions: Sequence[Action]) -> None:
        """Show the keys of these actions."""
        if actions != self._shown:
            self._shown = actions
            parts = [content((f" {action.shown_key}", "bold $accent"), f" {action.label} ") for action in actions]
            self.update(Content("").join(parts))

    def say(self, text: str) -> None:
        """Show a sentence instead, while a bar takes the keys."""
        if text != self._shown:
            self._shown = text
            self.update(content((f" {text}", "dim")))

    @property
    def shown(self) -> str:
        """What it says, as plain text."""
        if isinstance(self._shown, str):
            return self._shown
        return "  ".join(f"{action.shown_key} {action.label}" for action in self._shown)
