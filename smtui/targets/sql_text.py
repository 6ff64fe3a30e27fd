"""Texts that go to SQL Server's client library: values that add no attribute, and what a statement says of itself."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

_LEADING: Final = re.compile(r"^(?:\s+|--[^\n]*(?:\n|$)|/\*.*?\*/)*", re.DOTALL)
_USE_MASTER: Final = re.compile(r"USE\s+(?:\[master\]|master\b)", re.IGNORECASE)


def connection_string(attributes: Mapping[str, str]) -> str:
    """An ODBC connection string in which every value is in braces, so that no value can add an attribute.

    The braces hide everything but `}`, which is doubled; NUL would end the whole string and is refused by ValueError.
    """
    for name, value in attributes.items():
        if "\0" in value:
            raise ValueError(f"{name} holds a NUL character")
    return ";".join(f"{name}={{{value.replace('}', '}}')}}}" for name, value in attributes.items())


def wants_master(statement: str) -> bool:
    """Whether a statement begins with `USE master`: its own database may be missing or being restored then."""
    return _USE_MASTER.match(_LEADING.sub("", statement, count=1)) is not None
