"""The little that is read out of T-SQL: how many values a statement takes."""

from __future__ import annotations

import re

_SKIPPED = re.compile(
    r"""
      --[^\n]*+
    | '(?:[^']|'')*+(?:'|\Z)
    | "(?:[^"]|"")*+(?:"|\Z)
    | \[(?:[^\]]|\]\])*+(?:\]|\Z)
    """,
    re.VERBOSE,
)
_MARK = re.compile(r"/\*|\*/|\?")


def count_placeholders(statement: str) -> int:
    """How many `?` stand outside of strings, quoted names and (nested) comments."""
    count = depth = position = 0
    while position < len(statement):
        skipped = _SKIPPED.match(statement, position) if depth == 0 else None
        if skipped:
            position = skipped.end()
            continue
        mark = _MARK.match(statement, position)
        if mark is None:
            position += 1
            continue
        if mark[0] == "/*":
            depth += 1
        elif mark[0] == "*/":
            depth = max(0, depth - 1)
        elif depth == 0:
            count += 1
        position = mark.end()
    return count
