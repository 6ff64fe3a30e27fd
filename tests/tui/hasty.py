"""smtui for a walk through many screens: python -m tests.tui.hasty ARGUMENTS. Only its rests are shorter.

What the rests are for is proved with their own lengths in tests/tui/test_measures.py and tests/tui/test_guard.py.
"""

from __future__ import annotations

from smtui.__main__ import main
from smtui.tui import launch
from smtui.tui.screens import session

QUIET = 0.1
"""Seconds for which a question must stand before a key counts."""

if __name__ == "__main__":
    launch.QUIET = QUIET  # type: ignore[misc]
    launch.DETAILS_REST = 0.05  # type: ignore[misc]
    session.LETS_GO = 0.05  # type: ignore[misc]
    main()
