from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from smtui.session import codec
from smtui.session.errors import JournalDamaged
from smtui.session.events import Noted, Stamp
from smtui.session.follow import Follower
from smtui.session.recording import SessionFile

Begin = Callable[..., SessionFile]


def test_every_event_is_handed_out_once(begin: Begin, stamp: Stamp) -> None:
    session = begin()
    with Follower(session.folder) as follower:
        assert follower.poll() == tuple(session.records)
        assert follower.poll() == ()
        written = [session.append(Noted(text=f"{n}"), stamp) for n in range(3)]
        assert follower.poll() == tuple(written)
        written = [session.append(Noted(text="last"), stamp)]
        session.release()
        assert follower.poll() == tuple(written)
        assert follower.unfinished == ""


def test_half_an_event_waits_for_the_rest(begin: Begin, stamp: Stamp) -> None:
    session = begin()
    path = session.folder / "session.toml"
    block = codec.pack(Noted(text="x" * 100), stamp, 2, session.records[-1].sha256)
    with Follower(session.folder) as follower, path.open("ab", buffering=0) as file:
        follower.poll()
        for place in range(len(block) - 1):
            file.write(block[place : place + 1])
            assert follower.poll() == ()
            assert follower.unfinished
        file.write(block[-1:])
        assert [record.event for record in follower.poll()] == [Noted(text="x" * 100)]


def test_the_writers_new_file_is_followed(begin: Begin, stamp: Stamp) -> None:
    session = begin()
    with Follower(session.folder) as follower:
        follower.poll()
        path = session.folder / "session.toml"
        block = codec.pack(Noted(text="in the new file"), stamp, 2, session.records[-1].sha256)
        fresh = session.folder / "session.toml.new"
        fresh.write_bytes(path.read_bytes() + block)
        fresh.rename(path)
        assert [record.event for record in follower.poll()] == [Noted(text="in the new file")]
        assert follower.poll() == ()


def test_another_history_is_not_followed(begin: Begin, stamp: Stamp) -> None:
    session, other = begin("s"), begin("other")
    with Follower(session.folder) as follower:
        follower.poll()
        (other.folder / "session.toml").rename(session.folder / "session.toml")
        with pytest.raises(JournalDamaged, match="another history"):
            follower.poll()


def test_a_journal_that_shrinks_is_told(begin: Begin, stamp: Stamp) -> None:
    session = begin()
    with Follower(session.folder) as follower:
        follower.poll()
        os.truncate(session.folder / "session.toml", 10)
        with pytest.raises(JournalDamaged, match="shorter"):
            follower.poll()


def test_an_event_of_a_newer_smtui_is_told(begin: Begin, stamp: Stamp) -> None:
    session = begin()
    with Follower(session.folder) as follower:
        follower.poll()
        block = codec.pack(Noted(text="x"), stamp, 2, session.records[-1].sha256)
        region = block[: block.index(b"sha256 = ")].replace(b'kind = "noted"', b'kind = "novel"')
        from smtui.session.journal import seal

        line = f'sha256 = "{seal(session.records[-1].sha256, region)}"\n'.encode()
        with (session.folder / "session.toml").open("ab") as file:
            file.write(region + line)
        with pytest.raises(JournalDamaged, match="none this smtui knows"):
            follower.poll()


def test_what_is_not_there_cannot_be_followed(begin: Begin) -> None:
    session = begin()
    (session.folder / "session.toml").unlink()
    before = len(list(Path("/proc/self/fd").iterdir()))
    with pytest.raises(FileNotFoundError):
        Follower(session.folder)
    with pytest.raises(FileNotFoundError):
        Follower(session.folder / "nowhere")
    assert len(list(Path("/proc/self/fd").iterdir())) == before
