"""Signs a bundle: a signature of SHA256SUMS, and by that of every file in it, by one person more.

Keys come from a file, from ssh-agent, or stay with `ssh-keygen -Y sign` (passphrases, hardware keys).
"""

from __future__ import annotations

import os
import stat
import subprocess
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.serialization import load_ssh_private_key

from smtui.report.agent import Agent, AgentError, AgentKey
from smtui.report.sealed import SIGNATURE, put, read_small, read_sums
from smtui.report.ssh_keys import PublicKey, SignatureError
from smtui.report.sshsig import LARGEST, NAMESPACE, assemble, sign, signed_data, verify
from smtui.report.verify import principals_of
from smtui.report.write import SUMS

AGENT = "agent"
_OPENSSH = b"-----BEGIN OPENSSH PRIVATE KEY-----"
_LARGEST_KEY = 64 * 1024

Signer = Callable[[bytes], bytes]
"""Makes the signature file of a message; raises SigningError."""


class SigningError(Exception):
    """Nothing was signed; the text is one line that says what to do."""


@dataclass(frozen=True, slots=True)
class Signed:
    """A signature that was written, and checked before."""

    path: Path
    principal: str
    key: PublicKey


def signer(wish: str, socket: str | None) -> Signer:
    """Who signs: `agent`, `agent:SHA256:…`, or the path of a key. `socket` is the agent's.

    Raises:
        SigningError: there is no such key, or it is not kept as a private key must be.
    """
    if wish == AGENT or wish.startswith(f"{AGENT}:"):
        return _by_agent(wish.removeprefix(AGENT).removeprefix(":"), socket)
    return _by_file(Path(wish))


def sign_bundle(folder: Path, principal: str, by: Signer) -> Signed:
    """Put a signature beside the sums of a bundle; the signature is durable when this returns.

    Raises:
        SigningError: the name cannot be one, has signed, or the key has.
        OSError: the disk refused.
    """
    path = folder / f"{SUMS}.{principal}.sig"
    if not SIGNATURE.fullmatch(path.name):
        raise SigningError(f"{principal!r} cannot be the name of a signer: letters, digits and @._+- only")
    data, _ = read_sums(folder)
    earlier = _earlier(folder, data)
    if principal in earlier:
        raise SigningError(f"{principal} has signed {folder} already")
    armored = by(data)
    try:
        key = verify(data, armored)
    except SignatureError as error:
        raise SigningError(f"what was made is no good signature: {error}") from None
    for other, other_key in earlier.items():
        if other_key == key:
            raise SigningError(f"this key has signed already, as {other}; a witness signs with another")
    put(path, armored)
    return Signed(path, principal, key)


def _earlier(folder: Path, data: bytes) -> dict[str, PublicKey]:
    keys = {}
    for principal in principals_of(folder):
        name = f"{SUMS}.{principal}.sig"
        try:
            keys[principal] = verify(data, read_small(folder / name, LARGEST))
        except SignatureError as error:
            raise SigningError(f"{name} is no good signature, so nothing is added: {error}") from None
    return keys


def _by_agent(wanted: str, socket: str | None) -> Signer:
    if not socket:
        raise SigningError("there is no ssh-agent: SSH_AUTH_SOCK is not set")
    agent = Agent(Path(socket))
    key = _chosen(agent, wanted)

    def by(message: bytes) -> bytes:
        try:
            return assemble(key.key, agent.sign(key.key, signed_data(message)))
        except AgentError as error:
            raise SigningError(str(error)) from None

    return by


def _chosen(agent: Agent, wanted: str) -> AgentKey:
    try:
        keys = [key for key in agent.held() if not wanted or wanted in (key.key.fingerprint, key.comment)]
    except AgentError as error:
        raise SigningError(str(error)) from None
    if not keys:
        raise SigningError(f"the ssh-agent holds no key {wanted or 'that can sign'}; add one with ssh-add")
    if len(keys) > 1:
        names = ", ".join(f"{key.key.fingerprint} ({key.comment})" for key in keys)
        raise SigningError(f"the ssh-agent holds several keys; name one as agent:FINGERPRINT: {names}")
    return keys[0]


def _by_file(path: Path) -> Signer:
    data = _private(path)
    private = None
    if data.startswith(_OPENSSH):
        try:
            private = load_ssh_private_key(data, None)
        except (TypeError, ValueError, UnsupportedAlgorithm):
            private = None  # it has a passphrase, or it is of hardware: ssh-keygen knows how to ask
    if private is None:
        return lambda message: _by_ssh_keygen(path, message)
    at_hand = private

    def by(message: bytes) -> bytes:
        try:
            return sign(message, at_hand)
        except SignatureError as error:
            raise SigningError(str(error)) from None

    return by


def _private(path: Path) -> bytes:
    """A key file, refused where others can read it, as ssh does; a public key stands for one that the agent holds."""
    with path.open("rb") as file:
        status = os.fstat(file.fileno())
        data = file.read(_LARGEST_KEY)
    if not stat.S_ISREG(status.st_mode):
        raise SigningError(f"{path} is no key file")
    if b"PRIVATE KEY" in data and status.st_mode & 0o077:
        raise SigningError(f"others can read {path}: chmod 600 it, and think of who may have copied it")
    return data


def _by_ssh_keygen(path: Path, message: bytes) -> bytes:
    """Let ssh-keygen sign; it asks for passphrase and touch at the terminal."""
    with tempfile.TemporaryDirectory(prefix="smtui-sign-") as folder:
        file = Path(folder) / SUMS
        file.write_bytes(message)
        arguments = ["ssh-keygen", "-q", "-Y", "sign", "-n", NAMESPACE, "-f", str(path), "--", str(file)]
        try:
            done = subprocess.run(arguments, check=False, stdout=subprocess.DEVNULL)
        except FileNotFoundError:
            raise SigningError(f"{path} has to be read by ssh-keygen, which is not installed") from None
        if done.returncode != 0:
            raise SigningError(f"ssh-keygen did not sign with {path}")
        return file.with_name(f"{SUMS}.sig").read_bytes()
