"""Durations of past sessions: real hosts only, completed only, and without the time in which nobody was there."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import msgspec

from smtui.checklist.model import Item, Mode, Section
from smtui.session import events as ev
from smtui.session.store import Store
from smtui.telling.history import Past, bar, charts, histories, past, usual
from tests.report import report_story as story

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


def of(session: str, day: int, checklist: str, seconds: float, items: dict[str, float]) -> Past:
    numbers = {item: f"1.{at}" for at, item in enumerate(items, 1)}
    ended = datetime(2026, 3, day, tzinfo=UTC)
    return Past(session, checklist, "Promote\x1b[2J", "exercise", ended, seconds, items, numbers)


SESSIONS = (
    of("one", 1, "c", 400.0, {"s.a": 20.0, "s.old": 30.0}),
    of("other", 2, "d", 50.0, {"r.x": 0.0}),
    of("two", 3, "c", 600.0, {"s.a": 160.0, "s.b": 240.0}),
)


def test_the_newest_comes_first_and_what_only_older_ones_have_stands_behind() -> None:
    first, second = histories(SESSIONS)
    assert (first.checklist, second.checklist) == ("c", "d")
    assert [one.session for one in first.sessions] == ["two", "one"]
    assert [(item.name, item.seconds) for item in first.items] == [
        ("s.a", (160.0, 20.0)),
        ("s.b", (240.0,)),
        ("s.old", (30.0,)),
    ]
    timing = first.items[0]
    assert (timing.last, timing.median, timing.shortest, timing.longest) == (160.0, 90.0, 20.0, 160.0)


def test_what_is_usual_is_the_median_of_the_same_checklist() -> None:
    assert usual(SESSIONS, "c") == {"s.a": 90.0, "s.b": 240.0, "s.old": 30.0}
    assert usual(SESSIONS, "none") == {}


def test_charts_show_medians_and_the_single_times() -> None:
    lines = [" ".join(line.split()) for line in charts(histories(SESSIONS))]
    assert lines == [
        "Promote␛[2J (c)",
        "exercise of 2026-03-03, exercise of 2026-03-01",
        f"all of it {bar(24)} 8 min of 10 min, 6 min",
        f"1.1 s.a {bar(9)} 90 s of 2 min, 20 s",
        f"1.2 s.b {bar(24)} 4 min",
        f"1.2 s.old {bar(3)} 30 s",
        "",
        "Promote␛[2J (d)",
        "exercise of 2026-03-02",
        f"all of it {bar(24)} 50 s",
        "1.1 r.x 0 s",
        "",
    ]


def test_a_bar_has_eighths() -> None:
    assert [bar(width) for width in (0, 0.125, 1, 1.5, 2.99)] == ["", "▏", "█", "█▌", "███"]
