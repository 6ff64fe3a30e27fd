"""The keys of a screen, from the registry, and what marks and words mean."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.widgets import Static

from smtui.session.state import Status
from smtui.telling.statuses import GRADE_MARKS, GRADE_MEANINGS, LOOKS
from smtui.tui import actions
from smtui.tui.screens.base import Base, bindings
from smtui.tui.shown import Paragraph, content
from smtui.tui.widgets.keyline import KeyLine
from smtui.tui.widgets.line import Line
from smtui.tui.widgets.pane import TextPane

_MEANINGS: dict[Status, str] = {
    "todo": "open",
    "running": "under way on its targets",
    "done": "closed; the letter behind it says how well that is founded",
    "reverted": "was done, and a later look found it undone",
    "failed": "it ran and says that it failed",
    "unknown": "it was started and its end was not seen; it is never run again by itself",
    "skipped": "left out, with a reason",
    "deferred": "left for after this session, with a reason",
    "not-applicable": "belongs to a way that was not taken",
}


def page(place: actions.Place, registry: actions.Registry = actions.SHIPPED) -> Iterator[Paragraph]:
    """What the help screen says about another screen."""
    yield Paragraph("Keys", "head")
    for action in registry.of(place):
        keys = " or ".join(actions.KEY_NAMES.get(key, key) for key in action.keys)
        yield Paragraph(f"{action.label}: {action.help}", "strong", f"{keys:<10} ")
        yield Paragraph(action.consequence, indent=11)
    if place != "session":
        return
    yield Paragraph("")
    yield Paragraph("Lists and texts: up, down, page up, page down, home, end; long commands: left, right.")
    yield Paragraph("A question at the bottom: Enter answers, Esc goes back, Tab goes to the next field.")
    yield Paragraph("Keys typed before a question was on the screen are dropped, and the status line says so.")
    yield Paragraph("")
    yield Paragraph("Marks", "head")
    yield Paragraph("> the cursor   → what is next   ! cannot be taken back")
    for status, look in LOOKS.items():
        yield Paragraph(_MEANINGS[status], look.kind, f"{look.shape} {look.word:<10}")
    yield Paragraph("")
    yield Paragraph("How well a done item is founded", "head")
    for grade, mark in GRADE_MARKS.items():
        yield Paragraph(GRADE_MEANINGS[grade], "plain", f"{mark} {grade:<11}")


class HelpScreen(Base):
    """Read-only."""

    CSS_PATH = "help.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [*bindings("help")]
    place = "help"

    def __init__(self, about: actions.Place, registry: actions.Registry) -> None:
        super().__init__()
        self._about, self._registry = about, registry

    def compose(self) -> ComposeResult:
        """Title, text, keys."""
        yield Static(content((f" Keys of the {self._about} screen", "bold")), id="title")
        pane = TextPane(id="text")
        pane.show(tuple(page(self._about, self._registry)))
        yield pane
        yield Line(id="status")
        yield KeyLine()

    def on_mount(self) -> None:
        """The text can be scrolled at once."""
        self.query_one(TextPane).focus()
        self.show_keys()

    def do_back(self) -> None:
        """Leave the page."""
        self.smtui.pop_screen()
