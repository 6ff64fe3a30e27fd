"""A link to a port of this machine whose round trip takes a while, whatever travels on it."""

from __future__ import annotations

import contextlib
import queue
import socket
import threading
import time


class SlowLink:
    """What the client sends arrives late, and in order; answers pass at once. Serves a port of its own until closed."""

    def __init__(self, upstream: int, seconds: float) -> None:
        self._upstream = upstream
        self._seconds = seconds
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._listener.getsockname()[1])
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self) -> None:
        """Accept no more."""
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                client, _ = self._listener.accept()
                host = socket.create_connection(("127.0.0.1", self._upstream))
                for end in (client, host):
                    end.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                late: queue.SimpleQueue[tuple[float, bytes]] = queue.SimpleQueue()
                for work in (
                    lambda c=client, q=late: self._take(c, q),
                    lambda h=host, q=late: self._bring(h, q),
                    lambda c=client, h=host: self._answer(h, c),
                ):
                    threading.Thread(target=work, daemon=True).start()

    def _take(self, client: socket.socket, late: queue.SimpleQueue[tuple[float, bytes]]) -> None:
        data = b"-"
        while data:
            try:
                data = client.recv(65536)
            except OSError:
                data = b""
            late.put((time.monotonic() + self._seconds, data))

    def _bring(self, host: socket.socket, late: queue.SimpleQueue[tuple[float, bytes]]) -> None:
        with contextlib.suppress(OSError):
            while True:
                due, data = late.get()
                time.sleep(max(0.0, due - time.monotonic()))
                if not data:
                    host.shutdown(socket.SHUT_WR)
                    return
                host.sendall(data)

    def _answer(self, host: socket.socket, client: socket.socket) -> None:
        with contextlib.suppress(OSError), host, client:
            while data := host.recv(65536):
                client.sendall(data)
