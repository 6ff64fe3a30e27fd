"""What a program on the SQL server itself asks of its instance, without a wire in between."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from smtui.drill.sql.replies import Error, Result
from smtui.drill.sql.values import SqlValue


@dataclass(frozen=True, slots=True)
class Asked:
    """One statement, and the connection for it."""

    application: str
    database: str
    statement: str
    values: Sequence[SqlValue]


@dataclass(frozen=True, slots=True)
class Answered:
    """What came back once the session was there."""

    spid: int
    login_time: str
    """ISO 8601."""
    server: str
    last: Result | None
    """The last result set."""
    error: Error | None
    """The first one."""
    connected: bool
    """Whether the connection lasted to the end."""


class NotLoggedOn(Exception):
    """The instance refuses the connection, or there is none; `error` says why."""

    def __init__(self, error: Error) -> None:
        super().__init__(error.text)
        self.error = error


class OwnInstance(Protocol):
    """The instance of the machine, as a program on it reaches it."""

    def ask(self, asked: Asked, told: Callable[[str], None], ended: threading.Event) -> Answered:
        """Log on, run the statement to its end and log off.

        `told` hears the server's messages as they come; `ended` is set when the program is ended.

        Raises:
            NotLoggedOn: there is no session.
            Disconnected: the program was ended; so was the session, at its next point of cancellation.
        """
