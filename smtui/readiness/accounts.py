"""One try for each account: a wrong password tried on every host would lock it."""

from __future__ import annotations

import threading
from collections import defaultdict
from collections.abc import Callable

from smtui.targets.base import Result


class Accounts:
    """Who was refused, and where first; used by the threads of all hosts."""

    def __init__(self) -> None:
        self._locks: defaultdict[str, threading.Lock] = defaultdict(threading.Lock)
        self._guard = threading.Lock()
        self._refused: dict[str, str] = {}

    def admit(self, account: str, subject: str, log_on: Callable[[], Result]) -> Result | None:
        """Log on, unless this account was refused before; None then."""
        with self._guard:
            lock = self._locks[account]
        with lock:
            if account in self._refused:
                return None
            result = log_on()
            if result.ending == "rejected":
                self._refused[account] = subject
            return result

    def refused_at(self, account: str) -> str:
        """Where it was refused."""
        return self._refused.get(account, "")
