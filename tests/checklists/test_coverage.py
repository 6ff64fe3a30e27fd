"""Everything that the vendor's page tells its reader stands in a checklist, and nothing claims to that does not."""

from __future__ import annotations

import os
import tomllib
from collections import Counter, defaultdict
from typing import Any

import pytest

from .refused import REFUSED
from .shipped import CHECKLISTS, DATA, HOUSE

PAGE = HOUSE / "docs" / "coverage.md"
INVENTORY: dict[str, Any] = tomllib.loads((DATA / "inventory.toml").read_text("utf-8"))
ENTRIES: list[dict[str, str]] = INVENTORY["entry"]


def _places() -> dict[str, list[str]]:
    """Full ids of the items that stand for an entry of the inventory."""
    places: dict[str, list[str]] = defaultdict(list)
    for checklist in CHECKLISTS:
        for section in checklist.sections:
            for item in section.items:
                for entry in item.source:
                    places[entry].append(f"{checklist.id}: {section.id}.{item.id}")
    return places


PLACES = _places()


def test_the_inventory_has_the_numbers_of_the_page() -> None:
    kinds = Counter(entry["kind"] for entry in ENTRIES)
    assert kinds == {kind: count for kind, count in INVENTORY["numbers"].items() if kind != "steps"}
    assert (kinds["step"], kinds["sub-step"], kinds["note"], kinds["warning"]) == (58, 10, 4, 1)
    steps = Counter(entry["procedure"] for entry in ENTRIES if entry["kind"] == "step")
    assert steps == INVENTORY["numbers"]["steps"]
    assert sorted(steps.values()) == sorted([8, 12, 15, 7, 8, 3, 5])
    assert len({entry["id"] for entry in ENTRIES}) == len(ENTRIES)


def test_the_steps_of_a_procedure_are_numbered_without_a_gap() -> None:
    numbers: dict[str, list[int]] = defaultdict(list)
    for entry in ENTRIES:
        if entry["kind"] == "step":
            numbers[entry["procedure"]].append(int(entry["number"]))
    assert all(found == list(range(1, len(found) + 1)) for found in numbers.values())


def test_every_entry_stands_in_an_item() -> None:
    assert [entry["id"] for entry in ENTRIES if entry["id"] not in PLACES] == []


def test_every_item_names_entries_that_there_are() -> None:
    known = {entry["id"] for entry in ENTRIES}
    assert {entry: places for entry, places in PLACES.items() if entry not in known} == {}


@pytest.mark.parametrize("entry", [entry["id"] for entry in ENTRIES if entry["kind"] in {"note", "warning"}])
def test_notes_and_warnings_are_callouts(entry: str) -> None:
    """At least one item that stands for it has a note or a caution, or holds back until it is met."""
    items = [item for one in CHECKLISTS for section in one.sections for item in section.items if entry in item.source]
    assert any(item.note or item.caution or item.requires for item in items)


def test_the_page_of_the_coverage_is_up_to_date() -> None:
    text = _page()
    if os.environ.get("SMTUI_WRITE_DOCS"):
        PAGE.write_text(text, "utf-8")
    again = "SMTUI_WRITE_DOCS=1 .venv/bin/python -m pytest tests/checklists/test_coverage.py"
    assert PAGE.read_text("utf-8") == text, f"{PAGE.name} is out of date; to write it anew: {again}"


def _page() -> str:
    lines = [
        "# What of the vendor's page stands where",
        "",
        "*Implement Service Manager disaster recovery* has " + _counted(),
        "Each is an item of a shipped checklist. This page is written by `tests/checklists/test_coverage.py`.",
        "",
        "| entry | step | what it asks | items |",
        "| --- | --- | --- | --- |",
    ]
    for entry in ENTRIES:
        places = "<br>".join(f"`{place}`" for place in PLACES[entry["id"]])
        number = f"{entry['kind']} {entry['number']}".strip()
        lines.append(f"| {entry['id']} | {entry['procedure']}, {number} | {entry['wording']} | {places} |")
    lines += ["", "## Checklists", "", "| checklist | items | of them for the page |", "| --- | --- | --- |"]
    for checklist in CHECKLISTS:
        items = [item for section in checklist.sections for item in section.items]
        lines.append(f"| `{checklist.id}` | {len(items)} | {sum(bool(item.source) for item in items)} |")
    lines += ["", "## What each plan refuses", "", "Each is provoked in the drill by a test of `tests/checklists`."]
    lines += ["", "| plan | refuses |", "| --- | --- |"]
    for plan, refusals in REFUSED.items():
        lines.append(f"| `{plan}` | {'<br>'.join(refusals)} |")
    return "\n".join(lines) + "\n"


def _counted() -> str:
    numbers = INVENTORY["numbers"]
    steps = f"{numbers['step']} numbered steps, {numbers['sub-step']} sub-steps, {numbers['note']} notes"
    others = f"{numbers['warning']} warning, {numbers['list']} lists of services and {numbers['duty']} duties in prose"
    return f"{steps}, {others}."
