"""The first page of a session's report, before it is written."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType

from smtui.telling.ports import Desk, PageLine
from smtui.tui.screens import asks
from smtui.tui.screens.asking import AskingScreen
from smtui.tui.screens.base import bindings
from smtui.tui.shown import Paragraph, content
from smtui.tui.widgets.keyline import KeyLine
from smtui.tui.widgets.line import Line
from smtui.tui.widgets.pane import TextPane

_KINDS = {"": "plain", "head": "head", "good": "good", "warn": "warn", "bad": "bad", "quiet": "faint"}


def page(lines: Sequence[PageLine]) -> Iterator[Paragraph]:
    """The report's own words."""
    for line in lines:
        indent = len(line.label) - len(line.label.lstrip())
        yield Paragraph(line.text, _KINDS[line.tone], line.label.lstrip(), indent=indent)


class PreviewScreen(AskingScreen):
    """Shows the session as it was read when the screen was opened, and writes the whole report."""

    CSS_PATH = "read.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [*bindings("preview")]
    place = "preview"

    def __init__(self, desk: Desk, lines: Sequence[PageLine], session: str) -> None:
        super().__init__()
        self._desk, self._lines, self._session = desk, lines, session

    def compose(self) -> ComposeResult:
        """Title, text, status, keys."""
        yield Line(id="title")
        yield TextPane(id="text")
        yield Line(id="status")
        yield KeyLine()

    def on_mount(self) -> None:
        """From the top."""
        key = self.smtui.registry.key("preview", "write")
        self.query_one("#title", Line).show_line(content((f" Report, first page; {key} writes all of it", "bold")))
        self.query_one(TextPane).focus()
        self.show_keys()
        self._show(self._lines)

    def _show(self, lines: Sequence[PageLine]) -> None:
        if self.is_attached:
            self.query_one(TextPane).show(tuple(page(lines)))

    def do_reload(self) -> None:
        """Read the session again."""
        self.smtui.errand(lambda: self._desk.first_page(self._session), self._show, self.failed)

    def do_write(self) -> None:
        """Ask where the evidence goes."""

        def write(values: Mapping[str, str], _: str) -> None:
            self.say("Writing the report ...")
            self.smtui.errand(
                lambda: self._desk.export(self._session, values[asks.TEXT]),
                lambda folder: self.say(f"Written: {folder}"),
                self.failed,
            )

        self.ask(asks.report(self._session), write)

    def do_back(self) -> None:
        """To where it was opened."""
        self.smtui.pop_screen()
