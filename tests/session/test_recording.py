from __future__ import annotations

import errno
import hashlib
import resource
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from smtui.session.errors import JournalDamaged, JournalError, JournalHalted, OutputLost
from smtui.session.events import Halted, Noted, Stamp
from smtui.session.recording import SessionFile
from smtui.session.store import Store

Begin = Callable[..., SessionFile]


@contextmanager
def files_at_most(size: int) -> Iterator[None]:
    """A real limit of the kernel: what fits is written, then EFBIG."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def test_appending_from_many_threads_loses_nothing(begin: Begin, store: Store, stamp: Stamp) -> None:
    session = begin()

    def append(who: int) -> None:
        for number in range(25):
            session.append(Noted(text=f"{who}-{number}"), stamp)

    threads = [threading.Thread(target=append, args=(who,)) for who in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    session.release()
    reading = store.read("s")
    assert reading.verdict == "whole"
    assert reading.records == tuple(session.records)
    texts = {record.event.text for record in reading.records if isinstance(record.event, Noted)}
    assert len(texts) == 200


def test_a_halted_session_says_so_and_goes_on_when_it_can(begin: Begin, store: Store, stamp: Stamp) -> None:
    session = begin()
    size = (session.folder / "session.toml").stat().st_size
    with files_at_most(size + 50):
        for _ in range(2):
            with pytest.raises(JournalHalted) as halted:
                session.append(Noted(text="x" * 500), stamp)
            assert session.halted == str(halted.value)
            assert "EFBIG" in session.halted
    record = session.append(Halted(reason="the disk was full"), stamp)
    assert (record.seq, session.halted) == (2, "")
    session.release()
    assert store.read("s").records == tuple(session.records)


def test_an_event_that_is_not_durable_is_not_in_the_records(begin: Begin, stamp: Stamp) -> None:
    session = begin()
    size = (session.folder / "session.toml").stat().st_size
    with files_at_most(size + 50), pytest.raises(JournalHalted):
        session.append(Noted(text="x" * 500), stamp)
    assert len(session.records) == 1


def test_a_stranger_in_the_file_ends_the_session(begin: Begin, stamp: Stamp) -> None:
    session = begin()
    with (session.folder / "session.toml").open("ab") as file:
        file.write(b"x")
    with pytest.raises(JournalDamaged, match="another program"):
        session.append(Noted(text="x"), stamp)
    assert "another program" in session.halted


def test_nothing_is_appended_after_release(begin: Begin, stamp: Stamp) -> None:
    session = begin()
    session.release()
    session.release()
    with pytest.raises(JournalError, match="closed"):
        session.append(Noted(text="x"), stamp)


def test_a_naive_time_travels_back_to_the_caller(begin: Begin, stamp: Stamp) -> None:
    session = begin()
    naive = Stamp(at=stamp.at.replace(tzinfo=None), boottime=1.0, by="ada", origin="x")
    with pytest.raises(ValueError, match="zone"):
        session.append(Noted(text="x"), naive)
    assert session.append(Noted(text="x"), stamp).seq == 2


def test_outputs_are_stored_as_they_came(begin: Begin) -> None:
    session = begin()
    output = session.new_output("2-a.txt")
    for part in ("Stopping…\r\n", "", "\x1b[31m\0", "\ud800", "x" * 100_000):
        output.write(part)
    stored = (session.folder / "outputs" / "2-a.txt").read_bytes()
    assert stored == "Stopping…\r\n\x1b[31m\0\\ud800".encode() + b"x" * 100_000
    assert output.close() == (hashlib.sha256(stored).hexdigest(), len(stored))
    assert output.close() == (hashlib.sha256(stored).hexdigest(), len(stored))
    output.write("too late")
    assert (session.folder / "outputs" / "2-a.txt").read_bytes() == stored


def test_an_output_never_replaces_another(begin: Begin) -> None:
    session = begin()
    session.new_output("2-a.txt").close()
    with pytest.raises(OutputLost) as lost:
        session.new_output("2-a.txt")
    assert (lost.value.errno, lost.value.file) == (errno.EEXIST, "2-a.txt")


@pytest.mark.parametrize("name", ["", ".", "..", "../x", "a/b", "/x", "a\0b", "x" * 300])
def test_outputs_stay_in_their_folder(begin: Begin, name: str) -> None:
    with pytest.raises(ValueError, match="plain file name"):
        begin().new_output(name)


def test_an_output_that_does_not_fit_is_told_at_its_end(begin: Begin) -> None:
    session = begin()
    output = session.new_output("2-a.txt")
    with files_at_most(1000):
        output.write("x" * 5000)
        output.write("more")
    output.write("after the disk has room again")
    for _ in range(2):
        with pytest.raises(OutputLost, match=r"2-a\.txt: .*EFBIG.*incomplete"):
            output.close()
