"""A SQL Server of the simulated deployment: logins, known statements and the faults that may strike them."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

from smtui.checklist.model import Scalar
from smtui.drill.behaviours.framework import Call, Statement, Underway
from smtui.drill.faults import FaultKind, Faults
from smtui.drill.sql.backend import LoginRefused, Replies
from smtui.drill.sql.connect_time import connect_time_answer
from smtui.drill.sql.login import Login
from smtui.drill.sql.markers import as_written, placeholders
from smtui.drill.sql.replies import Drop, Error, Info
from smtui.drill.sql.responder import NOT_SIMULATED
from smtui.drill.sql.session import Progress, Session, Sessions
from smtui.drill.sql.system import System
from smtui.drill.sql.values import SqlValue
from smtui.drill.sql.views import SETTLE_SHA256, sessions_of_program
from smtui.drill.world import Database, Request, World, WorldError

VERSION = (16, 0, 4135)
"""SQL Server 2022, which Service Manager 2022 and 2025 support."""

_APPLICATION = "smtui/"
_SYSTEM_DATABASES = ("master", "tempdb", "model", "msdb")
_HANG_SECONDS = 3600.0
_UNNOTICED_SECONDS = 2.0


class _NotSimulated(Exception):
    """A known statement in a situation that its behaviour does not cover."""


@dataclass(slots=True)
class StatementCall(Call):
    """A running statement as its behaviour sees it; it ends when its session or its client does."""

    session: Session = field(kw_only=True)
    sessions: Sessions = field(kw_only=True)

    def progress(self, command: str, percent: int) -> None:
        """As `sys.dm_exec_requests` shows it to other sessions."""
        self.session.progress = Progress(command, percent) if command else None

    def restores_elsewhere(self) -> list[Underway]:
        """Sessions whose command is a RESTORE."""
        return [
            Underway(one.spid, f"{one.progress.command}, {one.progress.percent} %")
            for one in self.sessions.all()
            if one is not self.session and one.progress is not None and one.progress.command.startswith("RESTORE")
        ]

    def wait(self, seconds: float) -> None:
        """Let time pass at a point of cancellation: raises Cancelled or Disconnected."""
        self.session.pause(seconds)

    @contextmanager
    def changing(self, effect: str) -> Iterator[None]:
        """As for scripts; a change that a later ROLLBACK would have to take back is not simulated."""
        if self.session.in_transaction:
            raise _NotSimulated("a change inside a transaction")
        with Call.changing(self, effect):
            yield


class SimulatedInstance:
    """The instance on one host of the world."""

    version = VERSION

    def __init__(
        self,
        world: World,
        host: str,
        *,
        faults: Faults,
        accounts: Mapping[str, str],
        statements: Iterable[Statement],
        sessions: Sessions,
        unnoticed_seconds: float = _UNNOTICED_SECONDS,
    ) -> None:
        """Serve the databases of `host`; `accounts` are passwords by SQL login.

        `unnoticed_seconds` is how much longer a statement runs when its link is gone without the server noticing.

        Raises:
            WorldError: there is no such host.
        """
        self.name = world.host(host).name
        self._world = world
        self._faults = faults
        self._accounts = {user.casefold(): password for user, password in accounts.items()}
        self._statements = {known.sha256: known for known in statements}
        self._sessions = sessions
        self._unnoticed_seconds = unnoticed_seconds
        self._system = System(self.name, VERSION, sessions, self._database_ids, world.now)

    def admit(self, login: Login) -> str:
        """Check account and database, as SQL Server does in this order."""
        failed = Error(f"Login failed for user '{login.user}'.", 18456, 14)
        if login.integrated:
            untrusted = (
                "Login failed. The login is from an untrusted domain and cannot be used with Integrated authentication."
            )
            raise LoginRefused(Error(untrusted, 18452, 14))
        if self._accounts.get(login.user.casefold()) != login.password:
            raise LoginRefused(failed)
        return self._open(login)

    def admit_own(self, login: Login) -> str:
        """As `admit`, for a program on the machine itself: Windows vouches for its account."""
        return self._open(login)

    def _open(self, login: Login) -> str:
        failed = Error(f"Login failed for user '{login.user}'.", 18456, 14)
        if self._faults.take("sql-login-rejected", self.name, {login.user}) is not None:
            raise LoginRefused(failed)
        database = self._openable(login.database or "master")
        if database is None:
            asked = f'Cannot open database "{login.database}" requested by the login. The login failed.'
            raise LoginRefused(Error(asked, 4060, 11), failed)
        return database

    def execute(self, session: Session, statement: str, values: Sequence[SqlValue]) -> Replies:
        """Run a batch: of the driver's own, known by its digest, or of the instance's own."""
        answer = connect_time_answer(statement, values)
        if answer is not None:
            yield answer
            return
        text = as_written(statement)
        digest = hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
        if digest == SETTLE_SHA256:
            yield sessions_of_program(self._sessions, values)
            return
        known = self._statements.get(digest)
        if known is None and (replies := self._system.answer(session, statement, values)) is not None:
            yield from replies
            return
        self._record(session, known.name if known else "", digest, values)
        if known is None:
            yield Error(f"not simulated: {text[:60]}", NOT_SIMULATED)
        elif placeholders(text) != len(values):
            yield Error("Incorrect syntax near '?'.", 102, 15)
        else:
            yield from self._behave(session, known, values)

    def _behave(self, session: Session, known: Statement, values: Sequence[SqlValue]) -> Replies:
        messages: list[str] = []
        call = StatementCall(
            self._world, self._faults, self.name, token_of(session.login), subjects(known, values) | {session.database},
            messages.append,
            session=session, sessions=self._sessions,
        )  # fmt: skip
        yield from self._cut_or_slowed(call)
        if call.fault("hang"):
            yield from _blocked(call)
            return
        try:
            silent = call.fault("reply-lost") is not None
            for reply in known.act(self._database(session.database), values, call):
                if not silent:
                    yield from (Info(text) for text in messages)
                    yield reply
                messages.clear()
            if silent:
                yield Drop()
        except _NotSimulated as why:
            yield Error(f"not simulated: {why}", NOT_SIMULATED)
        finally:
            session.progress = None

    def _cut_or_slowed(self, call: StatementCall) -> Replies:
        """The faults that strike before anything has been done."""
        if call.fault("sql-cut"):
            yield Drop()
        if call.fault("reset"):
            yield Drop(unnoticed=True)
            call.wait(self._unnoticed_seconds)
        if slow := call.fault("slow"):
            call.wait(slow.seconds)

    def _record(self, session: Session, name: str, digest: str, values: Sequence[SqlValue]) -> None:
        parameters = {str(number): _plain(value) for number, value in enumerate(values, start=1)}
        self._world.record(Request(self.name, "sql", name, digest, token_of(session.login), parameters))

    def _database_ids(self) -> dict[str, int]:
        names = [*_SYSTEM_DATABASES, *(database.name for database in self._world.databases(self.name))]
        return {name: number for number, name in enumerate(names, start=1)}

    def _openable(self, asked: str) -> str | None:
        """The name as it is written in the catalogue; None when there is no such database, or it is not online."""
        names = [
            *_SYSTEM_DATABASES,
            *(row.name for row in self._world.databases(self.name) if self._is_open(row)),
        ]
        return next((name for name in names if name.casefold() == asked.casefold()), None)

    def _is_open(self, row: Database) -> bool:
        faults: tuple[FaultKind, ...] = ("database-missing", "database-offline")
        return row.state_desc == "ONLINE" and not any(self._faults.stands(one, self.name, {row.name}) for one in faults)

    def _database(self, name: str) -> Database:
        try:
            return self._world.database(self.name, name)
        except WorldError:  # one of the system databases, which the world does not list
            return Database(self.name, name, "system", "ONLINE", False, False, "MULTI_USER", "SIMPLE", None)


def _blocked(call: StatementCall) -> Replies:
    """Wait for a lock that nobody gives up, until somebody ends the statement."""
    call.wait(_HANG_SECONDS)
    yield Error("Lock request time out period exceeded.", 1222, 16, 45)


def token_of(login: Login) -> str:
    """The attempt's token, which is in the name of the application; empty where another program logged in."""
    return login.application.removeprefix(_APPLICATION) if login.application.startswith(_APPLICATION) else ""


def subjects(known: Statement, values: Sequence[SqlValue]) -> set[str]:
    """What a fault may name: the statement, the procedure that it executes, the values."""
    return {known.name, *known.name.split(), *(value for value in values if isinstance(value, str))}


def _plain(value: SqlValue) -> Scalar | None:
    if value is None or isinstance(value, str | bool | int | float):
        return value
    return value.hex() if isinstance(value, bytes) else str(value)
