"""The report as one HTML file: no script, no request, every foreign character escaped and made visible.

The policy in its head allows this one style sheet by its digest and nothing else.
"""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Iterable
from functools import cache
from html import escape
from importlib.resources import files

from smtui.report.chart import drawings
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
    Table,
    Text,
)
from smtui.report.layout import lay_out
from smtui.report.model import Evidence
from smtui.report.prose import paragraphs
from smtui.text import visible

_LEGEND = """\
Green: an attempt that ended well; red: one that failed; ochre: its outcome is not known. Circle: closed by the \
program's own look or exit code; diamond: closed by a person. Bold: cannot be taken back."""


_FONT = 'Arial, "Liberation Sans", "DejaVu Sans", sans-serif'
_SHORT = 24
"""Characters of a coloured word or two that stay on one line."""

_HEX = re.compile(r"[0-9a-f]{64}")
_MOMENT = re.compile(r"(\d{4}-\d{2}-\d{2}) (\d{2}:\d{2}:\d{2}(?: UTC| [+-]\d{2}:\d{2})?)")
_NOT_IN_STYLE = re.compile(r"[^A-Za-z0-9 .:,·'_-]")

_BOX = '<span class="box" role="img" aria-label="to tick"></span>'


def to_html(evidence: Evidence) -> str:
    """The whole page."""
    return html_of(lay_out(evidence), list(drawings(evidence)))


def html_of(document: Document, charts: list[str]) -> str:
    """A document as one page; `charts` are its drawings."""
    return "\n".join((*_head(document), *_body(document, charts), "</html>", ""))


@cache
def _style() -> str:
    return files("smtui.report").joinpath("report.css").read_text("utf-8")


def _marks(document: Document) -> str:
    """What stands at the foot of every printed page: the warnings, and which session it is."""
    warnings = _NOT_IN_STYLE.sub("?", " · ".join(banner.title for banner in document.banners))
    which = _NOT_IN_STYLE.sub("?", document.footer.partition(" · ")[0])
    return (
        f'@page {{ @bottom-left {{ content: "{warnings}"; font: bold 8pt {_FONT}; color: #7a4a00; }} '
        f'@bottom-right {{ content: "{which} · " counter(page) " / " counter(pages); font: 8pt {_FONT}; '
        "color: #55606e; } }\n"
    )


def _head(document: Document) -> Iterable[str]:
    style = _style() + _marks(document)
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    policy = f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    yield "<!doctype html>"
    yield '<html lang="en">'
    yield "<head>"
    yield '<meta charset="utf-8">'
    yield f'<meta http-equiv="Content-Security-Policy" content="{policy}">'
    yield '<meta name="viewport" content="width=device-width, initial-scale=1">'
    yield '<meta name="referrer" content="no-referrer">'
    yield f"<title>{_safe(document.title)}</title>"
    yield f"<style>{style}</style>"
    yield "</head>"


def _body(document: Document, charts: list[str]) -> Iterable[str]:
    yield "<body>"
    yield '<a class="skip" href="#summary">Skip to the summary</a>'
    yield '<div class="sheet">'
    yield '<header class="title">'
    yield f'<div><h1>{_safe(document.title)}</h1><p class="subtitle">{_safe(document.subtitle)}</p></div>'
    yield f'<div class="verdict {document.verdict.tone}">{_safe(document.verdict.text)}</div>'
    yield "</header>"
    if document.banners:
        yield '<section aria-label="Above all">'
        for banner in document.banners:
            words = f"<strong>{_safe(banner.title)}</strong> {_safe(banner.text)}"
            yield f'<p class="banner {banner.tone}">{words}</p>'
        yield "</section>"
    yield '<nav aria-label="Contents"><ol>'
    for part in document.parts:
        yield f'<li><a href="#{part.anchor}">{_safe(part.title)}</a></li>'
    yield "</ol></nav>"
    yield "<main>"
    for part in document.parts:
        yield from _part(part, 2, charts)
    yield "</main>"
    yield f"<footer>{_safe(document.footer)}</footer>"
    yield "</div>"
    yield "</body>"


def _part(part: Part, level: int, charts: list[str]) -> Iterable[str]:
    own_page = ' class="own-page"' if part.own_page else ""
    badges = "".join(f' <span class="badge {badge.tone}">{_safe(badge.text)}</span>' for badge in part.badges)
    box = _BOX if part.box else ""
    yield f'<section id="{part.anchor}"{own_page} aria-labelledby="{part.anchor}-title">'
    yield f'<h{level} id="{part.anchor}-title">{box}{_safe(part.title)}{badges}</h{level}>'
    for block in part.blocks:
        if isinstance(block, Part):
            yield from _part(block, min(level + 1, 6), charts)
        else:
            yield from _block(block, charts)
    yield "</section>"


def _block(block: Block, charts: list[str]) -> Iterable[str]:  # noqa: C901 - a flat table of kinds
    match block:
        case Text():
            yield f"<p>{_safe(block.text)}</p>"
        case Prose():
            yield from _prose(block)
        case Facts():
            yield "<dl>"
            yield from (f"<dt>{_safe(name)}</dt><dd>{_cell(cell)}</dd>" for name, cell in block.rows)
            yield "</dl>"
        case Table():
            yield from _table(block)
        case Bullets():
            yield "<ul>"
            yield from (f"<li>{_safe(line)}</li>" for line in block.lines)
            yield "</ul>"
        case Excerpt():
            yield f"<figure><figcaption>{_safe(block.caption)}</figcaption>"
            yield f"<pre>{_safe(block.text) or '(empty)'}</pre></figure>"
        case Chart():
            yield from (f'<div class="chart">{chart}</div>' for chart in charts)
            yield f'<p class="legend">{_LEGEND}</p>'
        case Lines():
            yield '<div class="sign">'
            yield from (f"<div>{_safe(label)}: name, date, signature</div>" for label in block.labels)
            yield "</div>"
        case Boxes():
            yield '<ul class="boxes">'
            yield from (f"<li>{_BOX}{_safe(label)}</li>" for label in block.labels)
            yield "</ul>"
        case Blanks():
            yield '<div class="blanks">'
            yield from (f"<div>{_safe(label)}:</div>" for label in block.labels)
            yield "</div>"
        case Part():
            yield from _part(block, 6, charts)


def _prose(prose: Prose) -> Iterable[str]:
    tags = {"plain": "", "strong": "strong", "emphasis": "em", "code": "code"}
    yield '<div class="prose">'
    for paragraph in paragraphs(prose.text):
        pieces = (
            f"<{tag}>{_safe(span.text)}</{tag}>" if (tag := tags[span.kind]) else _safe(span.text) for span in paragraph
        )
        yield f"<p>{''.join(pieces)}</p>"
    yield "</div>"


def _table(table: Table) -> Iterable[str]:
    aligned = ' class="aligned"' if table.aligned else ""
    yield f"<table{aligned}><caption>{_safe(table.caption)}</caption>"
    yield "<thead><tr>" + "".join(f'<th scope="col">{_safe(column)}</th>' for column in table.columns) + "</tr></thead>"
    yield "<tbody>"
    for row in table.rows:
        first, *others = row
        cells = "".join(f"<td>{_cell(cell)}</td>" for cell in others)
        yield f'<tr><th scope="row">{_cell(first)}</th>{cells}</tr>'
    yield "</tbody></table>"


def _cell(cell: Cell) -> str:
    text = _MOMENT.sub(r'<span class="day">\1</span> <span class="day">\2</span>', _safe(cell.text))
    if cell.code:
        whole = ' class="whole"' if _HEX.fullmatch(cell.text) else ""
        text = f"<code{whole}>{text}</code>"
    if cell.link:
        text = f'<a href="#{cell.link}">{text}</a>'
    short = " short" if len(cell.text) <= _SHORT else ""
    return f'<span class="tone {cell.tone}{short}">{text}</span>' if cell.tone else text


def _safe(text: str) -> str:
    return escape(visible(text))
