"""`smtui report --sign`, `smtui sign` and `smtui verify` as a user types them, on a real drill."""

from __future__ import annotations

import json
import os
import re
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests import leaks
from tests.cli.conftest import PROMOTE
from tests.report.report_authority import new_authority, openssl_verifies, served


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("home")


def smtui(home: Path, *arguments: str | Path, code: int = 0) -> str:
    environ = {**os.environ, "HOME": str(home), "XDG_STATE_HOME": str(home / "state"), "XDG_CONFIG_HOME": str(home)}
    environ.pop("SSH_AUTH_SOCK", None)
    done = subprocess.run(
        [sys.executable, "-m", "smtui", *arguments],
        cwd=home,
        env=environ,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == code, done.stdout + done.stderr
    return done.stdout + done.stderr


@pytest.fixture(scope="module")
def session(home: Path) -> Iterator[str]:
    smtui(home, *PROMOTE)
    (listed,) = json.loads(smtui(home, "sessions", "--json"))
    yield str(listed["session"])
    leaks.nothing_left_in(home)


@pytest.fixture(scope="module")
def key(home: Path) -> Path:
    path = home / "anna"
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "anna", "-f", path], check=True)
    return path


def line_for_signers(said: str) -> str:
    (line,) = [line.strip() for line in said.splitlines() if "namespaces=" in line]
    return f"{line}\n"


@pytest.fixture(scope="module")
def signed(home: Path, session: str, key: Path) -> Path:
    said = smtui(home, "report", session, "--output", "signed", "--sign", key, "--principal", "anna")
    assert (home / "signed.zip").is_file()
    fingerprint = subprocess.run(["ssh-keygen", "-l", "-f", key], capture_output=True, text=True, check=True).stdout
    assert fingerprint.split()[1] in said
    assert "by another way" in said
    (home / "signers").write_text(line_for_signers(said))
    return home / "signed"


def test_a_signed_report_is_verified(home: Path, signed: Path) -> None:
    said = smtui(home, "verify", "signed", "--signers", "signers")
    assert said.startswith("VERIFIED\n")
    assert "the report, made anew from the journal, is the same" in said
    assert "{promoted" not in (signed / "report.json").read_text("utf-8")
    done = subprocess.run(
        ["sh", "VERIFY.txt", "../signers"], cwd=signed, capture_output=True, text=True, timeout=60, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")


def test_the_zip_is_verified_like_the_folder(home: Path, signed: Path) -> None:
    assert smtui(home, "verify", "signed.zip", "--signers", "signers").startswith("VERIFIED\n")
    assert smtui(home, "verify", "signed.zip", code=3).startswith("SIGNER NOT KNOWN\n")
    assert "cannot be unpacked" in smtui(home, "verify", "signers", code=5)


def test_an_edition_for_outsiders_names_nobody(home: Path, session: str) -> None:
    smtui(home, "report", session, "--redact", "--output", "outsiders")
    text = "".join(path.read_text("utf-8") for path in (home / "outsiders").iterdir()).casefold()
    assert sorted(path.name for path in (home / "outsiders").iterdir()) == [
        *("SHA256SUMS", "VERIFY.txt", "items.csv", "records.csv", "report.html", "report.json", "report.md"),
    ]
    for name in ("contoso", "sm01", "sm02", "sql01", "smadmin", socket.gethostname().casefold()):
        assert not re.search(rf"(?<![a-z0-9]){re.escape(name)}(?![a-z0-9])", text), name
    assert smtui(home, "verify", "outsiders", code=3).startswith("NOT SIGNED\n")


def test_a_zip_that_is_something_else_is_left_alone(home: Path, session: str) -> None:
    (home / "mine.zip").write_text("mine")
    said = smtui(home, "report", session, "--output", "mine", code=2)
    assert "mine.zip exists and is no zip of this bundle" in said
    assert not (home / "mine").exists()


def test_a_state_folder_that_takes_nothing_bars_no_report(home: Path, session: str) -> None:
    listing = home / "state" / "smtui" / "sessions" / session / "exports.log"
    kept = listing.read_bytes() if listing.exists() else b""
    listing.unlink(missing_ok=True)
    listing.mkdir()
    try:
        said = smtui(home, "report", session, "--output", "unlisted")
    finally:
        listing.rmdir()
        listing.write_bytes(kept)
    assert "this export is not listed in exports.log of the session: " in said
    assert "unlisted.zip: the same as one file" in said
    smtui(home, "verify", "unlisted", code=3)


def test_whose_key_it_is_must_be_known(home: Path, signed: Path) -> None:
    said = smtui(home, "verify", "signed", code=3)
    assert said.startswith("SIGNER NOT KNOWN\n")
    found = json.loads(smtui(home, "verify", "signed", "--json", code=3))
    assert (found["outcome"], found["exit_code"]) == ("signer not known", 3)


def test_a_changed_bundle_is_refused_and_not_signed(home: Path, signed: Path) -> None:
    shutil.copytree(signed, home / "changed")
    with (home / "changed" / "report.md").open("a") as file:
        file.write("more")
    assert smtui(home, "verify", "changed", "--signers", "signers", code=5).startswith(
        "TAMPERED: report.md was changed"
    )
    said = smtui(home, "sign", "changed", "--sign", home / "anna", "--principal", "bert", code=5)
    assert "report.md was changed" in said


def test_a_witness_signs_with_another_key(home: Path, signed: Path, key: Path) -> None:
    shutil.copytree(signed, home / "witnessed")
    assert "has signed already" in smtui(home, "sign", "witnessed", "--sign", key, "--principal", "bert", code=2)
    bert = home / "bert"
    subprocess.run(["ssh-keygen", "-q", "-t", "ecdsa", "-N", "", "-f", bert], check=True)
    (home / "witnessed.zip").unlink(missing_ok=True)
    said = smtui(home, "sign", "witnessed", "--sign", bert, "--principal", "bert")
    assert not (home / "witnessed.zip").exists()
    (home / "both").write_text((home / "signers").read_text() + line_for_signers(said))
    assert "no signature of a witness" not in smtui(home, "verify", "witnessed", "--signers", "both")


@pytest.mark.skipif(shutil.which("openssl") is None, reason="openssl is not installed: apt-get install openssl")
def test_a_time_stamp_is_carried_there_and_back(home: Path, signed: Path) -> None:
    authority = new_authority(home / "authority")
    shutil.copytree(signed, home / "stamped")
    said = smtui(home, "timestamp", "stamped", "--request", "question")
    assert "--reply FILE" in said
    (home / "answer").write_bytes(authority.reply((home / "question").read_bytes()))
    assert "CN=Stamps" in smtui(home, "timestamp", "stamped", "--reply", "answer")
    said = smtui(home, "verify", "stamped", "--signers", "signers", "--authority", authority.certificates)
    assert "by the authority that you named" in said
    assert "after the last event" in said
    shutil.copytree(signed, home / "asked")
    with served(authority) as url:
        smtui(home, "timestamp", "asked", "--url", url)
    assert openssl_verifies(home / "asked", authority)


def test_a_session_is_checked_where_it_lies(home: Path, session: str) -> None:
    assert smtui(home, "verify", session, code=3).startswith("NOT SIGNED\n")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("verify", "nothing"), "neither a bundle (a folder or a zip) nor a session"),
        (("verify", "../x"), "neither a bundle (a folder or a zip) nor a session"),
        (("verify", "signed", "--signers", "nothing"), "No such file"),
        (("verify", "signed", "--signers", "anna"), "anna:1:"),
        (("verify", "signed", "--revoked", "anna"), "--revoked goes with --signers"),
        (("timestamp", "signed"), "say one of --url, --request, --reply"),
        (("timestamp", "signed", "--reply", "anna"), "the reply is no time stamp"),
        (("timestamp", "signed", "--url", "file:///etc/passwd"), "no http or https address"),
        (("sign", "signed", "--sign", "nothing", "--principal", "carl"), "No such file"),
        (("sign", "signed", "--sign", "agent", "--principal", "carl"), "SSH_AUTH_SOCK is not set"),
        (("sign", "signed", "--sign", "anna", "--principal", "a/b"), "cannot be the name"),
    ],
)
def test_what_cannot_be_done_gets_one_line(arguments: tuple[str, ...], words: str, home: Path, signed: Path) -> None:
    said = smtui(home, *arguments, code=2)
    assert words in said
    assert len(said.splitlines()) == 1


def test_another_folder_is_no_bundle(home: Path, signed: Path) -> None:
    (home / "empty").mkdir()
    assert smtui(home, "verify", "empty", code=5).startswith("TAMPERED: SHA256SUMS: No such file")


def test_the_owner_accepts_and_the_report_says_so(home: Path, session: str) -> None:
    said = smtui(home, "accept", session, "--owner", "Olga Owner")
    assert f"{session}: accepted by Olga Owner" in said
    smtui(home, "report", session, "--output", "accepted")
    summary = json.loads((home / "accepted" / "report.json").read_bytes())["summary"]
    assert summary["accepted_by"] == "Olga Owner"
    assert summary["accepted"] is not None
    assert smtui(home, "verify", "accepted", code=3).startswith("NOT SIGNED")


def test_the_targets_are_asked_for_their_own_logs(home: Path, session: str) -> None:
    said = smtui(home, "report", session, "--output", "from-targets", "--ask-targets")
    assert "3 of 3 targets told what their logs hold" in said
    facts = json.loads((home / "from-targets" / "report.json").read_bytes())
    logs = {log["target"]: log for log in facts["target_records"]["logs"]}
    assert set(logs) == {"SM01", "SM02", "ServiceManager on SQL01"}
    assert "Service Control Manager 7036" in logs["SM02"]["output"]["excerpt"]
    assert abs(logs["SM02"]["clock_ahead"]) < 60
    assert facts["summary"]["verdict"] == "complete"
    assert not [one for one in facts["deviations"] if one["kind"] in ("left and resumed", "interrupted")]
    assert {listed["condition"] for listed in json.loads(smtui(home, "sessions", "--json"))} == {"complete"}
    assert "made anew from the journal, is the same" in smtui(home, "verify", "from-targets", code=3)
    done = subprocess.run(["sh", "VERIFY.txt"], cwd=home / "from-targets", capture_output=True, text=True, check=False)
    assert done.returncode == 3, done.stdout
    (output,) = (home / "from-targets" / "outputs").glob(f"*{Path(logs['SM02']['output']['name']).name}")
    output.write_text("nothing happened")
    assert smtui(home, "verify", "from-targets", code=5).startswith("TAMPERED")


def test_a_session_whose_own_files_cannot_be_read_is_still_reported(home: Path, session: str) -> None:
    spoiled = home / "state" / "smtui" / "sessions" / "2020-01-01T0000Z-spoiled"
    shutil.copytree(home / "state" / "smtui" / "sessions" / session, spoiled)
    try:
        (spoiled / "checklist" / "promote-management-server.toml").write_text("no [ toml")
        (spoiled / "environment.toml").unlink()
        smtui(home, "report", spoiled.name, "--output", "spoiled")
        facts = json.loads((home / "spoiled" / "report.json").read_bytes())
        assert [one.partition(":")[0] for one in facts["header"]["unreadable"]] == [
            "checklist/promote-management-server.toml",
            "environment.toml",
        ]
        assert facts["summary"]["statuses"] == {"done": 28}
        assert {one["title"] for part in facts["sections"] for one in part["items"]} >= {"fence.stop-former"}
        assert sum(one["kind"] == "evidence file" for one in facts["deviations"]) == 2
        page = (home / "spoiled" / "report.html").read_text("utf-8")
        assert "THE SESSION&#x27;S OWN FILES CANNOT BE READ" in page
        assert smtui(home, "verify", "spoiled", code=5).startswith("TAMPERED")
        refused = smtui(home, "report", spoiled.name, "--output", "spoiled-redacted", "--redact", code=2)
        assert "nobody knows which names to replace" in refused
    finally:
        shutil.rmtree(spoiled)


def test_drills_have_no_history(home: Path, session: str) -> None:
    assert "no completed exercise or recovery yet" in smtui(home, "history")
    assert json.loads(smtui(home, "history", "--json")) == []
