"""The App: which screen comes when, and what all of them share. Wiring only."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, ClassVar, TypeVar

from textual.binding import Binding, BindingType
from textual.events import Key
from textual.message import Message

from smtui.telling.ports import Desk, EnginePort, Header
from smtui.tui._compat import QuietApp, ThriftyApp, say_aside
from smtui.tui.actions import Registry
from smtui.tui.guard import KeyGuard
from smtui.tui.guide import Guide
from smtui.tui.opened import OpenedSessions
from smtui.tui.screens.base import Base
from smtui.tui.screens.home import HomeScreen
from smtui.tui.terminal import has_shell_behind, ignore_suspension
from smtui.tui.themes import THEMES

if TYPE_CHECKING:
    from smtui.tui.screens.start import StartScreen

Made = TypeVar("Made")
SUSPENDED = (
    "smtui is stopped: it starts and records nothing until fg continues it. What runs on servers goes on there; "
    "nobody else can take the session meanwhile."
)


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What the App takes from outside."""

    now: Callable[[], datetime]
    """UTC."""
    monotonic: Callable[[], float]
    """The clock by which Textual stamps keys."""
    quiet: float
    """Seconds (`guard.QUIET`)."""
    rest: float
    """Seconds that the cursor rests before the details follow it, and between two paintings of live output."""
    theme: str
    keys: Mapping[str, str] = field(default_factory=dict)
    """Keys of the operator's own, by `place.id` of an action."""
    ascii_only: bool = False
    """Whether the terminal shows nothing but ASCII."""


class SmtuiApp(QuietApp[None], ThriftyApp[None]):
    """Either the home screen of a desk, or one session."""

    TITLE = "smtui"
    ENABLE_COMMAND_PALETTE = False
    BINDINGS: ClassVar[list[BindingType]] = [Binding("ctrl+l", "redraw", "Draw anew", show=False, id="app.redraw")]
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (100, "-wide")]  # noqa: RUF012 - as Textual declares it
    VERTICAL_BREAKPOINTS = [(0, "-low"), (16, "-high"), (24, "-tall")]  # noqa: RUF012 - as Textual declares it
    CSS = """
    Screen { background: $background; }
    #risks { dock: top; background: $error; color: $text; }
    """

    @dataclass
    class ErrandDone(Message):
        """Work on a thread of its own has ended."""

        then: Callable[[], None]

    class Suspended(Message):
        """The shell wants the terminal."""

    class Continued(Message):
        """The shell gave it back."""

    class Leave(Message):
        """The terminal is gone, or is to be given back."""

    def __init__(
        self,
        around: Surroundings,
        *,
        desk: Desk | None = None,
        first: EnginePort | None = None,
        header: Header | None = None,
        checklist: str | None = None,
    ) -> None:
        """Without a desk, leaving the session `first` ends the App."""
        super().__init__(terminal_colours=around.theme.startswith("ansi-"))
        self.around = around
        self.registry = Registry(around.keys)
        self.frames.ascii_only = around.ascii_only
        self.opened = OpenedSessions()
        self.guard = KeyGuard(around.quiet)
        self.errands = 0
        """How many are under way."""
        self.guide = Guide(self, desk)
        self._desk = desk
        self._first = first
        self._header = header
        self._checklist = checklist
        self._stopped = False
        """Whether this program stopped itself and has not heard yet that it goes on."""

    def on_resize(self) -> None:
        """What the terminal made of what it showed is not known."""
        self.frames.forget()

    def action_redraw(self) -> None:
        """Something else may have written on the terminal."""
        self.redraw()

    def on_mount(self) -> None:
        """Show the first screen."""
        ignore_suspension()
        for theme in THEMES:
            self.register_theme(theme)
        self.theme = self.around.theme
        self.set_keymap(self.around.keys)
        if self._desk is not None:
            self.push_screen(HomeScreen(self._desk, begin=self._checklist))
        if self._first is not None:
            self.open_session(self._first, self._header)

    def open_session(self, engine: EnginePort, header: Header | None = None) -> None:
        """Show a session; it stays open until the program ends."""
        from smtui.tui.screens.session import SessionScreen

        if self.opened.find(engine.state.session) is not engine:
            self.opened.add(engine)
        self.question()
        self.push_screen(SessionScreen(engine, header or Header.of(engine.state), to_home=self._desk is not None))

    def open_start(self, screen: StartScreen) -> None:
        """Show the questions before a session."""
        self.question()
        self.push_screen(screen)

    def replace_by_session(self, engine: EnginePort) -> None:
        """The questions are answered: show the session in their place."""
        self.pop_screen()
        self.open_session(engine)

    def hand_over(self, engine: EnginePort, heir: str) -> None:
        """Somebody else has a session now: show it no more, and end unless another one is open here."""
        session = engine.state.session
        if session in self.opened.handed_over():
            return
        self.opened.hand_over(session, heir)
        if self._desk is None or not self.opened.unfinished():
            self.exit()
            return
        while not isinstance(self.screen, HomeScreen):
            self.pop_screen()
        self.say(f"{session} is with {heir} now, who asked for it. Look on with: smtui watch {session}", bad=True)

    def look_at(self, engine: EnginePort) -> None:
        """Show a session that is only looked at."""
        from smtui.tui.screens.session import SessionScreen

        self.question()
        self.push_screen(SessionScreen(engine, Header.of(engine.state), to_home=True, look_only=True))

    def risks_below(self, screen: Base) -> Sequence[str]:
        """Ways on which passwords can be read: of the session that a screen lies over, or else of the deployment."""
        for other in reversed(self.screen_stack):
            if isinstance(other, Base) and other.place == "session" and other is not screen:
                return other.risks()
        return self._desk.insecure if self._desk is not None else ()

    def question(self) -> None:
        """Something new is on the screen: keys typed before it was seen do not count."""
        self.guard.question(self.around.monotonic())

    def admits_key(self, event: Key) -> bool:
        """Turn down keys that were typed ahead, and say so."""
        if not self.guard.admits(event.time, event.key):
            self.tell_dropped()
            return False
        if event.key.startswith("alt+") and not any(event.key in action.keys for action in self.registry):
            key = event.key.removeprefix("alt+")
            self.say(f"Alt-{key} means nothing here. Was it Esc, then {key}? The line put them together: press again.")
            return False
        return True

    def drop_key(self) -> None:
        """A key was for what stood there before the question."""
        self.guard.drop()
        self.tell_dropped()

    def tell_dropped(self) -> None:
        """Say how many keys did not count."""
        count = self.guard.dropped
        keys = "1 key" if count == 1 else f"{count} keys"
        self.say(f"{keys} dropped: typed ahead, or not for the question on the screen.")

    def say(self, text: str, *, bad: bool = False) -> None:
        """Show a message in the status line of the present screen."""
        if isinstance(self.screen, Base):
            self.screen.say(text, bad=bad)

    def errand(
        self, work: Callable[[], Made], then: Callable[[Made], None], failed: Callable[[Exception], None]
    ) -> None:
        """Do what may take time, or hang, away from the screen; the rest follows on the screen's own thread."""
        self.errands += 1

        def do() -> None:
            try:
                made = work()
            except BaseException as error:  # noqa: BLE001 - shown by `failed`, on the screen that asked
                shown = error if isinstance(error, Exception) else RuntimeError(f"{type(error).__name__}: {error}")
                self.post_message(self.ErrandDone(lambda: failed(shown)))
            else:
                self.post_message(self.ErrandDone(lambda: then(made)))

        threading.Thread(target=do, name="errand", daemon=True).start()

    def on_smtui_app_errand_done(self, message: ErrandDone) -> None:
        """Back from a thread."""
        self.errands -= 1
        message.then()

    def ask_to_suspend(self) -> None:
        """SIGTSTP came; from any thread, never blocks."""
        self.post_message(self.Suspended())

    def ask_to_retake(self) -> None:
        """SIGCONT came; from any thread, never blocks."""
        self.post_message(self.Continued())

    def on_smtui_app_suspended(self) -> None:
        """Give the terminal back and stop until the shell continues this process, if there is one."""
        if not has_shell_behind():
            self.say("There is no shell to go back to: smtui goes on.")
            return
        self._stopped = True
        with self.suspend():
            say_aside(SUSPENDED)
            os.kill(os.getpid(), signal.SIGSTOP)
        self.redraw()

    def on_smtui_app_continued(self) -> None:
        """Something stopped this process from outside, and the shell has used the terminal since: take it anew."""
        if self._stopped:
            self._stopped = False
            return
        with self.suspend():
            pass
        self.redraw()

    def end_screen(self) -> None:
        """Ask the App to end; from any thread, never blocks."""
        self.post_message(self.Leave())

    def on_smtui_app_leave(self) -> None:
        """End now."""
        self.exit()

    async def action_quit(self) -> None:
        """Textual's own keys for quitting lead to the screen's way of leaving; they come before the screen's."""
        self.action_help_quit()

    def action_help_quit(self) -> None:
        """As `action_quit`."""
        if isinstance(self.screen, Base):
            self.screen.leave()
