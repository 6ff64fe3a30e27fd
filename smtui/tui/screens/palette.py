"""The actions of a screen by name, for keys that nobody remembers at night."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.widgets import Input

from smtui.tui import actions
from smtui.tui.screens.base import Base, bindings
from smtui.tui.shown import content
from smtui.tui.widgets.bar import Field, TypedInput
from smtui.tui.widgets.keyline import KeyLine
from smtui.tui.widgets.line import Line
from smtui.tui.widgets.listing import Entry, Listing


def entries(registry: actions.Registry, place: actions.Place, allowed: Collection[str], words: str) -> Iterator[Entry]:
    """What can be done now, first; then what cannot, to be found but not chosen. Every word must be in it."""
    now = registry.possible(place, allowed)
    found = [
        action
        for action in registry.of(place)
        if action.id != "palette" and all(word in _text(action) for word in words.casefold().split())
    ]
    for action in sorted(found, key=lambda action: action not in now):
        key = f"  {action.shown_key:<8}"
        if action in now:
            yield Entry(((key, "strong"), (f"{action.label}: {action.help}", "plain")), action.id)
        else:
            yield Entry(((key, "faint"), (f"{action.label}: not possible for this item now", "faint")))
    if not found:
        yield Entry((("  nothing is called so", "faint"),))


def _text(action: actions.Action) -> str:
    return f"{action.id} {action.label} {action.help}".casefold()


class PaletteScreen(Base):
    """Chooses an action and hands it to the screen below; what changes anything asks there first."""

    CSS_PATH = "listed.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [*bindings("palette")]
    place = "palette"

    def __init__(self, about: actions.Place, allowed: Collection[str], act: Callable[[str], None]) -> None:
        super().__init__()
        self._about, self._allowed_there, self._act = about, allowed, act

    def compose(self) -> ComposeResult:
        """Words, list, status, keys."""
        yield Line(id="title")
        yield TypedInput(Field("words", ""))
        yield Listing(id="list")
        yield Line(id="status")
        yield KeyLine()

    def on_mount(self) -> None:
        """Everything, until words are typed."""
        self.query_one("#title", Line).show_line(content((" What is to be done? Type a word of it.", "bold")))
        self.query_one(Listing).can_focus = False
        self.query_one(TypedInput).focus()
        self.show_keys()
        self._show("")

    @on(Input.Changed)
    def typed(self, event: Input.Changed) -> None:
        """Other words."""
        self._show(event.value)

    @on(Input.Submitted)
    def submitted(self) -> None:
        """Enter is for the input line first."""
        self.do_take()

    def _show(self, words: str) -> None:
        self.query_one(Listing).show(tuple(entries(self.smtui.registry, self._about, self._allowed_there, words)))

    def do_down(self) -> None:
        """To the next action."""
        self.query_one(Listing).action_move(1)

    def do_up(self) -> None:
        """To the action before."""
        self.query_one(Listing).action_move(-1)

    def do_take(self) -> None:
        """Close, then let the screen below do it."""
        chosen = self.query_one(Listing).selected
        if chosen is None:
            self.say("Nothing is marked.")
        elif self.smtui.guard.burst:
            self.say("That Enter came together with other keys and was not taken: press it again.")
        else:
            self.smtui.pop_screen()
            self._act(chosen)

    def do_back(self) -> None:
        """Nothing is done."""
        self.smtui.pop_screen()
