"""Public keys of SSH and what each kind of them signs (RFC 8332, RFC 5656, RFC 8709, OpenSSH's PROTOCOL.u2f)."""

from __future__ import annotations

import base64
import binascii
import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature

from smtui.report.ssh_wire import Reader, WireError

LEAST_RSA_BITS = 2048
_TOUCHED = 1
"""Flag of a hardware key: somebody was there."""
_CURVES: Mapping[str, tuple[ec.EllipticCurve, hashes.HashAlgorithm]] = {
    "nistp256": (ec.SECP256R1(), hashes.SHA256()),
    "nistp384": (ec.SECP384R1(), hashes.SHA384()),
    "nistp521": (ec.SECP521R1(), hashes.SHA512()),
}
_RSA_HASHES: Mapping[str, hashes.HashAlgorithm] = {
    "rsa-sha2-512": hashes.SHA512(),
    "rsa-sha2-256": hashes.SHA256(),
}


class SignatureError(Exception):
    """A signature or key is not good; the text is the rest of a sentence that says why."""


@dataclass(frozen=True, slots=True)
class PublicKey:
    """A public key in the form in which SSH sends it."""

    blob: bytes

    @property
    def kind(self) -> str:
        """Its type: `ssh-ed25519`, `ssh-rsa`, `ecdsa-sha2-nistp256`, …; raises SignatureError."""
        try:
            return Reader(self.blob).text()
        except WireError as error:
            raise SignatureError(f"its key cannot be read: {error}") from None

    @property
    def fingerprint(self) -> str:
        """`SHA256:…`, as ssh-keygen prints it."""
        return "SHA256:" + base64.b64encode(hashlib.sha256(self.blob).digest()).decode("ascii").rstrip("=")

    @property
    def line(self) -> str:
        """Type and Base64, as in `id_ed25519.pub`."""
        return f"{self.kind} {base64.b64encode(self.blob).decode('ascii')}"


def from_base64(kind: str, text: str) -> PublicKey:
    """A key as files write it; SignatureError where type and bytes do not fit together."""
    try:
        key = PublicKey(base64.b64decode(text, validate=True))
    except binascii.Error:
        raise SignatureError("its key is no Base64") from None
    if key.kind != kind:
        raise SignatureError(f"it calls a {key.kind} key {kind}")
    return key


def check(key: PublicKey, signature: bytes, data: bytes) -> None:
    """Raise SignatureError unless `signature` (algorithm and blob) is that of `key` over `data`."""
    check_kind = _CHECKS.get(key.kind)
    if check_kind is None:
        raise SignatureError(f"keys of type {key.kind} cannot be checked here; ssh-keygen may, see VERIFY.txt")
    try:
        check_kind(Reader(key.blob), Reader(signature), data)
    except WireError as error:
        raise SignatureError(f"it cannot be read: {error}") from None
    except InvalidSignature:
        raise SignatureError("it was made for other bytes, or by another key") from None
    except ValueError:  # a point that is not on the curve, an even modulus: the library's texts differ by version
        raise SignatureError("its key is none of its kind") from None


def _ed25519(key: Reader, signature: Reader, data: bytes) -> None:
    _same(signature.text(), key.text())
    public, blob = key.string(), signature.string()
    key.end()
    signature.end()
    ed25519.Ed25519PublicKey.from_public_bytes(public).verify(blob, data)


def _rsa(key: Reader, signature: Reader, data: bytes) -> None:
    key.text()
    algorithm = signature.text()
    if algorithm not in _RSA_HASHES:
        raise SignatureError(f"its algorithm is {algorithm}, which is not safe")
    exponent, modulus, blob = key.big_number(), key.big_number(), signature.string()
    key.end()
    signature.end()
    if modulus.bit_length() < LEAST_RSA_BITS:
        raise SignatureError(f"its RSA key has {modulus.bit_length()} bits; less than {LEAST_RSA_BITS} are not safe")
    public = rsa.RSAPublicNumbers(exponent, modulus).public_key()
    # An RSA signature is as long as the modulus; ssh-keygen drops leading zeros in some versions.
    blob = blob.rjust(public.key_size // 8, b"\0")
    public.verify(blob, data, padding.PKCS1v15(), _RSA_HASHES[algorithm])


def _ecdsa(key: Reader, signature: Reader, data: bytes) -> None:
    _same(signature.text(), key.text())
    public, hashing = _point(key)
    blob = Reader(signature.string())
    key.end()
    signature.end()
    public.verify(_pair(blob), data, ec.ECDSA(hashing))


def _hardware_ed25519(key: Reader, signature: Reader, data: bytes) -> None:
    _same(signature.text(), key.text())
    public, application = key.string(), key.string()
    key.end()
    blob = signature.string()
    signed = _by_hardware(application, signature, data)
    ed25519.Ed25519PublicKey.from_public_bytes(public).verify(blob, signed)


def _hardware_ecdsa(key: Reader, signature: Reader, data: bytes) -> None:
    _same(signature.text(), key.text())
    public, hashing = _point(key)
    application = key.string()
    key.end()
    blob = Reader(signature.string())
    signed = _by_hardware(application, signature, data)
    public.verify(_pair(blob), signed, ec.ECDSA(hashing))


def _by_hardware(application: bytes, signature: Reader, data: bytes) -> bytes:
    """What a FIDO key signs in place of the data."""
    flags, counter = signature.take(1), signature.take(4)
    signature.end()
    if not flags[0] & _TOUCHED:
        raise SignatureError("its hardware key was not touched")
    return hashlib.sha256(application).digest() + flags + counter + hashlib.sha256(data).digest()


def _point(key: Reader) -> tuple[ec.EllipticCurvePublicKey, hashes.HashAlgorithm]:
    name = key.text()
    if name not in _CURVES:
        raise SignatureError(f"its curve is {name}")
    curve, hashing = _CURVES[name]
    return ec.EllipticCurvePublicKey.from_encoded_point(curve, key.string()), hashing


def _pair(blob: Reader) -> bytes:
    first, second = blob.big_number(), blob.big_number()
    blob.end()
    return encode_dss_signature(first, second)


def _same(algorithm: str, kind: str) -> None:
    if algorithm != kind:
        raise SignatureError(f"its algorithm is {algorithm}, its key {kind}")


_CHECKS: Mapping[str, Callable[[Reader, Reader, bytes], None]] = {
    "ssh-ed25519": _ed25519,
    "ssh-rsa": _rsa,
    **{f"ecdsa-sha2-{curve}": _ecdsa for curve in _CURVES},
    "sk-ssh-ed25519@openssh.com": _hardware_ed25519,
    "sk-ecdsa-sha2-nistp256@openssh.com": _hardware_ecdsa,
}
KINDS = tuple(_CHECKS)
"""Types of keys that can sign."""
