"""The one line by which a script reports its result, taken out of its output while that streams."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping

from smtui.checklist.model import Scalar

_LIMIT = 1 << 20
"""Characters of a result line; a longer one is no result, so that a torn stream cannot fill the memory."""


class ResultLine:
    """Passes output on and keeps the line `smtui-result <token> <JSON object>` for itself; the last one counts.

    `fields` is None until such a line was complete. `problem` says what was wrong with a line that was none.
    """

    def __init__(self, token: str) -> None:
        self._marker = f"smtui-result {token} "
        self._held = ""
        self._line_start = True
        self.fields: Mapping[str, Scalar] | None = None
        self.problem = ""

    def feed(self, text: str) -> str:
        """Take decoded output with LF line ends; gives what of it may be shown now."""
        text, self._held = self._held + text, ""
        shown: list[str] = []
        position = 0
        while (start := self._find(text, position)) is not None:
            shown.append(text[position:start])
            end = text.find("\n", start)
            if end < 0:
                return "".join(shown) + self._hold(text[start:])
            self._take(text[start + len(self._marker) : end])
            position, self._line_start = end + 1, True
        shown.append(self._rest(text, position))
        return "".join(shown)

    def finish(self) -> str:
        """The output is over; a last line without a line end counts too."""
        held, self._held = self._held, ""
        if not held.startswith(self._marker):
            return held
        self._take(held[len(self._marker) :])
        return ""

    def _find(self, text: str, position: int) -> int | None:
        if self._line_start and text.startswith(self._marker, position):
            return position
        found = text.find("\n" + self._marker, position)
        return None if found < 0 else found + 1

    def _hold(self, line: str) -> str:
        if len(line) > _LIMIT:
            self.problem = "the script reported a result of more than 1 MiB"
            self._line_start = False
            return line
        self._held, self._line_start = line, True
        return ""

    def _rest(self, text: str, position: int) -> str:
        """Keep back a last line that may still become a result line."""
        line_end = text.rfind("\n", position)
        tail = line_end + 1 if line_end >= 0 else position
        at_start = line_end >= 0 or self._line_start
        if at_start and tail < len(text) and self._marker.startswith(text[tail:]):
            self._held, self._line_start = text[tail:], True
            return text[position:tail]
        self._line_start = at_start and tail == len(text)
        return text[position:]

    def _take(self, payload: str) -> None:
        try:
            value = json.loads(payload, parse_constant=str)
        except (ValueError, RecursionError):
            self.problem = "the script reported a result that is no JSON"
            return
        if not isinstance(value, dict):
            self.problem = "the script reported a result that is no JSON object"
            return
        self.fields, self.problem = scalars(value), ""


def scalars(fields: Mapping[str, object]) -> dict[str, Scalar]:
    """Fields as the journal can hold them: nested values as JSON text, null left out, odd numbers as text."""
    return {str(name): _scalar(value) for name, value in fields.items() if value is not None}


def _scalar(value: object) -> Scalar:
    if isinstance(value, str | bool):
        return value
    if isinstance(value, int):
        return value if -(2**63) <= value < 2**63 else str(value)
    if isinstance(value, float):
        return value if math.isfinite(value) else str(value)
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
