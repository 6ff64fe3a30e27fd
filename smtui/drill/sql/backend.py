"""What the protocol asks of the server behind it."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from typing import Protocol

from smtui.drill.sql.login import Login
from smtui.drill.sql.replies import Error, Reply
from smtui.drill.sql.session import Session
from smtui.drill.sql.values import SqlValue

Replies = Generator[Reply, None, None]
"""A statement while it runs; it is closed, at a `yield`, when it is to end early."""


class LoginRefused(Exception):
    """A login does not succeed; `errors` are what the client is told, in order."""

    def __init__(self, *errors: Error) -> None:
        super().__init__(errors[0].text)
        self.errors = errors


class Backend(Protocol):
    """One simulated SQL Server instance; used by the threads of all its connections."""

    @property
    def name(self) -> str:
        """`@@SERVERNAME`."""

    @property
    def version(self) -> tuple[int, int, int]:
        """Major, minor and build."""

    def admit(self, login: Login) -> str:
        """The database that the session starts in; raises LoginRefused."""

    def execute(self, session: Session, statement: str, values: Sequence[SqlValue]) -> Replies:
        """Run one batch, whose parameters are `@P1`, `@P2` and so on."""
