"""Turns signals and a lost terminal into an orderly end, in whatever state the screen is."""

from __future__ import annotations

import os
import select
import signal
import threading
import time
from collections.abc import Callable
from contextlib import suppress

from smtui.tui.opened import LEFT_UNFINISHED, OpenedSessions
from smtui.tui.terminal import Terminal, end_process

TERMINATION_LIMIT = 1.5
"""Seconds from SIGTERM to the end, however disk, link and step behave; the design's bound is 2."""

_DRAINED = 0
"""Posted beside signal numbers, none of which is 0."""


class Watch(threading.Thread):
    """Waits for signals on a pipe, which the interpreter's C handler fills even while the main thread cannot run.

    A hang-up: nothing new starts, what runs ends and is recorded, exit code 75. SIGTERM and SIGINT: what runs is
    recorded as interrupted, the terminal is given back, exit code 75 within `TERMINATION_LIMIT`. SIGTSTP and SIGCONT
    are handed on to the screen. This thread itself never touches journal or terminal, so it never blocks.
    """

    def __init__(
        self,
        terminal: Terminal,
        opened: OpenedSessions,
        end_screen: Callable[[], None],
        farewell: Callable[[], str],
        *,
        suspend: Callable[[], None],
        retake: Callable[[], None],
    ) -> None:
        """`end_screen` asks the screen to end, `suspend` to step aside, `retake` to come back.

        All three may be called from any thread and do not block.
        """
        super().__init__(name="watch", daemon=True)
        self._terminal = terminal
        self._opened = opened
        self._end_screen = end_screen
        self._farewell = farewell
        self._suspend = suspend
        self._retake = retake
        self.draining = False
        """Whether the terminal is gone; then this thread ends the process."""
        self._inbox, self._outbox = os.pipe()
        os.set_blocking(self._outbox, False)

    def install(self) -> None:
        """Call in the main thread, before the screen starts."""
        signal.set_wakeup_fd(self._outbox, warn_on_full_buffer=False)
        for number in (signal.SIGHUP, signal.SIGTERM, signal.SIGINT):
            # asyncio takes the wake-up pipe while it has handlers of its own: then this says the same.
            signal.signal(number, lambda received, frame: self._post(received))  # noqa: ARG005 - a handler's signature
        # For interrupt_output: any handler makes a blocked write return.
        signal.signal(signal.SIGUSR1, lambda received, frame: None)  # noqa: ARG005 - a handler's signature
        self.start()

    def run(self) -> None:
        """Until the process ends."""
        poll = select.poll()
        poll.register(self._inbox, select.POLLIN)
        poll.register(self._terminal.watched, 0)  # a hang-up only; SIGHUP may be ignored or go to another process
        while True:
            for fd, _ in poll.poll():
                if fd == self._terminal.watched:
                    poll.unregister(fd)
                    self._drain()
                else:
                    for number in os.read(self._inbox, 512):
                        self._handle(number)

    def _handle(self, number: int) -> None:
        if number in (signal.SIGTERM, signal.SIGINT):
            self._terminate(signal.Signals(number).name)
        elif number == signal.SIGHUP:
            self._drain()
        elif number == _DRAINED:
            end_process(LEFT_UNFINISHED)
        elif number == signal.SIGTSTP and not self.draining:
            self._suspend()
        elif number == signal.SIGCONT and not self.draining:  # one comes with a hang-up too
            self._retake()

    def _post(self, number: int) -> None:
        with suppress(BlockingIOError):
            os.write(self._outbox, bytes([number]))

    def _drain(self) -> None:
        if self.draining:
            return
        self.draining = True
        self._opened.stop()
        self._terminal.detach()
        self._end_screen()
        threading.Thread(target=self._see_off, name="drain", daemon=True).start()

    def _see_off(self) -> None:
        try:
            self._opened.wait()
            self._part("the terminal was lost; what ran was finished")
        finally:
            self._post(_DRAINED)

    def _terminate(self, signal_name: str) -> None:
        deadline = time.monotonic() + TERMINATION_LIMIT
        self._opened.stop()
        chores = [
            threading.Thread(target=self._part, args=(f"ended by {signal_name}",), daemon=True),
            threading.Thread(target=self._terminal.restore, args=(self._farewell(),), daemon=True),
        ]
        for chore in chores:
            chore.start()
        for chore in chores:
            chore.join(max(0.0, deadline - time.monotonic()))
        end_process(LEFT_UNFINISHED)

    def _part(self, reason: str) -> None:
        try:
            self._opened.part(reason)
        except Exception:  # noqa: BLE001 - a journal that cannot be written has said so in its own file; the end goes on
            return
