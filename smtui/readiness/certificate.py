"""The certificate behind a TLS port: looked at in full, for OpenSSL names only the first thing that is wrong."""

from __future__ import annotations

import socket
import ssl
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from smtui.readiness.model import Finding
from smtui.readiness.network import CONNECT_SECONDS, Way

SOON: Final = timedelta(days=21)
"""Three weeks: time enough to have a certificate made, short enough not to be told for half a year."""
_EXPIRED, _NOT_YET = 10, 9
"""OpenSSL's X509_V_ERR_CERT_HAS_EXPIRED and ..._NOT_YET_VALID."""


def look(way: Way, ca_file: Path | None, now: datetime) -> tuple[Finding, ...]:
    """Everything that is wrong with the certificate; `now` is UTC."""
    try:
        data = _fetch(way, _any_certificate())
    except OSError as error:
        return (
            Finding(
                "tls-failed",
                way.subject,
                f"no TLS at port {way.port}: {_why(error)}",
                "give WinRM an HTTPS listener with a certificate for the full name",
            ),
        )
    return (*_dates(way, data, now), *_names(way, data), *_authority(way, ca_file))


def _any_certificate() -> ssl.SSLContext:
    """Takes every certificate, to look at it: nothing is sent over such a connection."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context


def _fetch(way: Way, context: ssl.SSLContext) -> bytes:
    """The server's certificate, DER; what the context refuses comes as ssl.SSLError, which is an OSError."""
    with (
        socket.create_connection((way.address or way.fqdn, way.port), CONNECT_SECONDS) as plain,
        context.wrap_socket(plain, server_hostname=way.fqdn) as sealed,
    ):
        return sealed.getpeercert(binary_form=True) or b""


def _dates(way: Way, data: bytes, now: datetime) -> Iterator[Finding]:
    from cryptography import x509

    certificate = x509.load_der_x509_certificate(data)
    ends, begins = certificate.not_valid_after_utc, certificate.not_valid_before_utc
    renew = "renew it and bind it to the WinRM listener"
    if ends <= now:
        yield Finding("certificate-expired", way.subject, f"its certificate ended {ends:%Y-%m-%d %H:%M} UTC", renew)
    elif ends <= now + SOON:
        left = (ends - now).days
        yield Finding("certificate-expiring", way.subject, f"its certificate ends in {left} days", renew)
    if begins > now:
        yield Finding(
            "certificate-not-yet-valid",
            way.subject,
            f"its certificate begins {begins:%Y-%m-%d %H:%M} UTC",
            "compare the clocks of this machine and of the host",
        )


def _names(way: Way, data: bytes) -> Iterator[Finding]:
    from cryptography import x509

    try:
        extensions = x509.load_der_x509_certificate(data).extensions
        names = extensions.get_extension_for_class(x509.SubjectAlternativeName).value.get_values_for_type(x509.DNSName)
    except (x509.ExtensionNotFound, ValueError):
        names = []
    if not any(_fits(name, way.fqdn) for name in names):
        yield Finding(
            "certificate-other-name",
            way.subject,
            f"its certificate is for {', '.join(names) or 'no DNS name'}, not for {way.fqdn}",
            "have one made for the full name, or correct `fqdn` in the environment file",
        )


def _fits(pattern: str, name: str) -> bool:
    """RFC 6125: a star stands for exactly the first label."""
    pattern, name = pattern.casefold(), name.casefold()
    if pattern.startswith("*."):
        return "." in name and pattern[2:] == name.partition(".")[2]
    return pattern == name


def _authority(way: Way, ca_file: Path | None) -> Iterator[Finding]:
    """Whether the chain ends at an authority that is trusted here; dates and names are judged elsewhere."""
    try:
        context = ssl.create_default_context(cafile=str(ca_file) if ca_file else None)
    except OSError as error:
        yield Finding("ca-file-unusable", way.subject, f"{ca_file}: {_why(error)}", "correct `ca_file`")
        return
    context.check_hostname = False
    try:
        _fetch(way, context)
    except ssl.SSLCertVerificationError as error:
        if error.verify_code not in (_EXPIRED, _NOT_YET):
            yield Finding(
                "certificate-unknown-ca",
                way.subject,
                f"nobody who is trusted here has signed its certificate: {error.verify_message}",
                "name the authority's PEM file as `ca_file` in the environment file",
            )
    except OSError:
        return  # it answered a moment ago; what it refuses is said by the logon


def _why(error: OSError) -> str:
    reason = getattr(error, "reason", "") or error.strerror or str(error)
    return str(reason).lower()
