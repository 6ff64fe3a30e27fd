"""A session on a real terminal with one measure taken out: python -m tests.tui.without MEASURE FOLDER [SECONDS].

Each measure of the screens against a bad link has a test that must fail here; so a test that cannot fail is found out.
"""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import Callable, Mapping

from smtui.tui.terminal import end_process


def _cell_difference() -> None:
    """Textual's own updates: whole widgets, three times over."""
    from smtui.tui._compat import ThriftyApp

    del ThriftyApp._display  # type: ignore[attr-defined]


def _key_guard() -> None:
    """Every key counts at once."""
    from smtui.tui.guard import KeyGuard

    def admits(_self: KeyGuard, _time: float, _key: str) -> bool:
        return True

    KeyGuard.admits = admits  # type: ignore[method-assign,assignment]
    for name in ("hurried", "burst"):
        setattr(KeyGuard, name, property(lambda _: False))


def _steady_cursor() -> None:
    """Input lines that blink, as Textual's do."""
    from smtui.tui.widgets.bar import TypedInput

    made = TypedInput.__init__

    def blinking(self: TypedInput, *arguments: object) -> None:
        made(self, *arguments)  # type: ignore[arg-type]
        self.cursor_blink = True

    TypedInput.__init__ = blinking  # type: ignore[method-assign,assignment]


def _slow_clock() -> None:
    """A clock that is painted ten times a second, with the tenths."""
    from smtui.tui import headline
    from smtui.tui.screens import session

    session.CLOCK_STEP = 0.1
    ticks = iter(range(10**9))
    told = headline.duration
    headline.duration = lambda seconds: f"{told(seconds)} {next(ticks)}"


def _descriptors() -> None:
    """What C libraries write goes where it goes."""
    from smtui.tui.terminal import Terminal

    def take(self: Terminal) -> None:
        self.taken = True

    Terminal.take = take  # type: ignore[method-assign]


def _hang_up() -> None:
    """SIGHUP and the lost terminal mean to the process what they mean by default."""
    from smtui.tui.watch import Watch

    install = Watch.install

    def deaf(self: Watch) -> None:
        install(self)
        signal.signal(signal.SIGHUP, signal.SIG_DFL)

    Watch.install = deaf  # type: ignore[method-assign]


def _termination() -> None:
    """SIGTERM kills at once, whatever the terminal looks like."""
    from smtui.tui.watch import Watch

    install = Watch.install

    def deaf(self: Watch) -> None:
        install(self)
        signal.signal(signal.SIGTERM, signal.SIG_DFL)

    Watch.install = deaf  # type: ignore[method-assign]


def _quiet_crash() -> None:
    """Textual's own traceback, with local variables, on the terminal."""
    from smtui.tui._compat import QuietApp

    for name in ("_fatal_error", "_print_error_renderables"):
        delattr(QuietApp, name)
    _descriptors()


def _patient_escape() -> None:
    """A key that the link tore apart is taken for several after a tenth of a second, as Textual does it."""
    os.environ["ESCDELAY"] = "100"


def _prompt_escape() -> None:
    """Escape and every key behind it wait, and become one key with Alt, as Textual does it."""
    os.environ["ESCDELAY"] = "10000"  # ms: also where this machine is slow, the key behind it comes within that

    from textual._xterm_parser import XTermParser

    from smtui.tui._compat import PromptParser

    PromptParser.feed = XTermParser.feed  # type: ignore[method-assign]


def _wake_up() -> None:
    """SIGCONT starts Textual's threads a second time."""
    from smtui.tui import app

    app.ignore_suspension = lambda: None


def _watch() -> None:
    """Signals are handled where asyncio does it, in the loop that a stalled terminal holds up."""
    from smtui.tui.app import SmtuiApp
    from smtui.tui.watch import Watch

    def install(self: Watch) -> None:
        def in_the_loop() -> None:
            self._terminate("SIGTERM")

        start = SmtuiApp.on_mount

        def on_mount(app: SmtuiApp) -> None:
            start(app)
            asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, in_the_loop)

        SmtuiApp.on_mount = on_mount  # type: ignore[method-assign]

    Watch.install = install  # type: ignore[method-assign]


def _refusal() -> None:
    """The screen starts wherever it is called."""
    from smtui.tui import launch

    launch.refusal = lambda _: None  # type: ignore[assignment]


def _nothing() -> None:
    """Every measure in place."""


MEASURES: Mapping[str, Callable[[], None]] = {
    "nothing": _nothing,
    "cell-difference": _cell_difference,
    "key-guard": _key_guard,
    "steady-cursor": _steady_cursor,
    "slow-clock": _slow_clock,
    "descriptors": _descriptors,
    "hang-up": _hang_up,
    "termination": _termination,
    "quiet-crash": _quiet_crash,
    "patient-escape": _patient_escape,
    "prompt-escape": _prompt_escape,
    "wake-up": _wake_up,
    "watch": _watch,
    "refusal": _refusal,
}


if __name__ == "__main__":
    from tests.tui.on_terminal import main

    MEASURES[sys.argv.pop(1)]()
    end_process(main())
