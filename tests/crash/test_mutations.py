"""Damage at rest to any one file of a session: recovered or reported, never read as another history."""

from __future__ import annotations

import random
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from smtui.session.errors import JournalDamaged
from smtui.session.events import Ended, Noted, Record, Sensed, Started
from smtui.session.store import Store
from tests.crash.program import FULL
from tests.crash.victim import OPENED, PINNED, SESSION, STAMP

SEEDS = 3000 if FULL else 500
SECTOR = 512
Mutation = Callable[[bytes, random.Random], bytes | None]


def flip(data: bytes, lot: random.Random) -> bytes:
    place = lot.randrange(len(data))
    return data[:place] + bytes([data[place] ^ (1 << lot.randrange(8))]) + data[place + 1 :]


def cut(data: bytes, lot: random.Random) -> bytes:
    return data[: lot.randrange(len(data))]


def zero(data: bytes, lot: random.Random) -> bytes:
    start, end = _range(data, lot)
    return data[:start] + bytes(end - start) + data[end:]


def zero_sectors(data: bytes, lot: random.Random) -> bytes:
    """As a disk does it, up to the end of the file if the lot has it."""
    start = lot.randrange(len(data)) // SECTOR * SECTOR
    end = min(len(data), start + SECTOR * lot.randrange(1, 4))
    return data[:start] + bytes(end - start) + data[end:]


def delete(data: bytes, lot: random.Random) -> bytes:
    start, end = _range(data, lot)
    return data[:start] + data[end:]


def duplicate(data: bytes, lot: random.Random) -> bytes:
    start, end = _range(data, lot)
    return data[:end] + data[start:]


def swap_events(data: bytes, lot: random.Random) -> bytes:
    blocks = data.split(b"\n[[event]]\n")
    one, other = lot.sample(range(len(blocks)), 2) if len(blocks) > 1 else (0, 0)
    blocks[one], blocks[other] = blocks[other], blocks[one]
    return b"\n[[event]]\n".join(blocks)


def drop_an_event(data: bytes, lot: random.Random) -> bytes:
    blocks = data.split(b"\n[[event]]\n")
    del blocks[lot.randrange(len(blocks))]
    return b"\n[[event]]\n".join(blocks)


def append_rubbish(data: bytes, lot: random.Random) -> bytes:
    return data + lot.randbytes(lot.randrange(1, 100))


def remove(data: bytes, lot: random.Random) -> None:
    """The whole file."""


MUTATIONS: tuple[Mutation, ...] = (
    flip,
    cut,
    zero,
    zero_sectors,
    delete,
    duplicate,
    swap_events,
    drop_an_event,
    append_rubbish,
    remove,
)


def _range(data: bytes, lot: random.Random) -> tuple[int, int]:
    start = lot.randrange(len(data))
    return start, min(len(data), start + lot.randrange(1, 200))


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, tuple[Record, ...]]:
    """A session of ten events, released in order."""
    root = tmp_path_factory.mktemp("sound")
    session = Store(root).create(SESSION, OPENED, PINNED, STAMP)
    for number in (1, 2, 3):
        started = Started(
            item="a.b",
            attempt=number,
            target="SM01",
            token=f"t{number}",
            action_sha256="0" * 64,
            output=f"{number}.txt",
        )
        session.append(started, STAMP)
        output = session.new_output(started.output)
        output.write("Stopping the service…\r\n" * 20)
        digest, size = output.close()
        session.append(
            Ended(item="a.b", target="SM01", token=f"t{number}", outcome="ok", output_sha256=digest, output_bytes=size),
            STAMP,
        )
    session.append(Sensed(item="a.b", target="SM01", answer="agrees", fields={"status": "Stopped"}), STAMP)
    session.append(Noted(text="x" * 1200), STAMP)
    session.append(Noted(text='sha256 = "0"\n[[event]]\n'), STAMP)
    session.release()
    (session.folder / "ballast").unlink()
    return session.folder, Store(root).read(SESSION).records


def test_damage_is_recovered_or_reported(
    sound: tuple[Path, tuple[Record, ...]], quick_disk: Path, record_property: Callable[[str, object], None]
) -> None:
    folder, records = sound
    assert len(records) == 10
    files = sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())
    reported = 0
    for seed in range(SEEDS):
        lot = random.Random(seed)  # noqa: S311 - a seed names a case
        name = "session.toml" if lot.random() < 0.6 else lot.choice(files)
        mutation = lot.choice(MUTATIONS)
        shutil.rmtree(quick_disk, ignore_errors=True)
        shutil.copytree(folder, quick_disk / SESSION)
        changed = mutation((folder / name).read_bytes(), lot)
        if changed is None:
            (quick_disk / SESSION / name).unlink()
        else:
            (quick_disk / SESSION / name).write_bytes(changed)
        reported += _is_reported(Store(quick_disk), records, f"seed {seed}: {mutation.__name__} of {name}")
    record_property("reported", reported)
    assert SEEDS // 2 < reported < SEEDS  # the lock's body is an aid: its damage is no damage


def _is_reported(store: Store, records: tuple[Record, ...], case: str) -> bool:
    reading = store.read(SESSION)
    assert reading.records == records[: len(reading.records)], case
    problems = store.problems(SESSION)
    store.brief(SESSION)
    if reading.verdict == "damaged":
        assert reading.reason, case
        with pytest.raises(JournalDamaged):
            store.open(SESSION)
        return True
    session = store.open(SESSION)
    session.release()
    assert tuple(session.records) == records, case
    return bool(problems) or reading.verdict == "torn"
