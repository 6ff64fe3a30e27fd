"""What a report is made of. HTML and Markdown render the same parts, so they cannot say different things."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Tone = Literal["", "good", "warn", "bad", "quiet"]
"""Colours a cell or banner; the words beside it say the same."""


@dataclass(frozen=True, slots=True)
class Cell:
    """One value of a table."""

    text: str
    tone: Tone = ""
    link: str = ""
    """Anchor of an item in the same document."""
    code: bool = False


@dataclass(frozen=True, slots=True)
class Text:
    """A paragraph of our own words."""

    text: str


@dataclass(frozen=True, slots=True)
class Prose:
    """Words of the checklist, with the little markup of `prose`."""

    text: str


@dataclass(frozen=True, slots=True)
class Facts:
    """Names and values."""

    rows: tuple[tuple[str, Cell], ...]


@dataclass(frozen=True, slots=True)
class Table:
    """Rows under column titles."""

    caption: str
    columns: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    aligned: bool = False
    """Whether it has the same columns at the same places as its neighbours."""


@dataclass(frozen=True, slots=True)
class Bullets:
    """A list of sentences."""

    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Excerpt:
    """Recorded output, as it was."""

    caption: str
    text: str


@dataclass(frozen=True, slots=True)
class Chart:
    """The place of the timeline's drawing, for forms that can draw."""


@dataclass(frozen=True, slots=True)
class Lines:
    """Empty lines to sign on, each with its label."""

    labels: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Boxes:
    """What is ticked on paper, each with its label."""

    labels: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Blanks:
    """What is written in on paper, each with its label."""

    labels: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Part:
    """A heading with what belongs under it; parts nest."""

    anchor: str
    title: str
    blocks: tuple[Block, ...]
    badges: tuple[Cell, ...] = ()
    own_page: bool = False
    box: bool = False
    """Whether a box to tick stands before the title."""


Block = Text | Prose | Facts | Table | Bullets | Excerpt | Chart | Lines | Boxes | Blanks | Part


@dataclass(frozen=True, slots=True)
class Banner:
    """What nobody may overlook, above all else."""

    tone: Tone
    title: str
    text: str


@dataclass(frozen=True, slots=True)
class Document:
    """The whole."""

    title: str
    subtitle: str
    verdict: Cell
    banners: tuple[Banner, ...]
    parts: tuple[Part, ...]
    footer: str


@dataclass(frozen=True, slots=True)
class Span:
    """A piece of prose."""

    text: str
    kind: Literal["plain", "strong", "emphasis", "code"]
