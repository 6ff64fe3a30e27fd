"""The report as JSON: the same values, exactly as recorded, in ASCII so that no terminal acts on them."""

from __future__ import annotations

import json
import math

import msgspec

from smtui.report.model import Evidence


def to_json(evidence: Evidence) -> str:
    """The whole file; keys stand in the model's order."""
    return json.dumps(_finite(msgspec.to_builtins(evidence)), indent=2, ensure_ascii=True, allow_nan=False) + "\n"


def _finite(value: object) -> object:
    """JSON has no infinity: a target may still have sent one."""
    if isinstance(value, float) and not math.isfinite(value):
        return str(value)
    if isinstance(value, dict):
        return {key: _finite(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_finite(inner) for inner in value]
    return value
