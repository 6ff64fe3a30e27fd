"""What a second person leaves: who owns the file says it, and a file that others could have made says nothing."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from smtui.session.errors import JournalError
from smtui.session.files import SHARED_FOLDER_MODE, Folder
from smtui.session.inbox import INBOX, Delivered, Unusable, Word, delivered, leave

WORD = Word(
    decision="approved",
    session="s",
    code="K7Q-M2P",
    request="0" * 64,
    deed_sha256="1" * 64,
    at=datetime(2026, 3, 14, tzinfo=UTC),
    host="jump01",
    origin="local",
)


@pytest.fixture
def session(tmp_path: Path) -> Iterator[Folder]:
    tmp_path.chmod(SHARED_FOLDER_MODE)
    with Folder(tmp_path) as folder:
        folder.make_subfolder(INBOX).close()
        yield folder


def test_a_word_comes_back_with_its_owner(session: Folder) -> None:
    name = leave(session, WORD)
    seen: set[str] = set()
    (one,) = delivered(session, seen)
    assert isinstance(one, Delivered)
    assert (one.name, one.uid, one.word) == (name, os.geteuid(), WORD)
    assert not list(delivered(session, seen)), "it is handed out once"
    assert (session.path / INBOX / name).stat().st_mode & 0o777 == 0o640


def _replaced_by_link(word: Path) -> None:
    word.rename(word.parent.parent / "elsewhere")
    word.symlink_to(word.parent.parent / "elsewhere")


def _replaced_by_fifo(word: Path) -> None:
    word.unlink()
    os.mkfifo(word)


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (lambda word: word.chmod(0o660), "others than its owner can change it"),
        (lambda word: word.chmod(0o646), "others than its owner can change it"),
        (lambda word: os.link(word, word.parent.parent / "second"), "others than its owner can change it"),
        (_replaced_by_link, "symbolic links"),
        (_replaced_by_fifo, "not a regular file"),
        (lambda word: word.write_text("x" * 5000), "too long"),
        (lambda word: word.write_text("no toml"), "no approval"),
        (lambda word: word.write_text('decision = "perhaps"\n'), "no approval"),
        (lambda word: word.write_text(word.read_text() + 'more = "x"\n'), "no approval"),
        (lambda word: word.write_bytes(b"\xff\xfe"), "no approval"),
    ],
)
def test_what_says_nothing_is_named(session: Folder, change: Callable[[Path], object], why: str) -> None:
    name = leave(session, WORD)
    change(session.path / INBOX / name)
    (one,) = delivered(session, set())
    assert isinstance(one, Unusable)
    assert why in one.why


def test_a_half_written_file_is_not_looked_at(session: Folder) -> None:
    (session.path / INBOX / ".K7Q-M2P-1-approved.toml.77").write_text("decision")
    assert not list(delivered(session, set()))


def test_a_second_word_of_one_account_does_not_hide_the_first(session: Folder) -> None:
    leave(session, WORD)
    no = Word(**{**{name: getattr(WORD, name) for name in WORD.__struct_fields__}, "decision": "refused"})
    leave(session, no)
    said = [one.word.decision for one in delivered(session, set()) if isinstance(one, Delivered)]
    assert said == ["approved", "refused"]


def test_a_reason_has_its_length(session: Folder) -> None:
    long = Word(**{**{name: getattr(WORD, name) for name in WORD.__struct_fields__}, "reason": "x" * 5000})
    with pytest.raises(JournalError, match="too long"):
        leave(session, long)


def test_a_private_session_has_no_inbox(tmp_path: Path) -> None:
    with Folder(tmp_path) as folder:
        assert not list(delivered(folder, set()))


@pytest.mark.skipif(os.geteuid() != 0, reason="files are given to other accounts by root alone")
def test_the_owner_counts_and_not_what_the_file_says(session: Folder) -> None:
    name = leave(session, WORD)
    os.chown(session.path / INBOX / name, 4002, -1)
    (one,) = delivered(session, set())
    assert isinstance(one, Delivered)
    assert (one.uid, one.account) == (4002, "4002")
