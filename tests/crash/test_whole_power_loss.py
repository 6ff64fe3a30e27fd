"""The power fails in the middle of a whole run, and again while the session is taken up after that."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from tests import leaks
from tests.crash.power import Call
from tests.crash.program import FULL, SESSION, Home, Kind, Promotion, ThreeSteps
from tests.crash.whole import MODELS, Image, Log, images, record_recovery, record_run, violations

pytestmark = pytest.mark.filterwarnings("ignore:subprocess .* is still running:ResourceWarning")
"""Hosts that a drill starts outlive the test's handle on them; `Home.end_hosts` ends them."""
Recorded = tuple[Path, Log]


def recorded(folder: Path, kind: Kind, planted: str = "") -> Recorded:
    home = Home(folder / "home")
    kind.prepare(home)
    try:
        return home.folder.parent, record_run(home, kind, planted)
    finally:
        home.end_hosts()


@pytest.fixture(scope="module")
def three_steps(tmp_path_factory: pytest.TempPathFactory) -> Recorded:
    return recorded(tmp_path_factory.mktemp("three"), ThreeSteps())


@pytest.fixture(scope="module")
def promotion(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Recorded]:
    folder = tmp_path_factory.mktemp("promotion")
    yield recorded(folder, Promotion())
    leaks.nothing_left_in(folder)


def none_is_wrong(what: str, found: Iterator[Image], disk: Path, least: int) -> None:
    count, wrong = violations(found, disk)
    print(f"{what}: {count} disks, {len(wrong)} violations")
    assert not wrong, "\n".join(wrong)
    assert count >= least


@pytest.mark.parametrize("model", MODELS, ids=str)
def test_nothing_acknowledged_by_a_run_is_lost(
    three_steps: Recorded, quick_disk: Path, model: tuple[str, bool]
) -> None:
    root, log = three_steps
    share = 1.0 if FULL else 0.2
    none_is_wrong(f"three steps, {model}", images(log, root, model, share), quick_disk, 50)


@pytest.mark.parametrize("model", MODELS if FULL else [MODELS[0], MODELS[-1]], ids=str)
def test_nothing_acknowledged_by_the_promotion_is_lost(
    promotion: Recorded, quick_disk: Path, model: tuple[str, bool]
) -> None:
    root, log = promotion
    share = 1.0 if FULL else 0.03
    none_is_wrong(f"promotion, {model}", images(log, root, model, share), quick_disk, 30)


def test_nothing_is_lost_when_the_power_fails_again_while_it_is_taken_up(
    three_steps: Recorded, tmp_path: Path, quick_disk: Path
) -> None:
    root, log = three_steps
    lot = random.Random(5)  # noqa: S311 - the same lot every time
    every = [image for model in MODELS for image in images(log, root, model)]
    for number, image in enumerate(lot.sample(every, 25 if FULL else 3)):
        again = record_recovery(image, tmp_path / str(number))
        place = tmp_path / str(number) / "disk" / "sessions"
        for model in MODELS if FULL else [lot.choice(MODELS)]:
            found = images(again, place, model, 1.0 if FULL else 0.3)
            none_is_wrong(f"{image.place}, then {model}", found, quick_disk, 5)


def convicts(root: Path, log: Log, disk: Path) -> None:
    model = ("ordered", True)  # the kindest of the file systems
    assert violations(images(log, root, model), disk, enough=1)[1]


def test_a_sync_that_is_only_pretended_is_convicted(tmp_path: Path, quick_disk: Path) -> None:
    root, log = recorded(tmp_path, ThreeSteps(), "fdatasync:retval=0")
    convicts(root, log, quick_disk)


def without(log: Log, path: str) -> Log:
    kept = [call for call in log.calls if not (call.kind == "sync" and call.path == path)]
    assert len(kept) < len(log.calls)
    return replace(log, calls=kept)


def test_a_folder_that_is_not_synced_is_convicted(three_steps: Recorded, quick_disk: Path) -> None:
    root, log = three_steps
    careless = without(log, f"{root}/{SESSION}/outputs")
    assert violations(images(careless, root, ("any", False)), quick_disk, enough=1)[1]


def test_a_journal_that_is_rewritten_in_place_is_convicted(three_steps: Recorded, quick_disk: Path) -> None:
    root, log = three_steps
    convicts(root, replace(log, calls=rewriting(log, f"{root}/{SESSION}/session.toml")), quick_disk)


def rewriting(log: Log, journal: str) -> Sequence[Call]:
    """The same run by a program that writes the journal anew at each event."""
    content = (log.sessions / SESSION / "session.toml").read_bytes()
    calls: list[Call] = []
    for call in log.calls:
        if call.kind == "write" and call.path == journal:
            content += call.data
            calls += [Call("size", journal, number=0), Call("write", journal, content, 0)]
        else:
            calls.append(call)
    return calls
