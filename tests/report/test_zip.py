"""The bundle as one file: the same bytes again, nothing but the bundle's files, and no way out when it is unpacked."""

from __future__ import annotations

import os
import zipfile
from pathlib import Path

import pytest
import report_bundle
import report_keys as keys

from smtui.report.model import Evidence
from smtui.report.write import write_bundle
from smtui.report.zipped import ZipError, unpacked, write_zip


@pytest.fixture
def bundle(session: Path, evidence: Evidence, tmp_path: Path) -> Path:
    return write_bundle(session, tmp_path / "evidence", evidence)


def test_the_same_bundle_gives_the_same_bytes(bundle: Path, session: Path, evidence: Evidence, tmp_path: Path) -> None:
    zipped = write_zip(bundle)
    (tmp_path / "again").mkdir()
    again = write_bundle(session, tmp_path / "again" / "evidence", evidence)
    for path in [again, *again.rglob("*")]:
        os.utime(path, (1, 1))
    assert write_zip(again).read_bytes() == zipped.read_bytes()
    assert zipped.stat().st_mode & 0o777 == 0o600


def test_any_unzip_gives_a_bundle_that_verify_txt_finds_whole(bundle: Path, tmp_path: Path) -> None:
    with zipfile.ZipFile(write_zip(bundle)) as zipped:
        assert zipped.testzip() is None
        zipped.extractall(tmp_path / "out")
    assert keys.by_hand(tmp_path / "out" / "evidence").returncode == 3


def test_a_signature_goes_into_the_zip(bundle: Path, tmp_path: Path) -> None:
    write_zip(bundle)
    signed = report_bundle.signed(bundle, tmp_path)
    with unpacked(write_zip(bundle)) as folder:
        assert report_bundle.verify(folder, signed.signers).outcome == "verified"
    assert not folder.exists()


def test_a_zip_of_something_else_does_not_give_way(bundle: Path) -> None:
    other = bundle.with_name("evidence.zip")
    with zipfile.ZipFile(other, "w") as zipped:
        zipped.writestr("evidence/SHA256SUMS", "other")
    with pytest.raises(ZipError, match="no zip of this bundle"):
        write_zip(bundle)
    other.unlink()
    other.symlink_to(bundle / "report.md")
    with pytest.raises(ZipError, match="no zip of this bundle"):
        write_zip(bundle)


NAMES = ("../x", "a/../../x", "/etc/x", "a\\..\\..\\x", "x", "a/", "a/b\n", "a/.hidden", "a//b", "a/b/../../../x")


@pytest.mark.parametrize("name", NAMES)
def test_a_name_that_leads_out_is_refused(name: str, tmp_path: Path) -> None:
    path = tmp_path / "evil.zip"
    with zipfile.ZipFile(path, "w") as zipped:
        zipped.writestr(zipfile.ZipInfo(name), b"x")
    with pytest.raises(ZipError), unpacked(path):
        pass
    assert sorted(one.name for one in tmp_path.iterdir()) == ["evil.zip"]


def test_two_files_of_one_name_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "evil.zip"
    with zipfile.ZipFile(path, "w") as zipped:
        zipped.writestr("a/x", b"1")
        with pytest.warns(UserWarning, match="Duplicate name"):
            zipped.writestr("a/x", b"2")
    with pytest.raises(ZipError, match="twice"), unpacked(path):
        pass


def test_a_file_that_is_a_folder_too_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "evil.zip"
    with zipfile.ZipFile(path, "w") as zipped:
        zipped.writestr("a/x", b"1")
        zipped.writestr("a/x/y", b"2")
    with pytest.raises(ZipError, match="cannot be unpacked"), unpacked(path):
        pass


def test_a_bomb_ends_early(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("smtui.report.zipped.LARGEST", 1 << 20)
    path = tmp_path / "bomb.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as zipped:
        zipped.writestr("a/x", b"\0" * (8 << 20))
    with pytest.raises(ZipError, match="more than a bundle"), unpacked(path):
        pass
    assert path.stat().st_size < 10_000


def test_what_is_no_zip_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "x.zip"
    path.write_bytes(b"PK\x03\x04 and no more")
    with pytest.raises(ZipError, match="cannot be unpacked"), unpacked(path):
        pass
