"""The hosts of a deployment, and whether their ports answer from here."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType

from smtui.telling.ports import Desk, PlaceSummary, Reach
from smtui.text import one_line
from smtui.tui.screens.base import Base, bindings
from smtui.tui.shown import content
from smtui.tui.widgets.keyline import KeyLine
from smtui.tui.widgets.line import Line
from smtui.tui.widgets.listing import Entry, Listing


def entries(places: Sequence[PlaceSummary], reached: Mapping[PlaceSummary, Reach]) -> Iterator[Entry]:
    """Two rows for each port: what it is, and whether it answers, by shape and word."""
    for number, place in enumerate(places):
        port = f":{place.port}" if place.port else ""
        yield Entry(((f"  {place.name}  ", "strong"), (place.what, "plain")), str(number))
        answer = reached.get(place)
        shape, word, kind = (
            ("…", "being looked at", "faint")
            if answer is None
            else ("✓", "reachable", "good")
            if answer.open
            else ("✗", "not reachable", "bad")
        )
        said = f": {one_line(answer.text)}" if answer is not None and answer.text else ""
        yield Entry(((f"    {shape} {word}{said}", kind), (f"   {place.service} at {place.address}{port}", "plain")))


class TargetsScreen(Base):
    """Looks once when it opens; nothing is sent, nobody logs on."""

    CSS_PATH = "listed.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [*bindings("targets")]
    place = "targets"

    def __init__(self, desk: Desk, places: Sequence[PlaceSummary]) -> None:
        super().__init__()
        self._desk, self._places = desk, places
        self._reached: dict[PlaceSummary, Reach] = {}

    def compose(self) -> ComposeResult:
        """Title, list, status, keys."""
        yield Line(id="title")
        yield Listing(id="list")
        yield Line(id="status")
        yield KeyLine()

    def on_mount(self) -> None:
        """Look at once."""
        self.query_one(Listing).focus()
        self.show_keys()
        self.do_again()

    def do_again(self) -> None:
        """Try every port, side by side; each says so when it is known."""
        self._reached.clear()
        self._show()
        for place in self._places:
            self.smtui.errand(
                lambda place=place: (place, self._desk.reach(place)),  # type: ignore[misc]  # binds the loop's value
                self._came,
                self.failed,
            )

    def _came(self, found: tuple[PlaceSummary, Reach]) -> None:
        self._reached[found[0]] = found[1]
        if self.is_attached:
            self._show()

    def _show(self) -> None:
        reachable = sum(reach.open for reach in self._reached.values())
        known, total = len(self._reached), len(self._places)
        told = f"{reachable} of {total} reachable" if known == total else f"{known} of {total} looked at"
        self.query_one("#title", Line).show_line(content((f" Targets: {told}", "bold")))
        self.query_one(Listing).show(tuple(entries(self._places, self._reached)))

    def do_back(self) -> None:
        """To where it was opened."""
        self.smtui.pop_screen()
