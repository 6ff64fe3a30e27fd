"""What was restored, how much was lost, and what the targets' logs were asked."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
import report_story as story
from test_same_facts import READERS, Tables, from_json

from smtui.checklist.model import Action, Condition, Item, Scalar, Section, Sense
from smtui.checklist.procedure import Step
from smtui.report.evidence import gather
from smtui.report.found import Found
from smtui.report.model import Evidence
from smtui.session import events as ev
from smtui.session.store import Store

ANSWERS = {"stop_at": "latest", "lost_at": "2026-03-01T02:40:00", "backup_files": "D:\\full.bak;D:\\log.trn"}
SET: dict[str, Scalar] = {
    "name": "ServiceManager",
    "state": "ONLINE",
    "backup_set": "6F9619FF-8B86-D011",
    "position": 1,
    "checksums": 1,
    "first_lsn": "41000000024600001",
    "last_lsn": "41000000029800001",
    "recovered_to": "2026-03-01T02:15:00",
}
LOOK = Action(on="service-manager", script="restore-result.sql")
SECTIONS = (
    Section(
        id="restore",
        title="Restore",
        items=(
            Item(id="restore", title="Restore it", by_hand="Do.", run=LOOK),
            Item(id="checked", title="CHECKDB", by_hand="Do.", run=Action(on="service-manager", script="checkdb.sql")),
            Item(
                id="log",
                title="The log is quiet",
                by_hand="Look.",
                sense=Sense(
                    on="promoted",
                    script="events-since.ps1",
                    parameters={"minutes": 15, "bad": "HealthService/7000"},
                    expect={"bad": Condition(equal=0)},
                ),
            ),
        ),
    ),
)


def told(store: Store, *, minutes_ago: int = 0, answers: dict[str, str] = ANSWERS) -> Evidence:
    it = story.opened(store, mode="exercise")
    version = ev.Sensed(item="restore.restore", target="SM02", answer="agrees", fields={"version": "7.5.1"})
    it.tell(version)
    it.attempt("restore.restore", "t-1", target="service-manager", fields={"sets_restored": 2, "state": "ONLINE"})
    fields = {**SET, "minutes_ago": minutes_ago}
    it.tell(ev.Sensed(item="restore.restore", target="service-manager", answer="agrees", fields=fields))
    it.attempt("restore.checked", "t-2", target="service-manager", fields={"checked": 1, "database_name": "SM"})
    it.tell(ev.Sensed(item="restore.log", target="SM02", answer="agrees", fields={"bad": 0, "good": 1}))
    it.tell(
        ev.Sensed(item="restore.restore", target="SM02", answer="agrees", fields={"version": "7.6"}),
    )
    it.file.release()
    return gathered(store, answers)


def gathered(store: Store, answers: dict[str, str]) -> Evidence:
    plan = story.procedure(SECTIONS)
    reading = store.read(story.SESSION)

    def tell(_step: Step, text: str) -> str:
        return answers.get(text.strip("{}"), text)

    return gather(reading.records, story.fold(plan, reading.records), Found(), tell=tell, smtui="0")


def test_the_restored_set_is_told_with_what_nobody_told_of_it(store: Store) -> None:
    evidence = told(store)
    facts = {fact.what: fact for fact in evidence.restored.facts}
    found = facts["restored backup set"]
    assert found.facts["backup_set_uuid"] == SET["backup_set"]
    assert found.facts["last_lsn"] == SET["last_lsn"]
    assert found.facts["told to stop at (STOPAT)"] == "latest"
    assert found.not_told == ("checkpoint_lsn", "recovery fork now (recovery_fork_guid)")
    assert facts["restore that was run"].facts["sets restored"] == 2
    assert facts["integrity check (DBCC CHECKDB)"].facts["ended without damage"] == 1
    assert evidence.restored.words.startswith("Restored by this session: 1 database")


def test_versions_are_told_before_and_after(store: Store) -> None:
    versions = [fact for fact in told(store).restored.facts if fact.what == "version"]
    assert [(fact.source, fact.facts["version"]) for fact in versions] == [
        ("the first look", "7.5.1"),
        ("the last look", "7.6"),
    ]


def test_a_set_that_was_restored_before_the_session_is_not_its_own(store: Store) -> None:
    evidence = told(store, minutes_ago=4000)
    assert "restored backup set" not in {fact.what for fact in evidence.restored.facts}
    assert evidence.summary.rpo.actual is None


def test_a_session_that_restored_nothing_says_so(store: Store) -> None:
    story.opened(store).file.release()
    assert story.evidence_of(store).restored.words == "Nothing was restored by this session."


def test_the_loss_is_the_moment_of_the_loss_minus_the_recovered_point(store: Store) -> None:
    rpo = told(store).summary.rpo
    assert rpo.actual == timedelta(minutes=25).total_seconds()
    assert "2026-03-01T02:40:00 minus 2026-03-01T02:15:00 on service-manager" in rpo.formula


@pytest.mark.parametrize("lost_at", ["now", "", "2026-03-01T02:40:00+01:00", "2026-03-01T02:00:00"])
def test_a_loss_that_cannot_be_reckoned_is_not_known(store: Store, lost_at: str) -> None:
    evidence = told(store, answers={**ANSWERS, "lost_at": lost_at})
    assert evidence.summary.rpo.actual is None
    assert "not recorded as moments that can be compared" in evidence.summary.rpo.formula


def test_the_logs_that_were_asked_are_named_with_their_window_and_the_others_too(store: Store) -> None:
    told_of = told(store).target_records
    (record,) = told_of.records
    assert (record.target, record.facts["bad"], record.looks) == ("SM02", 0, 1)
    assert record.start == record.end - timedelta(minutes=15)
    assert any("--ask-targets" in line for line in told_of.not_asked)
    assert any(line.endswith("acted on them: service-manager.") for line in told_of.not_asked)


@pytest.mark.parametrize("read", READERS)
def test_every_form_tells_the_same(read: Callable[[Evidence], Tables], store: Store) -> None:
    evidence = told(store)
    page, facts = read(evidence), from_json(evidence)
    rows = page.under("What was told", "Facts")
    assert [(row["What was told"], row["Target"]) for row in rows] == [
        (one["what"], one["target"]) for one in facts["restored"]["facts"]
    ]
    for row, one in zip(rows, facts["restored"]["facts"], strict=True):
        assert all(f"{name} = {value}" in row["Facts"] for name, value in one["facts"].items())
    (row,) = page.under("Log", "Window")
    assert row["Target"] == facts["target_records"]["records"][0]["target"]
    assert set(facts["target_records"]["not_asked"]) <= set(page.bullets)
