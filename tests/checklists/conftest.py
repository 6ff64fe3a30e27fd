"""The program in a home of its own, as the tests of its commands have it."""

from __future__ import annotations

from cli.conftest import Program, smtui

__all__ = ["Program", "smtui"]
