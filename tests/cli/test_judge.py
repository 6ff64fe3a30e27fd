"""`smtui judge`: the results of the objectives that were fixed at the start."""

from __future__ import annotations

from pathlib import Path

from .conftest import Program
from .local_steps import shell, write


def test_objectives_are_judged_and_the_report_says_by_whom(smtui: Program, tmp_path: Path) -> None:
    smtui(*write(smtui, tmp_path, shell("true")), "--objective", "Back in an hour", "--objective", "No mail lost")
    session = smtui.session()
    assert smtui("judge", session).stdout.splitlines() == [
        "1. Back in an hour",
        "   not judged",
        "2. No mail lost",
        "   not judged",
    ]
    words = ("--judge", "Olga Owner", "--reason", "Three mails are missing")
    smtui("judge", session, "--objective", "2", "--result", "met", *words)
    said = smtui("judge", session, "--objective", "2", "--result", "not met", *words).stdout
    assert "Judged by Olga Owner: not met: No mail lost" in said
    assert smtui("judge", session).stdout.splitlines()[3] == "   not met, says Olga Owner: Three mails are missing"
    assert smtui.json("sessions")[0]["condition"] == "complete"
    smtui("report", session, "--output", str(tmp_path / "report"))
    assert "Three mails are missing" in (tmp_path / "report" / "report.md").read_text("utf-8")


def test_what_is_no_judgement_is_refused(smtui: Program, tmp_path: Path) -> None:
    smtui(*write(smtui, tmp_path, shell("true")), "--objective", "Back in an hour")
    session = smtui.session()
    judged = ("judge", session, "--objective", "1", "--result", "met")
    smtui("judge", session, "--result", "met", code=2)
    smtui(*judged, "--judge", "Olga", code=2)
    assert "the ground" in smtui(*judged, "--judge", "Olga", "--reason", "  ", code=2).stderr
    beyond = smtui("judge", session, "--objective", "2", "--result", "met", "--judge", "O", "--reason", "r", code=2)
    assert "has 1 objectives" in beyond.stderr
    assert smtui("judge", session).stdout.splitlines()[1] == "   not judged"
