"""Who may speak: basic, NTLM and Negotiate, and the sealing of messages under the key that a login agreed on.

A login belongs to one connection. The NTLM acceptor is pyspnego's own; only tests of Kerberos take the system's GSSAPI.
"""

from __future__ import annotations

import base64
import struct
from collections.abc import Callable
from dataclasses import dataclass

import spnego
import spnego.exceptions

from smtui.drill.accounts import Account

Headers = tuple[tuple[str, str], ...]

SEALED_TYPE = 'multipart/encrypted;protocol="application/HTTP-SPNEGO-session-encrypted";boundary="Encrypted Boundary"'
PLAIN_TYPE = "application/soap+xml;charset=UTF-8"
_BOUNDARY = b"--Encrypted Boundary"
_OCTETS = b"\tContent-Type: application/octet-stream\r\n"
_LONGEST_SIGNATURE = 1024
_KERBEROS = bytes.fromhex("06092a864886f712010202")
"""The object identifier of Kerberos 5 (RFC 1964), with which its token begins."""


class SealBroken(Exception):
    """A sealed message cannot be opened: another key, another order, or no sealed message at all."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether a request may go on, and the headers that the answer carries."""

    allowed: bool
    headers: Headers = ()


class Login:
    """The login of one connection."""

    def __init__(self, account: Account, refused: Callable[[], bool], *, basic: bool, kerberos: str = "") -> None:
        """`refused` is asked at each login that would succeed; `basic` allows the password in the clear.

        `kerberos`: the full name for which tickets are taken; their keys are where the system's GSSAPI looks.
        """
        self._kerberos = kerberos
        self._account = account
        self._refused = refused
        self._basic = basic
        self._context: spnego.ContextProxy | None = None
        self._complete = False

    def check(self, authorization: str) -> Verdict:
        """Judge the Authorization header of a request; an empty one counts on an earlier login."""
        scheme, _, token = authorization.partition(" ")
        if not authorization:
            return Verdict(allowed=True) if self._complete else self._challenge()
        try:
            data = base64.b64decode(token, validate=True)
        except ValueError:
            return self._challenge()
        if scheme.casefold() == "basic" and self._basic:
            return self._check_basic(data)
        if scheme.casefold() in {"negotiate", "ntlm"}:
            return self._check_spnego(scheme, data)
        return self._challenge()

    def unseal(self, body: bytes) -> bytes:
        """Open a sealed request; raises SealBroken, after which the connection needs a new login."""
        context = self._context
        try:
            if context is None or not self._complete:
                raise SealBroken("sealed without a login")
            header, data = _unpack(body)
            opened: bytes = context.unwrap_winrm(header, data)
        except (spnego.exceptions.SpnegoError, ValueError, struct.error) as error:
            self._forget()
            raise SealBroken(str(error)) from error
        return opened

    def seal(self, body: bytes) -> bytes:
        """Seal an answer."""
        if self._context is None:
            raise SealBroken("no login to seal with")
        sealed = self._context.wrap_winrm(body)
        length = len(body) + sealed.padding_length
        return b"".join(
            (
                _BOUNDARY, b"\r\n\tContent-Type: application/HTTP-SPNEGO-session-encrypted\r\n",
                b"\tOriginalContent: type=application/soap+xml;charset=UTF-8;Length=%d\r\n" % length,
                _BOUNDARY, b"\r\n", _OCTETS, struct.pack("<i", len(sealed.header)), sealed.header, sealed.data,
                _BOUNDARY, b"--\r\n",
            )
        )  # fmt: skip

    def _check_basic(self, data: bytes) -> Verdict:
        user, _, password = data.decode("utf-8", "replace").partition(":")
        admitted = self._account.admits(user, password) and not self._refused()
        return Verdict(allowed=True) if admitted else self._challenge()

    def _check_spnego(self, scheme: str, token: bytes) -> Verdict:
        try:
            if self._context is None or self._complete:
                self._forget()
                self._context = self._acceptor(token)
            answer = self._context.step(token)
        except Exception:  # noqa: BLE001  # whatever pyspnego's parser stumbles over: a malformed token is refused
            return self._challenge()
        header: Headers = ()
        if answer:
            header = (("WWW-Authenticate", f"{scheme} {base64.b64encode(answer).decode()}"),)
        if not self._context.complete:
            return Verdict(allowed=False, headers=header)
        if self._refused():
            return self._challenge()
        self._complete = True
        return Verdict(allowed=True, headers=header)

    def _acceptor(self, token: bytes) -> spnego.ContextProxy:
        if self._kerberos and _KERBEROS in token[:32]:
            return spnego.server(self._kerberos, "HTTP", protocol="kerberos")
        raw = token.startswith(b"NTLMSSP\0")
        option = spnego.NegotiateOptions.use_ntlm if raw else spnego.NegotiateOptions.use_negotiate
        return spnego.server(protocol="ntlm" if raw else "negotiate", options=option)

    def _challenge(self) -> Verdict:
        self._forget()
        headers: Headers = (("WWW-Authenticate", "Negotiate"), ("WWW-Authenticate", "NTLM"))
        if self._basic:
            headers += (("WWW-Authenticate", 'Basic realm="WSMAN"'),)
        return Verdict(allowed=False, headers=headers)

    def _forget(self) -> None:
        self._context = None
        self._complete = False


def _unpack(body: bytes) -> tuple[bytes, bytes]:
    """Signature and ciphertext of a `multipart/encrypted` body (MS-WSMV 2.2.9.1.1.2); raises ValueError."""
    parts = body.split(_BOUNDARY + b"\r\n", 2)
    if len(parts) != 3:
        raise ValueError("not two parts")
    content = parts[2][: parts[2].rindex(_BOUNDARY + b"--")].removeprefix(_OCTETS)
    (length,) = struct.unpack_from("<i", content)
    if not 0 <= length <= _LONGEST_SIGNATURE:
        raise ValueError("a signature of impossible length")
    return content[4 : 4 + length], content[4 + length :]
