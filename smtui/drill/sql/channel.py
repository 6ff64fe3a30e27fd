"""The bytes of one connection: plain, or through TLS that is kept in memory so that it can start and end in between."""

from __future__ import annotations

import select
import socket
import ssl
import time
from collections.abc import Callable

from smtui.drill.sql.reader import ProtocolError

_CHUNK = 65536
_SEND_SECONDS = 30.0
_HANDSHAKE_ROUNDS = 32


class Disconnected(Exception):
    """The other side is gone, was sent away, or does not take what is sent."""


class Channel:
    """Reads and writes on one thread; only `hang_up` may be called from another."""

    def __init__(self, connection: socket.socket, patience: float) -> None:
        """Keep the connection; `patience` is the seconds that `read` waits, until `wait_forever` is called."""
        self._connection = connection
        self._connection.settimeout(_SEND_SECONDS)
        self._arrivals = select.poll()
        self._arrivals.register(connection.fileno(), select.POLLIN)
        self._patience: float | None = patience
        self._plain = bytearray()
        self._tls: ssl.SSLObject | None = None
        self._from_client = ssl.MemoryBIO()
        self._to_client = ssl.MemoryBIO()

    @property
    def encrypted(self) -> bool:
        """Whether TLS is in force now."""
        return self._tls is not None

    def wait_forever(self) -> None:
        """Let `read` wait without an end: a client that has logged in may be silent for hours."""
        self._patience = None

    def wait(self, count: int, seconds: float | None) -> bool:
        """Whether `count` bytes can be read within so many seconds (None: without an end)."""
        end = None if seconds is None else time.monotonic() + seconds
        while len(self._plain) < count:
            left = None if end is None else max(0.0, end - time.monotonic())
            if not self._receive(left):
                return False
        return True

    def first_byte(self) -> int:
        """The next byte, which stays unread; raises Disconnected."""
        if not self.wait(1, self._patience):
            raise Disconnected("the client is silent")
        return self._plain[0]

    def read(self, count: int) -> bytes:
        """Exactly `count` bytes.

        Raises:
            Disconnected: the client is gone or stays silent.
        """
        if not self.wait(count, self._patience):
            raise Disconnected("the client is silent")
        data = bytes(self._plain[:count])
        del self._plain[:count]
        return data

    def write(self, data: bytes) -> None:
        """Send everything; raises Disconnected."""
        try:
            if self._tls is not None:
                self._tls.write(data)
                data = self._to_client.read()
            self._connection.sendall(data)
        except OSError as error:
            raise Disconnected(str(error)) from error

    def start_tls(
        self,
        context: ssl.SSLContext,
        send: Callable[[bytes], None] | None = None,
        receive: Callable[[], bytes] | None = None,
    ) -> None:
        """Shake hands as the server, with `send` and `receive` carrying the records (by default the bare connection).

        Raises:
            Disconnected: the client does not agree, or is gone.
        """
        send = send or self.write
        receive = receive or self._read_available
        tls = context.wrap_bio(self._from_client, self._to_client, server_side=True)
        for _ in range(_HANDSHAKE_ROUNDS):
            finished = self._shake(tls, send)
            if flight := self._to_client.read():
                send(flight)
            if finished:
                self._tls = tls
                return
            self._from_client.write(receive())
        raise ProtocolError("the TLS handshake does not end")

    def stop_tls(self) -> None:
        """Go on in clear, as TDS 7 does after a login whose encryption is only for the password."""
        self._tls = None

    def hang_up(self) -> None:
        """End the connection; a thread that waits in `read` or `wait` finds the client gone."""
        try:
            self._connection.shutdown(socket.SHUT_RDWR)
        except OSError:
            return  # the client was quicker

    def close(self) -> None:
        """Release the connection."""
        self.hang_up()
        self._connection.close()

    def _shake(self, tls: ssl.SSLObject, send: Callable[[bytes], None]) -> bool:
        try:
            tls.do_handshake()
        except ssl.SSLWantReadError:
            return False
        except ssl.SSLError as error:
            if alert := self._to_client.read():
                send(alert)
            raise Disconnected(f"no TLS: {error.reason}") from error
        return True

    def _read_available(self) -> bytes:
        self.first_byte()
        data = bytes(self._plain)
        self._plain.clear()
        return data

    def _receive(self, seconds: float | None) -> bool:
        """Take what arrives within so many seconds; False when nothing did."""
        if self._decrypt():
            return True
        try:
            if not self._arrivals.poll(None if seconds is None else seconds * 1000):
                return False
            data = self._connection.recv(_CHUNK)
        except OSError as error:
            raise Disconnected(str(error)) from error
        if not data:
            raise Disconnected("the client closed the connection")
        if self._tls is None:
            self._plain += data
        else:
            self._from_client.write(data)
            self._decrypt()
        return True

    def _decrypt(self) -> bool:
        """Move what TLS has whole into the buffer."""
        if self._tls is None:
            return False
        before = len(self._plain)
        try:
            while data := self._tls.read(_CHUNK):
                self._plain += data
        except ssl.SSLWantReadError:
            return len(self._plain) > before
        except ssl.SSLError as error:
            raise Disconnected(f"TLS: {error.reason}") from error
        if len(self._plain) > before:
            return True
        raise Disconnected("the client ended TLS")
