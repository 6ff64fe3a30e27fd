"""Time stamps by a real authority (`openssl ts`), and everything that is not one."""

from __future__ import annotations

import random
import shutil
from datetime import UTC, datetime
from pathlib import Path

import pytest
import report_authority
import report_bundle
import report_keys as keys
from hypothesis import given
from hypothesis import strategies as st
from report_authority import Authority
from report_bundle import Signed

from smtui.report.der import OCTETS, DerError, Values, decode, encode, integer, oid
from smtui.report.model import Evidence
from smtui.report.timestamp import TimestampError, Token, add_reply, check_authority, fetch, read_reply, request
from smtui.report.write import write_bundle

pytestmark = pytest.mark.skipif(shutil.which("openssl") is None, reason="openssl is not installed: apt-get install it")

SUMS = b"the sums of a bundle\n"


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return report_authority.new_authority(tmp_path_factory.mktemp("tsa") / "one")


@pytest.fixture
def signed(session: Path, evidence: Evidence, tmp_path: Path) -> Signed:
    return report_bundle.signed(write_bundle(session, tmp_path / "evidence", evidence), tmp_path)


def stamp(bundle: Path, authority: Authority) -> Token:
    return add_reply(bundle, authority.reply(request((bundle / "SHA256SUMS").read_bytes())))


def test_openssl_reads_our_request(tmp_path: Path) -> None:
    (tmp_path / "sums").write_bytes(SUMS)
    (tmp_path / "query").write_bytes(request(SUMS, nonce=0x80FF))
    said = keys.run("openssl", "ts", "-query", "-in", tmp_path / "query", "-text")
    assert "Hash Algorithm: sha256" in said
    assert "Nonce: 0x80FF" in said
    assert "Certificate required: yes" in said
    theirs = tmp_path / "theirs"
    keys.run("openssl", "ts", "-query", "-data", tmp_path / "sums", "-sha256", "-cert", "-no_nonce", "-out", theirs)
    assert theirs.read_bytes() == request(SUMS)


def test_a_stamped_bundle_is_verified_and_the_gap_is_told(signed: Signed, authority: Authority) -> None:
    before = datetime.now(UTC).replace(microsecond=0)
    token = stamp(signed.bundle, authority)
    assert before <= token.at <= datetime.now(UTC)
    assert "CN=Stamps" in token.certificates
    assert report_authority.openssl_verifies(signed.bundle, authority)
    found = signed.verify()
    assert found.outcome == "verified"
    assert found.stamp is not None
    assert found.stamp.at == token.at
    assert found.stamp.after_last_event > 0
    assert any("after the last event; it says nothing of the time between" in line for line in found.remarks)
    assert any("--authority FILE" in line for line in found.remarks)
    assert keys.by_hand(signed.bundle, signed.signers).returncode == 0


def test_the_authority_is_checked_by_openssl(signed: Signed, authority: Authority, tmp_path: Path) -> None:
    stamp(signed.bundle, authority)
    found = report_bundle.verify(signed.bundle, signed.signers, authority=authority.certificates)
    assert found.outcome == "verified"
    assert found.stamp is not None
    assert found.stamp.checked
    other = report_authority.new_authority(tmp_path / "other", "Test Authority")
    found = report_bundle.verify(signed.bundle, signed.signers, authority=other.certificates)
    assert found.outcome == "tampered"
    assert found.wrong.startswith("SHA256SUMS.tsr: openssl: ")


def test_a_stamp_of_another_bundle_is_refused(signed: Signed, authority: Authority) -> None:
    reply = authority.reply(request(SUMS))
    with pytest.raises(TimestampError, match="of other bytes"):
        add_reply(signed.bundle, reply)
    (signed.bundle / "SHA256SUMS.tsr").write_bytes(reply)
    assert signed.verify().wrong == "SHA256SUMS.tsr: the time stamp is of other bytes than SHA256SUMS"
    assert not report_authority.openssl_verifies(signed.bundle, authority)


def test_a_stamp_is_fetched(signed: Signed, authority: Authority) -> None:
    with report_authority.served(authority) as url:
        reply, nonce = fetch(signed.bundle, url)
    token = add_reply(signed.bundle, reply, nonce)
    assert token.nonce == nonce
    with pytest.raises(TimestampError, match="has a time stamp already"):
        add_reply(signed.bundle, reply, nonce)


def test_the_answer_to_another_request_is_refused(signed: Signed, authority: Authority) -> None:
    reply = authority.reply(request((signed.bundle / "SHA256SUMS").read_bytes(), nonce=1))
    with pytest.raises(TimestampError, match="answers another request"):
        add_reply(signed.bundle, reply, nonce=2)


def test_a_refusal_is_told_in_the_authority_s_words(authority: Authority) -> None:
    reply = authority.reply(encode(0x30, integer(1)))
    with pytest.raises(TimestampError, match="the authority refused: "):
        read_reply(reply, SUMS)


@pytest.mark.parametrize(
    ("url", "words"),
    [("file:///etc/passwd", "no http or https"), ("ftp://127.0.0.1/", "no http or https"), ("nothing", "no http")],
)
def test_only_the_web_is_asked(url: str, words: str, signed: Signed) -> None:
    with pytest.raises(TimestampError, match=words):
        fetch(signed.bundle, url)


def test_a_server_that_is_none_gets_one_line(signed: Signed) -> None:
    with pytest.raises(TimestampError, match="gave no time stamp"):
        fetch(signed.bundle, "http://127.0.0.1:9/")
    with report_authority.served(b"<html>") as url:
        reply, nonce = fetch(signed.bundle, url)
    with pytest.raises(TimestampError, match="the reply is no time stamp"):
        add_reply(signed.bundle, reply, nonce)
    with (
        report_authority.served(b"x" * (2 << 20)) as url,
        pytest.raises(TimestampError, match="more than a time stamp"),
    ):
        fetch(signed.bundle, url)


def test_a_changed_stamp_is_refused_or_says_the_same(authority: Authority, tmp_path: Path) -> None:
    """openssl refuses what is changed; without it, nothing but words in one line and a stamp of the same bytes."""
    reply = authority.reply(request(SUMS))
    whole = read_reply(reply, SUMS)
    check_authority(reply, whole, SUMS, authority.certificates)
    random_ = random.Random(5)  # noqa: S311  # seeded, so that a failure can be repeated
    for number in range(300):
        changed = bytearray(reply)
        changed[random_.randrange(len(reply))] ^= 1 << random_.randrange(8)
        try:
            token = read_reply(bytes(changed), SUMS)
        except TimestampError:
            continue
        assert token.imprint == whole.imprint
        if token.at != whole.at and number < 100:
            with pytest.raises(TimestampError):
                check_authority(bytes(changed), token, SUMS, authority.certificates)


@given(st.binary(max_size=300))
def test_any_bytes_are_refused_in_words(data: bytes) -> None:
    for reply in (data, encode(0x30, data), encode(0x30, encode(0x30, integer(0)), data)):
        with pytest.raises(TimestampError):
            read_reply(reply, SUMS)


def test_der_is_written_as_the_standard_has_it() -> None:
    assert integer(0).hex() == "020100"
    assert integer(127).hex() == "02017f"
    assert integer(128).hex() == "02020080"
    assert oid("1.2.840.113549").hex() == "06062a864886f70d"
    assert oid("2.16.840.1.101.3.4.2.1").hex() == "0609608648016503040201"
    assert encode(OCTETS, b"x" * 200)[:3].hex() == "0481c8"
    assert decode(encode(OCTETS, b"x" * 70000), OCTETS).body == b"x" * 70000


@pytest.mark.parametrize("data", ["", "04", "0405aa", "0480aa0000", "0485ffffffffff", "0481"])
def test_der_that_is_cut_or_endless_is_refused(data: str) -> None:
    with pytest.raises(DerError):
        Values(bytes.fromhex(data)).take(OCTETS)
