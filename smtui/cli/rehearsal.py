"""What a drill answers to the questions of a checklist where the operator does not: paths and accounts of its world."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import smtui

SCENARIOS = Path(smtui.__file__).parent / "drill" / "scenarios.toml"


def rehearsal_answers(checklist: str) -> dict[str, str]:
    """Answers by the name of the question, those for this checklist before those for all."""
    told: dict[str, Any] = tomllib.loads(SCENARIOS.read_text("utf-8"))
    answers: dict[str, str] = told["answers"]
    own: dict[str, str] = told["checklist"].get(checklist, {}).get("answers", {})
    return {**answers, **own}
