"""Whether anybody uses the drill: when nobody has for a while, it ends."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager


class Activity:
    """Counts who is busy, and remembers when nobody was any more."""

    def __init__(self, monotonic: Callable[[], float]) -> None:
        self._monotonic = monotonic
        self._lock = threading.Lock()
        self._busy = 0
        self._last = monotonic()

    @contextmanager
    def busy(self) -> Iterator[None]:
        """Somebody is busy inside."""
        self.change(1)
        try:
            yield
        finally:
            self.change(-1)

    def gauge(self) -> Callable[[int], None]:
        """Somebody who tells how many they are, each time that changes."""
        told = 0

        def tell(count: int) -> None:
            nonlocal told
            self.change(count - told)
            told = count

        return tell

    def change(self, by: int) -> None:
        """So many more, or fewer, are busy."""
        with self._lock:
            self._busy += by
            self._last = self._monotonic()

    def idle_for(self) -> float:
        """Seconds since somebody was busy; 0 while somebody is."""
        with self._lock:
            return 0.0 if self._busy else self._monotonic() - self._last
