"""Signals of a program without a screen, and what becomes of it then."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import NoReturn

LIMIT = 1.5
"""Seconds from SIGTERM to the end, however disk, link and step behave; the design's bound is 2."""
INTERRUPTED = 75

Chore = Callable[[str], None]
"""Gets the name of the signal."""


class Signals:
    """Hears signals on a pipe, which the interpreter's C handler fills even while the main thread cannot run.

    SIGTERM and SIGINT: the chores are begun side by side and the process ends after `LIMIT` at the latest. SIGHUP is
    only noted in `hung_up`: what runs is seen to its end by whoever started it.
    """

    def __init__(self) -> None:
        self.hung_up = threading.Event()
        self.ending = threading.Event()
        """SIGTERM or SIGINT came; a thread of this object ends the process."""
        self._chores: Sequence[Chore] = ()
        self._ends_on: Sequence[int] = ()
        self._inbox, self._outbox = os.pipe()
        os.set_blocking(self._outbox, False)

    def install(self, *chores: Chore, interrupts: bool = True) -> None:
        """Take the signals over; call in the main thread. Without `interrupts` SIGINT stays as it was."""
        self._chores = chores
        self._ends_on = (signal.SIGTERM, signal.SIGINT) if interrupts else (signal.SIGTERM,)
        signal.set_wakeup_fd(self._outbox, warn_on_full_buffer=False)
        for number in (*self._ends_on, signal.SIGHUP):
            signal.signal(number, lambda received, frame: None)  # noqa: ARG005  the pipe has told already
        threading.Thread(target=self._listen, name="signals", daemon=True).start()

    def park(self) -> NoReturn:
        """Leave the rest to the thread that ends the process."""
        while True:
            threading.Event().wait()

    def _listen(self) -> None:
        while True:
            for number in os.read(self._inbox, 64):
                if number == signal.SIGHUP:
                    self.hung_up.set()
                elif number in self._ends_on:
                    self._end(signal.Signals(number).name)

    def _end(self, name: str) -> NoReturn:
        until = time.monotonic() + LIMIT
        self.ending.set()
        threads = [threading.Thread(target=_do, args=(chore, name), daemon=True) for chore in self._chores]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(max(0.0, until - time.monotonic()))
        os._exit(INTERRUPTED)


def _do(chore: Chore, name: str) -> None:
    with suppress(Exception):  # a journal that cannot be written has said so itself; the end goes on
        chore(name)
