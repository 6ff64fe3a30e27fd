"""The output of an item on the whole screen: follows, can be paused and searched."""

from __future__ import annotations

from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.content import Content

from smtui.telling.ports import EnginePort, Header
from smtui.tui.headline import banner
from smtui.tui.screens import asks
from smtui.tui.screens.base import Base, bindings
from smtui.tui.shown import Paragraph, content, fit
from smtui.tui.widgets.bar import Bar
from smtui.tui.widgets.keyline import KeyLine
from smtui.tui.widgets.line import Line
from smtui.tui.widgets.pane import TextPane


class OutputScreen(Base):
    """Shows what `recent_output` gives, read-only."""

    CSS_PATH = "output.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [*bindings("output")]
    place = "output"

    def __init__(self, engine: EnginePort, header: Header, item_id: str) -> None:
        super().__init__()
        self._engine = engine
        self._header = header
        self.item_id = item_id
        self._paused = False
        self._needle = ""

    def compose(self) -> ComposeResult:
        """Title, text, status, keys."""
        yield Line(id="title")
        yield TextPane(id="text")
        yield Line(id="status")
        yield KeyLine()

    def on_mount(self) -> None:
        """Start at the end."""
        pane = self.query_one(TextPane)
        pane.focus()
        self.show_keys()
        self.output_came()

    def on_resize(self) -> None:
        """The title is as wide as the screen."""
        self._show_title()

    def output_came(self) -> None:
        """Show what is new, unless paused."""
        if self._paused:
            return
        pane = self.query_one(TextPane)
        text = self._engine.recent_output(self.item_id).rstrip("\n")
        pane.show((Paragraph(text, "plain", wrap=False) if text else Paragraph("There is no output.", "faint"),))
        self.call_after_refresh(pane.scroll_end, animate=False, immediate=True)
        self._show_title()

    def _show_title(self) -> None:
        flag = banner(self._header.mode, self.size.width)
        state = "paused" if self._paused else "following"
        number = self._engine.state.procedure.by_id[self.item_id].number
        title = f" Output ({state}) of {number} {self._engine.preview(self.item_id).title}"
        left = max(0, self.size.width - len(flag))
        self.query_one("#title", Line).show_line(
            Content.assemble(content((fit(title, left), "bold")), content((flag, "bold reverse $warning")))
        )

    def do_pause(self) -> None:
        """Stop or go on."""
        self._paused = not self._paused
        self.say("Paused: what comes meanwhile is shown when you press p again." if self._paused else "Following.")
        self.output_came()
        self._show_title()

    def do_find(self) -> None:
        """Ask for a text."""
        if not self.query(Bar):
            self.smtui.question()
            self.mount(Bar(asks.find(self._needle), lambda: self.smtui.guard.hurried), before="#status")

    @on(Bar.Answered)
    def find(self, event: Bar.Answered) -> None:
        """Go to the first hit."""
        self._close_bar()
        self._needle = event.values[asks.TEXT]
        self._paused = True
        self._seek(0)

    @on(Bar.Dropped)
    def dropped(self) -> None:
        """Find nothing."""
        self._close_bar()

    def _close_bar(self) -> None:
        self.query(Bar).remove()
        self.query_one(TextPane).focus()

    def do_again(self) -> None:
        """Go to the next hit."""
        pane = self.query_one(TextPane)
        self._seek(0 if pane.hit is None else pane.hit + 1)

    def _seek(self, start: int) -> None:
        pane = self.query_one(TextPane)
        hit = pane.find(self._needle, start) if self._needle else None
        pane.mark(hit)
        self._show_title()
        if hit is None:
            self.say(f"Nothing here holds {self._needle!r}." if self._needle else "/ finds a text.")
        else:
            self.say(f"Line {hit + 1} of {len(pane.lines)}; paused. n finds the next, p follows again.")

    def do_back(self) -> None:
        """To the session."""
        if self.query(Bar):
            self._close_bar()
        else:
            self.smtui.pop_screen()
