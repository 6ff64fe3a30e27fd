"""The listener: a bounded number of connections on loopback, one thread each."""

from __future__ import annotations

import logging
import socket
import ssl
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from smtui.drill.sql.backend import Backend
from smtui.drill.sql.channel import Channel
from smtui.drill.sql.connection import Encrypting, Surroundings, serve
from smtui.drill.sql.prelogin import Encryption
from smtui.drill.sql.session import Sessions

_LOGIN_SECONDS = 15.0
_MOST_CONNECTIONS = 128
_CLOSE_SECONDS = 5.0

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Certificate:
    """A PEM pair on disk."""

    chain_file: Path
    key_file: Path


class SqlServer:
    """One listening SQL Server on 127.0.0.1; it serves until it is closed."""

    def __init__(
        self,
        backend: Backend,
        sessions: Sessions,
        now: Callable[[], datetime],
        *,
        certificate: Certificate | None = None,
        encryption: Encryption = Encryption.OFF,
        port: int = 0,
        most_connections: int = _MOST_CONNECTIONS,
        busy: Callable[[int], None] = lambda _: None,
    ) -> None:
        """Listen on `port` (0: a free one).

        `encryption` is what SQL Server's setting "Force Encryption" makes of the answer to PRELOGIN: OFF leaves it to
        the client. Without a certificate nothing is encrypted. `busy` hears the number of connections when it changes.

        Raises:
            OSError: the port is taken, or the certificate cannot be read.
        """
        self.defects: list[str] = []
        self._shared = Surroundings(backend, _encrypting(certificate, encryption), sessions, now, self._note_defect)
        self._busy = busy
        self._most = most_connections
        self._lock = threading.Lock()
        self._open: dict[Channel, threading.Thread] = {}
        self._closed = False
        self._listener = socket.create_server(("127.0.0.1", port))
        self.port: int = self._listener.getsockname()[1]
        self._acceptor = threading.Thread(target=self._accept, name=f"sql-{backend.name}", daemon=True)
        self._acceptor.start()

    @property
    def connections(self) -> int:
        """How many are open now, logged in or not."""
        with self._lock:
            return len(self._open)

    def close(self) -> None:
        """Stop listening, kill every session and wait for their threads."""
        self._closed = True
        try:
            self._listener.shutdown(socket.SHUT_RDWR)  # wakes the thread that waits in accept
        except OSError as error:
            _log.debug("listener: %s", error)
        self._listener.close()
        for session in self._shared.sessions.all():
            session.kill()
        with self._lock:
            open_now = dict(self._open)
        for channel in open_now:
            channel.hang_up()
        end = time.monotonic() + _CLOSE_SECONDS
        for thread in [self._acceptor, *open_now.values()]:
            thread.join(max(0.0, end - time.monotonic()))

    def _accept(self) -> None:
        while not self._closed:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            channel = Channel(connection, _LOGIN_SECONDS)
            thread = threading.Thread(target=self._serve, args=(channel,), name="sql-connection", daemon=True)
            with self._lock:
                welcome = len(self._open) < self._most
                if welcome:
                    self._open[channel] = thread
                    self._busy(len(self._open))
            if welcome:
                thread.start()
            else:
                channel.close()

    def _serve(self, channel: Channel) -> None:
        try:
            serve(channel, self._shared)
        finally:
            channel.close()
            with self._lock:
                del self._open[channel]
                self._busy(len(self._open))

    def _note_defect(self, text: str) -> None:
        _log.error("behaviour failed: %s", text)
        self.defects.append(text)


def _encrypting(certificate: Certificate | None, policy: Encryption) -> Encrypting:
    if certificate is None:
        return Encrypting(Encryption.NOT_SUPPORTED, None, None)
    inside_prelogin, strict = (ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER) for _ in range(2))
    inside_prelogin.maximum_version = ssl.TLSVersion.TLSv1_2  # TDS 7 clients know no later one inside PRELOGIN
    strict.set_alpn_protocols(["tds/8.0"])
    for context in (inside_prelogin, strict):
        context.load_cert_chain(certificate.chain_file, certificate.key_file)
        context.num_tickets = 0  # nobody resumes a session here
    return Encrypting(policy, inside_prelogin, strict)
