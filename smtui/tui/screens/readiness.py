"""Whether a recovery could begin now: every check by name, what it found, and what mends it."""

from __future__ import annotations

from collections.abc import Iterator, MutableMapping
from dataclasses import dataclass
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.message import Message

from smtui.telling.ports import Desk, Readiness, Shortcoming
from smtui.text import one_line
from smtui.tui.screens.base import Base, bindings
from smtui.tui.shown import Paragraph, content
from smtui.tui.widgets.keyline import KeyLine
from smtui.tui.widgets.line import Line
from smtui.tui.widgets.pane import TextPane

Latest = MutableMapping[str | None, Readiness]
"""What was found last, by session; None: the deployment that new sessions are for."""

_LEVELS = (
    ("problem", "Not ready", "✗", "bad"),
    ("not-checked", "Not looked at, for something above is in the way", "?", "warn"),
    ("by-hand", "Cannot be proven from here; look by hand", "○", "plain"),
)


def page(found: Readiness) -> Iterator[Paragraph]:
    """The shortcomings by how grave they are, then what was looked at."""
    for level, title, shape, kind in _LEVELS:
        these = [one for one in found.shortcomings if one.level == level]
        if these:
            yield Paragraph(title, "head")
        for one in these:
            yield from _shortcoming(one, shape, kind)
            yield Paragraph("")
    yield Paragraph("Looked at", "head")
    yield Paragraph(", ".join(one_line(name) for name in found.looked_at), indent=2)


def _shortcoming(one: Shortcoming, shape: str, kind: str) -> Iterator[Paragraph]:
    yield Paragraph(f"{one_line(one.subject)}: {one_line(one.text, 400)}", kind, f"{shape} {one.check}  ")
    if one.remedy:
        yield Paragraph(one_line(one.remedy, 400), "plain", "mend it: ", indent=4)


class ReadinessScreen(Base):
    """Shows what was found last; looks again only on a key, for that logs on once with each account."""

    CSS_PATH = "read.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [*bindings("readiness")]
    place = "readiness"

    @dataclass
    class Heard(Message):
        """One look is over."""

        what: str
        over: int
        total: int

    def __init__(self, desk: Desk, session: str | None, latest: Latest) -> None:
        super().__init__()
        self._desk, self._session, self._latest = desk, session, latest
        self._looking = False

    def compose(self) -> ComposeResult:
        """Title, text, status, keys."""
        yield Line(id="title")
        yield TextPane(id="text")
        yield Line(id="status")
        yield KeyLine()

    def on_mount(self) -> None:
        """Show what was found last."""
        self.query_one(TextPane).focus()
        self.show_keys()
        self._show()

    def do_look(self) -> None:
        """Look, unless that is under way."""
        if self._looking:
            self.say("It is being looked at.")
            return
        self._looking = True
        self._title("looking at the hosts ...")

        def tell(what: str, over: int, total: int) -> None:
            self.post_message(self.Heard(what, over, total))

        self.smtui.errand(lambda: self._desk.readiness(self._session, tell), self._came, self._broke)

    @on(Heard)
    def heard(self, message: Heard) -> None:
        """How far it is."""
        if self._looking:
            self._title(f"{message.over} of {message.total} looks are over, {one_line(message.what)} the latest")

    def _came(self, found: Readiness) -> None:
        self._looking = False
        self._latest[self._session] = found
        if self.is_attached:
            self._show()

    def _broke(self, error: Exception) -> None:
        self._looking = False
        if self.is_attached:
            self._show()
            self.failed(error)

    def _title(self, told: str, style: str = "") -> None:
        self.query_one("#title", Line).show_line(content((" Readiness: ", "bold"), (told, style)))

    def _show(self) -> None:
        found = self._latest.get(self._session)
        pane = self.query_one(TextPane)
        key = self.smtui.registry.key("readiness", "look")
        if found is None:
            self._title("not looked at yet")
            of_what = "the hosts that this session works on" if self._session else "every host of the deployment"
            pane.show((Paragraph(f"{key} looks over {of_what}: read-only, each account is tried once."),))
            return
        problems = sum(one.level == "problem" for one in found.shortcomings)
        when = f"at {found.at:%H:%M:%S} UTC; {key} looks again"
        if found.ready:
            self._title(f"READY, {when}", "bold $success")
        else:
            number = "1 problem" if problems == 1 else f"{problems} problems"
            self._title(f"NOT READY: {number}, {when}", "bold $error")
        pane.show(tuple(page(found)))

    def do_back(self) -> None:
        """To where it was opened."""
        self.smtui.pop_screen()
