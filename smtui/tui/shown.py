"""The one way from foreign text to what widgets show: made visible, as plain characters, never as markup."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from rich.cells import cell_len, set_cell_size
from rich.style import Style
from rich.text import Text
from textual.content import Content

from smtui.text import visible

Part = tuple[str, str]
"""Text and the name of its kind: a component class of the widget that shows it."""

_EMPHASIS = re.compile(
    r"\*\*(?P<strong>[^*\n]+)\*\*|`(?P<code>[^`\n]+)`|(?<![\w*])\*(?P<light>[^*\s][^*\n]*)\*(?![\w*])"
)


def content(*parts: str | Part) -> Content:
    """For Static and titles: parts as plain text, or as text and a style such as `bold $error`."""
    return Content.assemble(
        *(
            visible(part, multiline=False) if isinstance(part, str) else (visible(part[0], multiline=False), part[1])
            for part in parts
        )
    )


def fit(text: str, width: int) -> str:
    """Text on one line in exactly `width` cells, cut with `…`."""
    line = visible(text, multiline=False)
    if cell_len(line) <= width:
        return set_cell_size(line, width)
    return set_cell_size(line, width - 1) + "…" if width > 0 else ""


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Some lines of one kind. Unwrapped lines are scrolled sideways, so that commands can be copied whole."""

    text: str
    kind: str = "plain"
    label: str = ""
    """Stands before the text, in the kind `label`."""
    wrap: bool = True
    prose: bool = False
    """Whether `**strong**` and `` `code` `` are marked as the authors of checklists mean them."""
    indent: int = 0

    def at(self, width: int) -> Sequence[Paragraph]:
        """Itself at any width."""
        del width
        return (self,)

    def texts(self, style: Callable[[str], Style]) -> list[Text]:
        """Its lines before wrapping; `style` gives the style of a kind."""
        return [
            Text.assemble(
                (visible(self.label, multiline=False), style("label")) if number == 0 else "",
                *((part, style(kind)) for part, kind in self._parts(line)),
            )
            for number, line in enumerate(visible(self.text).expandtabs(4).split("\n"))
        ]

    def _parts(self, line: str) -> list[Part]:
        if not self.prose:
            return [(line, self.kind)]
        parts: list[Part] = []
        end = 0
        for match in _EMPHASIS.finditer(line):
            parts.append((line[end : match.start()], self.kind))
            name = match.lastgroup or "strong"
            parts.append((match[name], "strong" if name == "light" else name))
            end = match.end()
        return [*parts, (line[end:], self.kind)]


class Shown(Protocol):
    """What a pane shows: paragraphs, which may be others at another width."""

    def at(self, width: int) -> Sequence[Paragraph]:
        """What it is in a pane of so many cells."""
