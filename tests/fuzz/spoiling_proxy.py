"""A proxy before a simulated host that spoils one of the host's answers, whatever is in it."""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Callable

Spoil = Callable[[bytes], bytes]
_WAIT = 30.0
_MOST = 1 << 16


class SpoilingProxy:
    """Passes bytes on; piece number `at` of what the host says in a connection is spoilt, and the connection closed."""

    def __init__(self, upstream: int) -> None:
        self._upstream = upstream
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self.spoil: Spoil = bytes
        self.at = 0
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self) -> None:
        """Serve nobody any more."""
        self._listener.close()

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(client, self.spoil, self.at), daemon=True).start()

    def _serve(self, client: socket.socket, spoil: Spoil, at: int) -> None:
        with client, contextlib.suppress(OSError):
            host = socket.create_connection(("127.0.0.1", self._upstream), _WAIT)
            with host:
                client.settimeout(_WAIT)
                threading.Thread(target=self._up, args=(client, host), daemon=True).start()
                piece = 0
                while answer := host.recv(_MOST):
                    if piece == at:
                        client.sendall(spoil(answer))
                        client.shutdown(socket.SHUT_RDWR)
                        return
                    client.sendall(answer)
                    piece += 1
                client.shutdown(socket.SHUT_RDWR)

    @staticmethod
    def _up(client: socket.socket, host: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while asked := client.recv(_MOST):
                host.sendall(asked)
            host.shutdown(socket.SHUT_WR)
