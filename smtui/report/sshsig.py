"""SSHSIG, the format of `ssh-keygen -Y sign` (OpenSSH's PROTOCOL.sshsig): made and checked without ssh-keygen."""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa
from cryptography.hazmat.primitives.asymmetric.types import PrivateKeyTypes
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from smtui.report.ssh_keys import PublicKey, SignatureError, check, from_base64
from smtui.report.ssh_wire import Reader, WireError, big_number, number, string

NAMESPACE = "smtui-evidence"
"""A signature made for something else (a login, a Git commit, a file) is none for a bundle."""

LARGEST = 64 * 1024
"""Bytes of the longest signature that is looked at."""

_MAGIC = b"SSHSIG"
_VERSION = 1
_ARMOR = re.compile(rb"-----BEGIN SSH SIGNATURE-----\n([A-Za-z0-9+/=\n]*)\n-----END SSH SIGNATURE-----\n?")
_CURVES: Mapping[str, tuple[str, hashes.HashAlgorithm]] = {
    "secp256r1": ("ecdsa-sha2-nistp256", hashes.SHA256()),
    "secp384r1": ("ecdsa-sha2-nistp384", hashes.SHA384()),
    "secp521r1": ("ecdsa-sha2-nistp521", hashes.SHA512()),
}
_HASHES: tuple[Literal["sha512", "sha256"], ...] = ("sha512", "sha256")


@dataclass(frozen=True, slots=True)
class Signature:
    """A signature, taken apart; nothing of it is checked yet."""

    key: PublicKey
    namespace: str
    reserved: bytes
    hashing: str
    blob: bytes
    """Algorithm and signature."""


def signed_data(message: bytes, hashing: Literal["sha512", "sha256"] = "sha512", reserved: bytes = b"") -> bytes:
    """What a key signs in place of the message, in our namespace."""
    digest = hashlib.new(hashing, message).digest()
    parts = (NAMESPACE.encode("ascii"), reserved, hashing.encode("ascii"), digest)
    return _MAGIC + b"".join(string(part) for part in parts)


def assemble(key: PublicKey, blob: bytes) -> bytes:
    """The file of a signature over `signed_data` with SHA-512."""
    parts = (key.blob, NAMESPACE.encode("ascii"), b"", b"sha512", blob)
    return _armored(_MAGIC + number(_VERSION) + b"".join(string(part) for part in parts))


def sign(message: bytes, private: PrivateKeyTypes) -> bytes:
    """The file of a signature with a private key that is at hand; SignatureError where its kind cannot sign."""
    data = signed_data(message)
    match private:
        case ed25519.Ed25519PrivateKey():
            algorithm, blob = "ssh-ed25519", private.sign(data)
        case rsa.RSAPrivateKey():
            algorithm, blob = "rsa-sha2-512", private.sign(data, padding.PKCS1v15(), hashes.SHA512())
        case ec.EllipticCurvePrivateKey():
            algorithm, blob = _ecdsa(private, data)
        case _:
            raise SignatureError(f"keys of type {type(private).__name__} cannot sign evidence")
    kind, text = private.public_key().public_bytes(Encoding.OpenSSH, PublicFormat.OpenSSH).decode("ascii").split()
    return assemble(from_base64(kind, text), string(algorithm.encode("ascii")) + string(blob))


def parse(armored: bytes) -> Signature:
    """Take a signature file apart; SignatureError where it is none."""
    found = _ARMOR.fullmatch(armored) if len(armored) <= LARGEST else None
    if found is None:
        raise SignatureError("it is no SSH signature file")
    try:
        reader = Reader(base64.b64decode(found[1].replace(b"\n", b""), validate=True))
        if reader.take(len(_MAGIC)) != _MAGIC or reader.number() != _VERSION:
            raise SignatureError("it is no SSH signature of version 1")
        key = PublicKey(reader.string())
        signature = Signature(key, reader.text(), reader.string(), reader.text(), reader.string())
        reader.end()
    except (WireError, binascii.Error) as error:
        raise SignatureError(f"it cannot be read: {error}") from None
    return signature


def verify(message: bytes, armored: bytes) -> PublicKey:
    """The key that signed the message in our namespace; whose key that is, is another question.

    Raises:
        SignatureError: it is not a good signature of these bytes.
    """
    signature = parse(armored)
    if signature.namespace != NAMESPACE:
        raise SignatureError(f"it was made for {signature.namespace!r}, not for {NAMESPACE!r}")
    for hashing in _HASHES:
        if signature.hashing == hashing:
            check(signature.key, signature.blob, signed_data(message, hashing, signature.reserved))
            return signature.key
    raise SignatureError(f"its hash is {signature.hashing}, which is not safe")


def _ecdsa(private: ec.EllipticCurvePrivateKey, data: bytes) -> tuple[str, bytes]:
    curve = private.curve.name
    if curve not in _CURVES:
        raise SignatureError(f"keys on the curve {curve} cannot sign evidence")
    algorithm, hashing = _CURVES[curve]
    first, second = decode_dss_signature(private.sign(data, ec.ECDSA(hashing)))
    return algorithm, big_number(first) + big_number(second)


def _armored(data: bytes) -> bytes:
    text = base64.b64encode(data)
    lines = (text[at : at + 70] for at in range(0, len(text), 70))
    return b"-----BEGIN SSH SIGNATURE-----\n" + b"\n".join(lines) + b"\n-----END SSH SIGNATURE-----\n"
