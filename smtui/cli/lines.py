"""Lines for whoever looks on; a link that stalls or breaks holds up nothing but them."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable

import click


class Lines:
    """Writes lines on a thread of its own, in the order in which they were said."""

    def __init__(self, write: Callable[[str], object] = click.echo) -> None:
        self._write = write
        self._waiting: queue.SimpleQueue[str | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._work, name="lines", daemon=True)
        self._thread.start()

    def say(self, text: str) -> None:
        """Never blocks, never raises."""
        self._waiting.put(text)

    def finish(self, limit: float | None = None) -> None:
        """Wait until all was written, at most `limit` seconds."""
        self._waiting.put(None)
        self._thread.join(limit)

    def _work(self) -> None:
        while (text := self._waiting.get()) is not None:
            try:
                self._write(text)
            except (OSError, ValueError):  # nobody is there any more; the session goes on
                return
