from __future__ import annotations

import io
from pathlib import Path

import pytest

from smtui.engine.decisions import ACTIONS
from smtui.plain import choices, deeds
from smtui.plain.voice import Silence, Voice
from smtui.session.events import Left, Noted
from smtui.session.store import Store
from smtui.targets.base import Result
from tests.plain.speaking import heard
from tests.tui.pictures import before_promotion, prepared
from tests.tui.recovery import Recovery, recovery

LEFT_UNFINISHED = 75


@pytest.fixture
def plan(tmp_path: Path) -> Recovery:
    return recovery(tmp_path)


def flat(text: str) -> str:
    """Without the line breaks of wrapping."""
    return " ".join(text.split())


def test_each_action_of_the_engine_has_a_word() -> None:
    assert {choice.needs for choice in choices.ON_ITEM} | {"note"} == set(ACTIONS)
    assert set(deeds.BY_WORD) == choices.WORDS_ON_ITEM


def test_the_end_of_the_input_leaves_a_session_that_can_be_resumed(plan: Recovery, tmp_path: Path) -> None:
    code, text = heard(plan, "sense")
    assert code == LEFT_UNFINISHED
    assert f"smtui resume --plain {plan.engine.state.session}" in text
    store = Store(tmp_path)
    left = [record.event for record in store.read(store.ids()[0]).records if isinstance(record.event, Left)]
    assert [event.reason for event in left] == ["the input ended"]


def test_what_runs_when_the_input_ends_is_seen_to_its_end(tmp_path: Path) -> None:
    plan = prepared(tmp_path)
    plan.world.gate.clear()
    plan.world.slow = 0.3
    code, _ = heard(plan, "go 3.5", "run", "yes")
    assert code == LEFT_UNFINISHED
    assert plan.engine.state.items["prepare.stop-configuration"].status == "done"


def test_every_state_is_a_word(tmp_path: Path) -> None:
    plan = prepared(tmp_path)
    _, text = heard(plan, "list", "list trouble", "item")
    assert "3.1 Custom workflow assemblies are on SM02: deferred." in text
    assert "3.4 Stop Microsoft Monitoring Agent: unknown, next." in text
    assert "Items in trouble: 1." in text
    assert "1.1 Tell the security and monitoring desks: done (attested)." in text
    assert "It was started and its end was not seen: it may have run, it may still run." in flat(text)


def test_an_unknown_attempt_is_settled_by_a_word_and_a_yes(tmp_path: Path) -> None:
    plan = prepared(tmp_path)
    _, text = heard(plan, "settle", "no", "settle", "yes")
    assert flat(text).count("It is not run again.") == 2
    assert all(attempt.settled for attempt in plan.engine.state.items["prepare.stop-monitoring-agent"].attempts)


def test_numbers_are_taken_as_well_as_words(plan: Recovery) -> None:
    heard(plan, "2", "no desk at night")
    item = plan.engine.state.items["baseline.announce"]
    assert (item.status, item.reason) == ("skipped", "no desk at night")


def test_what_cannot_be_taken_back_runs_only_when_its_target_is_typed(tmp_path: Path) -> None:
    plan = before_promotion(tmp_path)
    calls = len(plan.world.calls)
    _, text = heard(plan, "go 4.2", "run", "yes", "run", "SM02", "run", "", "run", "ServiceManager on SQL01")
    assert flat(text).count("exactly ServiceManager on SQL01 must be typed. Nothing was done.") == 3
    assert plan.world.calls[calls:] == [("service-manager", "statement")]


@pytest.mark.parametrize("answer", ["", "y", "no", "Run", "y e s"])
def test_only_a_whole_yes_is_a_yes(tmp_path: Path, answer: str) -> None:
    plan = prepared(tmp_path)
    before = len(plan.world.calls)
    _, text = heard(plan, "go 3.5", "run", answer)
    assert len(plan.world.calls) == before
    assert "Nothing was done." in flat(text)


def test_what_is_not_allowed_is_refused_with_its_reason_and_numbers(plan: Recovery) -> None:
    _, text = heard(plan, "go 4.2", "run")
    assert "Not now: 4.2 needs these first: 4.1 (todo)" in flat(text)


def test_what_is_not_understood_does_nothing(plan: Recovery, tmp_path: Path) -> None:
    before = plan.engine.state.items
    _, text = heard(plan, "yes", "99", "go 9.9", "find zebra", "complete", "\x1b[2J")
    assert plan.engine.state.items == before
    assert flat(text).count("is not understood. Nothing was done.") == 3
    assert "There is no item 9.9." in text
    assert "\x1b" not in text


def test_evidence_is_asked_for_and_an_empty_one_does_nothing(plan: Recovery) -> None:
    heard(plan, "hand", "")
    assert plan.engine.state.items["baseline.announce"].status == "todo"
    heard(plan, "hand", "SOC 02:41", "yes")
    item = plan.engine.state.items["baseline.announce"]
    assert (item.status, item.grade, item.evidence) == ("done", "attested", {"informed": "SOC 02:41"})


def test_a_note_is_taken_at_any_moment(plan: Recovery, tmp_path: Path) -> None:
    heard(plan, "note", "The console was slow.")
    store = Store(tmp_path)
    notes = [record.event for record in store.read(store.ids()[0]).records if isinstance(record.event, Noted)]
    assert [(event.text, event.item) for event in notes] == [("The console was slow.", "baseline.announce")]


def test_a_failure_says_what_happened_and_what_can_be_done(tmp_path: Path) -> None:
    plan = prepared(tmp_path)
    plan.world.result = Result("failed", 1, reason="The service did not stop in time.")
    _, text = heard(plan, "go 3.5", "run", "yes")
    assert "3.5 Stop System Center Management Configuration: failed: The service did not stop in time." in flat(text)
    assert "1. run: run it on its targets" in flat(text).rpartition("Status: failed.")[2]


def test_output_is_said_line_by_line_with_its_target(tmp_path: Path) -> None:
    plan = prepared(tmp_path)
    plan.world.output = "first\nsecond \x1b[31mred\x1b[0m \x07\nno end"
    _, text = heard(plan, "go 3.5", "run", "yes", "output")
    assert "    SM02: first\n    SM02: second red ␇\n    SM02: no end\n" in text


class Terminal:
    """Answers that come at once, as from a paste, and are dropped by a flush only when they came before it."""

    def __init__(self, *answers: str) -> None:
        self.source = io.StringIO("".join(f"{answer}\n" for answer in answers))
        self.flushed = 0

    def forget(self) -> None:
        self.flushed += 1


def test_a_paste_confirms_nothing_on_a_terminal() -> None:
    terminal = Terminal("yes", "yes", "yes")
    sink = io.StringIO()
    voice = Voice(terminal.source, sink, echo=False, forget_typed=terminal.forget)
    with pytest.raises(Silence):
        deeds.agreed(voice, "Run it, yes or no?")
    assert sink.getvalue().count("and was not taken") == 3
    assert terminal.flushed == 4
