"""Spans of time as people write them in files and forms: `90s`, `5m`, `2h`."""

from __future__ import annotations

import re

_WRITTEN = re.compile(r"([0-9]{1,6})([smh])")
_SECONDS = {"s": 1.0, "m": 60.0, "h": 3600.0}
_LONGEST = 30 * 24 * 3600.0


def seconds(text: str) -> float | None:
    """The span in seconds; None for what is no span, nothing, or more than a month."""
    match = _WRITTEN.fullmatch(text)
    found = float(match[1]) * _SECONDS[match[2]] if match else 0.0
    return found if 0 < found <= _LONGEST else None


def written(span: float) -> str:
    """A span in its largest whole unit; `seconds` reads it back."""
    whole = round(span)
    for unit, size in (("h", 3600), ("m", 60)):
        if whole and whole % size == 0:
            return f"{whole // size}{unit}"
    return f"{whole}s"
