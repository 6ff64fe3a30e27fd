"""What the checks find."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

Level = Literal["problem", "by-hand", "not-checked"]
"""`problem`: not ready. `by-hand`: nobody can tell from here; a person looks. `not-checked`: another problem is in
the way."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that a person should know."""

    check: str
    """Its name, as docs/readiness.md lists it; stable, for scripts."""
    subject: str
    """The server, `database on server`, account, path or this machine."""
    text: str
    """One line: what was found."""
    remedy: str = ""
    """One line: what to do."""
    level: Level = "problem"


@dataclass(frozen=True, slots=True)
class Report:
    """The outcome of a survey."""

    environment: str
    kind: str
    at: datetime
    findings: tuple[Finding, ...]
    looked_at: tuple[str, ...] = field(default=())
    """Servers, databases and this machine, in the order of the environment file."""
    insecure: tuple[str, ...] = ()
    """Ways on which passwords can be read, which the environment file accepts."""

    @property
    def ready(self) -> bool:
        """Whether nothing was found that stands in the way."""
        return not any(finding.level == "problem" for finding in self.findings)
