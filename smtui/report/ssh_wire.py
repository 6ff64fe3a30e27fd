"""The data types of the SSH protocol (RFC 4251, section 5): strings, numbers, big numbers."""

from __future__ import annotations

import struct


class WireError(ValueError):
    """Bytes are not what the protocol says they are."""


def string(data: bytes) -> bytes:
    """Bytes behind their length."""
    return struct.pack(">I", len(data)) + data


def number(value: int) -> bytes:
    """An unsigned number of 32 bits."""
    return struct.pack(">I", value)


def big_number(value: int) -> bytes:
    """A number that is not negative, of any size: no needless zeros, but one where the sign bit would be set."""
    return string(value.to_bytes((value.bit_length() + 8) // 8, "big") if value else b"")


class Reader:
    """Takes values off the front of bytes; every method raises WireError where they do not reach."""

    def __init__(self, data: bytes) -> None:
        self._data, self._at = data, 0

    def take(self, length: int) -> bytes:
        """So many bytes."""
        if length > len(self._data) - self._at:
            raise WireError("it ends too early")
        self._at += length
        return self._data[self._at - length : self._at]

    def number(self) -> int:
        """An unsigned number of 32 bits."""
        value: int = struct.unpack(">I", self.take(4))[0]
        return value

    def string(self) -> bytes:
        """Bytes behind their length."""
        return self.take(self.number())

    def text(self) -> str:
        """A name: ASCII, and printable."""
        data = self.string()
        if not (data.isascii() and (name := data.decode("ascii")).isprintable()):
            raise WireError("a name in it is no printable ASCII")
        return name

    def big_number(self) -> int:
        """A number that is not negative."""
        data = self.string()
        if data[:1] >= b"\x80":
            raise WireError("a number in it is negative")
        return int.from_bytes(data, "big")

    def end(self) -> None:
        """Nothing may follow."""
        if self._at != len(self._data):
            raise WireError("bytes follow its end")
