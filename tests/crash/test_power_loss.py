"""The power fails after every single call; whatever the disk then holds, nothing acknowledged is gone."""

from __future__ import annotations

import random
import shutil
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from tests.crash.judging import violation
from tests.crash.power import Call, Disk, record

Forget = Callable[[Call], bool]


@pytest.fixture(scope="module")
def calls(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[Call]]:
    root = tmp_path_factory.mktemp("victim") / "state" / "sessions"
    root.parent.mkdir()
    return root, record(root)


@pytest.fixture(scope="module")
def changing(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[Call]]:
    """What replacing the environment does."""
    root = tmp_path_factory.mktemp("changing") / "state" / "sessions"
    root.parent.mkdir()
    return root, record(root, mode="change")


def cut_everywhere(
    root: Path, calls: Sequence[Call], folder: Path, names: str, *, names_with_data: bool, enough: int = 0
) -> tuple[int, list[str]]:
    """How many different disks were looked at, and what was wrong with them; stops at `enough` violations."""
    disk = Disk(str(root), names_with_data)
    lot = random.Random(7)  # noqa: S311 - the same lot every time
    acknowledged, seen = 0, set[int]()
    violations: list[str] = []
    for number, call in enumerate(calls):
        if call.kind == "ack":
            acknowledged = call.number
        else:
            disk.do(call)
        for image in disk.after_a_cut(names, lot):
            key = hash((acknowledged, frozenset(image.items())))
            if key in seen:
                continue
            seen.add(key)
            _lay_out(image, folder)
            if why := violation(folder / "sessions", {acknowledged: "?"} if acknowledged else {}):
                violations.append(f"after call {number} ({call.kind} {call.path}): {why}")
                if len(violations) == enough:
                    return len(seen), violations
    print(f"{names}, names with data: {names_with_data}: {len(seen)} disks, {len(violations)} violations")
    return len(seen), violations


def _lay_out(image: dict[str, bytes | None], folder: Path) -> None:
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    for path, content in sorted(image.items()):
        if content is None:
            (folder / path).mkdir()
        elif not path.endswith("/ballast"):
            (folder / path).write_bytes(content)


@pytest.mark.parametrize("names_with_data", [False, True])
@pytest.mark.parametrize("names", ["any", "ordered"])
def test_nothing_acknowledged_is_lost(
    calls: tuple[Path, list[Call]], quick_disk: Path, names: str, *, names_with_data: bool
) -> None:
    root, done = calls
    looked_at, violations = cut_everywhere(root, done, quick_disk, names, names_with_data=names_with_data)
    assert violations == []
    assert looked_at > 100


@pytest.mark.parametrize("names_with_data", [False, True])
@pytest.mark.parametrize("names", ["any", "ordered"])
def test_a_replaced_environment_is_the_old_one_or_the_new_one(
    changing: tuple[Path, list[Call]], quick_disk: Path, names: str, *, names_with_data: bool
) -> None:
    root, done = changing
    looked_at, violations = cut_everywhere(root, done, quick_disk, names, names_with_data=names_with_data)
    assert violations == []
    assert looked_at > 50


@pytest.mark.parametrize("ending", ["s/environment.toml.new", "s/ca", "s/ca/new.pem.new", "s"])
def test_every_sync_of_a_replacement_is_needed(
    changing: tuple[Path, list[Call]], quick_disk: Path, ending: str
) -> None:
    root, done = changing
    careless = [call for call in done if not (call.kind == "sync" and call.path.endswith(f"/{ending}"))]
    assert len(careless) < len(done)
    _, violations = cut_everywhere(root, careless, quick_disk, "any", names_with_data=False, enough=1)
    assert violations


@pytest.mark.parametrize("call", ["fdatasync", "fsync"])
def test_a_sync_that_is_only_pretended_is_convicted(tmp_path: Path, quick_disk: Path, call: str) -> None:
    root = tmp_path / "state" / "sessions"
    root.parent.mkdir()
    pretended = record(root, f"{call}:retval=0")
    _, violations = cut_everywhere(root, pretended, quick_disk, "ordered", names_with_data=True, enough=1)
    assert violations


def test_a_journal_that_is_rewritten_in_place_is_convicted(calls: tuple[Path, list[Call]], quick_disk: Path) -> None:
    root, done = calls
    journal, content, rewritten = f"{root}/s/session.toml", b"", list[Call]()
    for call in done:
        if call.kind == "write" and call.path.endswith("/session.toml"):
            content += call.data
            if call.path == journal:
                rewritten += [Call("size", journal, number=0), Call("write", journal, content, 0)]
                continue
        rewritten.append(call)
    _, violations = cut_everywhere(root, rewritten, quick_disk, "ordered", names_with_data=True, enough=1)
    assert violations


@pytest.mark.parametrize(
    "ending",
    [
        "state",  # the parent, after its new folder
        "sessions",  # the root, after the rename
        ".new-s-0",
        ".new-s-0/checklist",
        ".new-s-0/checklist/scripts",
        ".new-s-0/checklist/scripts/a.ps1",
        ".new-s-0/session.toml",
        "s/session.toml",
        "s/outputs/000002-a.txt",
        "s/outputs",
    ],
)
def test_every_sync_is_needed(calls: tuple[Path, list[Call]], quick_disk: Path, ending: str) -> None:
    root, done = calls
    careless = [call for call in done if not (call.kind == "sync" and call.path.endswith(f"/{ending}"))]
    assert len(careless) < len(done)
    _, violations = cut_everywhere(root, careless, quick_disk, "any", names_with_data=False, enough=1)
    assert violations
