from __future__ import annotations

from pathlib import Path

import pytest
import report_story as story

from smtui.report.evidence import NothingRecordedError, gather
from smtui.report.found import Found
from smtui.report.markdown import to_markdown
from smtui.report.model import Deviation, DeviationKind, Evidence
from smtui.session import events as ev
from smtui.session.store import Store


def of_kind(evidence: Evidence, kind: DeviationKind) -> list[Deviation]:
    return [one for one in evidence.deviations if one.kind == kind]


def test_the_header_names_the_session_and_says_that_hosts_were_simulated(evidence: Evidence) -> None:
    assert evidence.header.session == story.SESSION
    assert evidence.header.simulated
    assert evidence.header.inputs == {"promoted": "SM02"}
    assert evidence.does_not_prove[0].startswith("This was a drill on simulated hosts")


def test_recovery_time_runs_from_opening_to_the_owners_acceptance(evidence: Evidence) -> None:
    summary = evidence.summary
    assert summary.accepted_by == "Olga Owner"
    assert summary.accepted is not None
    assert summary.rto.actual == (summary.accepted - summary.opened).total_seconds()
    assert summary.rto.target == 3600.0


def test_the_verdict_names_exceptions(evidence: Evidence) -> None:
    assert evidence.summary.verdict == "complete with exceptions"
    assert evidence.summary.grades == {"attested": 2, "overridden": 1, "sensed": 1, "verified": 2}
    assert evidence.summary.consequential == {"verified": 1}


def test_a_kill_in_the_middle_of_an_item_is_told_with_how_it_was_settled(evidence: Evidence) -> None:
    (unknown,) = of_kind(evidence, "unknown outcome")
    assert unknown.item == "prepare.stop-health"
    assert "smtui ended while it ran" in unknown.what
    assert "runs no more" in unknown.settled
    assert "agrees" in unknown.settled
    (interrupted,) = of_kind(evidence, "interrupted")
    assert "without taking leave" in interrupted.what
    assert "4 min 00 s" in interrupted.settled


def test_leaving_in_good_order_is_no_interruption(evidence: Evidence) -> None:
    (left,) = of_kind(evidence, "left and resumed")
    assert "shift change" in left.what
    assert "jump02" in left.settled
    assert len(evidence.recording) == 3


def test_decisions_of_people_are_deviations_with_their_reasons(evidence: Evidence) -> None:
    assert [(one.item, one.what) for one in of_kind(evidence, "overridden")] == [
        ("promote.start-sdk", "services.msc says Running")
    ]
    assert [(one.item, one.what) for one in of_kind(evidence, "skipped")] == [
        ("prepare.console", "nobody is logged on")
    ]
    assert [one.what for one in of_kind(evidence, "deferred")] == ["mail is down until noon"]
    (failed,) = of_kind(evidence, "attempt failed")
    assert "login failed" in failed.what
    assert "Attempt 2" in failed.settled


def test_the_gravest_deviations_come_first(evidence: Evidence) -> None:
    assert [one.kind for one in evidence.deviations] == [
        "overridden",
        "unknown outcome",
        "skipped",
        "deferred",
        "attempt failed",
        "interrupted",
        "left and resumed",
    ]


def test_a_grade_names_the_look_that_founds_it_even_if_the_procedure_undid_the_state_later(evidence: Evidence) -> None:
    item = next(item for item in evidence.items if item.id == "prepare.stop-sdk")
    assert item.grade == "verified"
    assert "service-status.ps1" in item.founded_on
    assert "SM02 agrees (status = Stopped)" in item.founded_on
    assert item.sensings[0].answer == "differs"


def test_an_overridden_item_shows_the_look_that_was_overridden(evidence: Evidence) -> None:
    item = next(item for item in evidence.items if item.id == "promote.start-sdk")
    assert "against the check" in item.founded_on
    assert "SM02 differs (status = StartPending)" in item.founded_on


def test_a_hand_item_names_who_attested_it_and_what_was_typed(evidence: Evidence) -> None:
    item = next(item for item in evidence.items if item.id == "prepare.fence")
    assert (item.actor, item.evidence) == ("CONTOSO\\bert", {"who": "Carl, data centre"})
    assert item.founded_on == "the word of CONTOSO\\bert; typed in: who = Carl, data centre"


def test_outputs_are_bound_to_their_recorded_digest(evidence: Evidence) -> None:
    item = next(item for item in evidence.items if item.id == "prepare.stop-sdk")
    output = item.attempts[0].output
    assert output is not None
    assert output.excerpt == "Stopping OMSDK\nStopped\n"
    assert output.recorded_sha256 == output.found_sha256 == story.sha256(b"Stopping OMSDK\nStopped\n")


def test_people_are_accounts_from_places_and_nothing_more(evidence: Evidence) -> None:
    assert [(person.name, person.role) for person in evidence.people] == [
        ("CONTOSO\\anna", "operator"),
        ("CONTOSO\\bert", "operator"),
        ("Dora Diaz", "observer"),
    ]
    assert all("not proven" in person.proof for person in evidence.people)


def test_an_unfinished_session_is_incomplete_whatever_was_done(store: Store) -> None:
    it = story.opened(store, mode="recovery")
    it.attempt("prepare.stop-sdk", "t-1", outcome="failed", reason="access denied")
    it.file.release()
    evidence = story.evidence_of(store)
    assert evidence.summary.verdict == "INCOMPLETE"
    assert evidence.summary.rto.actual is None
    assert not evidence.header.simulated
    (failed,) = of_kind(evidence, "failed")
    assert failed.item == "prepare.stop-sdk"
    (todo,) = of_kind(evidence, "not done")
    assert todo.what == "7 items not yet done"


def test_a_running_attempt_at_the_end_of_a_dead_session_is_not_hidden(store: Store) -> None:
    it = story.opened(store)
    it.attempt("prepare.stop-sdk", "t-1", ended=False)
    it.tell(ev.Resumed(smtui="0.1.0", machine="jump01", boot_id="b2"))
    it.file.release()
    (unknown,) = of_kind(story.evidence_of(store), "unknown outcome")
    assert unknown.settled == "not settled; the item is still unknown"


def test_an_item_done_by_hand_instead_of_by_the_program_is_a_deviation(store: Store) -> None:
    it = story.opened(store)
    it.tell(ev.Confirmed(item="prepare.stop-sdk", grade="attested", reason="WinRM is down"))
    it.file.release()
    (by_hand,) = of_kind(story.evidence_of(store), "done by hand instead")
    assert (by_hand.item, by_hand.by, by_hand.settled) == ("prepare.stop-sdk", "CONTOSO\\anna", "WinRM is down")


def test_what_the_simulated_host_did_not_know_is_told(store: Store) -> None:
    it = story.opened(store)
    it.attempt("prepare.stop-sdk", "t-1", outcome="failed", not_simulated=True)
    it.file.release()
    assert len(of_kind(story.evidence_of(store), "not simulated")) == 1


def test_a_changed_or_missing_file_of_evidence_is_told(store: Store, session: Path) -> None:
    (session / "checklist" / "scripts" / "service-stop.ps1").write_bytes(b"# another script\n")
    (session / "environment.toml").unlink()
    (output,) = (session / "outputs").glob("*prepare.stop-sdk*")
    output.write_text("nothing happened here")
    evidence = story.evidence_of(store)
    assert [one.what for one in of_kind(evidence, "evidence file")] == [
        "checklist/scripts/service-stop.ps1 is not the file that the session was opened with",
        "environment.toml is missing from the session's folder",
        "the output of this attempt is not the one that was recorded",
    ]


def test_a_large_output_that_was_cut_is_told_on_the_first_page_and_beside_it(store: Store) -> None:
    it = story.opened(store)
    it.attempt("prepare.stop-sdk", "t-1", output_left_out=41_000_000, output_lines_left_out=1_000)
    it.file.release()
    evidence = story.evidence_of(store)
    (told,) = of_kind(evidence, "output cut")
    assert told.what.startswith("41,000,000 bytes with 1,000 line ends were left out")
    assert told.item == "prepare.stop-sdk"
    page = to_markdown(evidence)
    assert page.count("41,000,000 bytes with 1,000 line ends were left out") >= 3, "deviation, timeline, caption"


def test_that_passwords_could_be_read_stands_on_the_first_page_even_when_it_is_over(store: Store) -> None:
    way = "SM02: basic over plain HTTP (port 5985)"
    it = story.opened(store)
    for ways in ((way,), ()):
        it.tell(ev.EnvironmentChanged(reason="NTLM is down", sha256="0" * 64, difference=("x",), insecure=ways))
    it.file.release()
    evidence = story.evidence_of(store)
    (told,) = of_kind(evidence, "insecure transport")
    assert way in told.what
    assert evidence.header.insecure == (way,)
    assert to_markdown(evidence).index("INSECURE TRANSPORT") < to_markdown(evidence).index("## ")


def test_a_changed_environment_replaces_the_digest_that_counts(store: Store) -> None:
    it = story.opened(store)
    changed = b"# another address\n"
    it.tell(ev.EnvironmentChanged(reason="new address", sha256=story.sha256(changed), difference=("SM02.address",)))
    it.file.release()
    (store.path(story.SESSION) / "environment.toml").write_bytes(changed)
    evidence = story.evidence_of(store)
    assert not of_kind(evidence, "evidence file")
    assert len(of_kind(evidence, "environment changed")) == 1


def test_a_damaged_journal_is_never_complete(store: Store, session: Path) -> None:
    journal = session / "session.toml"
    journal.write_bytes(journal.read_bytes().replace(b"nobody is logged on", b"nobody was logged on"))
    evidence = story.evidence_of(store)
    assert evidence.summary.verdict == "INCOMPLETE"
    assert evidence.deviations[0].kind == "damaged journal"
    assert "event 13" in evidence.integrity.reason
    assert any("damaged" in line for line in evidence.does_not_prove)


def test_an_empty_journal_is_refused_in_one_line(store: Store, session: Path) -> None:
    state = story.fold(story.procedure(), store.read(story.SESSION).records)
    with pytest.raises(NothingRecordedError, match="nothing to report"):
        gather((), state, Found(), tell=lambda _step, text: text, smtui="0.1.0")


def test_every_kind_of_event_has_words(store: Store) -> None:
    it = story.opened(store)
    for event in (
        ev.TakenOver(reason="shift change", holder="anna@jump01"),
        ev.Chosen(item="prepare.fence", branch="rebuild", reason="it is dead"),
        ev.Cancelled(item="prepare.stop-sdk", token="t", reason="wrong server"),
        ev.Approved(item="promote.promote", approver="Paul"),
        ev.Reopened(item="prepare.fence", reason="it came back"),
        ev.ClockStepped(seconds=-3600.0),
        ev.Rebooted(boot_id="b9"),
        ev.Halted(reason="the disk is full"),
        ev.Torn(file="session.torn-ab", sha256="ab"),
        ev.Accepted(item="prepare.stop-sdk", token="t", remote={"pid": "7"}),
    ):
        it.tell(event)
    it.file.release()
    evidence = story.evidence_of(store)
    words = [moment.text for moment in evidence.timeline]
    assert all(words)
    assert "The clock was set by -1 h 00 min 00 s" in words
    kinds = {one.kind for one in evidence.deviations}
    assert {"taken over", "cancelled", "reopened", "clock stepped", "machine rebooted", "halted", "torn write"} <= kinds


def test_an_acceptance_from_before_the_session_was_reopened_is_none(store: Store) -> None:
    it = story.opened(store)
    for step in story.procedure().steps:
        it.tell(ev.Skipped(item=step.id, reason="x"))
    it.tell(ev.Completed(verdict="complete with exceptions"))
    it.tell(ev.AcceptedByOwner(owner="Olga Owner"))
    assert story.evidence_of(store).summary.accepted_by == "Olga Owner"
    it.tell(ev.Reopened(item="prepare.fence", reason="x"))
    assert story.evidence_of(store).summary.accepted_by is None
    it.tell(ev.Skipped(item="prepare.fence", reason="x"))
    it.tell(ev.Completed(verdict="complete with exceptions"))
    assert story.evidence_of(store).summary.accepted_by is None
    it.file.release()
