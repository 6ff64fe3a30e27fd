"""Every form says the same: facts are read back out of HTML, Markdown, JSON and CSV and compared."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from html.parser import HTMLParser
from typing import Any

import pytest
from markdown_it import MarkdownIt

from smtui.report.csv_ import to_csv
from smtui.report.html import to_html
from smtui.report.json_ import to_json
from smtui.report.markdown import to_markdown
from smtui.report.model import Evidence
from smtui.report.phrases import NONE, clock, duration

Rows = list[dict[str, str]]


@dataclass
class Tables(HTMLParser):
    """The tables of a page, each as the rows under its column titles; and its headings, lists and pairs."""

    tables: list[tuple[str, Rows]] = field(default_factory=list)
    pairs: dict[str, str] = field(default_factory=dict)
    bullets: list[str] = field(default_factory=list)
    _heading: str = ""
    _text: list[str] = field(default_factory=list)
    _columns: list[str] = field(default_factory=list)
    _row: list[str] = field(default_factory=list)
    _name: str = ""
    _in_head: bool = False

    def __post_init__(self) -> None:
        super().__init__(convert_charrefs=True)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:  # noqa: ARG002  # the library's
        if tag in ("h1", "h2", "h3", "h4", "h5", "h6", "th", "td", "dt", "dd", "li", "caption"):
            self._text = []
        if tag == "thead":
            self._in_head, self._columns = True, []
        if tag == "tr":
            self._row = []

    def handle_endtag(self, tag: str) -> None:
        text = " ".join("".join(self._text).split())
        match tag:
            case "h1" | "h2" | "h3" | "h4" | "h5" | "h6":
                self._heading = text
            case "th" | "td":
                (self._columns if self._in_head else self._row).append(text)
            case "thead":
                self._in_head = False
                self.tables.append((self._heading, []))
            case "tr" if self._row:
                self.tables[-1][1].append(dict(zip(self._columns, self._row, strict=True)))
            case "dt":
                self._name = text
            case "dd":
                self.pairs.setdefault(self._name, text)
            case "li":
                self.bullets.append(text)

    def handle_data(self, data: str) -> None:
        self._text.append(data)

    def under(self, *columns: str) -> Rows:
        """The rows of every table that has these columns."""
        return [row for _, rows in self.tables for row in rows if set(columns) <= set(row)]


def from_html(evidence: Evidence) -> Tables:
    tables = Tables()
    tables.feed(to_html(evidence))
    return tables


def from_markdown(evidence: Evidence) -> Tables:
    tables = Tables()
    tables.feed(MarkdownIt("commonmark").enable("table").render(to_markdown(evidence)))
    return tables


def from_json(evidence: Evidence) -> Any:
    return json.loads(to_json(evidence))


READERS: tuple[Callable[[Evidence], Tables], ...] = (from_html, from_markdown)


def _state(status: str, grade: str | None) -> str:
    return f"done, {grade}" if status == "done" and grade else status


def _at(text: str | None) -> str:
    return clock(datetime.fromisoformat(text) if text else None)


def _line(text: str) -> str:
    return " ".join(text.split())


@pytest.mark.parametrize("read", READERS)
def test_the_items_are_the_same(read: Callable[[Evidence], Tables], evidence: Evidence) -> None:
    told = [
        (row["No."], row["Item"].removesuffix(" (cannot be taken back)"), row["Meant"], row["Done"],
         row["State and grade"], row["By"], row["Closed"], row["Ran for"])
        for row in read(evidence).under("No.", "Meant", "State and grade")
    ]  # fmt: skip
    facts = [item for section in from_json(evidence)["sections"] for item in section["items"]]
    assert told == [
        (item["number"], item["title"], item["designed"], item["actual"], _state(item["status"], item["grade"]),
         item["actor"] or NONE, _at(item["closed"]), duration(item["machine_seconds"] or None))
        for item in facts
    ]  # fmt: skip


def test_the_items_of_the_csv_are_the_same(evidence: Evidence) -> None:
    rows = list(csv.DictReader(io.StringIO(to_csv(evidence).removeprefix("\ufeff"), newline="")))
    facts = [item for section in from_json(evidence)["sections"] for item in section["items"]]
    assert [
        (row["number"], row["id"], row["title"], row["consequential"] == "yes", row["designed"], row["actual"],
         row["status"], row["grade"] or None, row["founded_on"], row["actor"], row["reason"], _at(row["closed_utc"]),
         float(row["machine_seconds"]), int(row["attempts"]))
        for row in rows
    ] == [
        (item["number"], item["id"], item["title"], item["consequential"], item["designed"], item["actual"],
         item["status"], item["grade"], item["founded_on"], item["actor"], item["reason"], _at(item["closed"]),
         item["machine_seconds"], len(item["attempts"]))
        for item in facts
    ]  # fmt: skip


@pytest.mark.parametrize("read", READERS)
def test_the_deviations_are_the_same(read: Callable[[Evidence], Tables], evidence: Evidence) -> None:
    told = read(evidence).under("Kind", "What happened", "How it was settled")
    facts = from_json(evidence)["deviations"]
    assert [(row["Kind"], row["What happened"], row["How it was settled"]) for row in told] == [
        (one["kind"], _line(one["what"]), _line(one["settled"]) or NONE) for one in facts
    ]
    for row, one in zip(told, facts, strict=True):
        assert (_at(one["at"]) in row["When, by whom"]) or one["at"] is None
        assert one["by"] in row["When, by whom"]


@pytest.mark.parametrize("read", READERS)
def test_the_events_are_the_same(read: Callable[[Evidence], Tables], evidence: Evidence) -> None:
    told = read(evidence).under("Event", "When", "By", "Kind", "What")
    assert [(int(row["Event"]), row["When"], row["By"], row["Kind"], row["What"]) for row in told] == [
        (one["seq"], _at(one["at"]), one["by"], one["kind"], _line(one["text"]))
        for one in from_json(evidence)["timeline"]
    ]


@pytest.mark.parametrize("read", READERS)
def test_people_findings_and_attempts_are_the_same(read: Callable[[Evidence], Tables], evidence: Evidence) -> None:
    told, facts = read(evidence), from_json(evidence)
    assert [(row["Account or name"], row["Role"], int(row["Events"])) for row in told.under("Account or name")] == [
        (one["name"], one["role"], one["events"]) for one in facts["people"]
    ]
    assert [(row["Finding"], row["Owner"], row["Due"]) for row in told.under("Finding", "Owner", "Due")] == [
        (one["text"], one["owner"], one["due"]) for one in facts["findings"]
    ]
    attempts = [one for section in facts["sections"] for item in section["items"] for one in item["attempts"]]
    assert [
        (int(row["Attempt"]), row["Target"], row["Outcome"], row["Took"]) for row in told.under("Attempt", "Exit code")
    ] == [(one["number"], one["target"], one["outcome"], duration(one["seconds"])) for one in attempts]


@pytest.mark.parametrize("read", READERS)
def test_the_summary_is_the_same(read: Callable[[Evidence], Tables], evidence: Evidence) -> None:
    told, facts = read(evidence), from_json(evidence)
    header, summary = facts["header"], facts["summary"]
    for words in (
        header["title"],
        header["environment"],
        _at(summary["opened"]),
        _at(summary["completed"]),
        f"{_at(summary['accepted'])}, {summary['accepted_by']}",
        summary["rto"]["formula"],
        summary["rpo"]["formula"],
        facts["integrity"]["head"],
        *(f"{count} {name}" for name, count in {**summary["statuses"], **summary["grades"]}.items()),
    ):
        assert any(words in text for text in (*told.pairs.values(), *told.bullets, *_cells(told))), words
    for line in (*facts["proves"], *facts["does_not_prove"]):
        assert _line(line).replace("`", "") in [bullet.replace("`", "") for bullet in told.bullets]


def _cells(tables: Tables) -> list[str]:
    return [cell for _, rows in tables.tables for row in rows for cell in row.values()]
