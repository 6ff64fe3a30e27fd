"""Conditions of `when`: `input = value`, `item = status`, `item = branch`. There is no expression language."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from typing import Literal

from msgspec import Struct

STATUSES = ("todo", "running", "done", "reverted", "failed", "unknown", "skipped", "deferred", "not-applicable")
"""Words for the status of an item (design 2)."""

_FINAL = frozenset({"done", "skipped", "deferred", "not-applicable"})
"""From these an item does not move by itself, so a condition on another value is decided."""

_ENTRY = re.compile(r"""\s*(?P<name>"(?:[^"\\]|\\.)*"|[a-z0-9_./-]+)\s*=\s*(?P<value>\S(?:.*\S)?)\s*""")

_SHAPE = "must be written as `name = value`"


class When(Struct, frozen=True):
    """One condition. `name` is an input, the full id of an item, or a value that an include settled beforehand."""

    kind: Literal["input", "item", "value"]
    name: str
    value: str

    def __str__(self) -> str:
        """The entry that `parse_when` reads."""
        name = json.dumps(self.name, ensure_ascii=False) if self.kind == "value" else self.name
        return f"{name} = {self.value}"


def parse_when(entry: str) -> When:
    """Read one entry; a name with a dot is an item. Raises ValueError with what is wrong."""
    match = _ENTRY.fullmatch(entry)
    if match is None:
        raise ValueError(_SHAPE)
    name, value = match["name"], match["value"]
    if not name.startswith('"'):
        return When("item" if "." in name else "input", name, value)
    try:
        return When("value", json.loads(name), value)
    except ValueError:
        raise ValueError(_SHAPE) from None


def holds(when: When, answers: Mapping[str, str], look: Callable[[str], tuple[str, str | None]]) -> bool | None:
    """Whether the condition holds; None while that is not decided.

    `answers` are those to the session's own inputs; `look` gives status and chosen branch of an item by its full id.
    """
    wanted = when.value.casefold()
    if when.kind == "value":
        return when.name.casefold() == wanted
    if when.kind == "input":
        answer = answers.get(when.name)
        return None if answer is None else answer.casefold() == wanted
    status, branch = look(when.name)
    if wanted in (status, (branch or "").casefold()):
        return True
    return False if status in _FINAL else None
