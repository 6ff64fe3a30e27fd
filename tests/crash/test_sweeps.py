"""A fault at the first, second, third call of each kind, until no fault fires any more."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from smtui.session.events import Completed, Started
from smtui.session.files import SHARED_FOLDER_MODE
from smtui.session.inbox import Delivered
from smtui.session.store import Store
from tests.crash.judging import violation
from tests.crash.tracing import CALLS, CHANGES, Run, run
from tests.crash.victim import ITEMS, OPENED, PINNED, SESSION, STAMP, WORD, create

ALL = 1 + 2 * ITEMS
"""Events of a session that nothing disturbed."""
TAIL = b'\n[[event]]\nat = 2025-11-22 10:41:07+00:00\nkind = "en'

Judge = Callable[[Run, Path], str]
Start = Callable[[Path], None]


def sweep(folder: Path, calls: Sequence[str], fault: str, judge: Judge, start: Start, *mode: str) -> int:
    """How many faults fired; fails with all violations listed."""

    def of_one_call(call: str) -> list[str]:
        outcomes: list[str] = []
        while True:
            place = folder / f"{call}-{len(outcomes) + 1}"
            place.mkdir()
            start(place / "sessions")
            done = run(place / "sessions", *mode, faults=[f"{call}:{fault}:when={len(outcomes) + 1}"])
            if not done.fired:
                assert done.said[-1] == "DONE", done.errors
                return outcomes
            why = judge(done, place / "sessions")
            outcomes.append(f"{place.name}: {why}" if why else "")
            shutil.rmtree(place)

    with ThreadPoolExecutor(2) as pool:
        outcomes = [outcome for outcomes in pool.map(of_one_call, calls) for outcome in outcomes]
    violations = [outcome for outcome in outcomes if outcome]
    print(f"{' '.join(mode)}, {fault}: {len(outcomes)} fired, {len(violations)} violations")
    assert not violations, "\n".join(violations)
    return len(outcomes)


def nothing(root: Path) -> None:
    """Begin with an empty disk."""


def torn(root: Path) -> None:
    """Begin with what a crash left: a step without an outcome, and half an event."""
    session = Store(root).create(SESSION, OPENED, PINNED, STAMP)
    session.append(
        Started(item="a.b", attempt=1, target="SM01", token="t0", action_sha256="0" * 64, output="0.txt"), STAMP
    )
    session.release()
    with (session.folder / "session.toml").open("ab") as file:
        file.write(TAIL)


def killed(done: Run, root: Path) -> str:
    return violation(root, done.acknowledged)


def killed_in_recovery(done: Run, root: Path) -> str:
    """The second recovery ends as the first would have, and what was torn is kept, once."""
    if why := violation(root, {2: "?", **done.acknowledged}):
        return why
    kept = [path.read_bytes() for path in (root / SESSION).glob("session.torn-*")]
    if kept != [TAIL]:
        return f"kept {kept}"
    session = Store(root).open(SESSION)
    session.append(Completed(verdict="complete"), STAMP)
    session.release()
    return ""


def refused(done: Run, root: Path) -> str:
    """A refused call: the program goes on, or stops in order before it began; everything is recorded in the end."""
    if done.code == 75 and not done.acknowledged and "HALTED" in done.said[-1]:
        create(Store(root)).release()  # the cause is gone
        return violation(root, {1: "?"})
    if "Traceback" in done.errors or done.said[-1:] != ("DONE",):
        return f"the program ended with {done.code}: {done.errors or done.said}"
    if max(done.acknowledged) != ALL:
        return f"only {max(done.acknowledged)} of {ALL} events were recorded"
    return violation(root, done.acknowledged)


def test_killed_at_any_call(tmp_path: Path) -> None:
    assert sweep(tmp_path, CHANGES, "signal=KILL", killed, nothing, "record") > 60


def test_killed_at_any_call_while_the_environment_is_replaced(tmp_path: Path) -> None:
    assert sweep(tmp_path, CHANGES, "signal=KILL", killed, nothing, "change") > 40


def test_any_call_fails_once_while_the_environment_is_replaced(tmp_path: Path) -> None:
    def judge(done: Run, root: Path) -> str:
        if "Traceback" in done.errors:
            return done.errors
        return violation(root, done.acknowledged)

    assert sweep(tmp_path, CHANGES, "error=EIO", judge, nothing, "change") > 40


def test_killed_at_any_call_of_the_recovery(tmp_path: Path) -> None:
    calls = ("write", "fsync", "fdatasync", "renameat", "ftruncate", "fallocate")
    assert sweep(tmp_path, calls, "signal=KILL", killed_in_recovery, torn, "finish") > 20


def test_any_call_fails_once(tmp_path: Path) -> None:
    assert sweep(tmp_path, CALLS, "error=EIO", refused, nothing, "record") > 70


def shared(root: Path) -> None:
    """Begin with a session of a group that nobody has open."""
    root.mkdir()
    root.chmod(SHARED_FOLDER_MODE)
    Store(root.parent / "own", shared=root).create(SESSION, OPENED, PINNED, STAMP, shared=True).release()


def left(done: Run, root: Path) -> str:
    """A second person's word is there in full or not at all, and there once they were told so; it can be said again."""
    store = Store(root)
    if "Traceback" in done.errors:
        return done.errors
    found = store.said(SESSION, set())
    if any(not isinstance(one, Delivered) or one.word != WORD for one in found):
        return f"what lies there is no word: {found}"
    if "SAID" in done.said and not found:
        return "it was told that it is there, and it is not"
    store.say(SESSION, WORD)
    return "" if len(store.said(SESSION, set())) == 1 else "it cannot be said again"


def test_a_second_person_killed_at_any_call(tmp_path: Path) -> None:
    assert sweep(tmp_path, CHANGES, "signal=KILL", left, shared, "approve") > 5


def test_any_call_of_a_second_person_fails_once(tmp_path: Path) -> None:
    assert sweep(tmp_path, CHANGES, "error=EIO", left, shared, "approve") > 5


def test_the_disk_is_full_once(tmp_path: Path) -> None:
    calls = ("write", "pwrite64", "mkdirat", "renameat", "fallocate")
    assert sweep(tmp_path, calls, "error=ENOSPC", refused, nothing, "record") > 20


def test_the_judge_convicts_who_acknowledges_too_early(tmp_path: Path) -> None:
    third_event = "write:signal=KILL:when=7"
    for name, mode in (("honest", ()), ("early", ("early",))):
        root = tmp_path / name / "sessions"
        root.parent.mkdir()
        done = run(root, "record", *mode, faults=[third_event])
        assert done.fired
        why = violation(root, done.acknowledged)
        assert why == ("" if name == "honest" else "3 events were acknowledged, 2 are there")
