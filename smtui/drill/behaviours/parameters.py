"""Parameters as PowerShell reads them: a missing one is empty, a number may come as text."""

from __future__ import annotations

from collections.abc import Mapping

from smtui.checklist.model import Scalar
from smtui.drill.behaviours.framework import ScriptError


def text(parameters: Mapping[str, Scalar], name: str) -> str:
    """A parameter as `[string]`; empty when it is missing."""
    return str(parameters.get(name, ""))


def number(parameters: Mapping[str, Scalar], name: str) -> float:
    """A parameter as `[double]`; 0 when it is missing; raises ScriptError when it is no number."""
    value = parameters.get(name, 0)
    try:
        return float(value)
    except ValueError as error:
        raise ScriptError(f'Cannot convert value "{value}" to type "System.Double".', "InvalidCast") from error
