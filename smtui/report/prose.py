"""The little markup that checklists use in their prose: paragraphs, `**strong**`, `*emphasis*`, code in backticks."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Literal

from smtui.report.document import Span

_MARKED = re.compile(
    r"\*\*(?P<strong>[^*\n]+)\*\*|(?<![*\w])\*(?P<emphasis>[^*\s](?:[^*\n]*[^*\s])?)\*(?![*\w])|`(?P<code>[^`\n]+)`"
)


_KINDS: tuple[Literal["strong", "emphasis", "code"], ...] = ("strong", "emphasis", "code")


def paragraphs(text: str) -> Iterator[tuple[Span, ...]]:
    """The paragraphs of a text, each as its pieces."""
    for block in re.split(r"\n[ \t]*\n", text.strip()):
        if block.strip():
            yield tuple(_spans(" ".join(block.split())))


def _spans(line: str) -> Iterator[Span]:
    end = 0
    for match in _MARKED.finditer(line):
        if match.start() > end:
            yield Span(line[end : match.start()], "plain")
        for kind in _KINDS:
            if match[kind]:
                yield Span(match[kind], kind)
        end = match.end()
    if end < len(line):
        yield Span(line[end:], "plain")
