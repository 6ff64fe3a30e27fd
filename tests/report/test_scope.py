"""What was fixed when the session began, and what became of it."""

from __future__ import annotations

from datetime import timedelta

import msgspec
import pytest
import report_story as story
from test_same_facts import READERS, from_json

from smtui.report.evidence import gather
from smtui.report.found import Found
from smtui.report.model import Evidence
from smtui.session import events as ev
from smtui.session.store import Store


def judged_as(result: ev.Verdict, reason: str) -> ev.Judged:
    return ev.Judged(objective="The portal is back", result=result, judge="Olga Owner", reason=reason)


@pytest.fixture
def declared(store: Store) -> Evidence:
    """The story, as an exercise that Dora declared half an hour before it was opened, in a place an hour ahead."""
    story.whole_story(store)
    first, *others = store.read(story.SESSION).records
    assert isinstance(first.event, ev.Opened)
    opened = msgspec.structs.replace(
        first.event,
        mode="exercise",
        declared_by="Dora Diaz",
        declared_at=story.START - timedelta(minutes=30),
        objectives=("The portal is back", "No mail lost"),
        classification="internal",
        utc_offset=3600,
    )
    last = others[-1]
    judged = (
        msgspec.structs.replace(last, seq=98, event=judged_as("met", "It looked so")),
        msgspec.structs.replace(last, seq=99, event=judged_as("not met", "The icons were missing")),
    )
    records = (msgspec.structs.replace(first, event=opened), *others, *judged)
    plan = story.procedure()
    return gather(records, story.fold(plan, records), Found(), tell=lambda _step, text: text, smtui="0")


def test_the_recovery_time_counts_from_the_declaration(declared: Evidence) -> None:
    summary = declared.summary
    assert summary.accepted is not None
    assert summary.rto.actual == (summary.accepted - summary.opened).total_seconds() + 1800
    assert summary.rto.formula == "from its declaration to the owner's acceptance"


def test_objectives_and_criteria_stand_with_their_results(declared: Evidence) -> None:
    judged, unjudged, *_ = declared.scope.criteria
    assert (judged.result, judged.reason, judged.seq) == ("not met", "The icons were missing", 99)
    assert judged.judged_by == r"Olga Owner, written by CONTOSO\bert"
    assert (unjudged.what, unjudged.judged_by) == ("No mail lost", "")
    assert unjudged.result.startswith("not judged")
    results = {one.what: one.result for one in declared.scope.criteria}
    assert results["Recovery time (RTO) within 1 h 00 min 00 s"].startswith("met: ")
    assert results["Recovery point (RPO): no target was given"] == "none"
    assert results["Items that cannot be taken back are done and checked by a look at the state"] == "1 of 1 item"
    assert declared.scope.acted_on == ("SM02", "service-manager")


def test_local_times_stand_only_where_the_offset_is_recorded(declared: Evidence) -> None:
    assert declared.timeline[0].local == "2026-03-01 04:00:00 +01:00"
    assert declared.timeline[-1].local == ""  # resumed by a version that did not record it


@pytest.mark.parametrize("read", READERS)
def test_every_form_tells_the_same(read: object, declared: Evidence) -> None:
    assert callable(read)
    page, facts = read(declared), from_json(declared)
    assert [(row["Objective or criterion"], row["Result"]) for row in page.under("Objective or criterion")] == [
        (one["what"], one["result"]) for one in facts["scope"]["criteria"]
    ]
    cells = [cell for _, rows in page.tables for row in rows for cell in row.values()]
    for words in ("2026-03-01 02:30:00 UTC by Dora Diaz", facts["header"]["classification"]):
        assert any(words in text for text in (*page.pairs.values(), *page.bullets, *cells)), words
    assert next(row["Local time"] for row in page.under("Event", "Local time")) == facts["timeline"][0]["local"]
