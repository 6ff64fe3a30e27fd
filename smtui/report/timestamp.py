"""Time stamps of a third party (RFC 3161): the request for SHA256SUMS, and what a reply says.

Whether the authority is one to be trusted is for `openssl ts -verify` and its certificates; here only that the reply is
about these bytes.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.error import URLError
from urllib.parse import urlsplit
from urllib.request import Request, urlopen

from cryptography.x509 import load_der_x509_certificate

from smtui.report.der import (
    BOOLEAN,
    CONTEXT_0,
    GENERALIZED_TIME,
    INTEGER,
    NULL,
    OCTETS,
    OID,
    SEQUENCE,
    SET,
    UTF8,
    DerError,
    Value,
    decode,
    encode,
    integer,
    oid,
)
from smtui.report.sealed import TOKEN, put, read_sums
from smtui.text import decode as readable
from smtui.text import one_line

LARGEST = 1024 * 1024
"""Bytes of the longest reply that is looked at."""

_PATIENCE = 30.0
_SHA256 = oid("2.16.840.1.101.3.4.2.1")
_SIGNED_DATA = oid("1.2.840.113549.1.7.2")
_TST_INFO = oid("1.2.840.113549.1.9.16.1.4")
_GRANTED = (0, 1)
_NONCE_BYTES = 16


class TimestampError(Exception):
    """There is no good time stamp; the text is one line that says why."""


@dataclass(frozen=True, slots=True)
class Token:
    """What a time stamp says."""

    at: datetime
    serial: int
    imprint: bytes
    """SHA-256 of what was stamped."""
    nonce: int | None
    certificates: tuple[str, ...]
    """Subjects of the certificates in it; nobody has checked them."""


def request(sums: bytes, nonce: int | None = None) -> bytes:
    """A TimeStampReq for SHA256SUMS that asks for the authority's certificate too."""
    imprint = encode(SEQUENCE, encode(SEQUENCE, _SHA256, encode(NULL)), encode(OCTETS, hashlib.sha256(sums).digest()))
    number = integer(nonce) if nonce is not None else b""
    return encode(SEQUENCE, integer(1), imprint, number, encode(BOOLEAN, b"\xff"))


def read_reply(reply: bytes, sums: bytes, nonce: int | None = None) -> Token:
    """What a TimeStampResp says of SHA256SUMS.

    Raises:
        TimestampError: the authority refused, or the reply is about other bytes, or answers another request.
    """
    try:
        token = _token(reply)
    except DerError as error:
        raise TimestampError(f"the reply is no time stamp: {error}") from None
    if token.imprint != hashlib.sha256(sums).digest():
        raise TimestampError("the time stamp is of other bytes than SHA256SUMS")
    if nonce is not None and token.nonce != nonce:
        raise TimestampError("the time stamp answers another request")
    return token


def add_reply(folder: Path, reply: bytes, nonce: int | None = None) -> Token:
    """Put a reply beside the sums of a bundle, durably. Raises TimestampError."""
    data, _ = read_sums(folder)
    path = folder / TOKEN
    if path.exists():
        raise TimestampError(f"{folder} has a time stamp already")
    token = read_reply(reply, data, nonce)
    put(path, reply)
    return token


def fetch(folder: Path, url: str) -> tuple[bytes, int]:
    """Ask the authority at `url` for a time stamp of a bundle: its reply, and the nonce asked with."""
    if urlsplit(url).scheme not in ("http", "https"):
        raise TimestampError(f"{one_line(url)} is no http or https address")
    data, _ = read_sums(folder)
    nonce = int.from_bytes(os.urandom(_NONCE_BYTES), "big")
    headers = {"Content-Type": "application/timestamp-query", "Accept": "application/timestamp-reply"}
    try:
        question = Request(url, request(data, nonce), headers)  # noqa: S310  # the scheme is checked above
        with urlopen(question, timeout=_PATIENCE) as answer:  # noqa: S310  # the same  # nosec B310
            reply: bytes = answer.read(LARGEST + 1)
    except (URLError, OSError, ValueError) as error:
        raise TimestampError(f"{one_line(url)} gave no time stamp: {one_line(str(error))}") from None
    if len(reply) > LARGEST:
        raise TimestampError(f"{one_line(url)} sent more than a time stamp")
    return reply, nonce


def check_authority(reply: bytes, token: Token, sums: bytes, authority: Path) -> None:
    """Let openssl check the signature in a reply against the certificates of `authority`, as they were at its time.

    Raises:
        TimestampError: it is not by them, or there is no openssl.
    """
    openssl = shutil.which("openssl")
    if openssl is None:
        raise TimestampError("openssl is not installed; it checks time stamps")
    with tempfile.TemporaryDirectory(prefix="smtui-stamp-") as folder:
        file = Path(folder) / TOKEN
        file.write_bytes(reply)
        done = subprocess.run(
            [
                *(openssl, "ts", "-verify", "-digest", hashlib.sha256(sums).hexdigest(), "-in", str(file)),
                *("-CAfile", str(authority), "-attime", str(int(token.at.timestamp()))),
            ],
            capture_output=True,
            check=False,
            stdin=subprocess.DEVNULL,
        )
    if done.returncode != 0:
        raise TimestampError(f"openssl: {one_line(readable(done.stderr).strip().splitlines()[-1:][0])}")


def _token(reply: bytes) -> Token:
    response = decode(reply, SEQUENCE).inside()
    _require_granted(response.take(SEQUENCE))
    content = response.take(SEQUENCE).inside()
    response.end()
    _require(content.take(OID), _SIGNED_DATA)
    signed = decode(content.take(CONTEXT_0).body, SEQUENCE).inside()
    signed.take(INTEGER)
    signed.take(SET)
    encapsulated = signed.take(SEQUENCE).inside()
    _require(encapsulated.take(OID), _TST_INFO)
    info = decode(decode(encapsulated.take(CONTEXT_0).body, OCTETS).body, SEQUENCE).inside()
    certificates = signed.maybe(CONTEXT_0)
    info.take(INTEGER)
    info.take(OID)
    imprint = info.take(SEQUENCE).inside()
    _require(imprint.take(SEQUENCE).inside().take(OID), _SHA256)
    digest = imprint.take(OCTETS).body
    serial = info.take(INTEGER).number()
    at = _time(info.take(GENERALIZED_TIME).body)
    info.maybe(SEQUENCE)
    info.maybe(BOOLEAN)
    nonce = info.maybe(INTEGER)
    return Token(
        at=at,
        serial=serial,
        imprint=digest,
        nonce=nonce.number() if nonce else None,
        certificates=tuple(_subjects(certificates)) if certificates else (),
    )


def _require_granted(status: Value) -> None:
    values = status.inside()
    if values.take(INTEGER).number() in _GRANTED:
        return
    words = values.maybe(SEQUENCE)
    said = [readable(text.body) for text in _all(words, UTF8)] if words else []
    raise TimestampError(f"the authority refused: {one_line(' '.join(said)) or 'it does not say why'}")


def _all(of: Value, tag: int) -> Iterator[Value]:
    values = of.inside()
    while values:
        yield values.take(tag)


def _require(value: Value, wanted: bytes) -> None:
    if value.whole != wanted:
        raise DerError("it is of another kind")


def _time(text: bytes) -> datetime:
    """`YYYYMMDDhhmmss[.f]Z`, the form that RFC 3161 asks for."""
    whole, _, fraction = text.decode("ascii", "replace").removesuffix("Z").partition(".")
    try:
        at = datetime.strptime(f"{whole}+0000", "%Y%m%d%H%M%S%z")
    except ValueError:
        raise DerError("its time cannot be read") from None
    if not text.endswith(b"Z") or not (fraction or "0").isdecimal():
        raise DerError("its time cannot be read")
    return at.astimezone(UTC) + timedelta(seconds=float(f"0.{fraction or 0}"))


def _subjects(certificates: Value) -> Iterator[str]:
    values = certificates.inside()
    while values:
        encoded = values.take(SEQUENCE).whole
        try:
            yield one_line(load_der_x509_certificate(encoded).subject.rfc4514_string())
        except ValueError:
            yield "a certificate that cannot be read"
