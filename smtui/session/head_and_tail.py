"""Large outputs are kept as their beginning and their end, and say what is missing between."""

from __future__ import annotations

from typing import Final

KEPT: Final = 4 << 20
"""Bytes that are stored of the beginning of an output, and as many of its end; twice that is stored whole."""
_SLACK: Final = 1 << 20
"""Bytes by which the end may grow before it is shortened again: moving 4 MiB for every line would be slow."""


class HeadAndTail:
    """Text that comes in pieces and may be endless: its beginning at once, its end at the end, in constant memory."""

    def __init__(self, kept: int = KEPT) -> None:
        """`kept`: bytes of UTF-8 of the beginning, and as many of the end."""
        self._kept = kept
        self._room = kept
        self._end = bytearray()
        self.left_out = 0
        """Bytes that are in neither; final after `finish`."""
        self.lines_left_out = 0

    def feed(self, text: str) -> str:
        """What of it belongs to the beginning; the rest is held."""
        if len(text) * 4 <= self._room:  # no character takes more
            self._room -= len(text.encode("utf-8", "backslashreplace"))
            return text
        data = text.encode("utf-8", "backslashreplace")
        cut = _whole_characters(data, self._room)
        self._room = self._room - cut if cut == len(data) else 0
        self._end += data[cut:]
        if len(self._end) > self._kept + _SLACK:
            self._shorten()
        return data[:cut].decode()

    def finish(self) -> str:
        """The end, after a line that says what was left out between, where anything was."""
        self._shorten()
        end = self._end.decode()
        self._end = bytearray()
        if not self.left_out:
            return end
        return f"\n[… {told_left_out(self.left_out, self.lines_left_out)} …]\n{end}"

    def _shorten(self) -> None:
        excess = len(self._end) - self._kept
        if excess > 0:
            while excess < len(self._end) and _continues(self._end[excess]):
                excess += 1
            self.left_out += excess
            self.lines_left_out += self._end.count(b"\n", 0, excess)
            del self._end[:excess]


def told_left_out(size: int, lines: int) -> str:
    """How files, reports and screens put it; empty where nothing was."""
    if not size:
        return ""
    kept = f"an output is kept as its first and last {KEPT >> 20} MiB"
    return f"{size:,} bytes with {lines:,} line ends were left out: {kept}"


def _whole_characters(data: bytes, most: int) -> int:
    """How many bytes, `most` at most, are whole characters."""
    cut = min(most, len(data))
    while 0 < cut < len(data) and _continues(data[cut]):
        cut -= 1
    return cut


def _continues(byte: int) -> bool:
    """Whether a byte goes on with a character of UTF-8 that began before it."""
    return byte & 0xC0 == 0x80
