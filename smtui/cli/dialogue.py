"""Opens the dialogue of lines on standard input and output, terminal or not."""

from __future__ import annotations

import sys
import termios
from collections.abc import Callable
from datetime import UTC, datetime

from smtui.cli.signals import INTERRUPTED, Signals
from smtui.plain.dialogue import Dialogue
from smtui.plain.home import Home
from smtui.plain.voice import Silence, Voice
from smtui.telling.ports import Desk, EnginePort

LEFT = 0
"""Exit code when no session was opened."""


def run_dialogue(desk: Desk, *, first: EnginePort | None = None, checklist: str | None = None) -> int:
    """Talk about the session `first`, or about one that is picked or begun here; the exit code."""
    voice = own_voice()
    try:
        home = Home(desk, voice, _now)
        engine = first or (home.begin(checklist) if checklist else home.pick())
    except (Silence, KeyboardInterrupt):
        return INTERRUPTED
    if engine is None:
        return LEFT

    def leave(name: str) -> None:
        engine.stop_after_current()
        if engine.state.completed is None:
            engine.record_left(f"ended by {name}")

    Signals().install(leave, interrupts=False)
    return Dialogue(engine, voice, _now, desk).talk()


def own_voice() -> Voice:
    """The streams of this process; on a terminal what was typed before a grave question does not answer it."""
    for stream in (sys.stdin, sys.stdout):
        stream.reconfigure(errors="backslashreplace")  # type: ignore[union-attr]  # the real streams can; typeshed names their base class
    forget: Callable[[], None] | None = None
    if sys.stdin.isatty():
        forget = _forget_typed
    return Voice(sys.stdin, sys.stdout, echo=forget is None, forget_typed=forget)


def _forget_typed() -> None:
    termios.tcflush(sys.stdin.fileno(), termios.TCIFLUSH)


def _now() -> datetime:
    return datetime.now(UTC)
