"""LOGIN7 (MS-TDS 2.2.6.4): who wants to work in which database, with which program."""

from __future__ import annotations

from dataclasses import dataclass, field

from smtui.drill.sql.packets import DEFAULT_PACKET_SIZE, LARGEST_PACKET_SIZE, SMALLEST_PACKET_SIZE
from smtui.drill.sql.reader import ProtocolError, Reader, utf16_text

TDS_7_2 = 0x72090002
TDS_7_4 = 0x74000004
TDS_8_0 = 0x08000000

_LONGEST_NAME = 128
_INTEGRATED = 0x80
_HOST, _USER, _PASSWORD, _APPLICATION, _SERVER, _EXTENSION, _LIBRARY, _LANGUAGE, _DATABASE = range(9)


@dataclass(frozen=True, slots=True)
class Login:
    """What a client says of itself."""

    user: str
    password: str = field(repr=False)
    application: str
    """`APP=` of the connection string; smtui puts its token there."""
    host: str
    library: str
    database: str
    """Empty: the login's default database."""
    packet_size: int
    tds_version: int
    integrated: bool
    """It wants to log in by a Kerberos or NTLM ticket."""


def parse_login(payload: bytes) -> Login:
    """Read LOGIN7; raises ProtocolError."""
    head = Reader(payload)
    head.u32()
    version = head.u32()
    packet_size = head.u32() or DEFAULT_PACKET_SIZE
    head.take(12 + 1)  # client program version, process and connection id; option flags 1
    integrated = bool(head.u8() & _INTEGRATED)
    head.take(10)  # type flags, option flags 3, time zone, LCID
    if version != TDS_8_0 and version < TDS_7_2:
        raise ProtocolError(f"TDS version {version:#010x} is too old")
    extents = [(head.u16(), head.u16()) for _ in range(_DATABASE + 1)]

    def raw(index: int) -> bytes:
        offset, units = extents[index]
        if units > _LONGEST_NAME:
            raise ProtocolError(f"a name of {units} characters in LOGIN7")
        return Reader(payload, offset).take(2 * units)

    return Login(
        user=utf16_text(raw(_USER)),
        password=utf16_text(_reveal(raw(_PASSWORD))),
        application=utf16_text(raw(_APPLICATION)),
        host=utf16_text(raw(_HOST)),
        library=utf16_text(raw(_LIBRARY)),
        database=utf16_text(raw(_DATABASE)),
        packet_size=min(max(packet_size, SMALLEST_PACKET_SIZE), LARGEST_PACKET_SIZE),
        tds_version=version,
        integrated=integrated,
    )


def _reveal(hidden: bytes) -> bytes:
    """Undo the client's disguise of the password: halves of each byte swapped, then XOR 0xA5."""
    return bytes(((byte ^ 0xA5) & 0x0F) << 4 | (byte ^ 0xA5) >> 4 for byte in hidden)
