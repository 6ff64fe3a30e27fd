"""Our signatures and OpenSSH's are the same thing, both ways; whatever is not one is refused in words."""

from __future__ import annotations

import hashlib
import subprocess
from pathlib import Path

import pytest
import report_keys as keys
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import dsa, ec, ed25519, rsa
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_ssh_private_key
from hypothesis import given
from hypothesis import strategies as st

from smtui.report.ssh_keys import PublicKey, SignatureError, check, from_base64
from smtui.report.ssh_wire import Reader, WireError, big_number, number, string
from smtui.report.sshsig import NAMESPACE, assemble, parse, sign, signed_data, verify

MESSAGE = b"the sums of a bundle\n"


def ssh_keygen_verifies(folder: Path, armored: bytes, line: str, message: bytes = MESSAGE) -> bool:
    (folder / "signers").write_text(f"anna {line}\n")
    (folder / "message.sig").write_bytes(armored)
    done = subprocess.run(
        ["ssh-keygen", "-Y", "verify", "-f", "signers", "-I", "anna", "-n", NAMESPACE, "-s", "message.sig"],
        cwd=folder,
        input=message,
        capture_output=True,
        timeout=60,
        check=False,
    )
    return done.returncode == 0


def ssh_keygen_signs(folder: Path, key: Path, *, namespace: str = NAMESPACE, hashing: str = "sha512") -> bytes:
    (folder / "message").write_bytes(MESSAGE)
    (folder / "message.sig").unlink(missing_ok=True)
    keys.run(
        "ssh-keygen", "-q", "-Y", "sign", "-O", f"hashalg={hashing}", "-n", namespace, "-f", key, folder / "message"
    )
    return (folder / "message.sig").read_bytes()


@pytest.mark.parametrize("kind", keys.KINDS)
def test_openssh_takes_ours_and_we_take_theirs(kind: str, tmp_path: Path) -> None:
    key = keys.new_key(tmp_path / "key", kind)
    ours = sign(MESSAGE, load_ssh_private_key(key.read_bytes(), None))
    theirs = ssh_keygen_signs(tmp_path, key)
    assert ssh_keygen_verifies(tmp_path, ours, keys.public(key))
    assert verify(MESSAGE, ours) == verify(MESSAGE, theirs) == from_base64(*keys.public(key).split())
    assert verify(MESSAGE, theirs).fingerprint == keys.fingerprint(key)
    assert verify(MESSAGE, theirs).line == keys.public(key)
    if not kind.startswith("ecdsa"):  # which has a random number in each signature
        assert ours == theirs


@pytest.mark.parametrize("kind", keys.KINDS)
def test_other_bytes_are_refused(kind: str, tmp_path: Path) -> None:
    key = keys.new_key(tmp_path / "key", kind)
    with pytest.raises(SignatureError, match="other bytes, or by another key"):
        verify(MESSAGE + b" ", ssh_keygen_signs(tmp_path, key))


def test_sha256_is_taken_as_well(tmp_path: Path) -> None:
    key = keys.new_key(tmp_path / "key")
    assert verify(MESSAGE, ssh_keygen_signs(tmp_path, key, hashing="sha256")).kind == "ssh-ed25519"


def test_another_namespace_is_refused(tmp_path: Path) -> None:
    key = keys.new_key(tmp_path / "key")
    with pytest.raises(SignatureError, match="made for 'git'"):
        verify(MESSAGE, ssh_keygen_signs(tmp_path, key, namespace="git"))


@pytest.mark.parametrize("flags", [1, 5], ids=["touched", "and a PIN"])
@pytest.mark.parametrize("kind", ["ed25519", "ecdsa"])
def test_hardware_keys_are_checked_as_openssh_checks_them(kind: str, flags: int, tmp_path: Path) -> None:
    armored, key = hardware_signature(kind, flags)
    assert verify(MESSAGE, armored) == key
    assert ssh_keygen_verifies(tmp_path, armored, key.line)
    with pytest.raises(SignatureError, match="other bytes"):
        verify(MESSAGE + b" ", armored)


@pytest.mark.parametrize("kind", ["ed25519", "ecdsa"])
def test_a_hardware_key_that_was_not_touched_is_refused(kind: str) -> None:
    with pytest.raises(SignatureError, match="not touched"):
        verify(MESSAGE, hardware_signature(kind, 0)[0])


def hardware_signature(kind: str, flags: int) -> tuple[bytes, PublicKey]:
    """What a FIDO key would make (OpenSSH's PROTOCOL.u2f), made in software."""
    signed = (
        hashlib.sha256(b"ssh:").digest() + bytes([flags]) + number(7) + hashlib.sha256(signed_data(MESSAGE)).digest()
    )
    tail = bytes([flags]) + number(7)
    if kind == "ed25519":
        private = ed25519.Ed25519PrivateKey.generate()
        name = string(b"sk-ssh-ed25519@openssh.com")
        public = private.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
        key = PublicKey(name + string(public) + string(b"ssh:"))
        return assemble(key, name + string(private.sign(signed)) + tail), key
    curve = ec.generate_private_key(ec.SECP256R1())
    name = string(b"sk-ecdsa-sha2-nistp256@openssh.com")
    point = curve.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    key = PublicKey(name + string(b"nistp256") + string(point) + string(b"ssh:"))
    first, second = decode_dss_signature(curve.sign(signed, ec.ECDSA(hashes.SHA256())))
    return assemble(key, name + string(big_number(first) + big_number(second)) + tail), key


def test_weak_and_unknown_keys_are_refused(tmp_path: Path) -> None:
    small = rsa.generate_private_key(65537, 1024)  # noqa: S505  # to see it refused
    with pytest.raises(SignatureError, match="1024 bits"):
        verify(MESSAGE, sign(MESSAGE, small))
    with pytest.raises(SignatureError, match="cannot sign"):
        sign(MESSAGE, dsa.generate_private_key(2048))
    with pytest.raises(SignatureError, match="secp256k1"):
        sign(MESSAGE, ec.generate_private_key(ec.SECP256K1()))
    with pytest.raises(SignatureError, match="ssh-dss cannot be checked here"):
        check(PublicKey(string(b"ssh-dss")), b"", b"")


def test_sha1_is_refused(tmp_path: Path) -> None:
    key = from_base64(*keys.public(keys.new_key(tmp_path / "key", "rsa")).split())
    with pytest.raises(SignatureError, match="algorithm is ssh-rsa, which is not safe"):
        verify(MESSAGE, assemble(key, string(b"ssh-rsa") + string(b"x" * 256)))


def test_a_key_of_one_kind_takes_no_signature_of_another(tmp_path: Path) -> None:
    key = from_base64(*keys.public(keys.new_key(tmp_path / "key")).split())
    with pytest.raises(SignatureError, match="algorithm is ecdsa"):
        verify(MESSAGE, assemble(key, string(b"ecdsa-sha2-nistp256") + string(b"")))


@pytest.mark.parametrize("kind", ["ed25519", "ecdsa-256", "rsa"])
def test_every_flipped_bit_is_refused(kind: str, tmp_path: Path) -> None:
    armored = ssh_keygen_signs(tmp_path, keys.new_key(tmp_path / "key", kind))
    key = verify(MESSAGE, armored)
    for at in range(len(armored)):
        for bit in (1, 8, 32):
            changed = bytearray(armored)
            changed[at] ^= bit
            # Base64 has spare bits and line ends; what is accepted is the same signature by the same key.
            try:
                accepted = verify(MESSAGE, bytes(changed))
            except SignatureError:
                continue
            assert (accepted, parse(bytes(changed))) == (key, parse(armored))


@given(st.binary(max_size=400))
def test_any_bytes_are_refused_in_words(data: bytes) -> None:
    with pytest.raises(SignatureError):
        verify(MESSAGE, data)
    with pytest.raises(SignatureError):
        check(PublicKey(string(b"ecdsa-sha2-nistp256") + data), data, MESSAGE)
    with pytest.raises(SignatureError):
        check(PublicKey(string(b"ssh-ed25519") + data), string(b"ssh-ed25519") + data, MESSAGE)
    with pytest.raises(SignatureError):
        check(PublicKey(string(b"ssh-rsa") + data), string(b"rsa-sha2-512") + data, MESSAGE)


@given(st.integers(min_value=0, max_value=1 << 600))
def test_a_number_comes_back(value: int) -> None:
    reader = Reader(big_number(value))
    assert reader.big_number() == value
    reader.end()


def test_numbers_are_written_as_the_standard_shows_them() -> None:
    """The examples of RFC 4251, section 5."""
    assert big_number(0) == bytes.fromhex("00000000")
    assert big_number(0x9A378F9B2E332A7) == bytes.fromhex("0000000809a378f9b2e332a7")
    assert big_number(0x80) == bytes.fromhex("000000020080")
    with pytest.raises(WireError, match="negative"):
        Reader(bytes.fromhex("00000002edcc")).big_number()
