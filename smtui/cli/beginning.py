"""What the sessions that are begun from here have in common."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from smtui.cli.declaring import NOTHING, Declaration
from smtui.cli.environment_file import EnvironmentFile


@dataclass(frozen=True, slots=True)
class Opening:
    """What a new session is made of, besides its checklist."""

    environment: EnvironmentFile
    answers: Mapping[str, str]
    faults: Sequence[str] = ()
    ticket: str | None = None
    scenario: str | None = None
    declaration: Declaration = NOTHING
    group: str | None = None
    """The Unix group to share the session with, where the environment file names none."""
