"""A client of a few lines, for what the drivers do not show or would not send."""

from __future__ import annotations

import socket
import struct

from smtui.drill.sql.reader import utf16_bytes

PRELOGIN, LOGIN, BATCH, RPC, ATTENTION = 18, 16, 1, 3, 6
ALL_HEADERS = struct.pack("<IIHQI", 22, 18, 2, 0, 1)


def packet(kind: int, payload: bytes, status: int = 1) -> bytes:
    return struct.pack(">BBHHBB", kind, status, len(payload) + 8, 0, 1, 0) + payload


def prelogin(encryption: int = 2) -> bytes:
    return struct.pack(">BHH", 1, 6, 1) + b"\xff" + bytes([encryption])


def login(user: str = "smtui", password: str = "P@ss w0rd;x", application: str = "raw", database: str = "") -> bytes:
    hidden = bytes(((byte << 4 | byte >> 4) & 0xFF) ^ 0xA5 for byte in utf16_bytes(password))
    texts = [b"", utf16_bytes(user), hidden, utf16_bytes(application), b"", b"", b"", b"", utf16_bytes(database)]
    offset, extents, data = 94, b"", b""
    for text in texts:
        extents += struct.pack("<HH", offset + len(data), len(text) // 2)
        data += text
    extents += bytes(94 - 36 - len(extents))
    head = struct.pack("<IIIIII", 94 + len(data), 0x74000004, 4096, 0, 1, 0) + bytes(4) + bytes(8)
    return head + extents + data


def batch(statement: str) -> bytes:
    return ALL_HEADERS + utf16_bytes(statement)


class RawClient:
    """A connection in clear."""

    def __init__(self, port: int) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port), 10)

    def __enter__(self) -> RawClient:
        return self

    def __exit__(self, *_: object) -> None:
        self.socket.close()

    def log_in(self) -> bytes:
        self.socket.sendall(packet(PRELOGIN, prelogin()))
        self.receive()
        self.socket.sendall(packet(LOGIN, login()))
        return self.receive()

    def ask(self, statement: str) -> bytes:
        self.socket.sendall(packet(BATCH, batch(statement)))
        return self.receive()

    def receive(self) -> bytes:
        """The payload of the next message; empty when the server has ended the connection."""
        payload = b""
        while header := self._exactly(8):
            payload += self._exactly(struct.unpack(">H", header[2:4])[0] - 8)
            if header[1] & 1:
                return payload
        return b""

    def _exactly(self, count: int) -> bytes:
        data = b""
        while len(data) < count:
            try:
                more = self.socket.recv(count - len(data))
            except ConnectionResetError:
                return b""
            if not more:
                return b""
            data += more
        return data
