"""What targets recorded themselves: in every form, with who asked and when, and with the gaps of the answers."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from datetime import timedelta

import pytest
import report_story as story
from test_same_facts import READERS, Tables, from_json

from smtui.engine.target_logs import Window, window_of
from smtui.environment.model import Environment
from smtui.report.csv_ import records_to_csv
from smtui.report.edition import edition
from smtui.report.html import to_html
from smtui.report.json_ import to_json
from smtui.report.markdown import to_markdown
from smtui.report.model import Evidence
from smtui.report.model_targets import AskedLog
from smtui.session import events as ev
from smtui.session.store import Store

SAID = "2026-03-01T03:00:05.000Z System Error Disk 7, record 12: =Bad block <b>"
ANSWERS: tuple[dict[str, object], ...] = (
    {"target": "SM02", "answered": False, "reason": "unreachable: no route", "output": None},
    {"target": "SM02", "answered": True, "fields": {"listed": 1, "begins_later": "System", "not_there": ""}},
    {"target": "SQL01", "answered": True, "fields": {"listed": 0, "left_out": 3, "clock": "2026-03-01T02:00:00Z"}},
)


def told(store: Store, *, spoiled: bool = False) -> Evidence:
    """A session of one note; then SM02 was asked twice and SQL01 once."""
    it = story.opened(store)
    it.tell(ev.Noted(text="All quiet"))
    for number, answer in enumerate(ANSWERS):
        facts: dict[str, object] = {"log": "event logs", "script": "event-log-window.ps1", "script_sha256": "ab" * 32}
        facts |= {"window_start": story.START, "window_end": it.now, "output": f"{number}-own-log.txt", **answer}
        if facts["output"]:
            file = it.file.new_output(str(facts["output"]))
            file.write(SAID)
            facts["output_sha256"], facts["output_bytes"] = file.close()
        it.tell(ev.Asked(**facts))  # type: ignore[arg-type]  # a table of what differs
    it.file.release()
    if spoiled:
        (store.path(story.SESSION) / "outputs" / "2-own-log.txt").write_text("All was well")
    return story.evidence_of(store)


def test_the_last_answer_of_each_log_stands_with_who_asked_and_when(store: Store) -> None:
    first, second = told(store).target_records.logs
    assert (first.target, first.entries, first.seq, first.answered) == ("SM02", 1, 4, True)
    assert first.asked_by == "CONTOSO\\anna"
    assert first.output is not None
    assert first.output.excerpt == SAID
    assert first.output.found_sha256 == first.output.recorded_sha256
    assert second.clock_ahead == (story.START - timedelta(hours=1) - second.asked).total_seconds()


def test_what_the_answers_leave_out_is_said(store: Store) -> None:
    said = told(store).target_records.not_asked
    assert any("SM02" in line and "System begins only within the window" in line for line in said)
    assert any("SQL01" in line and "3 earlier lines" in line for line in said)
    assert any("nothing of the log Security" in line for line in said)


def test_where_nobody_asked_the_report_says_how(store: Store) -> None:
    story.opened(store).file.release()
    assert any("--ask-targets" in line for line in story.evidence_of(store).target_records.not_asked)


def test_an_answer_that_was_changed_is_a_deviation(store: Store) -> None:
    evidence = told(store, spoiled=True)
    assert ("evidence file", "the log of SQL01 is not the one that was recorded") in {
        (one.kind, one.what) for one in evidence.deviations
    }


@pytest.mark.parametrize("read", READERS)
def test_every_form_tells_the_same(read: Callable[[Evidence], Tables], store: Store) -> None:
    evidence = told(store)
    page, facts = read(evidence), from_json(evidence)["target_records"]["logs"]
    form = to_html if read is READERS[0] else to_markdown
    rows = page.under("Log", "Its clock")
    lines = list(csv.DictReader(io.StringIO(records_to_csv(evidence).removeprefix("\ufeff"))))
    for row, line, fact in zip(rows, lines, facts, strict=True):
        assert row["Target"] == line["target"] == fact["target"]
        assert f"{fact['entries']} entr" in row["Answer"]
        assert line["entries"] == str(fact["entries"])
        assert line["output"] == f"outputs/{fact['output']['name']}"
        assert line["output"] in form(evidence).replace("\\", "")
        assert line["output_sha256"] == fact["output"]["recorded_sha256"]
        assert row["Asked by, when"].endswith(f"event {fact['seq']}")
        assert any(fact["script_sha256"] in text for text in (*page.pairs.values(), form(evidence)))
        assert line["event"] == str(fact["seq"])


def test_the_edition_for_outsiders_withholds_what_the_logs_say(store: Store) -> None:
    environment = Environment(name="Contoso", kind="recovery", management_group="G")
    evidence = edition(told(store), environment, store.read(story.SESSION).records)
    assert all("Bad block" not in form(evidence) for form in (to_html, to_json, records_to_csv))
    assert [_digest(log) for log in evidence.target_records.logs] == [None, None]


def _digest(log: AskedLog) -> str | None:
    return log.output.recorded_sha256 if log.output else "there is no output"


def test_the_window_ends_with_the_work(store: Store) -> None:
    story.whole_story(store)
    records = store.read(story.SESSION).records
    completed = next(record for record in records if isinstance(record.event, ev.Completed))
    assert window_of(records) == Window(records[0].stamp.at, completed.stamp.at)
    assert window_of(records[:5]) == Window(records[0].stamp.at, records[4].stamp.at)
