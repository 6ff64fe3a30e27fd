"""Everything that the simulated deployment knows, by digest."""

from __future__ import annotations

from collections.abc import Mapping

from smtui.drill.behaviours.framework import Script, Statement
from smtui.drill.behaviours.health_state import HEALTH_STATE
from smtui.drill.behaviours.server import SERVER
from smtui.drill.behaviours.services import SERVICES
from smtui.drill.sql.promotion import PROMOTION

SCRIPTS: Mapping[str, Script] = {known.sha256: known for known in (*SERVER, *SERVICES, *HEALTH_STATE)}
"""By SHA-256 of the script's UTF-8 text."""

STATEMENTS: Mapping[str, Statement] = {known.sha256: known for known in PROMOTION}
"""By SHA-256 of the statement's UTF-8 text."""


def digests() -> str:
    """The table of all digests, as `sha256sum` writes one."""
    scripts = [(entry.name, entry.sha256) for entry in SCRIPTS.values()]
    statements = [(entry.name, entry.sha256) for entry in STATEMENTS.values()]
    return "".join(f"{sha256}  {name}\n" for name, sha256 in sorted(scripts + statements))
