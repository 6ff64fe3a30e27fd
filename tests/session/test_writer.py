from __future__ import annotations

import errno
import resource
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from smtui.session.errors import JournalDamaged, JournalHalted
from smtui.session.files import Folder
from smtui.session.journal import ORIGIN, encode
from smtui.session.writer import BALLAST_FILE, BALLAST_SIZE, JOURNAL_FILE, Writer, make_ballast

FIRST = encode({"kind": "opened"}, 1, ORIGIN)


def head(block: bytes) -> str:
    return block[-66:-2].decode()


SECOND = encode({"kind": "noted", "text": "x" * 3000}, 2, head(FIRST))
THIRD = encode({"kind": "noted"}, 3, head(SECOND))


@contextmanager
def files_at_most(size: int) -> Iterator[None]:
    """Real short writes: Python ignores SIGXFSZ, so the kernel takes what fits and then answers EFBIG."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Folder]:
    with Folder(tmp_path) as opened:
        yield opened


@pytest.fixture
def writer(folder: Folder) -> Iterator[Writer]:
    made = Writer(folder, folder.create(JOURNAL_FILE, FIRST), len(FIRST), head(FIRST))
    make_ballast(folder)
    yield made
    made.close()


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / JOURNAL_FILE


def test_blocks_are_appended(writer: Writer, file: Path) -> None:
    writer.append(SECOND, head(SECOND))
    writer.append(THIRD, head(THIRD))
    assert file.read_bytes() == FIRST + SECOND + THIRD


def test_a_half_written_block_is_cut_off_and_the_next_append_works(writer: Writer, file: Path) -> None:
    with files_at_most(len(FIRST) + 1000), pytest.raises(JournalHalted) as halted:
        writer.append(SECOND, head(SECOND))
    assert (halted.value.errno, halted.value.file) == (errno.EFBIG, JOURNAL_FILE)
    assert str(halted.value) == "session.toml: File too large (EFBIG); the event is not recorded"
    assert file.read_bytes() == FIRST
    writer.append(SECOND, head(SECOND))
    assert file.read_bytes() == FIRST + SECOND


def test_ballast_is_really_allocated(writer: Writer, tmp_path: Path) -> None:
    taken = (tmp_path / BALLAST_FILE).stat()
    assert taken.st_size == BALLAST_SIZE
    assert taken.st_blocks * 512 >= BALLAST_SIZE


@pytest.mark.parametrize("data", [FIRST + b"x", FIRST[:-1], FIRST + SECOND])
def test_a_second_writer_is_noticed(writer: Writer, file: Path, data: bytes) -> None:
    file.write_bytes(data)
    for _ in range(2):
        with pytest.raises(JournalDamaged, match="another program wrote"):
            writer.append(SECOND, head(SECOND))
    assert file.read_bytes() == data


def test_a_torn_tail_is_cut_off_when_settled(folder: Folder, file: Path) -> None:
    writer = Writer(folder, folder.create(JOURNAL_FILE, FIRST + SECOND[:99]), len(FIRST), head(FIRST), torn=True)
    writer.settle()
    assert file.read_bytes() == FIRST
    writer.close()


def test_ballast_without_room_is_no_ballast(folder: Folder) -> None:
    with files_at_most(BALLAST_SIZE // 2):
        make_ballast(folder)
    assert not folder.exists(BALLAST_FILE)
