"""Leads from any screen to any other. Side screens stand over a session or the home screen, one at a time."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, cast

from smtui.telling.ports import Desk, EnginePort, Header, PageLine, PlaceSummary
from smtui.tui.action import Place
from smtui.tui.screens.base import Base
from smtui.tui.screens.home import HomeScreen

if TYPE_CHECKING:  # the first screen comes up before another one is loaded
    from smtui.telling.history import History
    from smtui.tui.app import SmtuiApp
    from smtui.tui.screens.readiness import Latest
    from smtui.tui.screens.session import SessionScreen

_STANDING: tuple[Place, ...] = ("home", "start", "session")
"""Screens that others stand over."""


class Guide:
    """Knows the stack of screens, and what a screen needs to be opened."""

    def __init__(self, app: SmtuiApp, desk: Desk | None) -> None:
        self._app, self._desk = app, desk
        self._readiness: Latest = {}

    def go(self, place: Place) -> None:
        """Show a screen; says why where that cannot be."""
        self._app.question()
        ways: dict[Place, Callable[[], None]] = {
            "home": self._home,
            "session": self._session,
            "findings": self._findings,
            "targets": self._targets,
            "readiness": self._to_readiness,
            "preview": self._preview,
            "history": self._history,
        }
        ways[place]()

    def _home(self) -> None:
        if self._desk is None:
            self._app.say("There is no home screen here: only this session was opened.")
            return
        self._down_to("home")

    def _session(self) -> None:
        if self._session_screen() is not None:
            self._down_to("session")
        elif (engine := self._app.opened.latest()) is not None:
            self._clear()
            self._app.open_session(engine)
        else:
            self._app.say("No session is open here: Enter on the home screen opens one.")

    def _findings(self) -> None:
        from smtui.tui.screens.findings import FindingsScreen

        screen = self._session_screen()
        engine: EnginePort | None = screen.engine if screen is not None else self._app.opened.latest()
        if engine is None:
            self._app.say("Findings belong to a session: open one first.")
            return
        self._clear()
        self._app.push_screen(FindingsScreen(engine, screen.selected if screen is not None else None))

    def _targets(self) -> None:
        session = self._session_at_hand()

        def fetch() -> tuple[Desk, Sequence[PlaceSummary]]:
            desk = self.desk()
            return desk, desk.places(session)

        def show(found: tuple[Desk, Sequence[PlaceSummary]]) -> None:
            from smtui.tui.screens.targets import TargetsScreen

            self._clear()
            self._app.push_screen(TargetsScreen(*found))

        self._app.errand(fetch, show, self._refuse)

    def _to_readiness(self) -> None:
        from smtui.tui.screens.readiness import ReadinessScreen

        try:
            desk = self.desk()
        except LookupError as error:
            self._refuse(error)
            return
        session = self._session_at_hand(opened=True)
        self._clear()
        self._app.push_screen(ReadinessScreen(desk, session, self._readiness))

    def _preview(self) -> None:
        session = self._session_at_hand()
        if session is None:
            self._app.say("A report is that of a session: open one, or put the cursor on it.")
            return
        self._app.say("Reading the session ...")

        def fetch() -> tuple[Desk, Sequence[PageLine]]:
            desk = self.desk()
            return desk, desk.first_page(session)

        def show(found: tuple[Desk, Sequence[PageLine]]) -> None:
            from smtui.tui.screens.preview import PreviewScreen

            self._app.say("")
            self._clear()
            self._app.push_screen(PreviewScreen(*found, session))

        self._app.errand(fetch, show, self._refuse)

    def _history(self) -> None:
        self._app.say("Reading past sessions ...")

        def read() -> Sequence[History]:
            from smtui.telling.history import histories

            return histories(self.desk().past())

        def show(found: Sequence[History]) -> None:
            from smtui.tui.screens.history import HistoryScreen

            self._app.say("")
            self._clear()
            self._app.push_screen(HistoryScreen(found))

        self._app.errand(read, show, self._refuse)

    def desk(self) -> Desk:
        """The desk; LookupError where a session is shown without one."""
        if self._desk is None:
            raise LookupError("not from here: use smtui report, smtui check and smtui history")
        return self._desk

    def header(self) -> Header | None:
        """Of the session that the present screen stands over."""
        screen = self._session_screen()
        return None if screen is None else screen.header

    def _refuse(self, error: Exception) -> None:
        self._app.say(str(error) or type(error).__name__, bad=True)

    def _session_screen(self) -> SessionScreen | None:
        for one in reversed(self._app.screen_stack):
            if isinstance(one, Base) and one.place == "session":
                return cast("SessionScreen", one)
        return None

    def _session_at_hand(self, *, opened: bool = False) -> str | None:
        """Id of the session that is shown; without `opened` also of the one under the cursor of the home screen."""
        screen = self._session_screen()
        if screen is not None:
            return screen.engine.state.session
        home = next((one for one in self._app.screen_stack if isinstance(one, HomeScreen)), None)
        return None if home is None or opened else home.selected_session

    def _clear(self) -> None:
        """Take away what stands over a session, a form or the home screen."""
        while isinstance(self._app.screen, Base) and self._app.screen.place not in _STANDING:
            self._app.pop_screen()

    def _down_to(self, place: Place) -> None:
        while isinstance(self._app.screen, Base) and self._app.screen.place != place:
            self._app.pop_screen()
