"""Decisions, intents and outcomes of a real engine."""

from __future__ import annotations

import hashlib
from collections.abc import Callable

import pytest

from smtui.engine.decisions import Refused
from smtui.engine.news import Output
from smtui.session import events as ev

from .conftest import SECRET, Bench, item, program

Make = Callable[..., Bench]


def kinds(bench: Bench) -> list[str]:
    return [type(event).__name__ for event in bench.events()]


def test_the_intent_is_durable_before_the_action_and_the_outcome_after_it(bench: Make) -> None:
    made = bench(item("a", f"run = {program('print(1)')}"))
    made.engine.run("s.a")
    made.wait()
    assert kinds(made) == ["Opened", "Started", "Accepted", "Ended"]
    state = made.engine.state.items["s.a"]
    assert (state.status, state.grade) == ("done", "executed")


def test_the_action_sees_its_own_intent_on_disk(bench: Make) -> None:
    code = "import pathlib; (j,) = pathlib.Path().glob('sessions/*/session.toml'); exit('started' not in j.read_text())"
    made = bench(item("a", f"run = {program(code)}"))
    made.engine.run("s.a")
    made.wait()
    assert made.engine.state.items["s.a"].attempts[0].exit_code == 0


def test_output_is_stored_told_and_named_by_its_digest(bench: Make) -> None:
    made = bench(item("a", f"run = {program('print(12345)')}"))
    made.engine.run("s.a")
    made.wait()
    attempt = made.engine.state.items["s.a"].attempts[0]
    stored = (made.file.folder / "outputs" / attempt.output).read_bytes()
    assert stored == b"12345\n"
    assert attempt.output_sha256 == hashlib.sha256(stored).hexdigest()
    assert attempt.output.startswith("000002-s.a-")
    assert "".join(news.text for news in made.heard if isinstance(news, Output)) == "12345\n"
    assert made.engine.recent_output("s.a") == "12345\n"


def test_of_a_large_output_head_and_tail_are_kept_and_everything_says_so(bench: Make) -> None:
    code = f"print('{SECRET}'); print('0123456789abcde\\n' * (20 << 16), end=''); print('{SECRET} is over')"
    made = bench(item("a", f"run = {program(code)}"))
    made.engine.run("s.a")
    made.wait()
    attempt = made.engine.state.items["s.a"].attempts[0]
    stored = (made.file.folder / "outputs" / attempt.output).read_bytes()
    head, mark, tail = stored[: 4 << 20], stored[4 << 20 : -(4 << 20)], stored[-(4 << 20) :]
    printed = b"[REDACTED]\n" + b"0123456789abcde\n" * (20 << 16) + b"[REDACTED] is over\n"
    assert (head, tail) == (printed[: 4 << 20], printed[-(4 << 20) :])
    middle = printed[4 << 20 : -(4 << 20)]
    left_out, lines = len(middle), middle.count(b"\n")
    assert mark.startswith(f"\n[… {left_out:,} bytes with {lines:,} line ends were left out".encode())
    assert (attempt.output_left_out, attempt.output_lines_left_out) == (left_out, lines)
    assert attempt.output_sha256 == hashlib.sha256(stored).hexdigest()
    shown = made.engine.recent_output("s.a")
    assert shown.splitlines()[0].startswith(f"[… {len(printed) - (64 << 10):,} characters stand before this")
    assert shown.endswith("[REDACTED] is over\n")


def test_a_secret_in_the_output_reaches_nothing(bench: Make) -> None:
    first, last = SECRET[:9], SECRET[9:]
    code = f"import sys,time; sys.stdout.write('{first}'); sys.stdout.flush(); time.sleep(0.2); print('{last}')"
    made = bench(item("a", f"run = {program(code)}"))
    made.engine.run("s.a")
    made.wait()
    attempt = made.engine.state.items["s.a"].attempts[0]
    assert SECRET not in (made.file.folder / "outputs" / attempt.output).read_text()
    assert SECRET not in (made.file.folder / "session.toml").read_text()
    assert SECRET not in made.engine.recent_output("s.a")
    assert "REDACTED" in made.engine.recent_output("s.a")


def test_notes_and_evidence_are_redacted_too(bench: Make) -> None:
    made = bench(item("a"))
    made.engine.note(f"the password is {SECRET}")
    made.engine.confirm("s.a", {"what": SECRET})
    assert SECRET not in (made.file.folder / "session.toml").read_text()


def test_a_finding_names_what_is_mended_by_whom_and_until_when(bench: Make) -> None:
    made = bench(item("a"))
    with pytest.raises(Refused, match="an owner"):
        made.engine.finding("mend it", " ", "Friday")
    made.engine.finding(f" {SECRET} leaks ", "Anna", "Friday", "s.a")
    (finding,) = made.engine.state.findings
    assert (finding.owner, finding.due, finding.item) == ("Anna", "Friday", "s.a")
    assert SECRET not in (made.file.folder / "session.toml").read_text()


def test_a_program_that_fails(bench: Make) -> None:
    made = bench(item("a", f"run = {program('import sys; sys.exit(3)')}"))
    made.engine.run("s.a")
    made.wait()
    state = made.engine.state.items["s.a"]
    assert (state.status, state.attempts[0].exit_code) == ("failed", 3)
    assert "run" in made.engine.allowed("s.a")


def test_a_program_that_is_not_there_ends_the_item_and_not_the_engine(bench: Make) -> None:
    made = bench(item("a", 'run = { on = "local", command = ["/no/such/program"] }'), item("b"))
    made.engine.run("s.a")
    made.wait()
    assert made.engine.state.items["s.a"].status == "failed"
    made.engine.confirm("s.b", {})
    assert made.engine.state.items["s.b"].grade == "attested"


def test_cancelling_ends_the_program_and_says_why(bench: Make) -> None:
    made = bench(item("a", f"run = {program('import time; print(1, flush=True); time.sleep(60)')}"))
    made.engine.run("s.a")
    while not made.engine.recent_output("s.a"):
        assert not made.engine.idle.wait(0.02)
    assert made.engine.allowed("s.a") == ("cancel", "note")
    made.engine.cancel("s.a", "wrong server")
    made.wait()
    assert "Cancelled" in kinds(made)
    assert made.engine.state.items["s.a"].status == "unknown"
    made.engine.settle("s.a")
    made.wait()
    assert "run" not in made.engine.allowed("s.a")
    made.engine.reopen("s.a", "it had done nothing yet")
    assert "run" in made.engine.allowed("s.a")


def test_an_item_is_worked_on_once_at_a_time(bench: Make) -> None:
    made = bench(item("a", f"run = {program('import time; time.sleep(0.5)')}"))
    made.engine.run("s.a")
    with pytest.raises(Refused):
        made.engine.run("s.a")
    made.wait()
    assert kinds(made).count("Started") == 1


def test_nothing_starts_once_the_session_is_being_left(bench: Make) -> None:
    made = bench(item("a", f"run = {program('pass')}"))
    made.engine.stop_after_current()
    with pytest.raises(Refused, match="being left"):
        made.engine.run("s.a")
    assert kinds(made) == ["Opened"]


def test_leaving_names_what_runs(bench: Make) -> None:
    made = bench(item("a", f"run = {program('import time; time.sleep(0.5)')}"))
    made.engine.run("s.a")
    while made.engine.state.items["s.a"].status != "running":
        assert not made.engine.idle.wait(0.01)
    made.engine.record_left("test")
    made.wait()
    (left,) = [event for event in made.events() if isinstance(event, ev.Left)]
    assert left.interrupted == ("s.a",)


@pytest.mark.parametrize("decision", ["skip", "defer"])
def test_what_was_left_out_does_not_meet_a_requirement(bench: Make, decision: str) -> None:
    made = bench(item("a"), item("b", 'requires = ["a"]'))
    getattr(made.engine, decision)("s.a", "no time")
    with pytest.raises(Refused, match=r"s\.b needs these first: s\.a"):
        made.engine.confirm("s.b", {})
    made.engine.skip("s.b", "nor this")
    assert made.engine.complete() == "complete with exceptions"


@pytest.mark.parametrize("decision", ["skip", "defer", "reopen"])
def test_decisions_against_the_procedure_take_a_reason(bench: Make, decision: str) -> None:
    made = bench(item("a"))
    if decision == "reopen":
        made.engine.confirm("s.a", {})
    with pytest.raises(Refused, match="reason"):
        getattr(made.engine, decision)("s.a", "  ")


def test_evidence_must_be_typed_in(bench: Make) -> None:
    made = bench(item("a", 'confirm = { who = "Who?", when = "When?" }'))
    with pytest.raises(Refused, match="when"):
        made.engine.confirm("s.a", {"who": "Ada", "when": " "})
    made.engine.confirm("s.a", {"who": "Ada", "when": "now"})
    assert made.engine.state.items["s.a"].evidence == {"who": "Ada", "when": "now"}


def test_a_session_is_not_complete_while_an_item_is_open(bench: Make) -> None:
    made = bench(item("a"))
    with pytest.raises(Refused, match="still open"):
        made.engine.complete()
    made.engine.confirm("s.a", {})
    assert made.engine.complete() == "complete"
    assert made.engine.complete() == "complete"
    assert kinds(made).count("Completed") == 1


def test_what_must_be_taken_back_bars_the_end(bench: Make) -> None:
    made = bench(item("a"), item("b", 'undo_of = "a"'))
    made.engine.confirm("s.a", {})
    made.engine.skip("s.b", "forgot")
    with pytest.raises(Refused, match="takes back"):
        made.engine.complete()


def test_a_branch_is_chosen_once_and_may_be_reopened(bench: Make) -> None:
    made = bench(item("way", 'choose = { x = "X", y = "Y" }'), item("a", 'when = ["s.way = x"]'))
    with pytest.raises(Refused, match=r"s\.a needs these first: s\.way"):
        made.engine.confirm("s.a", {})
    with pytest.raises(Refused, match="no branch"):
        made.engine.choose("s.way", "z")
    made.engine.choose("s.way", "y")
    assert made.engine.state.items["s.a"].status == "not-applicable"
    with pytest.raises(Refused, match="does not apply"):
        made.engine.confirm("s.a", {})


def test_a_consequential_item_needs_the_name_of_its_target(bench: Make) -> None:
    made = bench(item("a", f'consequential = true\ncaution = "Careful."\nrun = {program("pass")}'))
    assert made.engine.preview("s.a").must_type == "this machine"
    with pytest.raises(Refused, match="this machine"):
        made.engine.run("s.a")
    with pytest.raises(Refused, match="this machine"):
        made.engine.run("s.a", "that machine")
    made.engine.run("s.a", " This Machine ")
    made.wait()
    assert made.engine.state.items["s.a"].status == "done"


def test_a_resumed_session_settles_before_anything_else(bench: Make) -> None:
    first = bench(item("a", f"run = {program('pass')}"))
    first.file.append(
        ev.Started(item="s.a", attempt=1, target="this machine", token="t", action_sha256="0" * 64, output="o.txt"),
        first.file.records[0].stamp,
    )
    again = bench(again=first)
    assert again.engine.state.items["s.a"].status == "unknown"
    assert "run" not in again.engine.allowed("s.a")
    again.engine.settle("s.a")
    again.wait()
    state = again.engine.state.items["s.a"]
    assert state.status == "failed"
    assert "before anything was sent" in state.reason
    again.engine.run("s.a")
    again.wait()
    assert again.engine.state.items["s.a"].grade == "executed"
    assert [attempt.number for attempt in again.engine.state.items["s.a"].attempts] == [1, 2]


def test_what_may_still_run_is_looked_for_before_anybody_decides(bench: Make) -> None:
    first = bench(item("a", f"run = {program('pass')}"))
    started = ev.Started(
        item="s.a", attempt=1, target="this machine", token="t", action_sha256="0" * 64, output="o.txt"
    )
    first.file.append(started, first.file.records[0].stamp)
    again = bench(again=first)
    assert again.engine.allowed("s.a") == ("settle", "note")
    for decide in (again.engine.reopen, again.engine.skip, again.engine.defer):
        with pytest.raises(Refused, match="settle it first"):
            decide("s.a", "in a hurry")
    with pytest.raises(Refused, match="settle it first"):
        again.engine.confirm("s.a", {}, "in a hurry")


def test_there_is_no_such_item(bench: Make) -> None:
    with pytest.raises(Refused, match="no item"):
        bench(item("a")).engine.run("s.z")


def test_nobodys_word_is_enough_where_the_state_must_be_seen(bench: Make) -> None:
    look = program("raise SystemExit(1)").replace("}", ", expect = { x = 1 } }")
    made = bench(item("a", f"sensed_only = true\nrun = {program('pass')}\nsense = {look}"))
    assert "confirm" not in made.engine.allowed("s.a")
    with pytest.raises(Refused, match="nobody's word"):
        made.engine.confirm("s.a", {})
    made.engine.override("s.a", "two of us saw it")
    assert made.engine.state.items["s.a"].grade == "overridden"


def test_what_an_undone_item_needs_no_more_does_not_bar_the_end(bench: Make) -> None:
    made = bench(
        item("way", 'choose = { x = "X", y = "Y" }'), item("a"), item("b", 'undo_of = "a"\nwhen = ["s.way = x"]')
    )
    made.engine.choose("s.way", "y")
    made.engine.confirm("s.a", {})
    assert made.engine.complete() == "complete"
