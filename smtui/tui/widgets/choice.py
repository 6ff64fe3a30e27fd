"""A row of answers of which the first is always the harmless one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.content import Content
from textual.geometry import Size
from textual.message import Message
from textual.widget import Widget

from smtui.tui.shown import content

BACK = "back"
"""Key of the answer that changes nothing."""


@dataclass(frozen=True, slots=True)
class Option:
    """One answer."""

    key: str
    label: str


class ChoiceRow(Widget, can_focus=True):
    """Arrow keys move, Enter takes. It starts on the first option."""

    DEFAULT_CSS = """
    ChoiceRow { height: auto; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("right,down", "step(1)", "Next answer", id="choice.next"),
        Binding("left,up", "step(-1)", "Previous answer", id="choice.previous"),
        Binding("enter", "take", "Take it", id="choice.take"),
    ]

    @dataclass
    class Taken(Message):
        """Enter was pressed on an option."""

        key: str

    def __init__(self, options: Sequence[Option]) -> None:
        super().__init__()
        self._options = options
        self._at = 0

    @property
    def at(self) -> Option:
        """The option that Enter would take."""
        return self._options[self._at]

    def action_step(self, by: int) -> None:
        """Move, without going round."""
        self._at = min(max(self._at + by, 0), len(self._options) - 1)
        self.refresh()

    def action_take(self) -> None:
        """Report the option."""
        self.post_message(self.Taken(self.at.key))

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """One line where all options fit, else one for each."""
        del container, viewport
        return 1 if self._fits(width) else len(self._options)

    def render(self) -> Content:
        """`> Go back <   I have done this by hand`."""
        labels = [
            content((f"> {option.label} <", "bold reverse" if self.has_focus else "bold"))
            if number == self._at
            else content(f"  {option.label}  ")
            for number, option in enumerate(self._options)
        ]
        return Content("  " if self._fits(self.size.width) else "\n").join(labels)

    def on_focus(self) -> None:
        """Shown by its colours."""
        self.refresh()

    def on_blur(self) -> None:
        """Shown by its colours."""
        self.refresh()

    def _fits(self, width: int) -> bool:
        return sum(len(option.label) + 6 for option in self._options) <= width
