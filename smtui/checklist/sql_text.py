"""The little that is read out of T-SQL: how many values a statement takes."""

from __future__ import annotations

import re

_PLAIN = re.compile(
    r"""
      --[^\n]*+
    | '(?:[^']|'')*+(?:'|\Z)
    | "(?:[^"]|"")*+(?:"|\Z)
    | \[(?:[^\]]|\]\])*+(?:\]|\Z)
    | /\* | \*/ | \?
    """,
    re.VERBOSE,
)
_COMMENTED = re.compile(r"/\*|\*/")


def count_placeholders(statement: str) -> int:
    """How many `?` stand outside of strings, quoted names and (nested) comments."""
    count = depth = position = 0
    while found := (_COMMENTED if depth else _PLAIN).search(statement, position):
        position = found.end()
        match found[0]:
            case "/*":
                depth += 1
            case "*/":
                depth = max(0, depth - 1)
            case "?":
                count += 1
            case _:
                pass
    return count
