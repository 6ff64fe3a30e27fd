"""Between a payload with its stamp and the plain values of one block.

Names that servers, scripts and people make up (keys of `fields`, `evidence`, `remote`) may be any text, while the
format has names of `a-z 0-9 _` only. A name of that form that does not begin with `x_` is written as it is. Any other
becomes `x_` and then, for each character, itself if it is `a-z` or `0-9` and `_<code point in hex>_` if not:
`Service Name` is `x__53_ervice_20__4e_ame`. What the format cannot hold becomes text (infinities, huge integers) or an
escape (lone surrogates); what would not fit into a block is cut, with a mark that says so.
"""

from __future__ import annotations

import hashlib
import math
import re
from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime
from functools import cache
from itertools import chain
from typing import get_args, get_origin

import msgspec

from smtui.session import journal
from smtui.session.events import Event, Payload, Record, Stamp
from smtui.session.journal import MAX_BLOCK, Entry, Scalar, Value
from smtui.text import one_line

_ESCAPED = "x_"
_CODE = re.compile(r"_([0-9a-f]+)_")
_STAMP = ("at", "boottime", "by", "from")
_MAX_NAME = 64
_INTEGERS = range(-(2**63), 2**63)
_LIMITS = (MAX_BLOCK // 2, MAX_BLOCK // 8, MAX_BLOCK // 64, 256)
"""Bytes that one text may take: the first under which the block fits is used. The last fits whatever the payload."""


class UnknownEventError(ValueError):
    """A sealed event is of a kind, or has keys, that this smtui does not know."""


def pack(event: Event, stamp: Stamp, seq: int, previous: str) -> bytes:
    """The sealed block of an event, cut to size; ValueError only for a naive time."""
    fields = to_fields(event, stamp)
    for shortened in chain([fields], (_shortened(fields, limit) for limit in _LIMITS)):
        if _least_bytes(shortened) <= MAX_BLOCK:
            with suppress(journal.BlockSizeError):  # escapes take more room than their characters
                return journal.encode(shortened, seq, previous)
    raise journal.BlockSizeError(f"an event of kind {fields['kind']} does not fit however much of it is cut")


def to_fields(event: Event, stamp: Stamp) -> dict[str, Value]:
    """The values of a block in the order of the file; None and empty ones are left out."""
    payload = _plain(event)
    what = {key: _value(value) for key, value in payload.items() if value is not None and value != {}}
    when = {key: _value(value) for key, value in _plain(stamp).items()}
    return {"at": when.pop("at"), "kind": what.pop("kind"), **what, **when}


def from_fields(fields: Mapping[str, object]) -> tuple[Event, Stamp]:
    """What `to_fields` was given; UnknownEventError if no kind of event has these keys and types."""
    stamp = {key: fields[key] for key in _STAMP if key in fields}
    payload = {
        key: _named(value) if isinstance(value, dict) else value for key, value in fields.items() if key not in stamp
    }
    kind = _KINDS.get(str(payload.get("kind")))
    if kind is not None:
        for table in _tables_of(kind):
            payload.setdefault(table, {})
    try:
        return msgspec.convert(payload, kind or Event), msgspec.convert(stamp, Stamp)
    except msgspec.ValidationError as error:
        raise UnknownEventError(one_line(str(error))) from error


def record(entry: Entry) -> Record:
    """A sealed event, understood."""
    event, stamp = from_fields(entry.fields)
    return Record(seq=entry.seq, sha256=entry.sha256, stamp=stamp, event=event)


def to_name(text: str) -> str:
    """Any text as a name of the format; texts of more than 64 characters keep their start and a digest."""
    text = text.encode("utf-8", "backslashreplace").decode()
    if len(text) > _MAX_NAME:
        text = f"{text[:48]}…{hashlib.sha256(text.encode()).hexdigest()[:12]}"
    if journal.NAME.fullmatch(text) and not text.startswith(_ESCAPED):
        return text
    plain = (char if char in "abcdefghijklmnopqrstuvwxyz0123456789" else f"_{ord(char):x}_" for char in text)
    return _ESCAPED + "".join(plain)


def from_name(name: str) -> str:
    """The text that `to_name` was given."""
    if not name.startswith(_ESCAPED):
        return name
    return _CODE.sub(lambda code: _character(code[0], int(code[1], 16)), name.removeprefix(_ESCAPED))


def _character(written: str, code: int) -> str:
    return chr(code) if code <= 0x10FFFF and not 0xD800 <= code <= 0xDFFF else written


def _plain(value: Payload | Stamp) -> dict[str, object]:
    plain: dict[str, object] = msgspec.to_builtins(value, builtin_types=(datetime,))
    return plain


def _value(value: object) -> Value:
    match value:
        case datetime():
            return value
        case list() | tuple():
            return [str(item) for item in value]
        case dict():
            return {to_name(str(name)): _scalar(inner) for name, inner in value.items()}
        case _:
            return _scalar(value)


def _scalar(value: object) -> Scalar:
    match value:
        case bool() | str():
            return value
        case int():
            return value if value in _INTEGERS else str(value)
        case float():
            return value if math.isfinite(value) else str(value)
        case _:
            return str(value)


def _named(table: Mapping[str, object]) -> dict[str, object]:
    return {from_name(str(name)): inner for name, inner in table.items()}


def _least_bytes(fields: Mapping[str, Value]) -> int:
    """A lower bound of the bytes, without encoding what may be megabytes."""
    return sum(len(text) for value in fields.values() for text in _texts(value))


def _texts(value: Value) -> list[str]:
    match value:
        case str():
            return [value]
        case list() | tuple():
            return [str(item) for item in value]
        case Mapping():
            return [text for name, inner in value.items() for text in (name, str(inner))]
        case _:
            return []


def _shortened(fields: Mapping[str, Value], limit: int) -> dict[str, Value]:
    return {key: _short(value, limit) for key, value in fields.items()}


def _short(value: Value, limit: int) -> Value:
    most = max(24, limit // 16)
    match value:
        case str():
            return _short_text(value, limit)
        case list() | tuple():
            left_out = [f"… ({len(value) - most} more were cut)"] if len(value) > most else []
            return [_short_text(str(item), limit) for item in value[:most]] + left_out
        case Mapping():
            kept = dict(list(value.items())[:most])
            short = {name: _short_text(text, limit) if isinstance(text, str) else text for name, text in kept.items()}
            if len(value) > most:
                short[to_name("…")] = f"{len(value) - most} more were cut"
            return short
        case _:
            return value


def _short_text(text: str, limit: int) -> str:
    keep = min(len(text), limit)
    while _most_bytes(text[:keep]) > limit:
        keep //= 2
    return text if keep == len(text) else f"{text[:keep]}… (cut, {len(text)} characters)"


def _most_bytes(text: str) -> int:
    """No string takes more in the file: the codec escapes as much, but for quotes (2 bytes) and controls (6)."""
    return 2 * len(text.encode("unicode_escape"))


_KINDS: Mapping[str, type[Event]] = {str(kind.__struct_config__.tag): kind for kind in get_args(Event)}


@cache
def _tables_of(kind: type[Event]) -> tuple[str, ...]:
    """Which of its required keys are tables: an empty one is left out of the file."""
    needed = (field for field in msgspec.structs.fields(kind) if field.required)
    return tuple(field.encode_name for field in needed if get_origin(field.type) is dict)
