"""Where the time went."""

from __future__ import annotations

import csv
import io

import pytest
from test_same_facts import READERS, from_json

from smtui.report.csv_ import to_csv
from smtui.report.model import Evidence
from smtui.report.phrases import duration


def test_every_moment_counts_once(evidence: Evidence) -> None:
    times = evidence.times
    assert times.hands_on + times.machine + times.waiting + times.not_recorded == pytest.approx(times.elapsed)
    assert times.elapsed == (evidence.summary.last_event - evidence.summary.opened).total_seconds()
    assert times.not_recorded == 540.0  # 240 s after the kill, 300 s after leaving


def test_an_item_has_hands_on_machine_and_waiting_time(evidence: Evidence) -> None:
    item = next(item for item in evidence.items if item.id == "prepare.stop-sdk")
    assert item.hands_on_seconds == 10.0
    assert item.machine_seconds == pytest.approx(12.4)
    assert item.waiting_seconds is not None


def test_what_ran_when_smtui_died_has_no_machine_time(evidence: Evidence) -> None:
    item = next(item for item in evidence.items if item.id == "prepare.stop-health")
    assert item.machine_seconds == 0.0


@pytest.mark.parametrize("read", READERS)
def test_every_form_tells_the_same(read: object, evidence: Evidence) -> None:
    assert callable(read)
    facts = [item for part in from_json(evidence)["sections"] for item in part["items"] if item["started"]]
    told = read(evidence).under("Item no.", "Work")
    assert [(row["Item no."], row["Hands-on (estimated)"], row["Machine"], row["Waiting"]) for row in told] == [
        (one["number"], *(duration(one[f"{kind}_seconds"]) for kind in ("hands_on", "machine", "waiting")))
        for one in facts
    ]


def test_the_csv_tells_the_same(evidence: Evidence) -> None:
    rows = csv.DictReader(io.StringIO(to_csv(evidence).removeprefix("\ufeff"), newline=""))
    assert [(row["hands_on_seconds"], row["waiting_seconds"]) for row in rows] == [
        (f"{item.hands_on_seconds:.3f}", "" if item.waiting_seconds is None else f"{item.waiting_seconds:.3f}")
        for item in evidence.items
    ]
