"""docs/drill.md lists what a drill begins with and what may go wrong in it."""

from __future__ import annotations

import os
from importlib import resources
from pathlib import Path

from smtui.drill.faults import MEANINGS, SHAPING, STANDING, FaultKind
from smtui.drill.scenarios import scenarios

PAGE = Path(__file__).parents[2] / "docs" / "drill.md"


def told(world: str) -> str:
    """The comment that a world begins with."""
    text = resources.files("smtui.drill").joinpath("worlds", f"{world}.sql").read_text("utf-8")
    comment = [line.removeprefix("--").strip() for line in text.split("\n\n")[0].splitlines()]
    assert comment
    return " ".join(comment)


def test_every_awkward_world_says_what_it_is() -> None:
    assert {kind for kind in SHAPING if not told(kind).endswith(".")} == set()


def test_the_page_is_up_to_date() -> None:
    text = page()
    if os.environ.get("SMTUI_WRITE_DOCS"):
        PAGE.write_text(text, "utf-8")
    again = "SMTUI_WRITE_DOCS=1 .venv/bin/python -m pytest tests/drill/test_page.py"
    assert PAGE.read_text("utf-8") == text, f"{PAGE.name} is out of date; to write it anew: {again}"


def page() -> str:
    lines = [
        "# Drills",
        "",
        "`smtui drill CHECKLIST` begins on simulated hosts in the state from which the checklist makes sense.",
        "Questions have answers that fit; what people do by hand in reality (a wizard, a Setup) a simulated colleague",
        "has done once a look has asked for it.",
        "This page is written by `tests/drill/test_page.py`.",
        "",
        "| checklist | what has happened |",
        "| --- | --- |",
    ]
    for checklist, beginning in scenarios().checklist.items():
        happened = [told(world) for world in beginning.worlds if world != "healthy"]
        lines.append(f"| `{checklist}` | {' '.join(happened) or _ORDINARY[bool(beginning.worlds)]} |")
    lines += [
        "",
        "`--fault KIND[:HOST[:SUBJECT]][*TIMES]` makes things go wrong. SUBJECT is a script, a statement, a value of",
        "its parameters, a database, or several of them joined by `+`; `slow` takes its seconds first.",
    ]
    for title, kinds in _groups().items():
        lines += ["", f"## {title}", "", "| fault | what it does |", "| --- | --- |"]
        lines += [f"| `{kind}` | {MEANINGS[kind]} |" for kind in kinds]
    return "\n".join(lines) + "\n"


_ORDINARY = {
    True: "An ordinary day.",
    False: "The workflow server SM01 is failing: it answers, and its workflows stand still. A console is open on SM02.",
}


def _groups() -> dict[str, list[FaultKind]]:
    return {
        "Once, at a moment": [kind for kind in MEANINGS if kind not in STANDING | SHAPING],
        "As long as the drill runs": [kind for kind in MEANINGS if kind in STANDING],
        "From the beginning, in the world": [kind for kind in MEANINGS if kind in SHAPING],
    }
