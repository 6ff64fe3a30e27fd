"""Durations of past sessions: real hosts only, completed only, and without the time in which nobody was there."""

from __future__ import annotations

from pathlib import Path

import msgspec
import report_story as story

from smtui.checklist.model import Item, Mode, Section
from smtui.report.history import Past, bar, charts, past
from smtui.session import events as ev
from smtui.session.store import Store

PLAN = story.procedure(
    (Section(id="s", title="S", items=tuple(Item(id=name, title=name, by_hand="Do it.") for name in "abc")),)
)


def told(store: Store, mode: Mode = "recovery") -> Past | None:
    records = [
        msgspec.structs.replace(record, event=msgspec.structs.replace(record.event, mode=mode))
        if isinstance(record.event, ev.Opened)
        else record
        for record in store.read(story.SESSION).records
    ]
    return past(records, story.fold(PLAN, tuple(records)))


def recorded(root: Path) -> Store:
    """Half a minute for a, one for b with five in which nobody was there, c put off; complete with exceptions."""
    store = Store(root)
    it = story.opened(store)
    it.tell(ev.Confirmed(item="s.a", grade="attested"), 30.0)
    it.tell(ev.Sensed(item="s.b", target="x", answer="differs"), 10.0)
    it.tell(ev.Left(reason="shift change"), 20.0)
    it.tell(ev.Resumed(smtui="0", machine="m", boot_id="b"), 300.0)
    it.tell(ev.Overridden(item="s.b", reason="seen"), 40.0)
    it.tell(ev.Deferred(item="s.c", reason="later"), 5.0)
    it.tell(ev.Completed(verdict="complete with exceptions"), 5.0)
    it.file.release()
    return store


def test_an_item_took_as_long_as_somebody_was_at_it(tmp_path: Path) -> None:
    of = told(recorded(tmp_path))
    assert of is not None
    assert of.items == {"s.a": 30.0, "s.b": 60.0}
    assert of.seconds == 110.0


def test_drills_teach_nothing(tmp_path: Path) -> None:
    assert told(recorded(tmp_path), "drill") is None
    assert told(recorded(tmp_path / "again"), "exercise") is not None


def test_what_was_not_completed_teaches_nothing(tmp_path: Path) -> None:
    store = Store(tmp_path)
    it = story.opened(store)
    it.tell(ev.Confirmed(item="s.a", grade="attested"), 30.0)
    it.file.release()
    assert told(store) is None


def test_charts_show_medians_and_how_far_they_spread() -> None:
    sessions = [
        Past("two", "c", "Promote\x1b[2J", 600.0, {"s.a": 60.0, "s.b": 240.0}),
        Past("one", "c", "Promote", 400.0, {"s.a": 20.0, "s.old": 30.0}),
        Past("other", "d", "Restore", 50.0, {"r.x": 0.0}),
    ]
    lines = [" ".join(line.split()) for line in charts(sessions)]
    assert lines == [
        "Promote␛[2J (c), median of 2 sessions",
        f"all of it {bar(24)} 8 min 20 s 6 min 40 s to 10 min 00 s",
        f"s.a {bar(4)} 40 s 20 s to 1 min 00 s",
        f"s.b {bar(24)} 4 min 00 s",
        f"s.old {bar(3)} 30 s",
        "",
        "Restore (d), 1 session",
        f"all of it {bar(24)} 50 s",
        "r.x 0.0 s",
        "",
    ]


def test_a_bar_has_eighths() -> None:
    assert [bar(width) for width in (0, 0.125, 1, 1.5, 2.99)] == ["", "▏", "█", "█▌", "███"]
