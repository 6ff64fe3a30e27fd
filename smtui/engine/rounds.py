"""Several targets of one item: what follows comes when the last of them has ended."""

from __future__ import annotations

import threading
from collections.abc import Callable


class Round:
    """Counts targets down; the last one to end calls `then` with whether anything ran anywhere."""

    def __init__(self, count: int, then: Callable[[bool], None]) -> None:
        self._left, self._then, self._ran = count, then, False
        self._guard = threading.Lock()

    def done(self, *, ran: bool) -> None:
        """One target has ended. Call once for each, from any thread."""
        with self._guard:
            self._ran = self._ran or ran
            self._left -= 1
            last = self._left == 0
        if last:
            self._then(self._ran)
