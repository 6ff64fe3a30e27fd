"""A client of ssh-agent (draft-miller-ssh-agent): which keys it holds, and signatures by them."""

from __future__ import annotations

import socket
from dataclasses import dataclass
from pathlib import Path

from smtui.report.ssh_keys import KINDS, PublicKey, SignatureError
from smtui.report.ssh_wire import Reader, WireError, number, string

PATIENCE = 60.0
"""Seconds: an agent may ask its owner first, or wait for a touch."""

_LONGEST = 256 * 1024
_LIST, _KEYS = 11, 12
_SIGN, _SIGNED = 13, 14
_RSA_SHA2_512 = 4


class AgentError(Exception):
    """The agent cannot be used; the text is one line that says why."""


@dataclass(frozen=True, slots=True)
class AgentKey:
    """A key that an agent holds."""

    key: PublicKey
    comment: str


@dataclass(frozen=True, slots=True)
class Agent:
    """An agent by the path of its socket. Every method raises AgentError."""

    path: Path

    def held(self) -> tuple[AgentKey, ...]:
        """The keys that can sign evidence; certificates and old kinds are left out."""
        reader = self._ask(_LIST, b"", _KEYS)
        try:
            pairs = [(PublicKey(reader.string()), reader.string()) for _ in range(reader.number())]
            reader.end()
            return tuple(
                AgentKey(key, comment.decode("utf-8", "backslashreplace"))
                for key, comment in pairs
                if key.kind in KINDS
            )
        except (WireError, SignatureError) as error:
            raise AgentError(f"the ssh-agent's list of keys cannot be read: {error}") from None

    def sign(self, key: PublicKey, data: bytes) -> bytes:
        """Algorithm and signature over `data`."""
        flags = _RSA_SHA2_512 if key.kind == "ssh-rsa" else 0
        reader = self._ask(_SIGN, string(key.blob) + string(data) + number(flags), _SIGNED)
        try:
            signature = reader.string()
            reader.end()
        except WireError as error:
            raise AgentError(f"the ssh-agent's signature cannot be read: {error}") from None
        return signature

    def _ask(self, kind: int, body: bytes, wanted: int) -> Reader:
        try:
            with socket.socket(socket.AF_UNIX) as link:
                link.settimeout(PATIENCE)
                link.connect(str(self.path))
                link.sendall(string(bytes([kind]) + body))
                length = int.from_bytes(_receive(link, 4), "big")
                if not 1 <= length <= _LONGEST:
                    raise AgentError(f"the ssh-agent sent {length} bytes")
                answer = _receive(link, length)
        except OSError as error:
            raise AgentError(f"the ssh-agent at {self.path} cannot be asked: {error}") from None
        if answer[0] != wanted:
            raise AgentError("the ssh-agent refused")
        return Reader(answer[1:])


def _receive(link: socket.socket, length: int) -> bytes:
    data = bytearray()
    while len(data) < length:
        piece = link.recv(length - len(data))
        if not piece:
            raise AgentError("the ssh-agent hung up")
        data += piece
    return bytes(data)
