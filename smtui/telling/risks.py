"""The sentence that every screen and line says where an environment file accepts that passwords can be read."""

from __future__ import annotations

from collections.abc import Sequence


def told_risks(ways: Sequence[str]) -> str:
    """What is open, in one sentence; empty where nothing is."""
    return f"INSECURE: passwords can be read on the network ({'; '.join(ways)})" if ways else ""
