"""PRELOGIN (MS-TDS 2.2.6.5): versions, and who insists on encryption."""

from __future__ import annotations

import struct
from enum import IntEnum

from smtui.drill.sql.reader import ProtocolError, Reader

_VERSION, _ENCRYPTION, _INSTANCE, _THREAD, _MARS = range(5)
_TERMINATOR = 0xFF
_OPTION = struct.Struct(">BHH")


class Encryption(IntEnum):
    """The encryption byte of either side; OFF still protects the login."""

    OFF = 0
    ON = 1
    NOT_SUPPORTED = 2
    REQUIRED = 3


def client_encryption(payload: bytes) -> Encryption:
    """What the client's PRELOGIN says; a client that is silent about it cannot encrypt.

    Raises:
        ProtocolError: it is no PRELOGIN.
    """
    reader = Reader(payload)
    while (option := reader.u8()) != _TERMINATOR:
        offset, length = struct.unpack(">HH", reader.take(4))
        if option == _ENCRYPTION and length:
            value = Reader(payload, offset).u8() & 0x0F
            try:
                return Encryption(value)
            except ValueError:
                raise ProtocolError(f"encryption {value:#x} in PRELOGIN") from None
    return Encryption.NOT_SUPPORTED


def agree(server: Encryption, client: Encryption) -> Encryption:
    """The server's answer: OFF and NOT_SUPPORTED lead to a clear session, the others to an encrypted one."""
    if server is Encryption.NOT_SUPPORTED:
        return Encryption.NOT_SUPPORTED
    if client in {Encryption.ON, Encryption.REQUIRED}:
        return Encryption.ON
    if server in {Encryption.ON, Encryption.REQUIRED}:
        return Encryption.REQUIRED
    return client


def reply(version: tuple[int, int, int], encryption: Encryption) -> bytes:
    """The server's PRELOGIN; `version` is major, minor and build."""
    major, minor, build = version
    values = {
        _VERSION: struct.pack(">BBHH", major, minor, build, 0),
        _ENCRYPTION: bytes([encryption]),
        _INSTANCE: b"\0",
        _THREAD: b"",
        _MARS: b"\0",
    }
    offset = _OPTION.size * len(values) + 1
    head, body = b"", b""
    for option, value in values.items():
        head += _OPTION.pack(option, offset + len(body), len(value))
        body += value
    return head + bytes([_TERMINATOR]) + body
