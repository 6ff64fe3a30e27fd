"""How long things took in past exercises and recoveries, item by item."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType

from smtui.telling.history import History, Timing, bar
from smtui.telling.statuses import duration
from smtui.text import one_line
from smtui.tui.screens.base import Base, bindings
from smtui.tui.shown import Paragraph, content
from smtui.tui.widgets.keyline import KeyLine
from smtui.tui.widgets.line import Line
from smtui.tui.widgets.pane import TextPane

BAR = 12
"""Cells of the longest bar: with number and time it leaves half of 60 columns to the name."""
_LATEST = 5
"""Sessions of which single times are given."""


def page(histories: Sequence[History]) -> Iterator[Paragraph]:
    """For each checklist when it was gone through, and a line for all of it and for each item."""
    if not histories:
        yield Paragraph(
            "There is no completed exercise or recovery yet. Drills do not count: they teach nothing about how long "
            "real servers take."
        )
        return
    yield Paragraph("The median of each item, as a bar and in words; behind it the single times, newest first.")
    for one in histories:
        yield Paragraph("")
        yield Paragraph(one_line(one.title), "head")
        when = ", ".join(f"{each.mode} of {each.ended:%Y-%m-%d}" for each in one.sessions[:_LATEST])
        before = len(one.sessions) - _LATEST
        yield Paragraph(f"{when}{f' and {before} before' if before > 0 else ''}", "faint")
        yield _line("all of it", one.whole, one.whole.median)
        for item in one.items:
            yield _line(f"{one_line(item.number)} {one_line(item.name)}".lstrip(), item, one.scale)


def _line(name: str, timing: Timing, longest: float) -> Paragraph:
    drawn = bar(BAR * timing.median / longest if longest else 0.0)
    single = ", ".join(duration(seconds) for seconds in timing.seconds[:_LATEST])
    behind = f"  ({single})" if len(timing.seconds) > 1 else ""
    return Paragraph(f"{drawn:<{BAR}} {duration(timing.median):>10}  {name}{behind}", wrap=False)


class HistoryScreen(Base):
    """Read-only; `histories` as they were read when the screen was opened."""

    CSS_PATH = "read.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [*bindings("history")]
    place = "history"

    def __init__(self, histories: Sequence[History]) -> None:
        super().__init__()
        self._histories = histories

    def compose(self) -> ComposeResult:
        """Title, text, status, keys."""
        yield Line(id="title")
        yield TextPane(id="text")
        yield Line(id="status")
        yield KeyLine()

    def on_mount(self) -> None:
        """From the top."""
        count = len(self._histories)
        told = {0: "none yet", 1: "past sessions of 1 checklist"}.get(count, f"past sessions of {count} checklists")
        self.query_one("#title", Line).show_line(content((f" History: {told}", "bold")))
        pane = self.query_one(TextPane)
        pane.focus()
        pane.show(tuple(page(self._histories)))
        self.show_keys()

    def do_back(self) -> None:
        """To where it was opened."""
        self.smtui.pop_screen()
