"""Connections of programs on the SQL server itself: sessions like all others, but nothing travels in packets."""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Callable
from datetime import datetime
from typing import Final

from smtui.drill.sql.asking import Answered, Asked, NotLoggedOn
from smtui.drill.sql.backend import LoginRefused
from smtui.drill.sql.channel import Disconnected
from smtui.drill.sql.instance import SimulatedInstance
from smtui.drill.sql.login import TDS_7_4, Login
from smtui.drill.sql.packets import DEFAULT_PACKET_SIZE
from smtui.drill.sql.replies import Drop, Error, Info, Reply, Result, Use
from smtui.drill.sql.session import Running, Session, Sessions

_FATAL: Final = 20
_LOOK: Final = 0.05
"""Seconds between two looks whether program or session is to end."""


class OwnConnections:
    """The way into one instance from the machine that it runs on."""

    def __init__(self, instance: SimulatedInstance, sessions: Sessions, user: str, now: Callable[[], datetime]) -> None:
        """`user` is the Windows account that programs run as; `sessions` are all of the instance."""
        self._instance = instance
        self._sessions = sessions
        self._user = user
        self._now = now

    def ask(self, asked: Asked, told: Callable[[str], None], ended: threading.Event) -> Answered:
        """As in OwnInstance."""
        login = Login(
            user=self._user,
            password="",  # integrated: there is none  # nosec B106
            application=asked.application,
            host=self._instance.name,
            library=".Net SqlClient Data Provider",
            database=asked.database,
            packet_size=DEFAULT_PACKET_SIZE,
            tds_version=TDS_7_4,
            integrated=True,
        )
        try:
            database = self._instance.admit_own(login)
        except LoginRefused as refused:
            raise NotLoggedOn(refused.errors[0]) from refused
        session = self._sessions.open(login, database, _Memory(ended), self._now())
        try:
            return self._run(session, asked, told, ended)
        finally:
            self._sessions.close(session)

    def _run(self, session: Session, asked: Asked, told: Callable[[str], None], ended: threading.Event) -> Answered:
        heard = _Heard(session, told)
        session.running = Running(asked.statement, self._now())
        try:
            with contextlib.closing(self._instance.execute(session, asked.statement, asked.values)) as replies:
                for reply in replies:
                    session.pause(0)
                    heard.take(reply)
        except Disconnected:
            if ended.is_set():
                raise
            heard.connected = False
        finally:
            session.running = None
        connected = heard.connected and not session.is_cut_off
        began = session.login_time.replace(tzinfo=None).isoformat()
        return Answered(session.spid, began, self._instance.name, heard.last, heard.error, connected)


class _Heard:
    """What the program has of the answer so far."""

    def __init__(self, session: Session, told: Callable[[str], None]) -> None:
        self._session = session
        self._told = told
        self.last: Result | None = None
        self.error: Error | None = None
        self.connected = True

    def take(self, reply: Reply) -> None:
        """The next reply; raises Disconnected where it ends the connection."""
        match reply:
            case Result():
                self.last = reply
            case Info(text) if not self._session.is_cut_off:
                self._told(text)
            case Error():
                self.error = self.error or reply
                if reply.severity >= _FATAL:
                    raise Disconnected("ended by an error")
            case Use(database):
                self._session.database = database
            case Drop(unnoticed=True):
                self._session.cut_off()
            case Drop():
                raise Disconnected("cut by a fault")
            case _:
                pass


class _Memory:
    """Stands for the packets of a session that has none."""

    def __init__(self, ended: threading.Event) -> None:
        self.spid = 0
        self.channel = self
        self.encrypted = False
        self._program_ended = ended
        self._hung_up = False

    def hang_up(self) -> None:
        """End the connection; called by other threads."""
        self._hung_up = True

    def take_attention(self, seconds: float) -> bool:
        """Nobody sends one; raises Disconnected when program or session is to end."""
        end = time.monotonic() + seconds
        while True:
            if self._hung_up or self._program_ended.is_set():
                raise Disconnected("the program was ended, or its session")
            left = end - time.monotonic()
            if left <= 0:
                return False
            self._program_ended.wait(min(_LOOK, left))

    def send(self, payload: bytes, *, last: bool = True) -> None:
        """There is nowhere to send anything."""
