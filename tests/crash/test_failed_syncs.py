"""What the sweeps do not tell: which descriptor is synced after a failure, and faults that stay or come together."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

import pytest

from smtui.session.store import Store
from tests.crash.judging import violation
from tests.crash.tracing import Run, run, undisturbed
from tests.crash.victim import ITEMS, SESSION

ALL = 1 + 2 * ITEMS
SYNCS = ("fsync", "fdatasync", "close")


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return tmp_path / "sessions"


def complete(done: Run) -> bool:
    return done.said[-1] == "DONE" and max(done.acknowledged) == ALL


def goes_on(root: Path, faults: Sequence[str]) -> Run:
    """The program met the faults and recorded everything all the same."""
    done = run(root, "record", faults=faults, calls=SYNCS)
    assert done.fired
    assert complete(done), (done.said, done.errors)
    assert violation(root, done.acknowledged) == ""
    return done


def stops(root: Path, faults: Sequence[str], why: str) -> Run:
    """The program stopped in order, told why, and the session goes on when the cause is gone."""
    done = run(root, "record", faults=faults)
    assert done.code == 75, (done.said, done.errors)
    assert why in done.said[-1]
    assert violation(root, done.acknowledged) == ""
    again = undisturbed(root, "finish")
    assert again.said[-1] == "DONE", again.errors
    return done


def calls_before(root: Path, call: str, until: str, number: int) -> int:
    """How many times an undisturbed program makes one call before it makes another for the n-th time."""
    clean = root.parent / "clean" / "sessions"
    clean.parent.mkdir()
    log = run(clean, "record", calls=(call, until)).log
    ends = [found.start() for found in re.finditer(rf"^\d+ +{until}\(", log, re.MULTILINE)]
    return len(re.findall(rf"^\d+ +{call}\(", log[: ends[number - 1]], re.MULTILINE))


def test_a_descriptor_whose_sync_failed_is_never_synced_again(root: Path) -> None:
    log = goes_on(root, ["fdatasync:error=EIO:when=3"]).log
    failed = re.search(r"fdatasync\((\d+)<[^>]*/session\.toml>\) += -1 EIO .*INJECTED\)\n", log)
    assert failed
    until_closed = log[failed.end() :].partition(f"close({failed[1]}<")
    assert until_closed[1]
    assert f"sync({failed[1]}<" not in until_closed[0]
    assert re.search(r"fsync\(\d+<[^>]*/session\.toml\.new>\) += 0", until_closed[0])


@pytest.mark.parametrize("nth", [1, 3, ITEMS * 2])
def test_when_the_new_file_fails_too_the_next_append_tries_again(root: Path, nth: int) -> None:
    creation = calls_before(root, "renameat", "fdatasync", nth)
    done = goes_on(root, [f"fdatasync:error=EIO:when={nth}", f"renameat:error=EIO:when={creation + 1}"])
    assert [line for line in done.said if "HALTED" in line] == [
        "HALTED session.toml.new: Input/output error (EIO); the event is not recorded"
    ]


def test_a_disk_that_never_syncs_again(root: Path) -> None:
    before = calls_before(root, "fsync", "fdatasync", 2)
    faults = ["fdatasync:error=EIO:when=2+", f"fsync:error=EIO:when={before + 1}+"]
    done = stops(root, faults, "session.toml: Input/output error (EIO); the event is not recorded")
    assert max(done.acknowledged) == 2


def test_a_disk_that_stays_full(root: Path) -> None:
    before = calls_before(root, "write", "fdatasync", 3)
    done = stops(root, [f"write:error=ENOSPC:when={before}+"], "session.toml: No space left on device (ENOSPC)")
    assert max(done.acknowledged) == 3


@pytest.mark.parametrize("error", ["ENOSPC", "EDQUOT"])
def test_a_full_disk_releases_the_ballast(root: Path, error: str) -> None:
    before = calls_before(root, "write", "fdatasync", 3)
    goes_on(root, [f"write:error={error}:when={before}"])
    ballast = root / SESSION / "ballast"
    assert ballast.stat().st_size == 1 << 20  # allocated anew when the session was judged, that is: opened


def test_the_sync_of_a_cut_fails(root: Path) -> None:
    """After a refused write the half block is cut off; if that cannot be synced, the descriptor is dead as well."""
    before = calls_before(root, "write", "fdatasync", 3)
    goes_on(root, [f"write:error=ENOSPC:when={before}", "fdatasync:error=EIO:when=3"])


def test_the_cut_itself_fails(root: Path) -> None:
    before = calls_before(root, "write", "fdatasync", 3)
    goes_on(root, [f"write:error=ENOSPC:when={before}", "ftruncate:error=EIO:when=1..2"])


def test_a_file_system_without_a_sync_of_folders(root: Path) -> None:
    """CIFS answers EINVAL: that is no failure."""
    session = root / SESSION
    folders = [root.parent, root, root / ".new-s-0", root / ".new-s-0/outputs", session, session / "outputs"]
    done = run(root, "record", faults=["fsync:error=EINVAL:when=1+"], paths=folders)
    assert done.fired
    assert complete(done)
    assert not any("HALTED" in line or "LOST" in line for line in done.said)


def test_no_error_of_a_close_matters(root: Path) -> None:
    """What counts was synced before."""
    goes_on(root, ["close:error=EIO:when=1+"])


def test_an_output_whose_sync_failed_is_written_anew(root: Path) -> None:
    output = root / SESSION / "outputs" / "000002-a.txt"
    done = run(root, "record", faults=["fsync:error=EIO:when=1"], paths=[output])
    assert done.fired
    assert complete(done)
    assert not any("LOST" in line for line in done.said)
    assert Store(root).problems(SESSION) == ()


def test_an_output_that_cannot_be_made_durable_is_told_and_the_session_goes_on(root: Path) -> None:
    output = root / SESSION / "outputs" / "000002-a.txt"
    done = run(root, "record", faults=["fsync:error=EIO:when=1+"], paths=[output, output.with_suffix(".txt.new")])
    assert "LOST 000002-a.txt: Input/output error (EIO); the output is incomplete" in done.said
    assert complete(done)
    assert violation(root, done.acknowledged) == ""
