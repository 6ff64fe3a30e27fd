"""Accounts that were refused: after the second time nothing uses them any more, lest the directory locks them."""

from __future__ import annotations

import threading

from smtui.checklist.references import Place
from smtui.engine.decisions import Refused
from smtui.environment import Environment

LIMIT = 2
"""Rejections of one account after which everything that uses it stops."""


class Accounts:
    """Counts rejections by account in this program's life; a resumed session may try again."""

    def __init__(self, environment: Environment) -> None:
        self._environment = environment
        self._rejections: dict[str, int] = {}
        self._guard = threading.Lock()

    def name_of(self, place: Place) -> str | None:
        """The credential that reaching a place takes; None for this machine and for tickets."""
        match place.kind:
            case "server":
                return self._environment.server(place.name).credential
            case "database":
                database = self._environment.database(place.name)
                if database.via == "winrm":
                    return self._environment.server(database.server).credential
                return database.credential
            case _:
                return None

    def check(self, place: Place) -> None:
        """Raise Refused when the account of this place was rejected too often."""
        account = self.name_of(place)
        if account is not None and self._rejections.get(account, 0) >= LIMIT:
            raise Refused(
                f"account {account!r} was rejected {LIMIT} times; nothing more is tried with it, or it may be locked. "
                "Correct the password or the environment file, then resume the session."
            )

    def learn(self, place: Place, *, rejected: bool) -> None:
        """Count a rejection; an account that was let in starts anew."""
        account = self.name_of(place)
        if account is None:
            return
        with self._guard:
            self._rejections[account] = self._rejections.get(account, 0) + 1 if rejected else 0
