"""An oracle that does not share code with the redactor: it undoes encodings instead of applying them."""

from __future__ import annotations

import base64
import html
import re
import urllib.parse
from collections.abc import Iterable, Iterator, Sequence


def reveals(text: str, secret: str) -> bool:
    """Whether some reading of the text gives the secret away."""
    return any(secret in reading for reading in readings(text, len(secret)))


def revealed(texts: Iterable[str], secrets: Sequence[str]) -> set[str]:
    """Which of the secrets some reading of some text gives away."""
    least = min(map(len, secrets), default=0)
    return {
        secret for text in set(texts) for reading in readings(text, least) for secret in secrets if secret in reading
    }


def readings(text: str, least: int) -> Iterator[str]:
    """The text and all that it may encode, but bytes fewer than `least`: no secret of so many characters is in them."""
    joined = re.sub(r"\r?\n[ \t]*", "", text)
    for form in {text, joined}:
        yield form
        yield from _unquoted(form)
        yield from _from_bytes(form, least)


def _unquoted(text: str) -> Iterator[str]:
    yield html.unescape(text)
    yield urllib.parse.unquote(text)
    yield urllib.parse.unquote_plus(text)
    yield re.sub(r"\\u([0-9a-fA-F]{4})", lambda m: chr(int(m[1], 16)), text)
    yield re.sub(r"\\(.)", r"\1", re.sub(r"\\u([0-9a-fA-F]{4})", lambda m: chr(int(m[1], 16)), text))
    yield re.sub("_x([0-9a-fA-F]{4})_", lambda m: chr(int(m[1], 16)), text)
    yield re.sub("([\"'\u2018\u2019\u201a\u201b}\\]])\\1", r"\1", text)
    yield re.sub("`(.)", r"\1", text)
    yield re.sub(r"\^(.)", r"\1", text)


def _from_bytes(text: str, least: int) -> Iterator[str]:
    for run in set(re.findall("[A-Za-z0-9+/_-]{4,}={0,2}", text)):
        standard = run.rstrip("=").replace("-", "+").replace("_", "/")
        if len(standard) * 3 // 4 < least:
            continue
        for skipped in range(4):
            piece = standard[skipped:]
            if len(piece) % 4 == 1:  # a single character holds no whole byte
                piece = piece[:-1]
            yield from _texts(base64.b64decode(piece + "=" * (-len(piece) % 4)))
    for run in set(re.findall("(?:[0-9A-Fa-f]{2}[ -]?){4,}", text)):
        digits = re.sub("[ -]", "", run)
        if len(digits) // 2 < least:
            continue
        yield from _texts(bytes.fromhex(digits[: len(digits) // 2 * 2]))


def _texts(data: bytes) -> Iterator[str]:
    for start in (0, 1):
        for encoding in ("utf-8", "utf-16-le", "cp1252", "cp850"):
            yield data[start:].decode(encoding, "ignore")
