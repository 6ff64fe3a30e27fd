"""Everything that the simulated deployment knows, by digest."""

from __future__ import annotations

from collections.abc import Mapping

from smtui.drill.behaviours.event_log import EVENT_LOG
from smtui.drill.behaviours.framework import Script, Statement
from smtui.drill.behaviours.function import FUNCTION
from smtui.drill.behaviours.health_state import HEALTH_STATE
from smtui.drill.behaviours.messages import MESSAGES
from smtui.drill.behaviours.packs import PACKS
from smtui.drill.behaviours.readiness import READINESS_SCRIPTS, READINESS_STATEMENTS
from smtui.drill.behaviours.server import SERVER
from smtui.drill.behaviours.service_groups import SERVICE_GROUPS
from smtui.drill.behaviours.services import SERVICES
from smtui.drill.behaviours.setup import SETUP
from smtui.drill.behaviours.sql_over_winrm import SQL_OVER_WINRM
from smtui.drill.sql.backups import BACKUPS
from smtui.drill.sql.error_log import ERROR_LOG
from smtui.drill.sql.facts import FACTS
from smtui.drill.sql.options import OPTIONS
from smtui.drill.sql.principals import PRINCIPALS
from smtui.drill.sql.promotion import PROMOTION
from smtui.drill.sql.restore import RESTORE

_SCRIPTS = (
    *SERVER,
    *EVENT_LOG,
    *SERVICES,
    *SERVICE_GROUPS,
    *HEALTH_STATE,
    *SETUP,
    *PACKS,
    *FUNCTION,
    *MESSAGES,
    *READINESS_SCRIPTS,
    *SQL_OVER_WINRM,
)
_STATEMENTS = (*PROMOTION, *FACTS, *ERROR_LOG, *BACKUPS, *RESTORE, *OPTIONS, *PRINCIPALS, *READINESS_STATEMENTS)

SCRIPTS: Mapping[str, Script] = {known.sha256: known for known in _SCRIPTS}
"""By SHA-256 of the script's UTF-8 text."""

STATEMENTS: Mapping[str, Statement] = {known.sha256: known for known in _STATEMENTS}
"""By SHA-256 of the statement's UTF-8 text."""


def digests() -> str:
    """The table of all digests, as `sha256sum` writes one."""
    scripts = [(entry.name, entry.sha256) for entry in SCRIPTS.values()]
    statements = [(entry.name, entry.sha256) for entry in STATEMENTS.values()]
    return "".join(f"{sha256}  {name}\n" for name, sha256 in sorted(scripts + statements))
