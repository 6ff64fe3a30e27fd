"""The folder of a group: only as promised, and sessions in it are open to the group and to nobody else."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable
from pathlib import Path

import pytest

from smtui.session.errors import JournalError
from smtui.session.events import Stamp
from smtui.session.files import Folder, may_own
from smtui.session.inbox import INBOX
from smtui.session.shared import SharedFolderError, group_id, require_shared, usable
from smtui.session.store import SessionMissing, Store, pinned_lines
from tests.session.making import AT, opened

GROUP = str(os.getgid())
ROOT = os.geteuid() == 0
NEEDS_ROOT = pytest.mark.skipif(not ROOT, reason="folders are given to other accounts by root alone")


@pytest.fixture
def place(tmp_path: Path) -> Path:
    folder = tmp_path / "shared"
    folder.mkdir()
    folder.chmod(0o2770)
    return folder


def stamp() -> Stamp:
    return Stamp(at=AT, boottime=1.0, by="op@here", origin="local")


def mode(path: Path) -> str:
    return oct(stat.S_IMODE(path.stat().st_mode))


def test_the_folder_of_the_sessions_is_made_once(place: Path) -> None:
    assert usable(place) is None
    sessions = require_shared(place, GROUP)
    assert mode(sessions) == "0o2770"
    assert require_shared(place, GROUP) == sessions
    assert usable(place) == sessions


def _linked(place: Path) -> None:
    place.rename(place.with_name("real"))
    place.symlink_to(place.with_name("real"))


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (lambda place: place.rmdir(), "install -d -m 2770 -g"),
        (lambda place: place.chmod(0o2775), "chmod 2770"),
        (lambda place: place.chmod(0o770), "chmod 2770"),
        (lambda place: (place / "sessions").mkdir(mode=0o700), "chmod 2770"),
        (_linked, "is a link or no folder"),
        pytest.param(lambda place: os.chown(place, 0, 4343), "chgrp", marks=NEEDS_ROOT),
        pytest.param(lambda place: os.chown(place, 1, int(GROUP)), "not in the group", marks=NEEDS_ROOT),
    ],
)
def test_a_folder_that_is_not_as_promised_says_what_to_do(
    place: Path, change: Callable[[Path], object], told: str
) -> None:
    change(place)
    if told != "not in the group" or not may_own(1, int(GROUP)):
        with pytest.raises(SharedFolderError, match=told) as refused:
            require_shared(place, GROUP)
        assert "\n" not in str(refused.value)
        assert GROUP in str(refused.value)


def test_a_group_that_is_not_there_is_named() -> None:
    with pytest.raises(SharedFolderError, match="no group 'nobody-made-this'"):
        group_id("nobody-made-this")


@pytest.mark.parametrize("umask", [0o000, 0o077, 0o777])
def test_a_session_is_open_to_the_group_under_any_umask(place: Path, tmp_path: Path, umask: int) -> None:
    store = Store(tmp_path / "own", shared=require_shared(place, GROUP))
    files = {"environment.toml": b"x", "checklist/c.toml": b"y"}
    before = os.umask(umask)
    try:
        session = store.create("s", opened(files=pinned_lines(files)), files, stamp(), shared=True)
        output = session.new_output("1.txt")
        output.write("x")
        output.close()
        session.release()
        store.open("s").release()
    finally:
        os.umask(before)
    assert store.is_shared("s")
    assert store.path("s").parent == place / "sessions"
    for path in store.path("s").rglob("*"):
        assert mode(path) == ("0o2770" if path.is_dir() else "0o660"), path
    assert (store.path("s") / INBOX).is_dir()


def test_a_private_session_stays_private_beside_it(place: Path, tmp_path: Path) -> None:
    store = Store(tmp_path / "own", shared=require_shared(place, GROUP))
    store.create("private", opened(), {}, stamp()).release()
    assert not store.is_shared("private")
    assert mode(store.root) == "0o700"
    assert not (store.path("private") / INBOX).exists()
    store.create("common", opened(), {}, stamp(), shared=True).release()
    assert set(store.ids()) == {"private", "common"}


def test_a_private_root_is_closed_whatever_it_was(tmp_path: Path) -> None:
    root = tmp_path / "own"
    root.mkdir()
    root.chmod(0o2770)
    Store(root).create("s", opened(), {}, stamp()).release()
    assert mode(root) == "0o700"
    assert mode(root / "s") == "0o700"


def test_without_a_folder_of_a_group_nothing_is_shared(tmp_path: Path) -> None:
    with pytest.raises(JournalError, match="no folder of a group"):
        Store(tmp_path).create("s", opened(), {}, stamp(), shared=True)


@NEEDS_ROOT
def test_a_session_of_an_account_outside_the_group_is_not_taken_up(place: Path, tmp_path: Path) -> None:
    stranger = 1
    if may_own(stranger, int(GROUP)):
        pytest.skip("the account is in this group")
    store = Store(tmp_path / "own", shared=require_shared(place, GROUP))
    store.create("s", opened(), {}, stamp(), shared=True).release()
    os.chown(store.path("s"), stranger, -1)
    with pytest.raises(JournalError, match=r"permitted|another user"):
        store.open("s")


def test_links_are_not_followed_there_either(place: Path, tmp_path: Path) -> None:
    store = Store(tmp_path / "own", shared=require_shared(place, GROUP))
    store.create("s", opened(), {}, stamp(), shared=True).release()
    real = store.path("s").rename(tmp_path / "moved")
    (place / "sessions" / "s").symlink_to(real)
    with pytest.raises((JournalError, SessionMissing)):
        store.open("s")
    assert "s" not in store.ids()


def test_a_file_in_it_is_made_for_the_group(place: Path) -> None:
    with Folder(place) as folder:
        folder.write_new("x", b"1")
        assert folder.is_shared
    assert mode(place / "x") == "0o660"
