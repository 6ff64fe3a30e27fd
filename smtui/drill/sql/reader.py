"""Reads little-endian fields out of one received message, never past its end."""

from __future__ import annotations

import struct

_U16 = struct.Struct("<H")
_U32 = struct.Struct("<I")
_I32 = struct.Struct("<i")


class ProtocolError(Exception):
    """What was received is not TDS, or not a part of it that is served here; the text says what was wrong."""


class Reader:
    """A position in a message; every method moves it and raises ProtocolError at the end of the message."""

    def __init__(self, data: bytes, position: int = 0) -> None:
        self._data = data
        self._position = position

    def more(self) -> bool:
        """Whether anything is left."""
        return self._position < len(self._data)

    def peek(self) -> int:
        """The next byte, which stays unread."""
        if not self.more():
            raise ProtocolError("the message ends too early")
        return self._data[self._position]

    def take(self, count: int) -> bytes:
        """The next `count` bytes."""
        end = self._position + count
        if count < 0 or end > len(self._data):
            raise ProtocolError(f"{count} bytes are announced, the message holds {len(self._data) - self._position}")
        taken = self._data[self._position : end]
        self._position = end
        return taken

    def rest(self) -> bytes:
        """Everything that is left."""
        return self.take(len(self._data) - self._position)

    def u8(self) -> int:
        """An unsigned byte."""
        return self.take(1)[0]

    def u16(self) -> int:
        """An unsigned 16-bit integer."""
        return int(_U16.unpack(self.take(2))[0])

    def u32(self) -> int:
        """An unsigned 32-bit integer."""
        return int(_U32.unpack(self.take(4))[0])

    def i32(self) -> int:
        """A signed 32-bit integer."""
        return int(_I32.unpack(self.take(4))[0])

    def text(self, units: int) -> str:
        """A text of so many UTF-16 code units."""
        return utf16_text(self.take(2 * units))


def utf16_text(data: bytes) -> str:
    """The text of UTF-16 code units; lone surrogates, which SQL Server stores as they come, are kept.

    Raises:
        ProtocolError: an odd number of bytes.
    """
    if len(data) % 2:
        raise ProtocolError("a text of half a character")
    return data.decode("utf-16-le", "surrogatepass")


def utf16_bytes(text: str) -> bytes:
    """The UTF-16 code units of a text, lone surrogates included."""
    return text.encode("utf-16-le", "surrogatepass")
