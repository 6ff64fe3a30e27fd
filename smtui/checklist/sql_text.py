"""The little that is read out of T-SQL: where a statement takes values."""

from __future__ import annotations

import re
from collections.abc import Iterator

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
    return sum(1 for _ in _placeholders(statement))


def name_placeholders(statement: str) -> str:
    """The statement with `@P1`, `@P2` and so on for its `?`, as drivers send it: for libraries that know only names."""
    pieces: list[str] = []
    end = 0
    for number, position in enumerate(_placeholders(statement), start=1):
        pieces += (statement[end:position], f"@P{number}")
        end = position + 1
    return "".join((*pieces, statement[end:]))


def _placeholders(statement: str) -> Iterator[int]:
    """Where each of them stands."""
    depth = position = 0
    while found := (_COMMENTED if depth else _PLAIN).search(statement, position):
        position = found.end()
        match found[0]:
            case "/*":
                depth += 1
            case "*/":
                depth = max(0, depth - 1)
            case "?":
                yield found.start()
            case _:
                pass
