"""HTTP.sys, as far as WinRM needs it: keep-alive connections on loopback, one thread each."""

from __future__ import annotations

import contextlib
import http.server
import select
import socket
import socketserver
import ssl
import struct
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from http import HTTPStatus

from smtui.drill.activity import Activity
from smtui.drill.windows.authentication import PLAIN_TYPE, SEALED_TYPE, Headers, Login, SealBroken
from smtui.drill.windows.soap import Envelope, MalformedEnvelope
from smtui.drill.windows.wsman import Answer, Client, Delivery

PATH = "/wsman"
_CONNECTION_IDLE = 120.0
"""Seconds after which HTTP.sys drops a silent connection."""
_MOST_CONNECTIONS = 128
_RESET_ON_CLOSE = struct.pack("ii", 1, 0)


@dataclass(frozen=True, slots=True)
class Listening:
    """How a host listens."""

    answer: Callable[[Envelope, Client], Answer]
    new_login: Callable[[], Login]
    activity: Activity
    tls: ssl.SSLContext | None = None
    seal_required: bool = False
    """Refuse messages in the clear, as a Windows host does without TLS."""
    most_bytes: int = 500 * 1024
    """Longest body of a request."""


class HttpServer(socketserver.ThreadingTCPServer):
    """Listens on a free port of 127.0.0.1."""

    daemon_threads = True
    block_on_close = False
    request_queue_size = 64

    def __init__(self, listening: Listening) -> None:
        self.listening = listening
        self._lock = threading.Lock()
        self._open: set[socket.socket] = set()
        self._offline = threading.Event()
        super().__init__(("127.0.0.1", 0), Connection)
        self.port = int(self.server_address[1])

    def start(self) -> None:
        """Serve, on a thread of its own, until closed."""
        threading.Thread(target=self.serve_forever, args=(0.1,), name=f"http-{self.port}", daemon=True).start()

    def close(self) -> None:
        """Stop listening and drop every connection."""
        self.shutdown()
        self.server_close()
        self.drop_connections()

    def go_offline(self, seconds: float) -> None:
        """Drop every connection, and reset new ones for a while."""
        self._offline.set()
        self.drop_connections()
        timer = threading.Timer(seconds, self._offline.clear)
        timer.daemon = True
        timer.start()

    def drop_connections(self) -> None:
        """Reset every open connection."""
        with self._lock:
            sockets = list(self._open)
        for connection in sockets:
            with contextlib.suppress(OSError):
                reset_on_close(connection)
                socket.socket.shutdown(connection, socket.SHUT_RDWR)  # an SSLSocket's own would disturb its thread

    def get_request(self) -> tuple[socket.socket, tuple[str, int]]:
        """Accept a connection; its handshake is made by its own thread."""
        connection, address = super().get_request()
        if self._offline.is_set() or len(self._open) >= _MOST_CONNECTIONS:
            reset_on_close(connection)
            connection.close()
            raise ConnectionAbortedError  # what an accept that fails raises
        if self.listening.tls is not None:
            connection = self.listening.tls.wrap_socket(connection, server_side=True, do_handshake_on_connect=False)
        return connection, address

    def opened(self, connection: socket.socket) -> None:
        """Remember a connection."""
        with self._lock:
            self._open.add(connection)

    def closed(self, connection: socket.socket) -> None:
        """Forget a connection."""
        with self._lock:
            self._open.discard(connection)

    def shutdown_request(self, request: socket.socket | tuple[bytes, socket.socket]) -> None:
        """Close at once: an orderly shutdown first would make a reset look like an end."""
        self.close_request(request)

    def handle_error(self, request: object, client_address: object) -> None:
        """A connection that broke is no news."""


@dataclass(frozen=True, slots=True)
class Peer:
    """The other end of a connection, while a request of it is answered."""

    connection: socket.socket = field(repr=False)

    def there(self) -> bool:
        """A client that awaits an answer sends nothing: anything to read is its end."""
        return not self._readable(0)

    def await_gone(self, seconds: float) -> None:
        """Wait until it closes, or until the server drops it."""
        self._readable(seconds)

    def _readable(self, seconds: float) -> bool:
        try:
            poll = select.poll()
            poll.register(self.connection.fileno(), select.POLLIN)
            return bool(poll.poll(seconds * 1000))
        except (OSError, ValueError):
            return True


class Connection(http.server.BaseHTTPRequestHandler):
    """One connection: its login, then one request after the other."""

    protocol_version = "HTTP/1.1"
    server_version = "Microsoft-HTTPAPI/2.0"
    sys_version = ""
    disable_nagle_algorithm = True
    server: HttpServer

    def setup(self) -> None:
        """Prepare for a login."""
        super().setup()
        self._login = self.server.listening.new_login()
        self.connection.settimeout(_CONNECTION_IDLE)
        self.server.opened(self.connection)

    def handle(self) -> None:
        """Make the TLS handshake and answer requests; the drill is not idle meanwhile."""
        with self.server.listening.activity.busy():
            if isinstance(self.connection, ssl.SSLSocket):
                self.connection.do_handshake()
            super().handle()

    def finish(self) -> None:
        """Forget the connection."""
        self.server.closed(self.connection)
        super().finish()

    def log_message(self, *_: object) -> None:
        """Requests are kept in the world, not in a log."""

    def do_POST(self) -> None:
        """One WS-Man request."""
        length = self.headers.get("Content-Length", "")
        if not (length.isascii() and length.isdigit()):
            self._refuse(HTTPStatus.LENGTH_REQUIRED)
            return
        if int(length) > self.server.listening.most_bytes:
            self._refuse(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
            return
        body = self.rfile.read(int(length))
        if self.path.partition("?")[0] != PATH:
            self._reply(HTTPStatus.NOT_FOUND)
            return
        verdict = self._login.check(self.headers.get("Authorization", ""))
        if not verdict.allowed:
            self._reply(HTTPStatus.UNAUTHORIZED, headers=verdict.headers)
        elif not body:
            self._reply(HTTPStatus.OK, headers=verdict.headers)
        else:
            self._answer(body, verdict.headers)

    def _answer(self, body: bytes, headers: Headers) -> None:
        sealed = self.headers.get("Content-Type", "").startswith("multipart/encrypted")
        if self.server.listening.seal_required and not sealed:
            self._refuse(HTTPStatus.INTERNAL_SERVER_ERROR, headers)
            return
        try:
            envelope = Envelope.parse(self._login.unseal(body) if sealed else body)
        except (SealBroken, MalformedEnvelope):
            self._refuse(HTTPStatus.BAD_REQUEST, headers)
            return
        answer = self.server.listening.answer(envelope, Peer(self.connection))
        if answer.delivery is Delivery.SEND:
            reply = self._login.seal(answer.body) if sealed else answer.body
            try:
                self._reply(HTTPStatus(answer.status), reply, SEALED_TYPE if sealed else PLAIN_TYPE, headers)
            except OSError:
                answer.undelivered()
                self.close_connection = True
            return
        self.close_connection = True
        if answer.delivery is Delivery.RESET:
            reset_on_close(self.connection)

    def _refuse(self, status: HTTPStatus, headers: Headers = ()) -> None:
        """Answer with a bare status, and end the connection: what follows on it cannot be trusted."""
        self.close_connection = True
        self._reply(status, headers=headers)

    def _reply(self, status: HTTPStatus, body: bytes = b"", kind: str = PLAIN_TYPE, headers: Headers = ()) -> None:
        self.send_response(status)
        for name, value in headers:
            self.send_header(name, value)
        if body:
            self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        if self.close_connection:
            self.send_header("Connection", "close")
        self.end_headers()
        self.wfile.write(body)


def reset_on_close(connection: socket.socket) -> None:
    """Make the close of a socket a reset."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET_ON_CLOSE)
