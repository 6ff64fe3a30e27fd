"""The first page of a report in lines for a screen: verdict, summary, deviations."""

from __future__ import annotations

from collections.abc import Iterator

from smtui.report.document import Block, Cell, Facts, Table, Text, Tone
from smtui.report.layout import lay_out
from smtui.report.model import Evidence
from smtui.telling.ports import PageLine

_PARTS = ("summary", "deviations")


def first_page(evidence: Evidence) -> Iterator[PageLine]:
    """What an owner or auditor reads first, in the words of the report itself."""
    document = lay_out(evidence)
    yield PageLine(document.title, tone="head")
    yield PageLine(document.subtitle)
    yield PageLine(document.verdict.text.upper(), tone=document.verdict.tone)
    for banner in document.banners:
        yield PageLine(banner.text, f"{banner.title}: ", banner.tone)
    for part in document.parts:
        if part.anchor in _PARTS:
            yield PageLine("")
            yield PageLine(part.title, tone="head")
            for block in part.blocks:
                yield from _block(block)


def _block(block: Block) -> Iterator[PageLine]:
    match block:
        case Text(text):
            yield PageLine(text)
        case Facts(rows):
            for name, cell in rows:
                yield PageLine(cell.text, f"{name}: ", cell.tone)
        case Table(columns=columns, rows=rows):
            for row in rows:
                yield from _row(columns, row)


def _row(columns: tuple[str, ...], row: tuple[Cell, ...]) -> Iterator[PageLine]:
    """A row of a table as a paragraph: its first cells as a heading, the others by the names of their columns."""
    first, second, *others = row
    tone: Tone = first.tone
    yield PageLine(f"{first.text}, {second.text}", "- ", tone)
    for column, cell in zip(columns[2:], others, strict=True):
        yield PageLine(cell.text, f"  {column}: ", "quiet" if column == columns[-1] else "")
