"""What the checks need from the outside, handed in."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from smtui.checklist.references import Place
from smtui.environment import Environment
from smtui.readiness.network import Resolve
from smtui.targets.base import Target
from smtui.targets.connect import Connector


@dataclass(frozen=True, slots=True)
class Around:
    """A deployment as it is reached from here, and this machine."""

    environment: Environment
    connect: Connector
    """Raises TargetError where an account or a driver is missing."""
    scripts: Mapping[str, str]
    """Texts of the readiness scripts by file name."""
    resolve: Resolve
    now: Callable[[], datetime]
    """UTC."""
    state_home: Path
    """Where sessions are kept."""
    shared: Path = Path("/")
    """Where the sessions of a group are kept."""
    last_exercise: datetime | None = None
    """When an exercise was last completed here; UTC."""

    def connect_server(self, name: str) -> Target:
        """A target for PowerShell; raises TargetError."""
        return self.connect(Place("server", name, name))

    def connect_database(self, role: str) -> Target:
        """A target for T-SQL; raises TargetError."""
        return self.connect(Place("database", role, role))

    def script(self, name: str) -> str:
        """The text of a readiness script."""
        return self.scripts[name]
