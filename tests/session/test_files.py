from __future__ import annotations

import errno
import os
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from smtui.session.files import Folder, read_all, sync_tree, write_all


@pytest.fixture(params=[0o000, 0o022, 0o777])
def umask(request: pytest.FixtureRequest) -> Iterator[int]:
    before = os.umask(request.param)
    yield request.param
    os.umask(before)


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Folder]:
    with Folder(tmp_path) as opened:
        yield opened


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_modes_under_any_umask(tmp_path: Path, folder: Folder, umask: int) -> None:
    folder.write_new("file", b"x")
    with folder.make_subfolder("sub") as sub:
        sub.write_new("inner", b"y")
    assert [mode(tmp_path / name) for name in ("file", "sub", "sub/inner")] == [0o600, 0o700, 0o600]
    sync_tree(tmp_path)


def test_a_new_file_never_replaces_one(folder: Folder) -> None:
    folder.write_new("file", b"x")
    with pytest.raises(FileExistsError):
        folder.write_new("file", b"y")
    assert folder.read("file") == b"x"


def test_links_are_not_followed(tmp_path: Path, folder: Folder) -> None:
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "link").symlink_to("elsewhere")
    (tmp_path / "target").write_bytes(b"x")
    (tmp_path / "file").symlink_to("target")
    (tmp_path / "dangling").symlink_to("nowhere")
    for open_it in (lambda: folder.subfolder("link"), lambda: Folder(tmp_path / "link")):
        with pytest.raises(OSError) as refused:  # noqa: PT011 - the number tells
            open_it()
        assert refused.value.errno in (errno.ELOOP, errno.ENOTDIR)
    for name, flags in (("file", os.O_RDONLY), ("file", os.O_WRONLY), ("dangling", os.O_WRONLY | os.O_CREAT)):
        with pytest.raises(OSError) as refused:  # noqa: PT011 - the number tells
            folder.open(name, flags)
        assert refused.value.errno == errno.ELOOP
    assert folder.exists("dangling")
    assert not (tmp_path / "nowhere").exists()


@pytest.mark.parametrize("name", ["fifo", "folder"])
def test_only_regular_files_are_opened(tmp_path: Path, folder: Folder, name: str) -> None:
    os.mkfifo(tmp_path / "fifo")
    (tmp_path / "folder").mkdir()
    with pytest.raises(OSError, match=r"regular|directory"):
        folder.open(name)
    with pytest.raises(OSError, match="regular"), Folder(Path("/dev")) as devices:
        devices.open("zero")


def test_the_folder_stays_the_one_that_was_opened(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    with Folder(tmp_path / "a") as folder:
        (tmp_path / "a").rename(tmp_path / "b")
        (tmp_path / "a").symlink_to("/dev")
        folder.write_new("file", b"x")
    assert (tmp_path / "b/file").read_bytes() == b"x"


def test_short_writes_are_continued() -> None:
    into, out = os.pipe()
    os.set_blocking(out, True)
    write_all(out, b"x" * 1000)
    assert os.read(into, 2000) == b"x" * 1000
    os.close(into)
    os.close(out)


def test_a_part_of_a_file_is_read(folder: Folder) -> None:
    folder.write_new("file", b"0123456789")
    with folder.opened("file") as fd:
        assert read_all(fd, 2, 5) == b"234"
        assert read_all(fd, 7) == b"789"
        assert read_all(fd, 7, 99) == b"789"
        assert read_all(fd, 99) == b""


def test_a_file_beyond_all_measure_is_refused(tmp_path: Path, folder: Folder) -> None:
    with (tmp_path / "file").open("wb") as file:
        file.truncate(1 << 40)
    with pytest.raises(OSError) as refused, folder.opened("file") as fd:  # noqa: PT011 - the number tells
        read_all(fd)
    assert refused.value.errno == errno.EFBIG


def test_another_users_folder_is_refused(tmp_path: Path) -> None:
    with Folder(tmp_path) as own:
        own.require_own()
    foreign = Path("/")
    if os.geteuid() == 0:
        foreign = tmp_path
        os.chown(foreign, 12345, -1)
    with Folder(foreign) as folder, pytest.raises(PermissionError):
        folder.require_own()
