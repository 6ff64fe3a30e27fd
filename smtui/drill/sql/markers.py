"""The `?` of a statement, of which the drivers make `@P1`, `@P2` and so on."""

from __future__ import annotations

import re

_UNTOUCHED = r"""'[^']*' | "[^"]*" | \[[^\]]*\] | --[^\n]* | /\*.*?\*/"""
_NAMED = re.compile(rf"{_UNTOUCHED} | (?P<marker>@P\d+\b)", re.VERBOSE | re.DOTALL)
_PLAIN = re.compile(rf"{_UNTOUCHED} | (?P<marker>\?)", re.VERBOSE | re.DOTALL)


def as_written(statement: str) -> str:
    """The text as it stands in the checklist. Literals, quoted names and comments stay as they are."""
    return _NAMED.sub(lambda found: "?" if found["marker"] else found[0], statement)


def placeholders(statement: str) -> int:
    """How many values a text as written takes."""
    return sum(found["marker"] is not None for found in _PLAIN.finditer(statement))
