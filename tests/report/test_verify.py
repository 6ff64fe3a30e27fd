"""Every attack is caught by VERIFY.txt as it stands and by `smtui verify`; nothing unsigned is called verified."""

from __future__ import annotations

import os
import shutil
import subprocess
from datetime import UTC, datetime
from pathlib import Path

import pytest
import report_attacks as attacks
import report_bundle
import report_keys as keys
import report_story as story
from report_attacks import ATTACKS
from report_bundle import Signed

from smtui.report.model import Evidence
from smtui.report.sshsig import NAMESPACE
from smtui.report.verify import verify_session
from smtui.report.write import write_bundle
from smtui.session.store import Store


@pytest.fixture
def bundle(session: Path, evidence: Evidence, tmp_path: Path) -> Path:
    return write_bundle(session, tmp_path / "evidence", evidence)


@pytest.fixture
def signed(bundle: Path, tmp_path: Path) -> Signed:
    return report_bundle.signed(bundle, tmp_path)


def refused(signed: Signed, *, signers: Path | None = None, revoked: Path | None = None) -> tuple[str, str]:
    """What smtui finds wrong, and the last line of VERIFY.txt; both must refuse."""
    found = signed.verify(signers, revoked)
    assert found.outcome == "tampered"
    done = keys.by_hand(signed.bundle, signers or signed.signers, *([revoked] if revoked else []))
    assert done.returncode == 5
    said = done.stdout.splitlines()[-1]
    assert said.startswith("FAILED: ")
    assert done.stdout.isascii()
    return found.wrong, said


@pytest.mark.parametrize("kind", keys.KINDS)
def test_a_signed_bundle_is_verified_with_nothing_but_the_tools(kind: str, bundle: Path, tmp_path: Path) -> None:
    key = keys.new_key(tmp_path / "anna", kind)
    report_bundle.sign(bundle, key, "anna")
    signers = keys.signers(tmp_path / "signers", anna=key)
    done = keys.by_hand(bundle, signers, path=str(keys.only_tools(tmp_path / "tools")))
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.splitlines()[-1].startswith("VERIFIED")
    found = report_bundle.verify(bundle, signers)
    assert (found.outcome, found.wrong) == ("verified", "")
    assert [one.fingerprint for one in found.signatures] == [keys.fingerprint(key)]
    assert keys.fingerprint(key) in done.stdout


def test_what_is_verified_is_told(signed: Signed, evidence: Evidence) -> None:
    found = signed.verify()
    assert (found.session, found.seal, found.events) == (
        story.SESSION,
        evidence.integrity.head,
        evidence.integrity.events,
    )
    assert found.completed == "complete with exceptions"
    assert "the report, made anew from the journal, is the same" in found.passed
    assert found.remarks == ("Nobody else signed it: there is no signature of a witness.",)


def test_two_signers_are_told_apart_from_one(signed: Signed, tmp_path: Path) -> None:
    witness = keys.new_key(tmp_path / "bert", "ecdsa-256")
    report_bundle.sign(signed.bundle, witness, "bert")
    signers = keys.signers(signed.signers, anna=signed.key, bert=witness)
    found = signed.verify(signers)
    assert (found.outcome, found.remarks) == ("verified", ())
    assert [one.principal for one in found.signatures] == ["anna", "bert"]
    done = keys.by_hand(signed.bundle, signers)
    assert done.stdout.splitlines()[-1].startswith("VERIFIED: intact, and signed by 2")


def test_without_signatures_nothing_is_verified(bundle: Path, signed: Signed) -> None:
    (bundle / "SHA256SUMS.anna.sig").unlink()
    assert signed.verify().outcome == "not signed"
    done = keys.by_hand(bundle, signed.signers)
    assert done.returncode == 3
    assert done.stdout.splitlines()[-1].startswith("NOT SIGNED")


def test_without_a_list_of_signers_nothing_is_verified(signed: Signed) -> None:
    found = report_bundle.verify(signed.bundle)
    assert found.outcome == "signer not known"
    assert not found.signatures[0].allowed
    done = keys.by_hand(signed.bundle)
    assert done.returncode == 3
    assert keys.fingerprint(signed.key) in done.stdout
    assert done.stdout.splitlines()[-1].startswith("SIGNER NOT KNOWN")


@pytest.mark.parametrize("name", ATTACKS)
def test_an_attack_on_a_signed_bundle_is_refused(name: str, signed: Signed) -> None:
    attack, _ = ATTACKS[name]
    attack(signed.bundle)
    wrong, _ = refused(signed)
    if "sums made anew" in name:
        assert wrong == "SHA256SUMS.anna.sig: it was made for other bytes, or by another key"


@pytest.mark.parametrize("name", ATTACKS)
def test_an_attack_on_a_bundle_without_signatures_is_refused(name: str, bundle: Path) -> None:
    attack, _ = ATTACKS[name]
    attack(bundle)
    assert report_bundle.verify(bundle).outcome == "tampered"


NAMED = {
    "an edited event, sums made anew": "session.toml: event 13 does not match its sha256",
    "a removed event, sums made anew": "session.toml: event 13 does not match its sha256",
    "swapped events, sums made anew": "session.toml: event 12 does not match its sha256",
    "a shortened journal, sums made anew": "session.toml has 33 events, the report was made from 34",
    "another script, sums made anew": "checklist/scripts/service-stop.ps1 is not the file that the journal names",
    "a deleted file": "items.csv: No such file or directory",
    "an edited report": "report.html was changed",
    "an added file": "extra.txt was added",
    "an added folder": "the folder empty was added",
    "a name that looks like nothing": "session.toml␊ was added",
}


@pytest.mark.parametrize("name", NAMED)
def test_the_first_thing_that_is_wrong_is_named(name: str, bundle: Path) -> None:
    ATTACKS[name][0](bundle)
    assert report_bundle.verify(bundle).wrong.startswith(NAMED[name])


def test_a_chain_that_was_sealed_anew_is_refused_by_the_signature(signed: Signed) -> None:
    attacks.rechain(attacks.edit("session.toml", b"nobody is logged on", b"nobody was logged o"))(signed.bundle)
    wrong, said = refused(signed)
    assert "SHA256SUMS.anna.sig" in wrong
    assert "SHA256SUMS.anna.sig" in said


def test_without_signatures_a_chain_sealed_anew_still_contradicts_its_report(bundle: Path) -> None:
    attacks.rechain(attacks.edit("session.toml", b"nobody is logged on", b"nobody was logged o"))(bundle)
    assert report_bundle.verify(bundle).wrong == "report.html does not say what the journal says"


def test_a_report_that_says_something_else_than_its_journal_is_refused(bundle: Path) -> None:
    attacks.resum(attacks.edit("report.html", b"overridden", b"verified!!"))(bundle)
    assert keys.by_hand(bundle).returncode == 3  # VERIFY.txt cannot know how a report is made
    assert report_bundle.verify(bundle).wrong == "report.html does not say what the journal says"


def test_another_version_does_not_judge_the_report(signed: Signed) -> None:
    found = report_bundle.verify(signed.bundle, signed.signers, smtui="9.9.9")
    assert found.outcome == "verified"
    assert "The report is of smtui 0.1.0: it was not made anew to compare it." in found.remarks


def test_a_perfect_forgery_without_a_key_is_not_verified(store: Store, signed: Signed, tmp_path: Path) -> None:
    """Another session, recorded and reported with smtui itself, under the same name."""
    other = Store(tmp_path / "forged")
    session = story.whole_story(other)
    forged = write_bundle(session, tmp_path / "forgery", story.evidence_of(other))
    assert report_bundle.verify(forged, signed.signers).outcome == "not signed"
    (forged / "report.md").write_text("better")
    attacks.sum_anew(forged)
    shutil.copy(signed.bundle / "SHA256SUMS.anna.sig", forged)
    refused(Signed(forged, signed.key, signed.signers))


def _ssh_keygen_signs(bundle: Path, key: Path, namespace: str, principal: str = "anna") -> None:
    keys.run("ssh-keygen", "-q", "-Y", "sign", "-n", namespace, "-f", key, bundle / "SHA256SUMS")
    (bundle / "SHA256SUMS.sig").rename(bundle / f"SHA256SUMS.{principal}.sig")


def test_a_signature_for_something_else_is_refused(signed: Signed) -> None:
    (signed.bundle / "SHA256SUMS.anna.sig").unlink()
    _ssh_keygen_signs(signed.bundle, signed.key, "file")
    wrong, _ = refused(signed)
    assert wrong == f"SHA256SUMS.anna.sig: it was made for 'file', not for '{NAMESPACE}'"


def test_the_signature_of_another_key_is_refused(signed: Signed, tmp_path: Path) -> None:
    attacks.resum(attacks.edit("report.md", b"overridden", b"verified!!"))(signed.bundle)
    (signed.bundle / "SHA256SUMS.anna.sig").unlink()
    mallory = keys.new_key(tmp_path / "mallory")
    report_bundle.sign(signed.bundle, mallory, "anna")
    wrong, _ = refused(signed)
    assert wrong == (
        f"SHA256SUMS.anna.sig: its key {keys.fingerprint(mallory)} is none of those that the list of signers has"
    )


def test_a_signature_under_another_name_is_refused(signed: Signed) -> None:
    (signed.bundle / "SHA256SUMS.anna.sig").rename(signed.bundle / "SHA256SUMS.carl.sig")
    wrong, _ = refused(signed)
    assert wrong == "SHA256SUMS.carl.sig: the list of signers has no carl"


def test_the_name_of_another_signer_is_refused(signed: Signed, tmp_path: Path) -> None:
    carl = keys.new_key(tmp_path / "carl")
    (signed.bundle / "SHA256SUMS.anna.sig").rename(signed.bundle / "SHA256SUMS.carl.sig")
    refused(signed, signers=keys.signers(tmp_path / "both", anna=signed.key, carl=carl))


def test_a_stranger_beside_a_signer_is_refused(signed: Signed, tmp_path: Path) -> None:
    report_bundle.sign(signed.bundle, keys.new_key(tmp_path / "mallory"), "mallory")
    refused(signed)


def test_a_revoked_key_is_refused(signed: Signed, tmp_path: Path) -> None:
    revoked = tmp_path / "revoked"
    revoked.write_text(f"# lost\n{keys.public(signed.key)} anna's old one\n")
    wrong, _ = refused(signed, revoked=revoked)
    assert wrong == f"SHA256SUMS.anna.sig: its key {keys.fingerprint(signed.key)} is revoked"
    revoked.write_text("# none\n")
    assert signed.verify(revoked=revoked).outcome == "verified"
    assert keys.by_hand(signed.bundle, signed.signers, revoked).returncode == 0


def test_an_expired_key_is_refused_unless_it_was_good_at_the_time(signed: Signed) -> None:
    signed.signers.write_text(f'anna valid-before="20260401000000Z" {keys.public(signed.key)}\n')
    wrong, _ = refused(signed)
    assert wrong == "SHA256SUMS.anna.sig: its key expired at 2026-04-01 00:00:00 UTC"
    assert signed.verify(at=datetime(2026, 3, 2, tzinfo=UTC)).outcome == "verified"


def test_a_key_that_is_not_good_yet_is_refused(signed: Signed) -> None:
    signed.signers.write_text(f'anna valid-after="20990101Z" {keys.public(signed.key)}\n'.replace("0101Z", "01010000Z"))
    wrong, _ = refused(signed)
    assert wrong == "SHA256SUMS.anna.sig: its key is not good before 2099-01-01 00:00:00 UTC"


def test_a_key_for_another_purpose_is_refused(signed: Signed) -> None:
    signed.signers.write_text(f'anna namespaces="git,file" {keys.public(signed.key)}\n')
    wrong, _ = refused(signed)
    assert f"may not sign for {NAMESPACE}" in wrong


@pytest.mark.parametrize("name", ["SHA256SUMS", "SHA256SUMS.anna.sig", "report.md", "SHA256SUMS.tsr"])
def test_a_link_in_place_of_a_file_is_refused(name: str, signed: Signed, tmp_path: Path) -> None:
    path = signed.bundle / name
    elsewhere = tmp_path / "elsewhere"
    elsewhere.write_bytes(path.read_bytes() if path.exists() else b"")
    path.unlink(missing_ok=True)
    path.symlink_to(elsewhere)
    refused(signed)


def test_a_linked_folder_is_refused(signed: Signed, tmp_path: Path) -> None:
    shutil.move(signed.bundle / "outputs", tmp_path / "elsewhere")
    (signed.bundle / "outputs").symlink_to(tmp_path / "elsewhere")
    refused(signed)


@pytest.mark.parametrize(
    "line",
    [
        "SHA256 (report.md) = {digest}",
        "\\{digest}  report.md",
        "{digest} *report.md",
        "{digest}  ./report.md",
        "{digest}  outputs/../report.md",
        "{upper}  report.md",
        "",
        "# nothing",
    ],
)
def test_sums_that_only_some_readers_accept_are_refused(line: str, bundle: Path) -> None:
    sums = (bundle / "SHA256SUMS").read_text().splitlines()
    (index,) = [number for number, one in enumerate(sums) if one.endswith("  report.md")]
    digest = sums[index][:64]
    sums[index] = line.format(digest=digest, upper=digest.upper())
    if sums[index] == f"{digest}  report.md":
        sums.append(sums[index])
    (bundle / "SHA256SUMS").write_text("\n".join([*sums, ""]))
    assert report_bundle.verify(bundle).outcome == "tampered"
    assert keys.by_hand(bundle).returncode == 5


def test_folders_without_end_are_refused_at_the_first(bundle: Path) -> None:
    deep = bundle / "deep"
    deep.mkdir()
    descriptor = os.open(deep, os.O_RDONLY)
    for _ in range(3000):  # deeper than any path can name
        os.mkdir("x", dir_fd=descriptor)
        below = os.open("x", os.O_RDONLY, dir_fd=descriptor)
        os.close(descriptor)
        descriptor = below
    os.close(descriptor)
    try:
        assert report_bundle.verify(bundle).wrong == "the folder deep was added"
    finally:
        subprocess.run(["rm", "-rf", deep], check=True)


def test_a_report_nested_without_end_is_refused(bundle: Path) -> None:
    (bundle / "report.json").write_text('{"x": ' + "[" * 100_000)
    attacks.sum_anew(bundle)
    assert report_bundle.verify(bundle).wrong.startswith("report.json: ")


def test_a_report_without_its_journal_is_no_bundle(bundle: Path) -> None:
    (bundle / "session.toml").unlink()
    attacks.sum_anew(bundle)
    assert report_bundle.verify(bundle).wrong == "session.toml is not listed in SHA256SUMS"
    assert keys.by_hand(bundle).returncode == 5


def test_a_session_that_was_not_completed_is_incomplete_however_well_it_is_signed(store: Store, tmp_path: Path) -> None:
    it = story.opened(store)
    it.attempt("prepare.stop-sdk", "t-1")
    it.file.release()
    bundle = write_bundle(it.file.folder, tmp_path / "evidence", story.evidence_of(store))
    signed = report_bundle.signed(bundle, tmp_path)
    found = signed.verify()
    assert (found.outcome, found.wrong) == ("incomplete", "the session in it was not completed")
    assert keys.by_hand(bundle, signed.signers).returncode == 5


def test_a_torn_session_is_reported_and_verified(store: Store, session: Path, tmp_path: Path) -> None:
    with (session / "session.toml").open("ab") as journal:
        journal.write(b"\n[[event]]\nat = 2026")
    bundle = write_bundle(session, tmp_path / "evidence", story.evidence_of(store))
    signed = report_bundle.signed(bundle, tmp_path)
    assert signed.verify().outcome == "verified"
    assert keys.by_hand(bundle, signed.signers).returncode == 0


def test_a_session_is_judged_where_it_lies(store: Store, session: Path) -> None:
    found = verify_session(story.SESSION, store.read(story.SESSION), store.problems(story.SESSION))
    assert (found.outcome, found.completed) == ("not signed", "complete with exceptions")
    (output,) = (session / "outputs").glob("*prepare.stop-sdk*")
    output.write_text("nothing happened here")
    found = verify_session(story.SESSION, store.read(story.SESSION), store.problems(story.SESSION))
    assert found.outcome == "tampered"
    assert output.name in found.wrong
    journal = session / "session.toml"
    journal.write_bytes(journal.read_bytes().replace(b"nobody is logged on", b"nobody was logged o"))
    found = verify_session(story.SESSION, store.read(story.SESSION), store.problems(story.SESSION))
    assert found.wrong.startswith("session.toml: event 13 does not match its sha256")


def test_the_namespace_of_verify_txt_is_that_of_the_signatures(bundle: Path) -> None:
    text = (bundle / "VERIFY.txt").read_text()
    assert text.count(f"-n {NAMESPACE} ") == 3
    assert f'namespaces="{NAMESPACE}"' in text


def test_verify_txt_is_sh_as_posix_has_it(bundle: Path) -> None:
    done = subprocess.run(["sh", "-n", "VERIFY.txt"], cwd=bundle, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
