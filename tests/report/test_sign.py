"""Keys from files, from the agent, and behind a passphrase; nothing is written that is not a good signature."""

from __future__ import annotations

import socket
import threading
from pathlib import Path

import pytest
import report_bundle
import report_keys as keys

from smtui.report.agent import Agent, AgentError
from smtui.report.model import Evidence
from smtui.report.sign import SigningError, sign_bundle, signer
from smtui.report.ssh_wire import number, string
from smtui.report.write import write_bundle


@pytest.fixture
def bundle(session: Path, evidence: Evidence, tmp_path: Path) -> Path:
    return write_bundle(session, tmp_path / "evidence", evidence)


@pytest.mark.parametrize("kind", keys.KINDS)
def test_the_agent_signs(kind: str, bundle: Path, tmp_path: Path) -> None:
    key = keys.new_key(tmp_path / "anna", kind)
    signers = keys.signers(tmp_path / "signers", anna=key)
    with keys.agent(tmp_path, key) as path:
        signed = sign_bundle(bundle, "anna", signer("agent", path))
    assert signed.key.fingerprint == keys.fingerprint(key)
    assert report_bundle.verify(bundle, signers).outcome == "verified"
    assert keys.by_hand(bundle, signers, path=str(keys.only_tools(tmp_path / "tools"))).returncode == 0


def test_of_several_keys_in_the_agent_one_is_named(bundle: Path, tmp_path: Path) -> None:
    anna, bert = keys.new_key(tmp_path / "anna"), keys.new_key(tmp_path / "bert", "rsa")
    with keys.agent(tmp_path, anna, bert) as path:
        with pytest.raises(SigningError, match="several keys") as refusal:
            signer("agent", path)
        assert keys.fingerprint(bert) in str(refusal.value)
        signed = sign_bundle(bundle, "bert", signer(f"agent:{keys.fingerprint(bert)}", path))
        with pytest.raises(SigningError, match="holds no key SHA256:x"):
            signer("agent:SHA256:x", path)
    assert signed.key.fingerprint == keys.fingerprint(bert)


def test_without_an_agent_there_is_one_line(tmp_path: Path) -> None:
    with pytest.raises(SigningError, match="SSH_AUTH_SOCK is not set"):
        signer("agent", None)
    with pytest.raises(SigningError, match="cannot be asked"):
        signer("agent", str(tmp_path / "nothing"))


def test_a_key_with_a_passphrase_is_left_to_ssh_keygen(
    bundle: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = keys.new_key(tmp_path / "anna", passphrase="correct horse")
    asked = tmp_path / "ask"
    asked.write_text("#!/bin/sh\necho correct horse\n")
    asked.chmod(0o700)
    monkeypatch.setenv("SSH_ASKPASS", str(asked))
    monkeypatch.setenv("SSH_ASKPASS_REQUIRE", "force")
    report_bundle.sign(bundle, key, "anna")
    assert report_bundle.verify(bundle, keys.signers(tmp_path / "signers", anna=key)).outcome == "verified"


def test_a_wrong_passphrase_signs_nothing(bundle: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    key = keys.new_key(tmp_path / "anna", passphrase="correct horse")
    monkeypatch.setenv("SSH_ASKPASS", "/bin/false")
    monkeypatch.setenv("SSH_ASKPASS_REQUIRE", "force")
    with pytest.raises(SigningError, match="ssh-keygen did not sign"):
        report_bundle.sign(bundle, key, "anna")
    assert not list(bundle.glob("SHA256SUMS.*"))


def test_a_public_key_stands_for_the_one_in_the_agent(
    bundle: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = keys.new_key(tmp_path / "anna")
    with keys.agent(tmp_path, key) as path:
        monkeypatch.setenv("SSH_AUTH_SOCK", path)
        key.unlink()
        report_bundle.sign(bundle, key.with_name("anna.pub"), "anna")
    assert report_bundle.verify(bundle, keys.signers(tmp_path / "signers", anna=key)).outcome == "verified"


def test_a_key_in_another_format_is_left_to_ssh_keygen(bundle: Path, tmp_path: Path) -> None:
    key = keys.new_key(tmp_path / "anna", "rsa")
    keys.run("ssh-keygen", "-q", "-p", "-N", "", "-m", "PEM", "-f", key)
    assert b"BEGIN RSA PRIVATE KEY" in key.read_bytes()
    report_bundle.sign(bundle, key, "anna")
    assert report_bundle.verify(bundle, keys.signers(tmp_path / "signers", anna=key)).outcome == "verified"


def test_a_key_that_others_can_read_signs_nothing(bundle: Path, tmp_path: Path) -> None:
    key = keys.new_key(tmp_path / "anna")
    key.chmod(0o640)
    with pytest.raises(SigningError, match="others can read"):
        report_bundle.sign(bundle, key, "anna")


@pytest.mark.parametrize("name", ["", "a b", "../anna", ".anna", "a\nb", "ännä", "a" * 65, "-rf"])
def test_a_name_that_is_none_signs_nothing(name: str, bundle: Path, tmp_path: Path) -> None:
    with pytest.raises(SigningError, match="cannot be the name"):
        report_bundle.sign(bundle, keys.new_key(tmp_path / "anna"), name)


def test_nobody_signs_twice(bundle: Path, tmp_path: Path) -> None:
    key = keys.new_key(tmp_path / "anna")
    report_bundle.sign(bundle, key, "anna")
    with pytest.raises(SigningError, match="anna has signed"):
        report_bundle.sign(bundle, keys.new_key(tmp_path / "other"), "anna")
    with pytest.raises(SigningError, match="this key has signed already, as anna"):
        report_bundle.sign(bundle, key, "bert")


def test_nobody_signs_beside_a_bad_signature(bundle: Path, tmp_path: Path) -> None:
    (bundle / "SHA256SUMS.eve.sig").write_text("x")
    with pytest.raises(SigningError, match=r"SHA256SUMS\.eve\.sig is no good signature"):
        report_bundle.sign(bundle, keys.new_key(tmp_path / "anna"), "anna")


def test_what_a_killed_signing_left_gives_way(bundle: Path, tmp_path: Path) -> None:
    (bundle / "SHA256SUMS.anna.sig.partial").write_text("half")
    report_bundle.sign(bundle, keys.new_key(tmp_path / "anna"), "anna")
    assert [path.name for path in bundle.glob("SHA256SUMS.*")] == ["SHA256SUMS.anna.sig"]
    assert (bundle / "SHA256SUMS.anna.sig").stat().st_mode & 0o777 == 0o600


def test_a_signer_that_makes_nothing_good_leaves_nothing(bundle: Path) -> None:
    with pytest.raises(SigningError, match="no good signature"):
        sign_bundle(bundle, "anna", lambda _message: b"x")
    assert not list(bundle.glob("SHA256SUMS.*"))


ANSWERS = {
    "hangs up": (b"", "hung up"),
    "half an answer": (string(b"\x0c" + number(1))[:6], "hung up"),
    "an endless answer": (b"\xff\xff\xff\xff", "4294967295 bytes"),
    "no answer in it": (number(0), "0 bytes"),
    "a failure": (string(b"\x05"), "refused"),
    "another answer": (string(b"\x0e"), "refused"),
    "fewer keys than it says": (string(b"\x0c" + number(9)), "cannot be read"),
    "more than it says": (string(b"\x0c" + number(0) + b"x"), "cannot be read"),
    "a key that is none": (string(b"\x0c" + number(1) + string(b"x") + string(b"")), "cannot be read"),
}


@pytest.mark.parametrize("what", ANSWERS)
def test_an_agent_that_answers_nonsense_gets_one_line(what: str, tmp_path: Path) -> None:
    answer, words = ANSWERS[what]
    path = tmp_path / "agent"
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(path))
        listener.listen()

        def serve() -> None:
            link, _ = listener.accept()
            with link:
                link.recv(1000)
                link.sendall(answer)

        thread = threading.Thread(target=serve)
        thread.start()
        with pytest.raises(AgentError, match=words):
            Agent(path).held()
        thread.join()
