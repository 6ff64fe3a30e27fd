"""Every touch of Textual's private parts (8.2.8), in one place, each with a test in tests/tui/test_compat.py."""

from __future__ import annotations

import signal
import sys
import threading
import traceback
from collections.abc import Iterable, Sequence
from pathlib import PurePath
from typing import Generic

from rich.console import Console, RenderableType
from textual._compositor import CompositorUpdate
from textual._xterm_parser import XTermParser
from textual.app import App, ReturnType
from textual.drivers import linux_driver
from textual.events import Event, Key
from textual.message import Message
from textual.screen import Screen

from smtui.tui.frames import Frames

_OUTPUT_THREAD = "textual-output"


def interrupt_output() -> None:
    """Get Textual's output thread out of a write to a stalled terminal; it tries again, on what the descriptor then is.

    Needs a handler for SIGUSR1. Relies on the thread's name.
    """
    for thread in threading.enumerate():
        if thread.name == _OUTPUT_THREAD and thread.ident is not None:
            signal.pthread_kill(thread.ident, signal.SIGUSR1)


def draw_on(fd: int) -> None:
    """Make the next App draw on this descriptor and take its size.

    Relies on the driver using `sys.__stderr__`, and `sys.__stdout__` for the size.
    """
    stream = open(fd, "w", encoding="utf-8", errors="replace", buffering=8192, closefd=False)  # noqa: SIM115 - lives as long as the process
    sys.__stderr__ = stream  # type: ignore[misc]  # typeshed calls it final; the driver reads it at run time
    sys.__stdout__ = stream  # type: ignore[misc]  # the same


class PromptParser(XTermParser):
    """Takes Escape for itself where what comes later, and apart, goes on with no escape sequence.

    Textual's own holds Escape and every key behind it back until $ESCDELAY has passed, then calls them `alt+...`.
    Relies on `feed`, `tick`, `_timeout_time`, and on the driver making its parser by the name that `install` replaces.
    """

    _after_escape = False

    def feed(self, data: str) -> Iterable[Message]:
        """As Textual's, but for a lone Escape."""
        if self._after_escape and self._timeout_time is not None and data[:1] not in _SEQUENCE_STARTS:
            self._timeout_time = 0.0
            yield from self.tick()
        self._after_escape = data == "\x1b"
        yield from super().feed(data)

    @classmethod
    def install(cls) -> None:
        """Make the driver use it."""
        linux_driver.XTermParser = cls  # type: ignore[attr-defined]  # the driver imported the name


_SEQUENCE_STARTS = frozenset(("", *"[]OPX^_\\\x1b"))
"""What may follow Escape in a sequence that a terminal sends; nothing at all is the end of the input."""


def say_aside(text: str) -> None:
    """One line on the terminal while the App is suspended; relies on `draw_on`."""
    if sys.__stderr__ is not None:
        sys.__stderr__.write(f"{text}\n")
        sys.__stderr__.flush()


class _Difference(CompositorUpdate):
    """What turns the frame that is shown into the present one."""

    def __init__(self, frames: Frames, screen: Screen[object]) -> None:
        self._frames = frames
        self._screen = screen

    def render_segments(self, console: Console) -> str:
        return self._frames.advance(self._screen._compositor.render_strips(), console)


class ThriftyApp(App[ReturnType], Generic[ReturnType]):
    """An App that sends only the cells that changed.

    Relies on `_display`, `Screen._compositor.render_strips` and `CompositorUpdate.render_segments`.
    """

    def __init__(self, *, terminal_colours: bool = False) -> None:
        """`terminal_colours`: a theme of the terminal's own colours will be set; NO_COLOR takes those away wholly.

        Textual decides at this moment what NO_COLOR means, when its own theme is still set: shades of grey.
        """
        super().__init__(ansi_color=terminal_colours or None)
        self.frames = Frames()

    def _display(self, screen: Screen[object], renderable: RenderableType | CompositorUpdate | None) -> None:
        if isinstance(renderable, CompositorUpdate):
            renderable = _Difference(self.frames, screen)
        super()._display(screen, renderable)  # type: ignore[arg-type]  # Textual itself hands on its updates like that

    def redraw(self) -> None:
        """Send everything anew: something else may have written on the terminal."""
        self.frames.forget()
        self.refresh()


class QuietApp(App[ReturnType], Generic[ReturnType]):
    """An App that keeps an unhandled error for its caller instead of printing a traceback with local variables.

    Relies on `_handle_exception`, `_fatal_error`, `_close_messages_no_wait` and `_print_error_renderables`.
    """

    defect: Exception | None = None
    """The first unhandled error."""

    def _handle_exception(self, error: Exception) -> None:
        if self.defect is None:
            self.defect = error
        super()._handle_exception(error)

    def _fatal_error(self) -> None:
        self._close_messages_no_wait()

    def _print_error_renderables(self) -> None:
        self._exit_renderables.clear()

    async def on_event(self, event: Event) -> None:
        """Give `admits_key` a say before a key reaches bindings or widgets."""
        if isinstance(event, Key) and not event.is_forwarded and not self.admits_key(event):
            return
        await super().on_event(event)

    def admits_key(self, event: Key) -> bool:
        """Whether the key counts."""
        del event
        return True


def crash_report(error: BaseException) -> Sequence[str]:
    """Where an error came from, innermost last: files, lines and functions, no source text, no variables."""
    frames = traceback.extract_tb(error.__traceback__)
    return [
        *(f"  {'/'.join(PurePath(frame.filename).parts[-3:])}:{frame.lineno} {frame.name}" for frame in frames[-12:]),
        f"  {type(error).__module__}.{type(error).__qualname__}",
    ]
