"""As much of DER (X.690) as a time stamp needs: values of definite length, written and taken apart."""

from __future__ import annotations

from dataclasses import dataclass

BOOLEAN, INTEGER, OCTETS, NULL, OID, UTF8 = 0x01, 0x02, 0x04, 0x05, 0x06, 0x0C
GENERALIZED_TIME = 0x18
SEQUENCE, SET = 0x30, 0x31
CONTEXT_0 = 0xA0


class DerError(ValueError):
    """Bytes are not the DER that they should be."""


def encode(tag: int, *parts: bytes) -> bytes:
    """A value: its tag, its length, its parts one after the other."""
    body = b"".join(parts)
    if len(body) < 0x80:
        return bytes([tag, len(body)]) + body
    length = len(body).to_bytes((len(body).bit_length() + 7) // 8, "big")
    return bytes([tag, 0x80 | len(length)]) + length + body


def integer(value: int) -> bytes:
    """A number that is not negative."""
    return encode(INTEGER, value.to_bytes(value.bit_length() // 8 + 1, "big"))


def oid(name: str) -> bytes:
    """An object identifier, written with dots."""
    first, second, *others = (int(part) for part in name.split("."))
    return encode(OID, b"".join(_base128(part) for part in (40 * first + second, *others)))


def _base128(value: int) -> bytes:
    digits = [value & 0x7F]
    while value := value >> 7:
        digits.append(0x80 | (value & 0x7F))
    return bytes(reversed(digits))


@dataclass(frozen=True, slots=True)
class Value:
    """One value."""

    tag: int
    body: bytes
    whole: bytes
    """With tag and length."""

    def inside(self) -> Values:
        """The values that it consists of."""
        return Values(self.body)

    def number(self) -> int:
        """As a number."""
        if self.tag != INTEGER or not self.body:
            raise DerError("it has no number where one belongs")
        return int.from_bytes(self.body, "big", signed=True)


class Values:
    """Values one after the other."""

    def __init__(self, data: bytes) -> None:
        self._data = data

    def __bool__(self) -> bool:
        return bool(self._data)

    def take(self, *tags: int) -> Value:
        """The next value, which has one of these tags."""
        value, rest = _split(self._data)
        if value.tag not in tags:
            raise DerError(f"it has a value of type {value.tag:#04x} where one of {tags[0]:#04x} belongs")
        self._data = rest
        return value

    def maybe(self, tag: int) -> Value | None:
        """The next value if it has this tag."""
        return self.take(tag) if self._data[:1] == bytes([tag]) else None

    def end(self) -> None:
        """Nothing may follow."""
        if self._data:
            raise DerError("bytes follow its end")


def decode(data: bytes, tag: int) -> Value:
    """The only value in these bytes, which has this tag."""
    values = Values(data)
    value = values.take(tag)
    values.end()
    return value


def _split(data: bytes) -> tuple[Value, bytes]:
    if len(data) < 2:
        raise DerError("it ends too early")
    head, length = 2, data[1]
    if length >= 0x80:
        head += length & 0x7F
        # 0x80 would be a value of indefinite length (BER), which no authority needs to send.
        if not 1 <= length & 0x7F <= 4 or len(data) < head:
            raise DerError("a length in it cannot be read")
        length = int.from_bytes(data[2:head], "big")
    if len(data) < head + length:
        raise DerError("it ends too early")
    end = head + length
    return Value(data[0], data[head:end], data[:end]), data[end:]
