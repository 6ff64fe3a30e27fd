"""The bytes of session.toml: TOML that only grows, each event sealed by a SHA-256 that covers all before it.

    file     = preamble 1*block                UTF-8, LF only, every line ends in LF
    block    = LF "[[event]]" LF  1*pair  "seq = " number LF  seal
    pair     = key " = " (scalar / "[]" / "[" LF 1*("    " string "," LF) "]") LF
    key      = name ["." name]                 name = a-z *(a-z / 0-9 / "_")
    scalar   = one-line basic string / integer / float / boolean / UTC date-time, as tomli_w writes them
    seal     = "sha256 = " DQUOTE 64(0-9 / a-f) DQUOTE LF

A *region* is every byte between two seal lines, the first from byte 0. A seal is the SHA-256 of the seal before it (64
zeros at first) followed by its region. No string holds a raw LF, so a line that starts with `sha256 = "` is a seal and
nothing else: to find the blocks needs no TOML parser.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from functools import cache
from typing import Literal

from msgspec import Struct

from smtui.session.pairs import read_pairs, write_pair

Scalar = str | bool | int | float
Value = Scalar | datetime | Sequence[str] | Mapping[str, Scalar]
Verdict = Literal["whole", "torn", "damaged"]

FORMAT = 2
"""What is written. It rises when events get kinds or keys that a version before does not know, which then refuses the
journal by this number instead of calling it damaged. 1 knew neither who asked for a second person nor what became of
it, nor files that come with a changed environment."""
_ABOUT = b"""\
# smtui session journal. It only grows: each sha256 is taken over the sha256 before it (64 zeros at first) and all bytes
# between the two lines. An edit would show, and the session would open for reading only.
"""
PREAMBLE = _ABOUT + b"format = %d\n" % FORMAT
_PREAMBLES = tuple(_ABOUT + b"format = %d\n" % one for one in range(1, FORMAT + 1))
HEADER = b"\n[[event]]\n"
ORIGIN = "0" * 64
MAX_BLOCK = 64 * 1024
SECTOR = 512
"""Power cuts lose or keep whole sectors of a file."""

SEAL = re.compile(rb'^sha256 = "([0-9a-f]{64})"\n', re.MULTILINE)
_SEAL_BEGINS = b'\nsha256 = "'
NAME = re.compile(r"[a-z][a-z0-9_]*")
_RESERVED = frozenset({"seq", "sha256"})
_INTEGERS = range(-(2**63), 2**63)

_KEY = rb"[a-z][a-z0-9_]*+(?:\.[a-z][a-z0-9_]*+)?"
_PLAIN = rb'[^"\\\x00-\x08\x0a-\x1f\x7f]*+'
_STRING = rb'"%s(?:\\[^\n]%s)*+"' % (_PLAIN, _PLAIN)
_SCALAR = rb"(?:%s|[-+0-9a-z.: ]{1,40}+)" % _STRING
_PAIR = rb"%s = (?:%s|\[\]|\[\n(?:    %s,\n)++\])\n" % (_KEY, _SCALAR, _STRING)
_BODY = rb"\n\[\[event\]\]\n(?:%s)++" % _PAIR
_FORMAT = rb"\A(?:#[^\n]*\n){2}format = (\d{1,9})\n"

_LINE = rb"%s = (?:%s|\[\])" % (_KEY, _SCALAR)
_LIST_OPENS = rb"%s = \[" % _KEY
_ITEM = rb"    %s," % _STRING
_STRING_BEGUN = rb'"%s(?:\\[^\n]%s)*+(?:"|\\)?' % (_PLAIN, _PLAIN)
_LINE_BEGUN = (
    rb"(?:[a-z][a-z0-9_]*+(?:\.(?:[a-z][a-z0-9_]*+)?)?)?"
    rb"|%s (?:=(?: (?:%s|[-+0-9a-z.: ]{1,40}|\[\]?)?)?)?" % (_KEY, _STRING_BEGUN)
)
_ITEM_BEGUN = rb" {0,4}|    %s,?|\]" % _STRING_BEGUN


@cache
def _pattern(text: bytes) -> re.Pattern[bytes]:
    """Compiled when it is first needed: most of these are only for what a crash left."""
    return re.compile(text)


class BlockSizeError(ValueError):
    """A block would be longer than `MAX_BLOCK`."""


class Entry(Struct, frozen=True):
    """One sealed event as it stands in the file, not yet understood."""

    seq: int
    sha256: str
    fields: dict[str, object]
    end: int
    """Offset of the first byte behind its seal line."""


class Scan(Struct, frozen=True):
    """What the bytes of a journal say."""

    entries: tuple[Entry, ...]
    end: int
    """Offset behind the last sealed event; only what lies before it is trusted."""
    head: str
    """Seal of the last event."""
    tail: bytes
    """Everything from `end` on."""
    verdict: Verdict
    """`torn`: an append that never finished explains the tail. `damaged`: no crash does."""
    reason: str = ""


def seal(previous: str, region: bytes) -> str:
    """The SHA-256 that closes a region."""
    return hashlib.sha256(previous.encode("ascii") + region).hexdigest()


def seals(data: bytes) -> Iterator[re.Match[bytes]]:
    """Every seal line. Found as `SEAL.finditer` would, which looks at each byte of megabytes."""
    at = 0
    while True:
        if match := SEAL.match(data, at):
            yield match
            at = match.end() - 1
        at = data.find(_SEAL_BEGINS, at) + 1
        if not at:
            return


def last_seals(data: bytes, count: int) -> list[re.Match[bytes]]:
    """The last `count` seal lines that are not the first line, in their order."""
    found: list[re.Match[bytes]] = []
    at = len(data)
    while len(found) < count and (at := data.rfind(_SEAL_BEGINS, 0, at)) >= 0:
        if match := SEAL.match(data, at + 1):
            found.append(match)
    return found[::-1]


def encode(fields: Mapping[str, Value], seq: int, previous: str) -> bytes:
    """The bytes of one block, the first with the preamble; ValueError where the format cannot hold a value."""
    pairs = "".join(_pairs(key, value) for key, value in fields.items())
    if not pairs:
        raise ValueError("an event needs at least one value")
    region = HEADER + pairs.encode() + b"seq = %d\n" % seq
    if seq == 1:
        region = PREAMBLE + region
    block = region + b'sha256 = "%s"\n' % seal(previous, region).encode("ascii")
    if len(block) > MAX_BLOCK:
        raise BlockSizeError(f"an event of {len(block)} bytes; outputs belong into files")
    return block


def scan(data: bytes, *, seq: int = 0, head: str = ORIGIN, offset: int = 0) -> Scan:
    """Read and check blocks that start at `offset` of the file, behind event `seq` whose seal is `head`."""
    entries: list[Entry] = []
    start, why = 0, ""
    for match in seals(data):
        region, stated = data[start : match.start()], match[1].decode("ascii")
        if seal(head, region) != stated:
            why = _newer(region, seq + 1) or f"event {seq + 1} does not match its sha256"
            break
        fields = _parse(region, seq + 1)
        if fields is None:
            why = _stranger(region, seq + 1)
            break
        seq, head, start = seq + 1, stated, match.end()
        entries.append(Entry(seq, head, fields, offset + start))
    tail = data[start:]
    end = offset + start
    if seq and not tail:
        return Scan(tuple(entries), end, head, b"", "whole")
    if seq and unfinished(tail, seq + 1, head, end):
        return Scan(tuple(entries), end, head, tail, "torn", f"event {seq + 1} was never finished (byte {end})")
    why = (
        why
        or _newer(tail, seq + 1)
        or (f"the bytes behind event {seq} are no unfinished event" if seq else "there is no first event")
    )
    return Scan(tuple(entries), end, head, tail, "damaged", f"{why} (byte {end})")


def unfinished(tail: bytes, seq: int, head: str, offset: int) -> bool:
    """Whether a crash while event `seq` was appended at `offset` explains these bytes.

    A killed process or a full disk leaves a proper prefix of the block. A power cut may leave whole sectors zero too.
    """
    if not tail or len(tail) > MAX_BLOCK:
        return False
    hole = tail.find(b"\0")
    if hole < 0:
        return _is_prefix(tail, seq, head)
    begins = hole == 0 or _is_prefix(tail[:hole], seq, head)
    return begins and _holes_are_sectors(tail, offset) and _could_frame(tail, seq)


# Writing


def _pairs(key: str, value: Value) -> str:
    if key in _RESERVED or not NAME.fullmatch(key):
        raise ValueError(f"an event cannot have the key {key!r}")
    if not isinstance(value, Mapping):
        return _pair(key, value)
    if not value or not all(NAME.fullmatch(name) for name in value):
        raise ValueError(f"{key} is empty or has a key that is no plain name")
    return "".join(f"{key}.{_pair(name, inner)}" for name, inner in value.items())


def _pair(key: str, value: Scalar | datetime | Sequence[str]) -> str:
    storable = _storable(key, value)
    plain = write_pair(key, storable)
    if plain is not None:
        return plain
    import tomli_w

    text = tomli_w.dumps({key: storable})
    if text.isascii():
        return text
    # What a pager or a terminal would act on (C1, bidi, U+2028) can only stand inside a string: escape it.
    return "".join(char if char.isprintable() or char in "\t\n" else _escape(char) for char in text)


def _storable(key: str, value: Scalar | datetime | Sequence[str]) -> Scalar | datetime | list[str]:
    match value:
        case str():
            return value.encode("utf-8", "backslashreplace").decode()  # a lone surrogate has no UTF-8
        case datetime():
            if value.tzinfo is None:
                raise ValueError(f"{key} is a time without a zone")
            return value.astimezone(UTC)
        case bool():
            return value
        case int() if value in _INTEGERS:
            return value
        case float() if abs(value) < float("inf"):
            return value
        case list() | tuple() if all(isinstance(item, str) for item in value):
            return [item.encode("utf-8", "backslashreplace").decode() for item in value]
        case _:
            raise ValueError(f"{key} holds a {type(value).__name__} that the journal cannot store")


def _escape(char: str) -> str:
    return f"\\u{ord(char):04x}" if ord(char) < 0x10000 else f"\\U{ord(char):08x}"


# Reading


def _parse(region: bytes, seq: int) -> dict[str, object] | None:
    body = region.removeprefix(_preamble(region)) if seq == 1 else region
    if (seq == 1) == (len(body) == len(region)) or len(region) > MAX_BLOCK or not body.startswith(HEADER):
        return None
    fields = read_pairs(body[len(HEADER) :])
    if fields is None and (fields := _parse_slowly(body)) is None:
        return None
    numbered = fields.pop("seq", None) == seq and body.endswith(b"\nseq = %d\n" % seq)
    return fields if numbered and fields else None


def _parse_slowly(body: bytes) -> dict[str, object] | None:
    import tomllib

    if not _pattern(_BODY).fullmatch(body):
        return None
    try:
        events: list[dict[str, object]] = tomllib.loads(body.decode())["event"]
    except ValueError:  # no UTF-8, or no TOML although it looks like it
        return None
    return events[0]


def _stranger(region: bytes, seq: int) -> str:
    return _newer(region, seq) or f"event {seq} is sealed but is not in the journal's form"


def _preamble(region: bytes) -> bytes:
    """With which of our preambles a file begins; empty for none."""
    return next((one for one in _PREAMBLES if region.startswith(one)), b"")


def _newer(region: bytes, seq: int) -> str:
    """Why a journal of another format is not read, whatever seals it has; empty for one of ours."""
    stated = _pattern(_FORMAT).match(region) if seq == 1 else None
    if stated and not _preamble(region):
        return f"the journal has format {int(stated[1])}, which this smtui does not know"
    return ""


def _is_prefix(tail: bytes, seq: int, head: str) -> bool:
    number = b"seq = %d\n" % seq
    cut = tail.find(b"\n" + number)
    if cut < 0:
        return _is_begun(tail, seq)
    cut += 1 + len(number)  # from here on every byte of the block is known
    rest = b'sha256 = "%s"\n' % seal(head, tail[:cut]).encode("ascii")
    return _is_begun(tail[: cut - 1], seq) and rest.startswith(tail[cut:]) and rest != tail[cut:]


def _is_begun(part: bytes, seq: int) -> bool:
    """Whether the block of event `seq` may begin like this; nothing stands behind its number yet."""
    if len(part) <= len(HEADER) or not part.startswith(HEADER):
        return HEADER.startswith(part)
    *whole, last = part[len(HEADER) :].split(b"\n")
    in_list = False
    for line in whole:
        if in_list:
            in_list = line != b"]"
            known = not in_list or _pattern(_ITEM).fullmatch(line) is not None
        else:
            in_list = _pattern(_LIST_OPENS).fullmatch(line) is not None
            ours = not line.startswith((b"seq =", b"sha256 ="))
            known = in_list or (ours and _pattern(_LINE).fullmatch(line) is not None)
        if not known:
            return False
    if in_list:
        return _pattern(_ITEM_BEGUN).fullmatch(last) is not None
    if last.startswith((b"seq =", b"sha256 =")):
        return bool(whole) and (b"seq = %d" % seq).startswith(last)
    return _pattern(_LINE_BEGUN).fullmatch(last) is not None


def _holes_are_sectors(tail: bytes, offset: int) -> bool:
    for hole in re.finditer(rb"\0+", tail):
        if hole.start() and (offset + hole.start()) % SECTOR:
            return False
        if hole.end() < len(tail) and (offset + hole.end()) % SECTOR:
            return False
    return True


def _could_frame(tail: bytes, seq: int) -> bool:
    """Whether what is left between the holes holds the frame of this one block and of no other."""
    seals = [match.end() for match in SEAL.finditer(tail)]
    numbers = re.findall(rb"^seq = (\d+)\n", tail, re.MULTILINE)
    return tail.count(HEADER) <= 1 and numbers in ([], [b"%d" % seq]) and seals in ([], [len(tail)])
