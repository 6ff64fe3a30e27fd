"""The whole promotion from a script of answers, on a drill; its transcript is a page of the documentation."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from smtui.session.events import Completed
from smtui.session.store import Store
from tests import leaks

ANSWERS = Path(__file__).parent / "promotion.txt"
PAGE = Path(__file__).parents[2] / "docs" / "plain-transcript.md"
COMPLETE_WITH_EXCEPTIONS = 4

HEAD = """# A session without a screen

`smtui drill --plain`, word for word: the promotion of a management server from the script of answers
`tests/plain/promotion.txt`. A test makes this page and compares it; times and names that differ from run to run are
replaced. What stands behind a question mark or a colon at the end of a line was answered.

"""


def steady(transcript: str) -> str:
    """Without what differs from run to run."""
    for pattern, same in (
        (r"\d{4}-\d\d-\d\dT\d{4}Z-", "2026-03-14T0240Z-"),
        (r"operator\s\S+?@\S+\.", "operator anna@jump01."),
        (r"started \d{4}-\d\d-\d\dT[\d:]+Z", "started 2026-02-01T22:00:43Z"),
        (r"\d\d:\d\d:\d\d\sUTC", "02:41:07 UTC"),
        (r"\b\d+\ss\selapsed", "3 s elapsed"),
        (r"\d{8}T\d{6}Z(?!\")", "20260314T024100Z"),
    ):
        transcript = re.sub(pattern, same, transcript)
    return transcript


@pytest.fixture(scope="module")
def drilled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[int, str, Path]]:
    home = tmp_path_factory.mktemp("home")
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("XDG_", "SMTUI_", "SSH_"))}
    with ANSWERS.open() as answers:
        ended = subprocess.run(
            [sys.executable, "-m", "smtui", "drill", "--plain"],
            stdin=answers, capture_output=True, text=True, timeout=120, check=False,
            env={**environment, "HOME": str(home), "XDG_STATE_HOME": str(home), "LANG": "C.UTF-8"},
        )  # fmt: skip
    assert ended.stderr == ""
    yield ended.returncode, ended.stdout, home / "smtui" / "sessions"
    leaks.nothing_left_in(home)


def test_the_promotion_is_completed_by_answers_alone(drilled: tuple[int, str, Path]) -> None:
    code, transcript, sessions = drilled
    assert code == COMPLETE_WITH_EXCEPTIONS
    store = Store(sessions)
    last = store.read(store.ids()[0]).records[-1].event
    assert isinstance(last, Completed)
    assert last.verdict == "complete with exceptions"
    assert "The session is complete with exceptions." in transcript


def test_the_transcript_is_the_page(drilled: tuple[int, str, Path]) -> None:
    page = f"{HEAD}```text\n{steady(drilled[1])}```\n"
    if os.environ.get("SMTUI_WRITE_SCREENSHOTS"):
        PAGE.write_text(page, "utf-8")
    stored = PAGE.read_text("utf-8")
    assert stored.split() == page.split(), (
        "run bin/screenshots, and read what changed"
    )  # wrapped by the run's own names


def test_the_transcript_needs_no_eyes(drilled: tuple[int, str, Path]) -> None:
    transcript = drilled[1]
    assert "\x1b" not in transcript
    prose = [line for line in transcript.splitlines() if not line.startswith("    ") and not line.endswith("yes")]
    questions = [line for line in prose if "?" in line or "Your answer" in line or ": " in line]
    assert all(len(line) <= 78 for line in prose if line not in questions)
    for shape in "○►✓✗↺»·→":
        assert shape not in transcript
    assert "**" not in transcript
