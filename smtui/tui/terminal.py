"""The terminal as an operating system thing: who may write on it, and how it is given back."""

from __future__ import annotations

import os
import signal
import sys
import termios
import threading
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import NoReturn

# What Textual 8.2.8 switches on, undone. CAN ends a half-sent sequence; the stack of the kitty keyboard protocol
# belongs to the alternate screen, so it is popped before that is left.
_UNDO = (
    b"\x18\x1b[?2026l\x1b[?1016l\x1b[?1006l\x1b[?1015l\x1b[?1003l\x1b[?1002l\x1b[?1000l\x1b[?1004l\x1b[?2004l"
    b"\x1b[?2048l\x1b[<u\x1b[0m\x1b]22;\x1b\\\x1b[?1049l\x1b[?7h\x1b[?25h"
)


def refusal(environ: Mapping[str, str]) -> str | None:
    """Why no screen can be shown here, as one line that says what to do; None when it can."""
    if not (os.isatty(0) and os.isatty(2)):
        return (
            "smtui: standard input and standard error must be a terminal (over SSH: ssh -t HOST smtui ...); "
            "without one: smtui --plain"
        )
    if environ.get("TERM", "") in ("dumb", "unknown"):
        return (
            f"smtui: TERM={environ['TERM']} cannot show a screen; use a terminal that can, or set TERM "
            "(for example TERM=xterm-256color), or take smtui --plain"
        )
    return None


class Terminal:
    """The terminal as it was before the screen took it, and the descriptors that lead to it."""

    def __init__(self, unblock: Callable[[], None]) -> None:
        """`unblock` gets whoever sits in a write to the stalled terminal out of it: that write bars every other."""
        self._unblock = unblock
        self._path = os.ttyname(0)
        self.watched = os.dup(0)
        """Reports a hang-up to whoever polls it."""
        self.screen = os.dup(2)
        """What the screen draws on while 1 and 2 lead elsewhere."""
        self._outputs = (os.dup(1), os.dup(2))
        self._attributes = termios.tcgetattr(self.watched)
        self._null = os.open(os.devnull, os.O_RDWR | os.O_CLOEXEC)
        # A pipe that nobody writes to is never ready and never at its end: as standard input it lets Textual's input
        # thread sleep, where /dev/null would make it spin.
        self._silence, self._silence_writer = os.pipe()
        self._guard = threading.Lock()
        self._gone = False
        self.taken = False
        """Whether the screen has switched the terminal to its own use."""

    def take(self) -> None:
        """Lead 1 and 2 into nothing, so that C libraries and children cannot write over the screen."""
        os.dup2(self._null, 1)
        os.dup2(self._null, 2)
        self.taken = True

    def release(self) -> None:
        """Lead 1 and 2 back, after the screen has given the terminal back itself."""
        self.taken = False
        with self._guard:
            if not self._gone:
                for number, original in enumerate(self._outputs, 1):
                    os.dup2(original, number)

    def detach(self) -> None:
        """From now on the screen reads nothing and draws into nothing. Safe from any thread, more than once."""
        with self._guard:
            self._detach()

    def _detach(self) -> None:
        self._gone = True
        os.dup2(self._silence, 0)
        for number in (1, 2, self.screen):
            os.dup2(self._null, number)

    def restore(self, farewell: str, limit: float = 0.5) -> None:
        """Give the terminal back as it was, within `limit` seconds, also when its reader has stalled."""
        with self._guard:
            self._detach()
            undo, self.taken = _UNDO if self.taken else b"", False
        try:
            # A description of its own: O_NONBLOCK on the shared one would reach the shell as well.
            fd = os.open(self._path, os.O_RDWR | os.O_NOCTTY | os.O_NONBLOCK | os.O_CLOEXEC)
        except OSError:
            return  # the terminal is gone
        with suppress(OSError, termios.error):
            termios.tcsetattr(fd, termios.TCSANOW, self._attributes)
            self._write(fd, undo + farewell.encode(), limit)
            termios.tcflush(fd, termios.TCIFLUSH)
        os.close(fd)

    def _write(self, fd: int, data: bytes, limit: float) -> None:
        deadline = time.monotonic() + limit
        while data and time.monotonic() < deadline:
            self._unblock()
            time.sleep(0.02)
            try:
                data = data[os.write(fd, data) :]
            except BlockingIOError:
                termios.tcflush(fd, termios.TCOFLUSH)  # frames that nobody has seen; the screen they belong to ends


def say(text: str) -> None:
    """One line on standard error, whether or not anybody is there."""
    with suppress(OSError):
        os.write(2, text.encode("utf-8", "replace") + b"\n")


def end_process(code: int) -> NoReturn:
    """End at once. Threads may sit in a peer's silence or a stalled terminal, which the interpreter would wait for."""
    for stream in (sys.stdout, sys.stderr):
        with suppress(OSError, ValueError):
            stream.flush()
    os._exit(code)


def has_shell_behind() -> bool:
    """Whether a shell with job control started this program, to which it can go back and which continues it."""
    parent = os.getppid()
    with suppress(ProcessLookupError):
        return os.getsid(parent) == os.getsid(0) and os.getpgid(parent) != os.getpgrp()
    return False


def ignore_suspension() -> None:
    """Leave SIGTSTP and SIGCONT to the watch, which hears them on its pipe; call once Textual has set its handlers.

    At each SIGCONT, and the kernel sends one with a hang-up, Textual would start a second input and output thread.
    """
    for number in (signal.SIGTSTP, signal.SIGCONT):
        signal.signal(number, lambda received, frame: None)  # noqa: ARG005 - the signature of a handler
