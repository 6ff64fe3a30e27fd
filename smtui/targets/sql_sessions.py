"""The sessions of an attempt, found by its application name and waited for; whichever way the server is asked."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from smtui.checklist.model import Scalar
from smtui.targets.base import Settlement, Watch
from smtui.targets.sql_connect import NoSession

SETTLE_STATEMENT: Final = (
    "SELECT s.session_id AS session_id, s.status AS status, r.command AS command, r.wait_type AS wait_type, "
    "r.percent_complete AS percent_complete FROM sys.dm_exec_sessions AS s "
    "LEFT JOIN sys.dm_exec_requests AS r ON r.session_id = s.session_id WHERE s.program_name = ?"
)
"""The sessions of one attempt; `command` is NULL for one that runs nothing."""
PRIVILEGE_STATEMENT: Final = "SELECT IS_SRVROLEMEMBER('sysadmin') AS sysadmin"
"""Who may not see other sessions is shown none of them, so that none would mean nothing."""
IDENTITY_STATEMENT: Final = "SELECT CAST(SERVERPROPERTY('ServerName') AS nvarchar(128)) AS name"

Ask = Callable[[str, Sequence[Scalar]], Sequence[dict[str, Scalar]]]
"""The rows of a small read-only query; raises NoSession."""


@dataclass(frozen=True, slots=True)
class Sessions:
    """How the sessions of one instance are looked for."""

    ask: Ask
    pause: float
    """Seconds between two looks."""
    clock: Callable[[], float] = time.monotonic

    def await_end(self, name: str, timeout: float, watch: Watch) -> Settlement:
        """Wait for the end of the session of that application name; it is never ended from here."""
        until = self.clock() + timeout
        while True:
            settlement = self._look(name)
            if settlement.state != "running" or self.clock() >= until or watch.cancelled.wait(self.pause):
                return settlement
            watch.output(settlement.reason + "\n")

    def _look(self, name: str) -> Settlement:
        try:
            sessions = self.ask(SETTLE_STATEMENT, (name,))
            if not sessions:
                return self._no_session(name)
        except NoSession as error:
            return Settlement("unclear", reason=f"{error.result.reason}; settle it again when the server answers")
        running = next((session for session in sessions if "command" in session), None)
        if running is None:
            spid = sessions[0].get("session_id")
            return Settlement("gone", reason=f"session {spid} runs nothing any more; how it ended is not known")
        percent = running.get("percent_complete")
        done = f", {float(percent):.0f} % done" if isinstance(percent, int | float) and percent else ""
        what = f"session {running.get('session_id')} runs {running['command']}{done}"
        return Settlement("running", reason=f"{what}; KILL {running.get('session_id')} on the server would end it")

    def _no_session(self, name: str) -> Settlement:
        privilege = self.ask(PRIVILEGE_STATEMENT, ())
        if privilege and privilege[0].get("sysadmin") == 1:
            return Settlement("gone", reason=f"no session is called {name} any more; how it ended is not known")
        return Settlement("unclear", reason="the account may not see other sessions; ask a sysadmin whether it runs")
