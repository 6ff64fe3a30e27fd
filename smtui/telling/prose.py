"""Prose of checklists, whose authors break lines and mark words for the eye."""

from __future__ import annotations

import re

_MARKED = re.compile(r"\*\*(?P<strong>[^*\n]+)\*\*|`(?P<code>[^`\n]+)`|(?<![\w*])\*(?P<light>[^*\s][^*\n]*)\*(?![\w*])")


def unwrap(text: str) -> str:
    """Prose with its lines joined into paragraphs; list items and indented lines keep their own line."""
    joined: list[str] = []
    for line in text.strip().splitlines():
        own = not line.strip() or line[0] in " \t-*|" or re.match(r"\d+[.)] ", line) is not None
        if joined and joined[-1].strip() and not own:
            joined[-1] += " " + line.strip()
        else:
            joined.append(line.rstrip())
    return "\n".join(joined)


def unmarked(text: str) -> str:
    """Prose for the ear: no marks of emphasis; what is to be typed or named exactly stands in quotation marks."""
    return _MARKED.sub(lambda match: f'"{match["code"]}"' if match["code"] else match["strong"] or match["light"], text)
