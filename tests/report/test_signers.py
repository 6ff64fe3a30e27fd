"""Lists of signers mean what ssh-keygen takes them to mean."""

from __future__ import annotations

import subprocess
from datetime import UTC, datetime
from pathlib import Path

import pytest
import report_keys as keys

from smtui.report.signers import SignersError, matches, read_signers, signers_line
from smtui.report.ssh_keys import PublicKey, SignatureError, from_base64
from smtui.report.sshsig import NAMESPACE

AT = datetime(2026, 6, 1, tzinfo=UTC)


@pytest.fixture(scope="module")
def key(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A key that signed `message`."""
    folder = tmp_path_factory.mktemp("keys")
    made = keys.new_key(folder / "key")
    keys.new_key(folder / "other")
    (folder / "message").write_bytes(b"x")
    keys.run("ssh-keygen", "-q", "-Y", "sign", "-n", NAMESPACE, "-f", made, folder / "message")
    return made


def of(key: Path) -> PublicKey:
    return from_base64(*keys.public(key).split())


def ssh_keygen_allows(signers: Path, key: Path, principal: str) -> bool:
    time = AT.strftime("%Y%m%d%H%M%SZ")
    done = subprocess.run(
        [
            *("ssh-keygen", "-Y", "verify", "-O", f"verify-time={time}", "-f", signers, "-I", principal),
            *("-n", NAMESPACE, "-s", key.with_name("message.sig")),
        ],
        input=b"x",
        capture_output=True,
        timeout=60,
        check=False,
    )
    return done.returncode == 0


def we_allow(signers: Path, key: Path, principal: str) -> bool:
    try:
        read_signers(signers).judge(principal, of(key), AT)
    except (SignersError, SignatureError):
        return False
    return True


LINES = {
    "anna {key}": True,
    "anna {key} a comment": True,
    '"anna" {key}': True,
    "an*,!bert {key}": True,
    "*,!anna {key}": False,
    "an?a {key}": True,
    "an?? {key}": True,
    "an?na {key}": False,
    "bert,anna {key}": True,
    "bert {key}": False,
    "ANNA {key}": False,
    "anna\t{key}": True,
    "  anna {key}": True,
    "# anna {key}": False,
    "anna {other}": False,
    "anna {other}\nanna {key}": True,
    "anna {key}\nanna {other}": True,
    'anna namespaces="smtui-evidence" {key}': True,
    'anna namespaces="git,smtui-*" {key}': True,
    'anna namespaces="*,!smtui-evidence" {key}': False,
    'anna NameSpaces="smtui-evidence" {key}': True,
    'anna namespaces="file" {key}': False,
    'anna namespaces="file" {key}\nanna {key}': True,
    'anna valid-after="20260101",valid-before="20270101" {key}': True,
    'anna valid-after="20260101" {key}': True,
    'anna valid-after="20260701" {key}': False,
    'anna valid-before="20260501" {key}': False,
    'anna valid-before="202605312359Z" {key}': False,
    'anna valid-before="20260601000000Z" {key}': True,
    'anna valid-after="20260601000000Z" {key}': True,
    'anna valid-after="20260601000001Z" {key}': False,
    'anna valid-before="tomorrow" {key}': False,
    'anna valid-before="20261301" {key}': False,
    'anna valid-after="20270101",valid-before="20260101" {key}': False,
    "anna cert-authority {key}": False,
    "anna no-such-option {key}": False,
    'anna namespaces="a",namespaces="smtui-evidence" {key}': False,
    'anna namespaces="smtui-evidence {key}': False,
    "anna ssh-ed25519": False,
    "anna ssh-ed25519 AAAA": False,
    "anna": False,
}


@pytest.mark.parametrize("line", LINES)
def test_a_line_means_what_ssh_keygen_takes_it_to_mean(line: str, key: Path, tmp_path: Path) -> None:
    signers = tmp_path / "signers"
    other = key.with_name("other")
    signers.write_text(line.format(key=keys.public(key), other=keys.public(other)) + "\n")
    assert ssh_keygen_allows(signers, key, "anna") == LINES[line]
    assert we_allow(signers, key, "anna") == LINES[line]


def test_the_line_that_is_proposed_works(key: Path, tmp_path: Path) -> None:
    signers = tmp_path / "signers"
    signers.write_text(f"# made by hand\n\n{signers_line('anna@jump01', of(key))}\r\n")
    assert we_allow(signers, key, "anna@jump01")
    assert ssh_keygen_allows(signers, key, "anna@jump01")


def test_a_broken_line_is_named(tmp_path: Path) -> None:
    signers = tmp_path / "signers"
    signers.write_text("# one\nanna what=ever ssh-ed25519 AAAA\n")
    with pytest.raises(SignersError, match=r"signers:2: its options cannot be read"):
        read_signers(signers)


def test_what_is_no_list_is_refused(tmp_path: Path, key: Path) -> None:
    file = tmp_path / "file"
    keys.run("ssh-keygen", "-q", "-k", "-f", file, key.with_name("key.pub"))
    with pytest.raises(SignersError, match="binary revocation lists"):
        read_signers(tmp_path / "file")
    file.write_bytes(b"\xff")
    with pytest.raises(SignersError, match="no text"):
        read_signers(file)
    file.write_bytes(b"x" * (5 << 20))
    with pytest.raises(SignersError, match="too large"):
        read_signers(file)
    file.write_text("anna\n")
    good = keys.signers(tmp_path / "good", anna=key)
    with pytest.raises(SignersError, match="no public key"):
        read_signers(good, file)


def test_brackets_and_dots_in_patterns_are_themselves() -> None:
    assert matches("a.b", "a.b")
    assert not matches("axb", "a.b")
    assert matches("[a]", "[a]")
    assert not matches("a", "[a]")
