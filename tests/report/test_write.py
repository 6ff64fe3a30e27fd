from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest
import report_story as story
from report_attacks import ATTACKS
from report_keys import by_hand, only_tools

from smtui.report.model import Evidence
from smtui.report.write import ReportError, write_bundle
from smtui.session.store import Store


@pytest.fixture
def bundle(session: Path, evidence: Evidence, tmp_path: Path) -> Path:
    return write_bundle(session, tmp_path / "evidence", evidence)


@pytest.fixture(params=[name for name in ("mawk", "gawk") if shutil.which(name)])
def tools(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """A folder with nothing but the tools, with every awk that this machine has."""
    return only_tools(tmp_path / "tools", request.param)


def verify(bundle: Path, tools: Path) -> subprocess.CompletedProcess[str]:
    return by_hand(bundle, path=str(tools))


def test_the_commands_of_verify_txt_find_the_bundle_whole(bundle: Path, tools: Path, evidence: Evidence) -> None:
    done = verify(bundle, tools)
    assert (done.returncode, done.stderr) == (3, "")
    assert f"{evidence.integrity.events} events, last seal {evidence.integrity.head}" in done.stdout
    assert "7 files are the ones that the journal names" in done.stdout
    assert done.stdout.splitlines()[-1].startswith("NOT SIGNED")


@pytest.mark.parametrize("name", ATTACKS)
def test_the_commands_of_verify_txt_refuse(name: str, bundle: Path) -> None:
    attack, words = ATTACKS[name]
    attack(bundle)
    done = verify(bundle, Path("/usr/bin"))
    assert done.returncode == 5
    assert "FAILED" in done.stdout
    assert words in done.stdout.splitlines()[-1]
    assert done.stdout.isascii()


def test_the_same_journal_gives_the_same_bytes(session: Path, store: Store, bundle: Path, tmp_path: Path) -> None:
    again = write_bundle(session, tmp_path / "again", story.evidence_of(store))
    assert (again / "SHA256SUMS").read_bytes() == (bundle / "SHA256SUMS").read_bytes()


def test_a_report_of_a_session_that_goes_on_ends_where_its_evidence_ends(store: Store, tmp_path: Path) -> None:
    it = story.opened(store)
    evidence = story.evidence_of(store)
    it.attempt("prepare.stop-sdk", "t-1")
    bundle = write_bundle(it.file.folder, tmp_path / "evidence", evidence)
    it.file.release()
    done = verify(bundle, Path("/usr/bin"))
    assert done.returncode == 5
    assert done.stdout.splitlines()[-1] == "FAILED: INCOMPLETE: the session was not completed"
    assert "5. ok" in done.stdout
    assert (bundle / "session.toml").read_bytes().count(b"[[event]]") == 1


def test_a_torn_end_is_told_and_left_out(store: Store, session: Path, tmp_path: Path) -> None:
    with (session / "session.toml").open("ab") as journal:
        journal.write(b"\n[[event]]\nat = 2026")
    evidence = story.evidence_of(store)
    bundle = write_bundle(session, tmp_path / "evidence", evidence)
    assert evidence.integrity.verdict == "torn"
    assert verify(bundle, Path("/usr/bin")).returncode == 3


def test_a_damaged_journal_is_given_whole_and_refused(store: Store, session: Path, tmp_path: Path) -> None:
    journal = session / "session.toml"
    journal.write_bytes(journal.read_bytes().replace(b"nobody is logged on", b"nobody was logged o"))
    bundle = write_bundle(session, tmp_path / "evidence", story.evidence_of(store))
    assert (bundle / "session.toml").read_bytes() == journal.read_bytes()
    assert "DAMAGED JOURNAL" in (bundle / "report.html").read_text()
    assert verify(bundle, Path("/usr/bin")).returncode == 5


def test_only_files_of_evidence_are_taken_over(session: Path, evidence: Evidence, tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("hunter2")
    (session / "outputs" / "99-link.txt").symlink_to(secret)
    (session / "outputs" / "bad\nname.txt").write_text("x")
    (session / "ballast").write_text("x")
    os.mkfifo(session / "outputs" / "pipe")
    bundle = write_bundle(session, tmp_path / "evidence", evidence)
    names = {str(path.relative_to(bundle)) for path in bundle.rglob("*")}
    assert not {"ballast", "session.lock", "outputs/99-link.txt", "outputs/pipe"} & names
    assert not [name for name in names if "\n" in name]


def test_an_earlier_bundle_gives_way_only_when_asked(session: Path, evidence: Evidence, bundle: Path) -> None:
    with pytest.raises(ReportError, match="earlier bundle"):
        write_bundle(session, bundle, evidence)
    (bundle / "report.md").write_text("changed")
    write_bundle(session, bundle, evidence, replace=True)
    assert (bundle / "report.md").read_text() != "changed"
    assert [path.name for path in bundle.parent.iterdir() if path.name.startswith(".")] == []


def test_nothing_else_ever_gives_way(session: Path, evidence: Evidence, bundle: Path, tmp_path: Path) -> None:
    (bundle / "my-notes.txt").write_text("mine")
    with pytest.raises(ReportError, match="no evidence bundle"):
        write_bundle(session, bundle, evidence, replace=True)
    folder = tmp_path / "folder"
    folder.mkdir()
    with pytest.raises(ReportError, match="no evidence bundle"):
        write_bundle(session, folder, evidence, replace=True)


def test_a_failure_leaves_nothing_behind(session: Path, evidence: Evidence, tmp_path: Path) -> None:
    (session / "session.toml").write_bytes(b"format = 1\n")
    with pytest.raises(ReportError, match="Make the report again"):
        write_bundle(session, tmp_path / "out" / "evidence", evidence)
    assert list((tmp_path / "out").iterdir()) == []


def test_what_a_killed_export_left_is_swept_away(session: Path, evidence: Evidence, tmp_path: Path) -> None:
    (tmp_path / ".evidence.partial").mkdir()
    (tmp_path / ".evidence.partial" / "report.html").write_text("half")
    bundle = write_bundle(session, tmp_path / "evidence", evidence)
    assert (bundle / "report.html").read_text().endswith("</html>\n")


def test_evidence_is_for_its_owner_alone(bundle: Path) -> None:
    assert all(path.stat().st_mode & 0o077 == 0 for path in [bundle, *bundle.rglob("*")])
