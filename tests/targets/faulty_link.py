"""A link to a simulated host that breaks on purpose: TLS in front, plain HTTP to the host behind.

It knows nothing of WS-Man but the name of each action, and passes bytes on until a fault strikes.
"""

from __future__ import annotations

import contextlib
import re
import select
import socket
import ssl
import struct
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

_ACTION = re.compile(rb"Action[^>]*>[^<]*/(\w+)<")
_LENGTH = re.compile(rb"\r\nContent-Length: *(\d+)", re.IGNORECASE)
_RESET = struct.pack("ii", 1, 0)

Kind = Literal["close", "lose-reply", "reset", "cut-reply", "hang", "answer"]


@dataclass(slots=True)
class Fault:
    """Strikes `times` requests of this action; `hang` and `answer` never reach the host."""

    action: str
    kind: Kind
    answer: bytes = b""
    times: int = 1
    after: int = 0


def answer(status: int, body: bytes = b"", *headers: str) -> bytes:
    """An HTTP reply."""
    lines = [f"HTTP/1.1 {status} x", *headers, f"Content-Length: {len(body)}", "", ""]
    return "\r\n".join(lines).encode() + body


def soap_fault(code: int) -> bytes:
    """A WS-Man fault with Microsoft's code."""
    return answer(
        500,
        b'<s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope"><s:Body><s:Fault><s:Code><s:Value>s:Receiver'
        b"</s:Value></s:Code><s:Reason><s:Text>made up</s:Text></s:Reason><s:Detail>"
        b'<f:WSManFault xmlns:f="http://schemas.microsoft.com/wbem/wsman/1/wsmanfault" Code="%d"/>'
        b"</s:Detail></s:Fault></s:Body></s:Envelope>" % code,
    )


class FaultyLink:
    """Serves one host at a port of its own until closed."""

    def __init__(self, upstream: int, certificate: Path, key: Path) -> None:
        self.faults: list[Fault] = []
        self.actions: list[str] = []
        """Of every request that came, in order; empty for the steps of a login."""
        self.together = False
        """Pass a Send on only when a Receive has come, too."""
        self.received = threading.Semaphore(0)
        self._upstream = upstream
        self._tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self._tls.load_cert_chain(certificate, key)
        self._closing = threading.Event()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._listener.getsockname()[1])
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self) -> None:
        self._closing.set()
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                connection, _ = self._listener.accept()
                threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, plain: socket.socket) -> None:
        with contextlib.suppress(OSError, EOFError), plain:
            client = self._tls.wrap_socket(plain, server_side=True)
            with client, socket.create_connection(("127.0.0.1", self._upstream)) as host:
                while not _ended(host, client):
                    request = _message(client)
                    found = _ACTION.search(request)
                    action = found[1].decode() if found else ""
                    self.actions.append(action)
                    if self.together and action == "Receive":
                        self.received.release()
                    if self.together and action == "Send" and not self.received.acquire(timeout=60):
                        return
                    fault = self._take(action)
                    if fault is None:
                        host.sendall(request)
                        client.sendall(_message(host))
                    elif not self._strike(fault, request, client, host):
                        return

    def _take(self, action: str) -> Fault | None:
        for fault in self.faults:
            if fault.action == action and fault.times:
                if fault.after:
                    fault.after -= 1
                    continue
                fault.times -= 1
                return fault
        return None

    def _strike(self, fault: Fault, request: bytes, client: socket.socket, host: socket.socket) -> bool:
        """Whether the connection goes on."""
        if fault.kind == "answer":
            client.sendall(fault.answer)
            return True
        if fault.kind == "hang":
            self._closing.wait(60)
            return False
        if fault.kind in {"lose-reply", "cut-reply"}:
            host.sendall(request)
            reply = _message(host)
            if fault.kind == "cut-reply":
                client.sendall(reply[: -len(reply) // 3])
        elif fault.kind == "reset":
            client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
        return False


def _ended(host: socket.socket, client: ssl.SSLSocket) -> bool:
    """Wait for a request; whether the host has closed the connection instead."""
    return not client.pending() and client not in select.select([client, host], [], [])[0]


def _message(connection: socket.socket) -> bytes:
    """One HTTP message with its body."""
    data = b""
    while b"\r\n\r\n" not in data:
        data += _more(connection)
    head, _, body = data.partition(b"\r\n\r\n")
    length = _LENGTH.search(head)
    while length and len(body) < int(length[1]):
        body += _more(connection)
    return head + b"\r\n\r\n" + body


def _more(connection: socket.socket) -> bytes:
    data = connection.recv(65536)
    if not data:
        raise EOFError
    return data
