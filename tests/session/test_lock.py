from __future__ import annotations

import fcntl
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from smtui.session.errors import SessionBusy
from smtui.session.files import Folder
from smtui.session.journal import ORIGIN, seal
from smtui.session.lock import LOCK_FILE, Lock, Mark, holder_of, is_held, read_mark

MARK = Mark(7, "ab" * 32)
HOLDER = {"pid": "41", "by": "ada", "host": "jump01", "tty": "/dev/pts/3"}
HOLD = """
import sys
from pathlib import Path
from smtui.session.files import Folder
from smtui.session.lock import Lock, Mark
lock = Lock(Folder(Path(sys.argv[1])), {"pid": "41", "by": "bob"})
lock.note(Mark(3, "cd" * 32))
print("held", flush=True)
sys.stdin.read()
"""


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Folder]:
    with Folder(tmp_path) as opened:
        yield opened


@pytest.fixture
def stranger(tmp_path: Path) -> Iterator[subprocess.Popen[str]]:
    """Another process that holds the lock until its standard input ends."""
    path = os.pathsep.join(sys.path)
    with subprocess.Popen(
        [sys.executable, "-c", HOLD, str(tmp_path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env={"PYTHONPATH": path},
    ) as process:
        assert process.stdout
        assert process.stdout.readline() == "held\n"
        yield process
        process.kill()


def test_the_second_is_told_who_holds_it(folder: Folder, stranger: subprocess.Popen[str]) -> None:
    with pytest.raises(SessionBusy, match="pid 41, by bob") as busy:
        Lock(folder, HOLDER, patience=0.1)
    assert busy.value.holder == "pid 41, by bob"
    assert is_held(folder)


def test_a_killed_holder_lets_go_and_leaves_its_mark(folder: Folder, stranger: subprocess.Popen[str]) -> None:
    stranger.kill()
    stranger.wait()
    assert not is_held(folder)
    lock = Lock(folder, HOLDER, patience=0)
    assert lock.mark == Mark(3, "cd" * 32)
    lock.release()


def test_mark_and_holder_come_back(folder: Folder) -> None:
    lock = Lock(folder, HOLDER)
    assert lock.mark is None
    assert (holder_of(folder), read_mark(folder)) == ("", None)
    lock.note(MARK)
    assert holder_of(folder) == "pid 41, by ada, host jump01, tty /dev/pts/3"
    assert read_mark(folder) == MARK
    lock.release()
    lock.release()
    assert read_mark(folder) == MARK


def test_who_waits_gets_it(folder: Folder) -> None:
    first = Lock(folder, HOLDER)
    release = threading.Timer(0.1, first.release)
    release.start()
    Lock(folder, HOLDER, patience=60).release()
    release.join()


def test_a_reader_with_a_shared_lock_only_delays(folder: Folder, tmp_path: Path) -> None:
    Lock(folder, HOLDER).release()
    with (tmp_path / LOCK_FILE).open("rb") as reader:
        fcntl.flock(reader, fcntl.LOCK_SH)
        with pytest.raises(SessionBusy):
            Lock(folder, HOLDER, patience=0)
    Lock(folder, HOLDER, patience=0).release()


def test_a_lock_file_that_was_replaced_is_not_trusted(folder: Folder, tmp_path: Path) -> None:
    """Whoever deletes the file lets a second process in: both must not believe that they hold the session."""
    first = Lock(folder, HOLDER)
    (tmp_path / LOCK_FILE).unlink()
    second = Lock(folder, HOLDER, patience=0)
    with (tmp_path / LOCK_FILE).open("rb") as named, pytest.raises(BlockingIOError):
        fcntl.flock(named, fcntl.LOCK_SH | fcntl.LOCK_NB)
    first.release()
    second.release()


@pytest.mark.parametrize("value", ["x" * 1000, "\x1b]0;owned\a", "\u202e", '"\n= [', "\ud800", "ä" * 300])
def test_a_hostile_holder_is_shown_in_one_safe_line(folder: Folder, value: str) -> None:
    lock = Lock(folder, {"pid": "41", "by": value, "host": value, "tty": value, "seq": "9", "from": value})
    lock.note(MARK)
    assert read_mark(folder) == MARK
    assert holder_of(folder).startswith("pid 41, by ")
    assert holder_of(folder).isprintable()
    assert os.stat(LOCK_FILE, dir_fd=folder.fd).st_size == 512
    lock.release()


@pytest.mark.parametrize("body", [b"", b"\0" * 512, b"seq = 1", b"\xff" * 512, b"x" * 9000])
def test_a_torn_mark_is_none(folder: Folder, tmp_path: Path, body: bytes) -> None:
    (tmp_path / LOCK_FILE).write_bytes(body)
    assert (read_mark(folder), holder_of(folder)) == (None, "")


@pytest.mark.parametrize(
    "body", [b"a" * 40 + b"\n", b"seq = true\n", b'head = "x"\n', b"seq = 1\nseq = 2\n", b"\xff\n"]
)
def test_a_sealed_mark_that_says_nothing_is_none(folder: Folder, tmp_path: Path, body: bytes) -> None:
    (tmp_path / LOCK_FILE).write_bytes(body + f'sha256 = "{seal(ORIGIN, body)}"\n'.encode())
    assert read_mark(folder) is None


def test_an_edited_mark_is_none(folder: Folder, tmp_path: Path) -> None:
    lock = Lock(folder, HOLDER)
    lock.note(MARK)
    path = tmp_path / LOCK_FILE
    path.write_bytes(path.read_bytes().replace(b"seq = 7", b"seq = 8"))
    assert read_mark(folder) is None
    lock.release()


def test_a_link_in_its_place_is_refused(folder: Folder, tmp_path: Path) -> None:
    (tmp_path / LOCK_FILE).symlink_to("elsewhere")
    assert not is_held(folder)
    assert read_mark(folder) is None
    with pytest.raises(OSError, match="symbolic"):
        Lock(folder, HOLDER)
    assert not (tmp_path / "elsewhere").exists()
