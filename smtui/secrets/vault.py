r"""The vault: one file with the passwords of a deployment, opened by one passphrase.

```
file   = header sealed
header = "smtui-vault\n" version:u8 memory:u32 passes:u8 lanes:u8 salt:16 nonce:12      integers big-endian
sealed = ChaCha20-Poly1305 of the padded JSON; the whole header is authenticated with it
```

The key comes from the passphrase by Argon2id with the header's costs, which are bounded before anything is derived: a
planted file can neither weaken the derivation nor exhaust the memory. Whatever is wrong with a vault is said in one
sentence, for the difference between a wrong passphrase and a changed file helps only those who try.
"""

from __future__ import annotations

import json
import secrets
import struct
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from smtui.own_files import OwnFileError, read_own, replace_own
from smtui.secrets.secret import Secret

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305

MIN_PASSPHRASE: Final = 12
"""Characters. A passphrase of a few words is easier to type right in the night than a short one with signs."""
MAX_BYTES: Final = 1 << 20

_MAGIC: Final = b"smtui-vault\n"
_VERSION: Final = 1
_HEADER: Final = struct.Struct(">12sBIBB16s12s")
_TAG: Final = 16
_PADDING: Final = 4096
"""The plaintext is padded to a multiple of this, so that the size of the file tells little of its content."""


@dataclass(frozen=True, slots=True)
class Costs:
    """What Argon2id (RFC 9106) is to cost: KiB of memory, passes over it, lanes."""

    memory: int = 256 * 1024
    passes: int = 3
    lanes: int = 4

    @property
    def bounded(self) -> bool:
        """Not below what OWASP and RFC 9106 ask of a file that may be stolen, not above what smtui ever writes."""
        return 64 * 1024 <= self.memory <= 256 * 1024 and 3 <= self.passes <= 16 and 1 <= self.lanes <= 8


class VaultError(Exception):
    """The vault cannot be used; the text is one line that says what to do."""


class NoVault(VaultError):
    """There is no such file."""


class VaultNotOpened(VaultError):
    """The passphrase is wrong, or the file is not what was written: nobody can tell."""

    def __init__(self) -> None:
        super().__init__("the vault cannot be opened: the passphrase is wrong, or the file was changed")


def seal(entries: Mapping[str, Secret], passphrase: Secret, costs: Costs | None = None) -> bytes:
    """The bytes of a vault with these passwords, by name; salt and nonce are new each time."""
    costs = costs or Costs()
    header = _HEADER.pack(
        _MAGIC, _VERSION, costs.memory, costs.passes, costs.lanes, secrets.token_bytes(16), secrets.token_bytes(12)
    )
    plain = json.dumps({"passwords": {name: secret.reveal() for name, secret in entries.items()}}).encode()
    plain += b" " * (-len(plain) % _PADDING)
    if len(plain) + _HEADER.size + _TAG > MAX_BYTES:
        raise VaultError("the vault would be larger than 1 MiB; it is for passwords only")
    return header + _cipher(header, passphrase).encrypt(_nonce(header), plain, header)


def unseal(data: bytes, passphrase: Secret) -> dict[str, Secret]:
    """The passwords in a vault, by name; raises VaultNotOpened, whatever is wrong."""
    from cryptography.exceptions import InvalidTag

    header, sealed = data[: _HEADER.size], data[_HEADER.size :]
    if not _well_formed(header, sealed):
        raise VaultNotOpened
    try:
        plain = _cipher(header, passphrase).decrypt(_nonce(header), sealed, header)
        passwords = json.loads(plain)["passwords"]
        return {str(name): Secret(str(password)) for name, password in passwords.items()}
    except (InvalidTag, ValueError, KeyError, TypeError, AttributeError):
        raise VaultNotOpened from None


def read_vault(path: Path, passphrase: Secret) -> dict[str, Secret]:
    """As `unseal`, of a file; raises VaultError."""
    return unseal(read_bytes(path), passphrase)


def read_bytes(path: Path) -> bytes:
    """The bytes of a vault; raises NoVault, and VaultError when it lies open to others."""
    try:
        data = read_own(path, MAX_BYTES)
    except OwnFileError as error:
        raise VaultError(str(error)) from error
    if data is None:
        raise NoVault(f"there is no vault at {path}; make one with: smtui vault new")
    return data


def write_vault(path: Path, entries: Mapping[str, Secret], passphrase: Secret, *, new: bool = False) -> None:
    """Replace the file as a whole, or with `new` make it; raises VaultError."""
    try:
        replace_own(path, seal(entries, passphrase), new=new)
    except OwnFileError as error:
        raise VaultError(str(error)) from error


def _well_formed(header: bytes, sealed: bytes) -> bool:
    """Whether it is worth deriving a key, which costs memory and time that the header names."""
    if len(header) != _HEADER.size or len(sealed) < _PADDING + _TAG or (len(sealed) - _TAG) % _PADDING:
        return False
    magic, version, memory, passes, lanes, _, _ = _HEADER.unpack(header)
    return magic == _MAGIC and version == _VERSION and Costs(memory, passes, lanes).bounded


def _nonce(header: bytes) -> bytes:
    nonce: bytes = _HEADER.unpack(header)[6]
    return nonce


def _cipher(header: bytes, passphrase: Secret) -> ChaCha20Poly1305:
    from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
    from cryptography.hazmat.primitives.kdf.argon2 import Argon2id

    _, _, memory, passes, lanes, salt, _ = _HEADER.unpack(header)
    derivation = Argon2id(salt=salt, length=32, iterations=passes, lanes=lanes, memory_cost=memory)
    return ChaCha20Poly1305(derivation.derive(passphrase.reveal().encode("utf-8", "surrogatepass")))
