from __future__ import annotations

import os
import stat
import struct
import threading
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from smtui.own_files import OwnFileError, read_own, replace_own
from smtui.secrets import vault
from smtui.secrets.keyring import Keyring, KeyringError, open_vault
from smtui.secrets.secret import Secret
from smtui.secrets.vault import Costs, NoVault, VaultError, VaultNotOpened, read_vault, seal, unseal, write_vault

PASSPHRASE = Secret("correct horse battery")
LOWEST = Costs(memory=64 * 1024, passes=3, lanes=1)
ENTRIES = {"smadmin": Secret("p\u00e4ss \u2019word\n"), "sqladmin": Secret("x" * 300)}
SEALED = seal(ENTRIES, PASSPHRASE, LOWEST)
HEADER = 47


def revealed(entries: dict[str, Secret]) -> dict[str, str]:
    return {name: secret.reveal() for name, secret in entries.items()}


def test_what_was_sealed_is_what_is_unsealed() -> None:
    assert revealed(unseal(SEALED, PASSPHRASE)) == revealed(ENTRIES)


def test_nothing_of_the_content_can_be_seen() -> None:
    assert b"smadmin" not in SEALED
    assert len(seal({}, PASSPHRASE, LOWEST)) == len(SEALED)
    assert seal(ENTRIES, PASSPHRASE, LOWEST) != SEALED


@pytest.fixture
def cheap(monkeypatch: pytest.MonkeyPatch) -> list[bytes]:
    """Derive keys by a hash instead of by Argon2id: here it counts which header they are derived from, not the cost."""
    from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
    from cryptography.hazmat.primitives.hashes import SHA256, Hash

    derived: list[bytes] = []

    def cipher(header: bytes, passphrase: Secret) -> ChaCha20Poly1305:
        derived.append(header)
        digest = Hash(SHA256())
        digest.update(header[13:35] + passphrase.reveal().encode())
        return ChaCha20Poly1305(digest.finalize())

    monkeypatch.setattr(vault, "_cipher", cipher)
    return derived


def test_every_byte_flipped_is_refused_in_the_same_words(cheap: list[bytes]) -> None:
    sealed = seal(ENTRIES, PASSPHRASE)
    for place in range(len(sealed)):
        for bit in (1, 128):
            changed = bytearray(sealed)
            changed[place] ^= bit
            with pytest.raises(VaultNotOpened, match="cannot be opened: the passphrase is wrong, or the file"):
                unseal(bytes(changed), PASSPHRASE)
    assert revealed(unseal(sealed, PASSPHRASE)) == revealed(ENTRIES)


def test_a_flipped_header_is_refused_by_the_real_derivation_too() -> None:
    for place in (0, 12, 16, 17, 18, 34, 35, HEADER - 1, HEADER, len(SEALED) - 1):
        changed = bytearray(SEALED)
        changed[place] ^= 1
        with pytest.raises(VaultNotOpened):
            unseal(bytes(changed), PASSPHRASE)


def test_a_wrong_passphrase_is_refused_in_the_same_words() -> None:
    with pytest.raises(VaultNotOpened) as wrong:
        unseal(SEALED, Secret("correct horse batterx"))
    with pytest.raises(VaultNotOpened) as changed:
        unseal(SEALED[:-1], PASSPHRASE)
    assert str(wrong.value) == str(changed.value)


@pytest.mark.parametrize(
    ("memory", "passes", "lanes"),
    [(0, 3, 1), (65535, 3, 1), (256 * 1024 + 1, 3, 1), (2**32 - 1, 3, 1), (65536, 2, 1), (65536, 17, 1),
     (65536, 3, 0), (65536, 3, 9)],
)  # fmt: skip
def test_costs_out_of_bounds_are_refused_before_anything_is_derived(
    cheap: list[bytes], memory: int, passes: int, lanes: int
) -> None:
    header = struct.pack(">12sBIBB16s12s", b"smtui-vault\n", 1, memory, passes, lanes, bytes(16), bytes(12))
    with pytest.raises(VaultNotOpened):
        unseal(header + SEALED[HEADER:], PASSPHRASE)
    assert cheap == []


@settings(max_examples=500, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.one_of(st.binary(max_size=300), st.integers(0, len(SEALED)).map(lambda end: SEALED[:end] + b"\0" * 9)))
def test_whatever_the_bytes_are_there_is_one_answer(cheap: list[bytes], data: bytes) -> None:
    with pytest.raises(VaultNotOpened):
        unseal(data, PASSPHRASE)


def test_the_file_is_private_and_replaced_as_a_whole(tmp_path: Path) -> None:
    path = tmp_path / "config" / "smtui" / "vault"
    before = os.umask(0)
    try:
        write_vault(path, {}, PASSPHRASE, new=True)
        with pytest.raises(VaultError, match="there already"):
            write_vault(path, {}, PASSPHRASE, new=True)
        os.umask(0o777)
        write_vault(path, ENTRIES, PASSPHRASE)
    finally:
        os.umask(before)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert [one.name for one in path.parent.iterdir()] == ["vault"]
    assert revealed(read_vault(path, PASSPHRASE)) == revealed(ENTRIES)


def test_a_file_that_others_could_have_touched_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "vault"
    with pytest.raises(NoVault, match="smtui vault new"):
        read_vault(path, PASSPHRASE)
    replace_own(path, SEALED)
    path.chmod(0o640)
    with pytest.raises(VaultError, match="chmod 600"):
        read_vault(path, PASSPHRASE)
    path.chmod(0o600)
    (tmp_path / "link").symlink_to(path)
    with pytest.raises(VaultError, match="cannot be read"):
        read_vault(tmp_path / "link", PASSPHRASE)
    os.mkfifo(tmp_path / "fifo", 0o600)
    with pytest.raises(VaultError, match="regular"):
        read_vault(tmp_path / "fifo", PASSPHRASE)
    tmp_path.chmod(0o777)
    with pytest.raises(VaultError, match="changed by other users"):
        read_vault(path, PASSPHRASE)


def test_a_large_file_is_not_read(tmp_path: Path) -> None:
    replace_own(tmp_path / "vault", bytes(1 << 20) + b"x")
    with pytest.raises(OwnFileError, match="larger"):
        read_own(tmp_path / "vault", 1 << 20)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a file to somebody else")
def test_a_file_of_somebody_else_is_refused(tmp_path: Path) -> None:
    replace_own(tmp_path / "vault", SEALED)
    os.chown(tmp_path / "vault", 65534, 65534)
    with pytest.raises(OwnFileError, match="another user"):
        read_own(tmp_path / "vault", 1 << 20)


def made(tmp_path: Path) -> Path:
    replace_own(tmp_path / "vault", SEALED)
    return tmp_path / "vault"


def test_one_passphrase_opens_everything_once_for_all_threads(tmp_path: Path) -> None:
    asked: list[str] = []

    def ask(prompt: str) -> str:
        asked.append(prompt)
        return PASSPHRASE.reveal()

    keyring = Keyring(made(tmp_path), {})
    threads = [threading.Thread(target=keyring.from_vault, args=(name, ask)) for name in (*ENTRIES, "nobody")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert asked == ["Passphrase of the vault: "]
    assert keyring.from_vault("smadmin", ask) == ENTRIES["smadmin"].reveal()
    assert keyring.from_vault("nobody", ask) is None


def test_a_person_has_three_tries(tmp_path: Path) -> None:
    answers = iter(["one", "two", PASSPHRASE.reveal()])
    assert open_vault(made(tmp_path), lambda _: next(answers), {})[0].keys() == ENTRIES.keys()
    asked: list[str] = []
    with pytest.raises(VaultNotOpened):
        open_vault(tmp_path / "vault", lambda prompt: asked.append(prompt) or "wrong", {})
    assert len(set(asked)) == 3


def test_a_service_takes_the_passphrase_from_its_credentials(tmp_path: Path) -> None:
    def nobody(prompt: str) -> str:
        raise EOFError

    (tmp_path / "smtui-vault").write_text(PASSPHRASE.reveal() + "\n")
    keyring = Keyring(made(tmp_path), {"CREDENTIALS_DIRECTORY": str(tmp_path)})
    assert keyring.from_vault("sqladmin", nobody) == "x" * 300
    assert Keyring(tmp_path / "vault", {}).from_vault("sqladmin", nobody) is None
    assert Keyring(tmp_path / "none", {}).from_vault("sqladmin", nobody) is None


def test_a_command_gives_its_first_line_and_runs_once(tmp_path: Path) -> None:
    keyring = Keyring(tmp_path / "vault", {})
    command = ("sh", "-c", f"echo ran >> {tmp_path}/count; printf 'pass word\\r\\nnote\\n'")
    for _ in range(3):
        assert keyring.from_command(command, os.environ) == "pass word"
    assert (tmp_path / "count").read_text() == "ran\n"
    keyring.forget_command(command)
    keyring.from_command(command, os.environ)
    assert (tmp_path / "count").read_text() == "ran\nran\n"


@pytest.mark.parametrize(
    ("command", "says"),
    [
        (("sh", "-c", "echo hunter2; exit 3"), "exit code 3"),
        (("no-such-program-of-smtui",), "cannot be run: No such file"),
        (("sh", "-c", "printf '\\377hunter2'"), "not UTF-8"),
        (("sh", "-c", "head -c 70000 /dev/zero | tr '\\0' a"), "more than a password"),
        (("a\0b",), "NUL"),
    ],
)
def test_a_command_that_gives_no_password_is_named_without_its_output(
    tmp_path: Path, command: tuple[str, ...], says: str
) -> None:
    with pytest.raises(KeyringError, match=says) as caught:
        Keyring(tmp_path / "vault", {}).from_command(command, os.environ)
    assert "hunter2" not in str(caught.value)


def test_a_command_that_prints_nothing_has_none(tmp_path: Path) -> None:
    assert Keyring(tmp_path / "vault", {}).from_command(("true",), os.environ) is None


def test_behind_a_screen_a_command_has_no_terminal(tmp_path: Path) -> None:
    keyring = Keyring(tmp_path / "vault", {})
    keyring.screen_opens()
    session = keyring.from_command(("sh", "-c", "cut -d' ' -f6 /proc/self/stat"), os.environ)
    assert session != str(os.getsid(0))
