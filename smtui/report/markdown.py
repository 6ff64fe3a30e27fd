"""The report as Markdown: every foreign character stays text, whatever it means to Markdown."""

from __future__ import annotations

import re
from collections.abc import Iterable

from smtui.report.document import (
    Blanks,
    Block,
    Boxes,
    Bullets,
    Cell,
    Chart,
    Document,
    Excerpt,
    Facts,
    Lines,
    Part,
    Prose,
    Span,
    Table,
    Text,
)
from smtui.report.layout import lay_out
from smtui.report.model import Evidence
from smtui.report.prose import paragraphs
from smtui.text import visible

_PUNCTUATION = re.compile(
    r"[!#-&*+<-@\[-`{-~]"  # means something wherever it stands
    r"|(?<![A-Za-z0-9])[-:]|-(?![A-Za-z0-9])|:(?![A-Za-z0-9 ])"  # a list, a rule, a table's border, an address
    r"|(?<=[0-9])\)"  # a numbered list
    r"|(?<![A-Za-z)])\.|\.(?! |$)"  # the same, and host names that some readers turn into links
)
"""ASCII's punctuation where Markdown, or a flavour of it, may give it a meaning; CommonMark lets each be escaped.

What is left alone keeps the text readable as it is: hyphens in words, colons in times, brackets, commas, full stops.
"""

_BLANK = "\\_" * 24


def to_markdown(evidence: Evidence) -> str:
    """The whole file."""
    return markdown_of(lay_out(evidence))


def markdown_of(document: Document) -> str:
    """A document as Markdown."""
    return "\n".join(_lines(document))


def _lines(document: Document) -> Iterable[str]:
    yield f"# {_safe(document.title)}"
    yield ""
    yield _safe(document.subtitle)
    yield ""
    yield f"**{_safe(document.verdict.text.upper())}**"
    yield ""
    for banner in document.banners:
        yield f"> **{_safe(banner.title)}** {_safe(banner.text)}"
        yield ""
    for part in document.parts:
        yield from _part(part, 2)
    yield "---"
    yield ""
    yield _safe(document.footer)
    yield ""


def _part(part: Part, level: int) -> Iterable[str]:
    badges = "".join(f" ({_safe(badge.text)})" for badge in part.badges)
    box = "☐ " if part.box else ""
    yield f"{'#' * min(level, 6)} {box}{_safe(part.title)}{badges}"
    yield ""
    for block in part.blocks:
        if isinstance(block, Part):
            yield from _part(block, level + 1)
        else:
            yield from _block(block)


def _block(block: Block) -> Iterable[str]:  # noqa: C901 - a flat table of kinds
    match block:
        case Text():
            yield _safe(block.text)
        case Prose():
            for paragraph in paragraphs(block.text):
                yield "> " + "".join(_span(span) for span in paragraph)
                yield ">"
        case Facts():
            yield "| | |"
            yield "| --- | --- |"
            yield from (f"| {_safe(name)} | {_cell(cell)} |" for name, cell in block.rows)
        case Table():
            yield f"**{_safe(block.caption)}**"
            yield ""
            yield "| " + " | ".join(_safe(column) for column in block.columns) + " |"
            yield "|" + " --- |" * len(block.columns)
            yield from ("| " + " | ".join(_cell(cell) for cell in row) + " |" for row in block.rows)
        case Bullets():
            yield from (f"- {_safe(line)}" for line in block.lines)
        case Excerpt():
            yield _safe(block.caption)
            yield ""
            yield from _fenced(block.text)
        case Chart():
            yield _safe("The drawing is in report.html; the table of all events says the same in words.")
        case Lines():
            yield from (f"- {_safe(label)} (name, date, signature): \\_\\_\\_\\_\\_\\_\\_\\_" for label in block.labels)
        case Boxes():
            yield from (f"- ☐ {_safe(label)}" for label in block.labels)
        case Blanks():
            yield from (f"- {_safe(label)}: {_BLANK}" for label in block.labels)
        case Part():
            yield from _part(block, 6)
    yield ""


def _span(span: Span) -> str:
    """A piece of prose; blanks stand outside of its marks, or they would not count as marks."""
    mark = {"plain": "", "strong": "**", "emphasis": "*", "code": ""}[span.kind]
    text = _PUNCTUATION.sub(r"\\\g<0>", visible(span.text, multiline=False))
    return f"{mark}{text}{mark}"


def _fenced(text: str) -> Iterable[str]:
    """A block that nothing in the text can end: its fence is longer than any run of backticks inside."""
    shown = visible(text)
    longest = max((len(run) for run in re.findall("`+", shown)), default=0)
    fence = "`" * max(3, longest + 1)
    yield f"{fence}text"
    yield shown.removesuffix("\n")
    yield fence


def _cell(cell: Cell) -> str:
    return _safe(cell.text)


def _safe(text: str) -> str:
    """One line of literal text: controls made visible, line ends as spaces, punctuation escaped."""
    line = " ".join(visible(text).split())
    return _PUNCTUATION.sub(r"\\\g<0>", line)
