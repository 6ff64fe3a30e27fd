"""The way into the screens and out of them. Textual is imported only once it is known that a screen can be shown."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, MutableMapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from smtui.telling.ports import Desk, EnginePort, Header
from smtui.text import one_line
from smtui.tui.guard import QUIET
from smtui.tui.opened import DEFECT, USAGE, OpenedSessions
from smtui.tui.settings import SHIPPED_SETTINGS, THEME_NAMES, Settings
from smtui.tui.terminal import Terminal, refusal, say

if TYPE_CHECKING:
    from smtui.tui.app import SmtuiApp, Surroundings
    from smtui.tui.watch import Watch

DETAILS_REST = 0.25
"""Seconds (`Surroundings.rest`)."""

_DEFAULTS = {
    "ESCDELAY": "400",  # ms: over SSH the bytes of one key may arrive apart
    "TEXTUAL_ANIMATIONS": "none",
    "TEXTUAL_SMOOTH_SCROLL": "0",
}


def run_app(
    desk: Desk,
    *,
    first: EnginePort | None = None,
    checklist: str | None = None,
    settings: Settings = SHIPPED_SETTINGS,
    environ: MutableMapping[str, str] = os.environ,
) -> int:
    """Show the home screen until the operator leaves; the exit code.

    Over it opens the session `first`, or the questions of `checklist` (an id), where one is given. Ask
    `terminal.refusal` before a session is made for a screen that cannot be shown.

    Call it in the main thread, and end the process with `terminal.end_process`: threads may still sit in a stalled
    terminal, which the interpreter would wait for.
    """
    return _run(lambda around: _app(around, desk=desk, first=first, checklist=checklist), environ, settings)


def run_session(
    engine: EnginePort,
    header: Header | None = None,
    *,
    settings: Settings = SHIPPED_SETTINGS,
    environ: MutableMapping[str, str] = os.environ,
) -> int:
    """Show one session until the operator leaves; the exit code. Otherwise as `run_app`."""
    return _run(lambda around: _app(around, first=engine, header=header), environ, settings)


def _app(
    around: Surroundings,
    *,
    desk: Desk | None = None,
    first: EnginePort | None = None,
    header: Header | None = None,
    checklist: str | None = None,
) -> SmtuiApp:
    from smtui.tui.app import SmtuiApp

    return SmtuiApp(around, desk=desk, first=first, header=header, checklist=checklist)


def _run(make: Callable[[Surroundings], SmtuiApp], environ: MutableMapping[str, str], settings: Settings) -> int:
    reason = refusal(environ)
    if reason is not None:
        say(reason)
        return USAGE
    for name, value in _DEFAULTS.items():
        environ.setdefault(name, value)
    for name in ("COLUMNS", "LINES"):  # where they are exported, Python takes them for the size, whatever becomes of it
        environ.pop(name, None)

    # Textual reads the environment when it is imported.
    from smtui.tui._compat import PromptParser, draw_on, interrupt_output
    from smtui.tui.app import Surroundings
    from smtui.tui.watch import Watch

    app = make(
        Surroundings(
            lambda: datetime.now(UTC),
            time.monotonic,
            QUIET,
            DETAILS_REST,
            theme(environ, settings),
            settings.keys,
            ascii_only(environ, settings),
        )
    )
    terminal = Terminal(interrupt_output)
    watch = Watch(
        terminal,
        app.opened,
        app.end_screen,
        lambda: _farewell(app.opened),
        suspend=app.ask_to_suspend,
        retake=app.ask_to_retake,
    )
    watch.install()
    PromptParser.install()
    draw_on(terminal.screen)
    terminal.take()
    try:
        app.run(mouse=mouse(environ, settings))
    finally:
        _wind_up(app.opened, terminal, watch)
    if app.defect is not None:
        _report(app)
        return DEFECT
    _bid_farewell(app.opened)
    return app.opened.exit_code()


def theme(environ: MutableMapping[str, str], settings: Settings = SHIPPED_SETTINGS) -> str:
    """As $TEXTUAL_THEME or the settings say; else the terminal's own colours, unless it has all of them."""
    if chosen := environ.get("TEXTUAL_THEME"):
        return chosen
    if settings.theme is not None:
        return THEME_NAMES[settings.theme]
    rich = environ.get("COLORTERM", "") in ("truecolor", "24bit")
    return "textual-dark" if rich and "NO_COLOR" not in environ else "ansi-dark"


def ascii_only(environ: MutableMapping[str, str], settings: Settings = SHIPPED_SETTINGS) -> bool:
    """As the settings say; else where the locale is not UTF-8, and on the Linux console, whose font lacks the marks."""
    if settings.ascii is not None:
        return settings.ascii
    locale = environ.get("LC_ALL") or environ.get("LC_CTYPE") or environ.get("LANG") or "UTF-8"
    return environ.get("TERM") == "linux" or "utf" not in locale.casefold()


def mouse(environ: MutableMapping[str, str], settings: Settings = SHIPPED_SETTINGS) -> bool:
    """As SMTUI_MOUSE=1 or 0 or the settings say; else off over SSH, where each movement would travel."""
    if settings.mouse is not None and "SMTUI_MOUSE" not in environ:
        return settings.mouse
    over_ssh = any(environ.get(name) for name in ("SSH_CONNECTION", "SSH_TTY"))
    return environ.get("SMTUI_MOUSE", "0" if over_ssh else "1") == "1"


def _wind_up(opened: OpenedSessions, terminal: Terminal, watch: Watch) -> None:
    """Quit, crash or hang-up: what runs is finished and recorded."""
    opened.stop()
    if not watch.draining:  # else what the screen wrote to give the terminal back went nowhere
        terminal.release()
        if not opened.idle():
            for title in opened.running():
                say(f"smtui: waiting for the end of: {title}")
            say("smtui: Ctrl-C stops waiting; what runs is then recorded as interrupted.")
    opened.wait()
    if watch.draining:
        threading.Event().wait()  # the watch ends the process
    try:
        opened.part("left by the operator")
    except Exception as error:  # noqa: BLE001 - the session is over either way; the operator reads why that is not noted
        say(f"smtui: the end of the session could not be recorded: {one_line(str(error))}")


def _farewell(opened: OpenedSessions) -> str:
    lines = [f"Session {one} is unfinished and on disk: smtui resume {one}\n" for one in opened.unfinished()]
    lines += [
        f"Session {one} is with {heir} now, who asked for it; look on with: smtui watch {one}\n"
        for one, heir in opened.handed_over().items()
    ]
    lines += [f"Session {one} is completed; its evidence: smtui report {one}\n" for one in opened.completed()]
    return "".join(lines)


def _bid_farewell(opened: OpenedSessions) -> None:
    for line in _farewell(opened).splitlines():
        say(line)


def _report(app: SmtuiApp) -> None:
    from smtui.tui._compat import crash_report

    if app.defect is None:
        return
    say("smtui ended by a defect of its own. Everything decided is on disk, what ran has been recorded.")
    for line in crash_report(app.defect):
        say(line)
    _bid_farewell(app.opened)
