from __future__ import annotations

import os
import shutil
import stat
import subprocess
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from smtui.session.events import Completed, Ended, EnvironmentChanged, Noted, Opened, Stamp, Started
from smtui.session.recording import SessionFile
from smtui.session.store import (
    JournalDamaged,
    JournalError,
    JournalHalted,
    SessionBusy,
    SessionMissing,
    Store,
    pinned_lines,
)
from tests.session.making import AT, PINNED, opened

VERIFY = Path(__file__).parent / "verify_chain.sh"
Begin = Callable[..., SessionFile]


def journal_of(store: Store, name: str = "s") -> Path:
    return store.path(name) / "session.toml"


def test_a_new_session(begin: Begin, store: Store, stamp: Stamp) -> None:
    session = begin()
    assert session.folder == store.root / "s"
    assert {name: (session.folder / name).read_bytes() for name in PINNED} == PINNED
    assert [(record.seq, record.event, record.stamp) for record in session.records] == [(1, opened(), stamp)]
    assert (session.torn, session.halted) == (None, "")
    assert store.problems("s") == ()


@pytest.mark.parametrize("umask", [0o000, 0o022, 0o777])
def test_nobody_else_may_look(store: Store, stamp: Stamp, umask: int) -> None:
    before = os.umask(umask)
    try:
        session = store.create("s", opened(), PINNED, stamp)
        session.new_output("2-a.txt").close()
        session.append(Noted(text="x"), stamp)
        session.release()
        store.open("s").release()
        store.note_export("s", AT, "ada", "report.zip")
    finally:
        os.umask(before)
    for path in (store.root, *store.root.rglob("*")):
        assert stat.S_IMODE(path.stat().st_mode) == (0o700 if path.is_dir() else 0o600), path


def test_a_root_open_to_others_is_closed(store: Store, stamp: Stamp) -> None:
    store.root.mkdir(parents=True)
    store.root.chmod(0o755)
    store.create("s", opened(), PINNED, stamp).release()
    assert stat.S_IMODE(store.root.stat().st_mode) == 0o700


def test_what_was_appended_is_there_after_opening(begin: Begin, store: Store, stamp: Stamp) -> None:
    session = begin()
    for number in range(5):
        record = session.append(Noted(text=f"note {number}"), stamp)
        assert record.seq == number + 2
    session.release()
    again = store.open("s")
    assert list(again.records) == list(session.records)
    again.append(Completed(verdict="complete"), stamp)
    again.release()
    assert store.read("s").records == tuple(again.records)
    checked = subprocess.run(["sh", VERIFY, journal_of(store)], capture_output=True, text=True, check=True)
    assert checked.stdout == "7 events\n"


def test_one_holder_at_a_time(begin: Begin, store: Store) -> None:
    session = begin()
    with pytest.raises(SessionBusy, match=f"pid {os.getpid()}, by ada, host jump01"):
        store.open("s", patience=0)
    assert store.read("s").verdict == "whole"
    assert store.is_held("s")
    session.release()
    assert not store.is_held("s")
    store.open("s", patience=0).release()


@pytest.mark.parametrize("name", ["", ".", "..", "a/b", "/etc", ".new-s-0", "a\0b", "x" * 200, "ü"])
def test_a_session_lies_in_the_root_and_nowhere_else(store: Store, stamp: Stamp, name: str) -> None:
    for act in (store.path, store.read, store.open, store.brief, store.problems):
        with pytest.raises(SessionMissing):
            act(name)
    with pytest.raises(SessionMissing):
        store.create(name, opened(), PINNED, stamp)


def test_what_is_not_there(store: Store) -> None:
    assert store.ids() == ()
    with pytest.raises(SessionMissing, match="there is no session s"):
        store.open("s")


def test_a_link_is_no_session(begin: Begin, store: Store) -> None:
    begin("real").release()
    (store.root / "link").symlink_to("real")
    assert store.ids() == ("real",)
    with pytest.raises(JournalError):
        store.open("link")


@pytest.mark.parametrize("name", ["../x", "/x", "session.toml", "outputs/x", "session.lock", "", "a/../b", "a\0"])
def test_pinned_files_stay_inside(store: Store, stamp: Stamp, name: str) -> None:
    with pytest.raises(JournalError, match="cannot be pinned"):
        store.create("s", opened(), {name: b"x"}, stamp)
    assert store.ids() == ()


def test_a_name_is_taken_once(begin: Begin, store: Store, stamp: Stamp) -> None:
    first = begin()
    with pytest.raises(JournalError, match="already"):
        store.create("s", opened(), {}, stamp)
    first.append(Noted(text="x"), stamp)
    assert [path.name for path in store.root.iterdir()] == ["s"]


def test_a_list_of_files_that_would_be_cut_is_refused(store: Store, stamp: Stamp) -> None:
    files = {f"checklist/scripts/step-{number:04}.ps1": b"x" for number in range(1000)}
    with pytest.raises(JournalError, match="1000 pinned files"):
        store.create("s", opened(files=pinned_lines(files)), files, stamp)
    assert store.ids() == ()


def test_what_a_crash_left_under_another_name_is_in_nobodys_way(begin: Begin, store: Store) -> None:
    (store.root / ".new-s-0" / "outputs").mkdir(parents=True)
    begin()
    assert store.ids() == ("s",)
    assert (store.root / ".new-s-0").exists()


def test_ids_newest_first(begin: Begin, store: Store) -> None:
    day = datetime(2025, 11, 22, 9, 59, tzinfo=UTC)
    names = []
    for minutes in (0, 0, 0, 5, -70):
        name = store.new_id("promote", day + timedelta(minutes=minutes))
        names.append(name)
        begin(name).release()
    assert names == [
        "2025-11-22T0959Z-promote",
        "2025-11-22T0959Z-promote-2",
        "2025-11-22T0959Z-promote-3",
        "2025-11-22T1004Z-promote",
        "2025-11-22T0849Z-promote",
    ]
    for number in range(4, 12):
        begin(f"2025-11-22T0959Z-promote-{number}").release()
    begin("hand-made").release()
    (store.root / "file").write_text("x")
    assert store.ids()[0] == "2025-11-22T1004Z-promote"
    assert store.ids()[1:3] == ("2025-11-22T0959Z-promote-11", "2025-11-22T0959Z-promote-10")
    assert store.ids()[-2:] == ("2025-11-22T0849Z-promote", "hand-made")


def test_a_torn_tail_is_kept_and_cut_off(begin: Begin, store: Store, stamp: Stamp) -> None:
    session = begin()
    session.append(Noted(text="x"), stamp)
    session.release()
    whole = journal_of(store).read_bytes()
    tail = b'\n[[event]]\nat = 2025-11-22 10:41:07+00:00\nkind = "no'
    journal_of(store).write_bytes(whole + tail)
    assert store.read("s").verdict == "torn"
    assert f"byte {len(whole)}" in store.read("s").reason
    again = store.open("s")
    assert again.torn is not None
    assert (again.folder / again.torn.file).read_bytes() == tail
    assert journal_of(store).read_bytes() == whole
    again.append(again.torn, stamp)
    again.release()
    assert store.read("s").verdict == "whole"
    assert store.open("s").torn is None


def test_the_same_torn_tail_twice_is_kept_once(begin: Begin, store: Store) -> None:
    begin().release()
    for _ in range(2):
        with journal_of(store).open("ab") as file:
            file.write(b"\n[[event]]\n")
        session = store.open("s")
        assert session.torn
        session.release()
    assert len(list(store.path("s").glob("session.torn*"))) == 1


@pytest.mark.parametrize("where", [0, 300, -3])
def test_damage_opens_for_reading_only(begin: Begin, store: Store, stamp: Stamp, where: int) -> None:
    session = begin()
    session.append(Noted(text="x"), stamp)
    session.release()
    data = bytearray(journal_of(store).read_bytes())
    data[where] ^= 1
    journal_of(store).write_bytes(data)
    reading = store.read("s")
    assert reading.verdict == "damaged"
    assert "event" in reading.reason
    assert "byte" in reading.reason
    with pytest.raises(JournalDamaged) as damaged:
        store.open("s")
    assert str(damaged.value) == reading.reason
    assert journal_of(store).read_bytes() == data
    assert not store.is_held("s")


def test_acknowledged_events_that_are_gone_are_missed(begin: Begin, store: Store, stamp: Stamp) -> None:
    session = begin()
    session.append(Noted(text="x"), stamp)
    end = journal_of(store).stat().st_size
    session.append(Noted(text="y"), stamp)
    session.release()
    os.truncate(journal_of(store), end)
    assert store.read("s").reason == "event 3 was acknowledged, but the journal ends with event 2"
    with pytest.raises(JournalDamaged, match="event 3 was acknowledged"):
        store.open("s")


def test_a_history_that_was_made_anew_is_noticed(begin: Begin, store: Store, stamp: Stamp) -> None:
    for name, text in (("s", "x"), ("t", "y")):
        session = begin(name)
        session.append(Noted(text=text), stamp)
        session.release()
    shutil.copy(journal_of(store, "t"), journal_of(store, "s"))
    assert store.read("s").reason == "event 2 is not the one that was acknowledged"


@pytest.mark.parametrize("change", ["gone", "link", "fifo", "huge"])
def test_a_journal_that_cannot_be_read_is_damaged(begin: Begin, store: Store, change: str) -> None:
    begin().release()
    path = journal_of(store)
    path.unlink()
    match change:
        case "link":
            path.symlink_to("/etc/passwd")
        case "fifo":
            os.mkfifo(path)
        case "huge":
            with path.open("wb") as file:
                file.truncate(1 << 40)
    assert store.read("s").verdict == "damaged"
    assert store.read("s").reason.startswith("session.toml: ")
    assert store.brief("s").reason
    with pytest.raises(JournalDamaged, match=r"session\.toml: "):
        store.open("s")


def test_a_journal_of_another_smtui_is_refused(begin: Begin, store: Store) -> None:
    begin().release()
    data = journal_of(store).read_bytes()
    journal_of(store).write_bytes(data.replace(b"\nformat = 2\n", b"\nformat = 9\n", 1))
    assert store.read("s").verdict == "damaged"


def test_outputs_folder_that_is_gone_is_made_again(begin: Begin, store: Store) -> None:
    session = begin()
    session.release()
    (session.folder / "outputs").rmdir()
    again = store.open("s")
    assert again.new_output("2-a.txt").close()[1] == 0
    again.release()


def test_a_folder_that_refuses_is_told_with_file_and_number(store: Store, stamp: Stamp) -> None:
    store.root.parent.mkdir(parents=True)
    store.root.write_text("a file where the folder should be")
    with pytest.raises(JournalHalted, match=r"sessions: .* \(E[A-Z]+\)"):
        store.create("s", opened(), PINNED, stamp)


def test_problems_name_what_differs(begin: Begin, store: Store, stamp: Stamp) -> None:
    session = begin()
    for number in (1, 2):
        name = f"{number}.txt"
        token = f"t{number}"
        started = Started(item="a", attempt=1, target="SM01", token=token, action_sha256="0" * 64, output=name)
        session.append(started, stamp)
        output = session.new_output(name)
        output.write("stopped\r\n")
        digest, size = output.close()
        session.append(
            Ended(item="a", target="SM01", token=token, outcome="ok", output_sha256=digest, output_bytes=size), stamp
        )
    session.release()
    assert store.problems("s") == ()
    (session.folder / "outputs/1.txt").unlink()
    (session.folder / "outputs/2.txt").write_text("started\r\n")
    (session.folder / "environment.toml").write_text("")
    assert [line.partition(":")[0] for line in store.problems("s")] == [
        "environment.toml",
        "outputs/1.txt",
        "outputs/2.txt",
    ]


@pytest.mark.parametrize(
    "name", ["../../secret", "/etc/passwd", "outputs/../../x", "outputs", "fifo", "link", "sub/x", "a\0b"]
)
def test_problems_never_look_outside_or_wait(begin: Begin, store: Store, stamp: Stamp, name: str) -> None:
    session = store.create("s", opened(files=(f"{'0' * 64}  {name}",)), {}, stamp)
    session.release()
    os.mkfifo(session.folder / "fifo")
    (session.folder / "link").symlink_to("/etc/passwd")
    (session.folder / "sub").symlink_to("/etc")
    (problem,) = store.problems("s")
    assert "sha256" not in problem
    assert problem.isprintable()


def test_an_environment_may_change_with_an_event(begin: Begin, store: Store, stamp: Stamp) -> None:
    session = begin()
    fresh = b'[environment]\nname = "Isolated"\n'
    digest = pinned_lines({"environment.toml": fresh})[0].partition(" ")[0]
    session.append(EnvironmentChanged(reason="DNS is down", sha256=digest, difference=("+ address",)), stamp)
    assert len(store.problems("s")) == 1
    (session.folder / "environment.toml").write_bytes(fresh)
    assert store.problems("s") == ()
    session.release()


def test_exports_are_lines_whatever_is_exported(begin: Begin, store: Store) -> None:
    begin().release()
    store.note_export("s", AT, "ada", "report.zip")
    store.note_export("s", AT, "a\nb", "x\x1b[2Jy")
    lines = (store.path("s") / "exports.log").read_text().splitlines()
    assert lines[0] == "2025-11-22T10:41:07Z\tada\treport.zip"
    assert len(lines) == 2
    assert "\x1b" not in lines[1]


def test_a_first_event_that_opens_nothing_is_damage(begin: Begin, store: Store, stamp: Stamp) -> None:
    from smtui.session import codec
    from smtui.session.journal import ORIGIN

    begin().release()
    (store.path("s") / "session.lock").unlink()
    journal_of(store).write_bytes(codec.pack(Noted(text="x"), stamp, 1, ORIGIN))
    assert store.read("s").reason == "the first event does not open a session"
    assert not isinstance(store.read("s").records[0].event, Opened)


def test_brief_tells_first_and_last_and_the_holder(begin: Begin, store: Store, stamp: Stamp) -> None:
    session = begin()
    only = store.brief("s")
    assert (only.session, only.opened, only.held, only.reason) == ("s", opened(), True, "")
    assert only.first == only.last == session.records[0]
    for number in range(400):
        session.append(Noted(text="x" * number * 10), stamp)
    session.append(Completed(verdict="complete"), stamp)
    brief = store.brief("s")
    assert (brief.first, brief.last) == (session.records[0], session.records[-1])
    assert "by ada" in brief.holder
    session.release()
    assert not store.brief("s").held


def test_brief_of_a_last_event_as_large_as_they_get(begin: Begin, store: Store, stamp: Stamp) -> None:
    session = begin()
    for _ in range(3):
        session.append(Noted(text="x" * 65_000), stamp)
        assert store.brief("s").last == session.records[-1]
        assert store.brief("s").reason == ""


def test_brief_of_a_damaged_session(begin: Begin, store: Store, stamp: Stamp) -> None:
    session = begin()
    session.append(Noted(text="hello"), stamp)
    session.release()
    data = journal_of(store).read_bytes()
    for change, reason in (
        (data[:-1], "its last event was never finished"),
        (data + b"\n[[ev", "its last event was never finished"),
        (data.replace(b"hello", b"Hello"), "the last event does not match its sha256"),
        (data.replace(b'"promote"', b'"demoted"'), "the first event cannot be read"),
        (b"", "the first event cannot be read"),
        (b"\0" * 5000, "the first event cannot be read"),
    ):
        journal_of(store).write_bytes(change)
        assert store.brief("s").reason == reason
