"""What all screens have: keys from the registry, a status line, a key line."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING, cast

from textual.binding import Binding
from textual.screen import Screen

from smtui.telling.risks import told_risks
from smtui.text import one_line
from smtui.tui import actions
from smtui.tui.shown import content
from smtui.tui.widgets.keyline import KeyLine
from smtui.tui.widgets.line import Line

if TYPE_CHECKING:
    from smtui.tui.app import SmtuiApp


def bindings(place: actions.Place) -> list[Binding]:
    """One binding for each action of a screen; its id names it in a key map."""
    return [
        Binding(action.key, f"act('{action.id}')", action.label, id=action.name, tooltip=action.consequence)
        for action in actions.SHIPPED.of(place)
    ]


class Base(Screen[None]):
    """A screen whose actions are those of `place`; `do_<id>` carries one out."""

    place: actions.Place = "home"

    @property
    def smtui(self) -> SmtuiApp:
        """The App, by its own type."""
        return cast("SmtuiApp", self.app)

    def risks(self) -> Sequence[str]:
        """Ways on which passwords can be read, of what this screen is about."""
        return self.smtui.risks_below(self)

    def on_screen_resume(self) -> None:
        """Whatever the screen is about, it says first what must not be missed."""
        self.show_risks()

    def show_risks(self) -> None:
        """One line above everything else, as long as there is something to say."""
        told = told_risks(self.risks())
        found = self.query("#risks").results(Line)
        line = next(iter(found), None)
        if line is None and told:
            self.mount(line := Line(id="risks"), before=0)
        if line is not None:
            line.display = bool(told)
            line.show_line(content((f" {one_line(told, 500)}", "bold")))

    def allowed(self) -> Collection[str]:
        """What the engine allows for what is selected."""
        return ()

    def action_act(self, action_id: str) -> None:
        """Carry out an action, or say why not."""
        action = self.smtui.registry.find(self.place, action_id)
        if action.needs is not None and action.needs not in self.allowed():
            self.refused(action)
            return
        getattr(self, f"do_{action_id}")()

    def leave(self) -> None:
        """The way out of this screen, as its own key would take it."""
        names = {action.id for action in self.smtui.registry.of(self.place)}
        self.action_act("leave" if "leave" in names else "back")

    def refused(self, action: actions.Action) -> None:
        """Say that it cannot be done now."""
        keys = self.smtui.registry.key(self.place, "help")
        self.say(f"{action.shown_key} ({action.label}) is not possible here now. {keys} shows the keys.")

    def say(self, text: str, *, bad: bool = False) -> None:
        """One quiet line with the time."""
        for line in self.query("#status").results(Line):
            at = f" {self.smtui.around.now():%H:%M:%S}  "
            line.show_line(content((at, "dim"), (one_line(text, 500), "bold $error" if bad else "")))

    def failed(self, error: Exception) -> None:
        """What an errand could not do; the errors of engine and desk say what to do in their own words."""
        self.say(str(error) or type(error).__name__, bad=True)

    def show_keys(self) -> None:
        """The keys that do something now."""
        self.query_one(KeyLine).show(self.smtui.registry.footer(self.place, self.allowed()))

    def do_palette(self) -> None:
        """The actions of this screen, by name."""
        from smtui.tui.screens.palette import PaletteScreen

        self.smtui.question()
        self.smtui.push_screen(PaletteScreen(self.place, self.allowed(), self.action_act))

    def do_home(self) -> None:
        """To the home screen."""
        self.smtui.guide.go("home")

    def do_session(self) -> None:
        """To the session."""
        self.smtui.guide.go("session")

    def do_findings(self) -> None:
        """To what is to be mended."""
        self.smtui.guide.go("findings")

    def do_targets(self) -> None:
        """To the servers and databases."""
        self.smtui.guide.go("targets")

    def do_readiness(self) -> None:
        """To whether a recovery could begin."""
        self.smtui.guide.go("readiness")

    def do_preview(self) -> None:
        """To the first page of the report."""
        self.smtui.guide.go("preview")

    def do_history(self) -> None:
        """To how long things took."""
        self.smtui.guide.go("history")

    def do_help(self) -> None:
        """The keys of this screen, and what they do."""
        from smtui.tui.screens.help import HelpScreen

        self.smtui.push_screen(HelpScreen(self.place, self.smtui.registry))
