"""The output of an item on the whole screen: follows, can be paused and searched."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.content import Content

from smtui.telling.ports import EnginePort, Header
from smtui.text import visible
from smtui.tui.describe import output_beside
from smtui.tui.headline import banner
from smtui.tui.screens import asks
from smtui.tui.screens.asking import AskingScreen
from smtui.tui.screens.base import bindings
from smtui.tui.shown import Paragraph, Shown, content, fit
from smtui.tui.widgets.keyline import KeyLine
from smtui.tui.widgets.line import Line
from smtui.tui.widgets.pane import TextPane


class OutputScreen(AskingScreen):
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
        pane = next(iter(self.query(TextPane)), None)
        if self._paused or pane is None:  # news may come before the screen has its widgets: it begins with all of it
            return
        pane.show((self._shown(),))
        self.call_after_refresh(pane.scroll_end, animate=False, immediate=True)
        self._show_title()

    def _shown(self) -> Shown:
        """All of it; of several targets side by side."""
        beside = output_beside(self._engine, self.item_id)
        if beside is not None:
            return beside
        text = self._engine.recent_output(self.item_id).rstrip("\n")
        return Paragraph(text, "plain", wrap=False) if text else Paragraph("There is no output.", "faint")

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
        """Ask for a text, then go to the first hit."""
        self.ask(asks.find(self._needle), lambda values, _: self._find(values[asks.TEXT]))

    def _find(self, needle: str) -> None:
        self._needle, self._paused = needle, True
        self._seek(0)

    def do_save(self) -> None:
        """Ask for a file, then write what is shown."""
        text = self._engine.recent_output(self.item_id)

        def save(values: Mapping[str, str], _: str) -> None:
            path = Path(values[asks.TEXT]).expanduser()
            self.smtui.errand(lambda: write_new(path, text), lambda _: self.say(f"Written: {path}"), self.failed)

        self.ask(asks.save(self.item_id), save)

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
            again, pause = (self.smtui.registry.key("output", name) for name in ("again", "pause"))
            self.say(f"Line {hit + 1} of {len(pane.lines)}; paused. {again} finds the next, {pause} follows again.")

    def do_back(self) -> None:
        """To the session."""
        self.smtui.pop_screen()


def write_new(path: Path, text: str) -> None:
    """Write a file that must not be there yet, for its owner alone. Raises OSError with a text that says what to do."""
    try:
        with os.fdopen(
            os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600), "w", encoding="utf-8"
        ) as file:
            file.write(visible(text))
    except OSError as error:
        raise OSError(f"{path}: {error.strerror}; nothing was written") from None
