from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import report_plan
import report_story as story

from smtui.session.store import Store

ITEMS = 2_000
MOST_BYTES = 200 * 1024 * 1024


def test_a_plan_of_two_thousand_items_is_reported_in_200_megabytes(store: Store, tmp_path: Path) -> None:
    report_plan.record(store, ITEMS)
    done = subprocess.run(
        [sys.executable, report_plan.__file__, tmp_path, "report", str(ITEMS)],
        capture_output=True,
        text=True,
        timeout=300,
        check=True,
    )
    took = json.loads(done.stdout)
    assert took["bytes"] < MOST_BYTES, took
    report = json.loads((tmp_path / "evidence" / "report.json").read_bytes())
    assert sum(len(section["items"]) for section in report["sections"]) == ITEMS
    assert report["summary"]["grades"] == {"verified": ITEMS}
    assert report["header"]["session"] == story.SESSION
