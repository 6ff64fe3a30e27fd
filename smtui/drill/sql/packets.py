"""Messages in packets (MS-TDS 2.2.3): an 8-byte header each, the last one marked."""

from __future__ import annotations

import struct
from dataclasses import dataclass
from enum import IntEnum

from smtui.drill.sql.channel import Channel
from smtui.drill.sql.reader import ProtocolError

DEFAULT_PACKET_SIZE = 4096
SMALLEST_PACKET_SIZE = 512
LARGEST_PACKET_SIZE = 32767
_LONGEST_MESSAGE = 16 * 1024 * 1024

_HEADER = struct.Struct(">BBHHBB")  # type, status, length, spid, packet number, window
_END_OF_MESSAGE = 0x01
_IGNORE = 0x02
_RESET = 0x08
_RESET_KEEP_TRANSACTION = 0x10


class PacketType(IntEnum):
    """What a message is."""

    SQL_BATCH = 1
    RPC = 3
    REPLY = 4
    ATTENTION = 6
    BULK_LOAD = 7
    TRANSACTION = 14
    LOGIN7 = 16
    SSPI = 17
    PRELOGIN = 18


@dataclass(frozen=True, slots=True)
class Message:
    """A whole message, its packets put together."""

    type: int
    payload: bytes
    ignored: bool = False
    """The client broke off in the middle and wants it forgotten."""
    resets: bool = False
    """The connection comes out of a pool: put it back to how it was after the login first."""


class PacketStream:
    """Messages over a channel, both ways."""

    def __init__(self, channel: Channel) -> None:
        self.channel = channel
        self.spid = 0
        self.packet_size = DEFAULT_PACKET_SIZE
        self._number = 0

    def receive(self) -> Message:
        """The next message; raises Disconnected and ProtocolError."""
        payload = bytearray()
        first_status: int | None = None
        while True:
            kind, status, length, _, _, _ = _HEADER.unpack(self.channel.read(_HEADER.size))
            if length < _HEADER.size:
                raise ProtocolError(f"a packet of {length} bytes")
            payload += self.channel.read(length - _HEADER.size)
            if len(payload) > _LONGEST_MESSAGE:
                raise ProtocolError("a message of more than 16 MiB")
            if first_status is None:
                first_status = status
            if status & _END_OF_MESSAGE:
                resets = bool(first_status & (_RESET | _RESET_KEEP_TRANSACTION))
                return Message(kind, bytes(payload), bool(status & _IGNORE), resets)

    def take_attention(self, seconds: float) -> bool:
        """Whether an attention arrives within so many seconds; it is taken.

        Raises:
            Disconnected: the client is gone.
            ProtocolError: it sends another request before the reply, which only MARS allows.
        """
        if not self.channel.wait(_HEADER.size, seconds):
            return False
        if self.channel.first_byte() != PacketType.ATTENTION:
            raise ProtocolError("a request before the reply to the one before")
        self.receive()
        return True

    def send(self, payload: bytes, kind: PacketType = PacketType.REPLY, *, last: bool = True) -> None:
        """Send a message, or a part of one that goes on when not `last`; raises Disconnected."""
        size = self.packet_size - _HEADER.size
        packets = bytearray()
        for start in range(0, max(len(payload), 1), size):
            part = payload[start : start + size]
            ends = last and start + size >= len(payload)
            self._number = (self._number + 1) & 0xFF
            status = _END_OF_MESSAGE if ends else 0
            packets += _HEADER.pack(kind, status, len(part) + _HEADER.size, self.spid & 0xFFFF, self._number, 0)
            packets += part
        if last:
            self._number = 0
        self.channel.write(bytes(packets))
