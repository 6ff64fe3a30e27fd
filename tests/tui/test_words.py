"""What is said about a session, without a screen."""

from __future__ import annotations

import dataclasses
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import structs
from rich.cells import cell_len
from rich.style import Style

from smtui.engine.news import Changed, Output, Trouble
from smtui.session.state import ItemState, Sensing
from smtui.telling.changes import worth_saying
from smtui.telling.pace import Pace
from smtui.telling.ports import Header
from smtui.telling.prose import unwrap
from smtui.telling.statuses import LOOKS, duration, tally, told
from smtui.tui import headline
from smtui.tui.describe import Subject, details
from smtui.tui.launch import mouse, theme
from smtui.tui.news import Mailbox
from smtui.tui.shown import Paragraph, content, fit
from tests.tui.pictures import before_promotion, prepared
from tests.tui.recovery import START, Recovery


def words(plan: Recovery, item: str) -> str:
    subject = Subject.of(plan.engine, item)
    return "\n".join(f"{one.label}{one.text}" for one in details(subject, allowed=plan.engine.allowed(item)))


def test_details_say_what_is_known_of_an_unknown(tmp_path: Path) -> None:
    text = words(prepared(tmp_path), "prepare.stop-monitoring-agent")
    for said in (
        "? unknown", "Reason: The link broke", "u finds out what became of it", "Attempts",
        "1. SM02: unknown", "Output", "StopPending", "By hand",
        "Run on SM02 (PowerShell over WinRM, at most 5 min)",
        "service-stop.ps1", "Look (read-only)",
    ):  # fmt: skip
        assert said in text


def test_details_say_what_must_come_first_and_what_cannot_be_taken_back(tmp_path: Path) -> None:
    text = words(prepared(tmp_path), "promote.promote")
    assert "This cannot be taken back." in text
    assert "Caution: All workflows" in text
    assert "First must be done: 4.1 (to do), 3.4 (unknown)" in text


def test_details_of_a_closed_item_say_how_well_it_is_founded(tmp_path: Path) -> None:
    plan = before_promotion(tmp_path)
    plan.engine.note("seen by two", "fence.stop-former")
    text = words(plan, "fence.stop-former")
    assert "✓ done (verified: it ran, and a look agrees)" in text
    assert "SM01, 02:40" in text
    assert "status = Stopped, start_type = Disabled" in text
    assert "seen by two" in text


def test_the_banner_of_a_drill_is_always_there(plan: Recovery) -> None:
    for width in range(1, 200):
        line = headline.top_line(Header.of(plan.engine.state), width)
        assert "DRILL"[: width - 1] in line.plain
        assert line.cell_length <= max(width, 7)
    assert "DRILL ON SIMULATED HOSTS" in headline.top_line(Header.of(plan.engine.state), 60).plain


def test_time_is_told_against_the_objective(plan: Recovery) -> None:
    state = plan.engine.state
    ways, style = headline.elapsed(state, START + timedelta(minutes=12))
    assert ways[-1] == "12 min of 1 h RTO"
    assert ways[1] == "12 min of 1 h RTO, RTO missed by 48 min at this pace"
    assert "error" in style
    ways, style = headline.elapsed(state, START + timedelta(minutes=75))
    assert ways[-1] == "1 h 15 min, 15 min over the RTO"
    assert "error" in style
    ways, style = headline.elapsed(structs.replace(state, rto=7200.0), START + timedelta(minutes=6))
    assert ways[1] == "6 min of 2 h RTO, 18 min to spare"
    assert style == ""
    ways, _ = headline.elapsed(structs.replace(state, rto=None), START + timedelta(seconds=40))
    assert ways == ("40 s elapsed",)


@pytest.mark.parametrize(
    ("elapsed", "remaining", "objective", "drawn"),
    [
        (15, 15, 60, "[####====........]"),
        (30, 60, 60, "[#####======!!!!!]"),
        (60, 0, 60, "[################]"),
        (90, 0, 60, "[################]"),
        (0, 0, 60, "[................]"),
    ],
)
def test_the_bar_shows_what_is_used_what_is_planned_and_what_goes_beyond(
    elapsed: float, remaining: float, objective: float, drawn: str
) -> None:
    assert headline.bar(Pace(elapsed, 0.0, remaining, 0, objective)) == drawn


def test_servers_of_one_item_stand_side_by_side(plan: Recovery) -> None:
    item = "baseline.target-role"
    seen = {
        name: Sensing(name, answer, {"status": status}, why, START, 1, 2)
        for name, answer, status, why in (("SM01", "agrees", "Stopped", ""), ("SM02", "differs", "Running", "it runs"))
    }
    subject = Subject.of(plan.engine, item)
    subject = dataclasses.replace(subject, item=structs.replace(subject.item, sensings=seen))
    lines = [f"{one.label}{one.text}" for one in details(subject)]
    at = lines.index("State as it was last seen")
    assert lines[at + 1 : at + 6] == [
        "            SM01      SM02",
        "seen (UTC)  02:40:00  02:40:00",
        "answer      agrees    differs",
        "status      Stopped   Running",
        "SM02: it runs",
    ]


def test_the_next_line_follows_the_state(plan: Recovery) -> None:
    state = plan.engine.state
    assert headline.next_line(state, "Tell").plain.startswith(" → next 1.1  Tell")
    assert "complete: nothing more" in headline.next_line(structs.replace(state, completed="complete"), "").plain


@pytest.mark.parametrize(
    ("seconds", "said"),
    [(0, "0 s"), (99, "99 s"), (100, "1 min"), (3599, "59 min"), (3600, "1 h"), (5400, "1 h 30 min"), (-5, "0 s")],
)
def test_durations(seconds: float, said: str) -> None:
    assert duration(seconds) == said


def test_shapes_and_words_are_all_different() -> None:
    for part in ("shape", "word"):
        assert len({getattr(look, part) for look in LOOKS.values()}) == len(LOOKS)
    assert all(cell_len(look.shape) == 1 and len(look.word) <= 8 for look in LOOKS.values())
    assert told(ItemState("x", "skipped")) == "skipped"


def test_what_went_wrong_is_said_before_what_went_well(plan: Recovery) -> None:
    before = plan.engine.state
    items = dict(before.items)
    items["baseline.announce"] = ItemState("baseline.announce", "failed", reason="no answer")
    items["baseline.target-role"] = ItemState("baseline.target-role", "done", "sensed")
    after = structs.replace(before, items=items)
    said = worth_saying(before, after, lambda item: item)
    assert said is not None
    assert (said.text, said.bad) == ("1.1 baseline.announce: failed: no answer", True)
    assert worth_saying(after, after, lambda item: item) is None
    halted = worth_saying(after, structs.replace(after, halted="disk full"), lambda item: item)
    assert halted is not None
    assert "Nothing more is started: disk full" in halted.text


def test_the_tally_counts_what_applies(tmp_path: Path) -> None:
    count = tally(prepared(tmp_path).engine.state)
    assert (count.closed, count.total, count.unknown, count.aside, count.failed) == (12, 28, 1, 1, 0)


def test_news_come_in_one_message_however_many_they_are(plan: Recovery) -> None:
    posted: list[object] = []
    box = Mailbox(lambda message: posted.append(message) is None)
    for number in range(1000):
        box.deliver(Output("item", "SM02", f"line {number}\n"))
    box.deliver(Changed(plan.engine.state))
    box.deliver(Trouble("disk"))
    assert len(posted) == 1
    assert box.take() == (plan.engine.state, frozenset({"item"}), ("disk",))
    assert box.take() == (None, frozenset(), ())
    box.deliver(Trouble("again"))
    assert len(posted) == 2


def test_news_after_the_end_of_the_screen_harm_nobody() -> None:
    def gone(_: object) -> bool:
        raise RuntimeError("Event loop is closed")

    Mailbox(gone).deliver(Trouble("late"))


def test_prose_is_unwrapped_and_its_lists_are_not() -> None:
    assert unwrap("a\nb\n\nc\n- d\n- e\n1. f") == "a b\n\nc\n- d\n- e\n1. f"


def test_emphasis_of_prose_is_shown_without_its_signs() -> None:
    text = Paragraph("**Stop** `OMSDK` at *Start*, not 2 * 3 * 4 or [x]", prose=True).texts(lambda _: Style.null())[0]
    assert text.plain == "Stop OMSDK at Start, not 2 * 3 * 4 or [x]"


@given(st.text(), st.integers(0, 40))
def test_a_fitted_text_has_exactly_its_width(text: str, width: int) -> None:
    assert cell_len(fit(text, width)) == width


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_content_is_never_markup(text: str) -> None:
    from smtui.text import visible

    assert content(text).plain == visible(text, multiline=False)


def test_colours_are_the_terminals_own_unless_it_has_all() -> None:
    assert theme({}) == "ansi-dark"
    assert theme({"COLORTERM": "truecolor"}) == "textual-dark"
    assert theme({"COLORTERM": "truecolor", "NO_COLOR": ""}) == "ansi-dark"
    assert theme({"TEXTUAL_THEME": "nord"}) == "nord"


def test_the_mouse_is_off_over_ssh() -> None:
    assert mouse({})
    assert not mouse({"SSH_CONNECTION": "198.51.100.7 1 2 3"})
    assert mouse({"SSH_TTY": "/dev/pts/1", "SMTUI_MOUSE": "1"})
