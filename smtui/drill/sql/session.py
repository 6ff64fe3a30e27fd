"""One logged-in connection as T-SQL sees it, and all of one server."""

from __future__ import annotations

import datetime as dt
import threading
from dataclasses import dataclass
from typing import Protocol

from smtui.drill.sql.channel import Disconnected
from smtui.drill.sql.login import Login

_FIRST_USER_SPID = 51
_TRANSACTION_BASE = 0x1000


class Cancelled(Exception):
    """The client sent an attention: the running statement ends here and its transaction is rolled back."""


@dataclass(frozen=True, slots=True)
class Running:
    """A row of `sys.dm_exec_requests`."""

    statement: str
    started: dt.datetime


@dataclass(frozen=True, slots=True)
class Progress:
    """What `sys.dm_exec_requests` says of a statement that knows how far it is."""

    command: str
    percent: int


class Line(Protocol):
    """What a session asks of the connection below it."""

    @property
    def encrypted(self) -> bool:
        """Whether TLS is in force now."""

    def hang_up(self) -> None:
        """End it; called by other threads."""


class Packets(Protocol):
    """Messages both ways, as `PacketStream` has them."""

    spid: int

    @property
    def channel(self) -> Line:
        """Where they travel."""

    def take_attention(self, seconds: float) -> bool:
        """Whether the client sends an attention within so many seconds; raises Disconnected."""

    def send(self, payload: bytes, *, last: bool) -> None:
        """Send a message, or a part of one; raises Disconnected."""


class Session:
    """What a behaviour may ask and change of the connection that its statement came by.

    A statement runs on the connection's own thread. `pause` and every reply are its points of cancellation: there it
    ends by Cancelled when the client sent an attention, and by Disconnected when the client is gone or the session was
    killed. So a behaviour makes its change last, in one step, after the pauses that stand for its work; what SQL Server
    would roll back has not happened then.
    """

    def __init__(self, spid: int, login: Login, database: str, stream: Packets, now: dt.datetime) -> None:
        self.spid = spid
        self.login = login
        self.database = database
        self.first_database = database
        self.login_time = now
        self.running: Running | None = None
        self.progress: Progress | None = None
        self.prepared: dict[int, str] = {}
        self._stream = stream
        self._ending = threading.Event()
        self._cut_off = False
        self._handles = 0
        self._transactions = 0
        self._open_transaction: int | None = None

    @property
    def encrypted(self) -> bool:
        """Whether TLS protects more than the login."""
        return self._stream.channel.encrypted

    @property
    def in_transaction(self) -> bool:
        """Whether the client has begun a transaction, as ODBC does with autocommit off."""
        return self._open_transaction is not None

    def pause(self, seconds: float, *, uninterruptible: bool = False) -> None:
        """Take time, and end the statement if it is to end.

        `uninterruptible` stands for the part of a statement that goes on to its end whatever the client does.

        Raises:
            Cancelled: the client sent an attention.
            Disconnected: the client is gone, or the session was killed.
        """
        if uninterruptible:
            self._ending.wait(seconds)
            return
        if self._cut_off:
            if self._ending.wait(seconds):
                raise Disconnected("the session was killed")
            return
        if self._stream.take_attention(seconds):
            raise Cancelled

    def send(self, payload: bytes, *, last: bool) -> None:
        """Send tokens of the reply; they are lost after `cut_off`. Raises Disconnected."""
        if not self._cut_off:
            self._stream.send(payload, last=last)

    def cut_off(self) -> None:
        """End the client's side of the connection; the session notices nothing and stays listed until it is done."""
        self._cut_off = True
        self._stream.channel.hang_up()

    @property
    def is_cut_off(self) -> bool:
        """Whether nobody hears this session any more."""
        return self._cut_off

    def kill(self) -> None:
        """End the session at its next point of cancellation; called by other threads."""
        self._ending.set()
        self._stream.channel.hang_up()

    def prepare(self, statement: str) -> int:
        """Keep a statement under a new handle."""
        self._handles += 1
        self.prepared[self._handles] = statement
        return self._handles

    def begin(self) -> int:
        """Open a transaction; its descriptor."""
        self._transactions += 1
        self._open_transaction = _TRANSACTION_BASE + self._transactions
        return self._open_transaction

    def end_transaction(self) -> int | None:
        """End the transaction; its descriptor, None when there was none."""
        descriptor, self._open_transaction = self._open_transaction, None
        return descriptor

    def reset(self) -> None:
        """Be as after the login: a connection comes out of a pool."""
        self.end_transaction()
        self.prepared.clear()
        self.database = self.first_database


class Sessions:
    """Every session of one server; used by all of its threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._sessions: dict[int, Session] = {}
        self._next = _FIRST_USER_SPID

    def open(self, login: Login, database: str, stream: Packets, now: dt.datetime) -> Session:
        """List a new session under the next free number."""
        with self._lock:
            spid = self._next
            self._next += 1
            session = self._sessions[spid] = Session(spid, login, database, stream, now)
        stream.spid = spid
        return session

    def close(self, session: Session) -> None:
        """List a session no longer."""
        with self._lock:
            self._sessions.pop(session.spid, None)

    def all(self) -> list[Session]:
        """The sessions, oldest first."""
        with self._lock:
            return list(self._sessions.values())

    def kill(self, spid: int) -> bool:
        """End a session; False when there is none of that number."""
        with self._lock:
            session = self._sessions.get(spid)
        if session is None:
            return False
        session.kill()
        return True
