"""What every value of a report is: frozen, and with all its keys in JSON."""

from __future__ import annotations

from msgspec import Struct


class Values(Struct, frozen=True, kw_only=True, omit_defaults=False):
    """Base of every value here: JSON has all keys, always."""
