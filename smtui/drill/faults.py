"""What goes wrong on purpose: `--fault KIND[:HOST[:SUBJECT]][*TIMES]`, armed once for each time it shall happen.

HOST is a server of the deployment; SUBJECT is the name of a script or statement (with or without its ending) or the
value of one of its parameters (`OMSDK`), or several of these that must all fit (`service-stop+OMSDK`). Left out, any
matches. `slow` takes its seconds first: `slow:2.5:SM02`.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Literal, get_args

FaultKind = Literal[
    "reply-lost",
    "accept-lost",
    "reset",
    "reboot",
    "hang",
    "host-ended",
    "login-rejected",
    "effect-lost",
    "not-listening",
    "sql-cut",
    "restore-aborted",
    "sql-login-rejected",
    "service-hangs-stopping",
    "slow",
    "shells-full",
    "certificate-expired",
    "certificate-expiring",
    "certificate-other-name",
    "certificate-unknown-ca",
    "shell-refused",
    "not-administrator",
    "constrained-language",
    "execution-policy",
    "x86-powershell",
    "reboot-pending",
    "clock-skewed",
    "sql-down",
    "not-sysadmin",
    "clustered",
    "database-missing",
    "database-offline",
    "availability-group",
    "backup-missing",
    "backup-old",
    "backup-gap",
    "share-unreadable",
    "key-backup-missing",
    "key-backup-old",
    "pack-export-missing",
    "pack-export-old",
    "permission-script-missing",
    "permission-script-no-logins",
    "permission-script-drops",
    "second-hop-refused",
    "spn-elsewhere",
    "directory-refused",
    "folder-held",
    "two-workflow-servers",
    "promoted-already",
    "server-unknown",
    "pack-older",
    "pack-unsound",
    "script-drops",
    "warehouse-ahead",
    "wrong-key",
    "agent-left",
    "machine-renamed",
    "setup-restart",
    "setup-fails",
    "broker-off",
    "settings-pending",
    "no-full-text",
    "other-collation",
    "other-group",
    "other-report-url",
    "backup-damaged",
    "database-standing",
    "database-read-only",
    "secondary-replica",
    "job-failed",
    "instance-renamed",
    "not-joined",
    "points-mixed",
    "sync-failed",
    "sdk-down",
    "portal-elsewhere",
    "setup-first",
]

MEANINGS: dict[FaultKind, str] = {
    "reply-lost": "the work starts, and the reply that says so is lost (the connection closes)",
    "accept-lost": "the command is accepted, and the reply with its id is lost",
    "reset": "the connection is reset while output is awaited; the work goes on",
    "reboot": "the host restarts while output is awaited: shells and processes are gone, services start by their type",
    "hang": "the host does not answer, and the work goes on",
    "host-ended": "the PowerShell that smtui keeps on the host ends before it takes the next script",
    "login-rejected": "a Windows login is refused with 401",
    "effect-lost": "a script or statement answers as if done, and nothing has changed",
    "not-listening": "nothing listens at the host's port, as long as the drill runs",
    "sql-cut": "the SQL connection is cut in the middle of a statement",
    "restore-aborted": "a RESTORE ends half way with an error",
    "sql-login-rejected": "a SQL login is refused with error 18456",
    "service-hangs-stopping": "a service stays in StopPending for a long time",
    "slow": "a script or statement takes so many seconds longer",
    "shells-full": "the host refuses a shell, because the account has too many open there",
    "certificate-expired": "the host's certificate ended yesterday",
    "certificate-expiring": "the host's certificate ends in a few days",
    "certificate-other-name": "the host's certificate is for another name",
    "certificate-unknown-ca": "another authority has signed the host's certificate",
    "shell-refused": "the account may log on, and opening a shell is denied to it",
    "not-administrator": "the account is no local administrator",
    "constrained-language": "PowerShell runs in constrained language mode, where scripts do not start",
    "execution-policy": "a group policy lets signed scripts run only",
    "x86-powershell": "PowerShell runs in 32 bits",
    "reboot-pending": "a restart is pending",
    "clock-skewed": "the host's clock is ten minutes ahead",
    "sql-down": "SQL Server does not listen",
    "not-sysadmin": "the SQL login is no sysadmin",
    "clustered": "the SQL Server instance is clustered",
    "database-missing": "there is no such database (SUBJECT: its name)",
    "database-offline": "the database is offline (SUBJECT: its name)",
    "availability-group": "the database is in an availability group (SUBJECT: its name)",
    "backup-missing": "no full backup was ever made (SUBJECT: the database)",
    "backup-old": "the last full backup is a month old (SUBJECT: the database)",
    "backup-gap": "the chain of log backups has a gap (SUBJECT: the database)",
    "share-unreadable": "the service account of SQL Server does not read the share of the backups",
    "key-backup-missing": "no key backup is on the share",
    "key-backup-old": "the key backups are two years old",
    "pack-export-missing": "no export of the management packs is on the share",
    "pack-export-old": "the export of the management packs is two years old",
    "permission-script-missing": "no permission scripts are on the share",
    "permission-script-no-logins": "the permission scripts hold no login",
    "permission-script-drops": "a permission script drops something",
    "second-hop-refused": "the host gets to no share",
    "spn-elsewhere": "another account has the name HTTP/host",
    "directory-refused": "the directory gives the host no answer",
    "folder-held": "a MonitoringHost holds the folder Health Service State",
    "two-workflow-servers": "the workflow-server query has two rows",
    "promoted-already": "SM02 is the workflow server already",
    "server-unknown": "the database does not know SM02 by its full name",
    "pack-older": "a saved management pack is older than the living one",
    "pack-unsound": "a saved management pack does not pass the vendor's test",
    "script-drops": "the permission scripts hold DROP and CREATE of tables",
    "warehouse-ahead": "the warehouse holds work items that the database lost",
    "wrong-key": "another server's key was restored before Setup",
    "agent-left": "a part of Operations Manager is on the new machine",
    "machine-renamed": "the new machines have other names than the lost ones",
    "setup-restart": "Setup ends with 3010: it wants a restart",
    "setup-fails": "Setup ends with an error",
    "broker-off": "a RESTORE leaves the broker off",
    "settings-pending": "another setting of the instance waits to become active",
    "no-full-text": "the rebuilt instances have no full-text search",
    "other-collation": "the rebuilt instances have another collation than the backups",
    "other-group": "the database belongs to another management group",
    "other-report-url": "the warehouse has another reporting server on record",
    "backup-damaged": "the last log backups are damaged",
    "database-standing": "a database of the same name is on the rebuilt instance",
    "database-read-only": "the Service Manager database is read-only",
    "secondary-replica": "the Service Manager database is a secondary replica",
    "job-failed": "a job of the warehouse has failed",
    "instance-renamed": "the rebuilt instances answer under another name",
    "not-joined": "the new machines are not in the domain yet",
    "points-mixed": "the backups of the warehouse end at different times",
    "sync-failed": "MPSyncJob fails",
    "sdk-down": "the Data Access service of SM01 does not run",
    "portal-elsewhere": "the portal's web.config names a server that is gone",
    "setup-first": "Setup was run on the new machines before the key was restored",
}

STANDING: frozenset[FaultKind] = frozenset(
    {
        "certificate-expired", "certificate-expiring", "certificate-other-name", "certificate-unknown-ca",
        "shell-refused", "not-administrator", "constrained-language", "execution-policy", "x86-powershell",
        "reboot-pending", "clock-skewed", "sql-down", "not-sysadmin", "clustered", "database-missing",
        "database-offline", "availability-group", "backup-missing", "backup-old", "backup-gap", "share-unreadable",
        "key-backup-missing", "key-backup-old", "pack-export-missing", "pack-export-old",
        "permission-script-missing", "permission-script-no-logins", "permission-script-drops",
        "second-hop-refused", "spn-elsewhere", "directory-refused",
    }
)  # fmt: skip
"""How the deployment is as long as the drill runs: what `smtui check` finds. These are not used up."""

SHAPING: frozenset[FaultKind] = frozenset(
    {
        "folder-held",
        "two-workflow-servers",
        "promoted-already",
        "server-unknown",
        "pack-older",
        "pack-unsound",
        "script-drops",
        "warehouse-ahead",
        "wrong-key",
        "agent-left",
        "machine-renamed",
        "setup-restart",
        "setup-fails",
        "broker-off",
        "settings-pending",
        "no-full-text",
        "other-collation",
        "other-group",
        "other-report-url",
        "backup-damaged",
        "database-standing",
        "database-read-only",
        "secondary-replica",
        "job-failed",
        "instance-renamed",
        "not-joined",
        "points-mixed",
        "sync-failed",
        "sdk-down",
        "portal-elsewhere",
        "setup-first",
    }
)
"""States of the world, each a file of the folder `worlds`; they are there from the beginning and not used up."""

_BEFORE_ANY_SCRIPT: frozenset[FaultKind] = frozenset({"accept-lost", "login-rejected", "not-listening", "shells-full"})
_SECONDS = re.compile(r"[0-9]{1,4}(?:\.[0-9]{1,3})?")
_SPEC = re.compile(r"(?P<kind>[a-z0-9-]+)(?P<rest>(?::[^:*]+)*)(?:\*(?P<times>[1-9][0-9]{0,3}))?")


class FaultError(ValueError):
    """The specification cannot be read; the text is one line."""


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault, and where it strikes."""

    kind: FaultKind
    host: str | None = None
    subject: str | None = None
    times: int = 1
    seconds: float = 0.0

    def strikes(self, host: str, subjects: Collection[str]) -> bool:
        """Whether it is meant for this host and one of these names (of the script, of values of its parameters)."""
        if self.host is not None and self.host.casefold() != host.casefold():
            return False
        return self.subject is None or set(self.subject.casefold().split("+")) <= _names(subjects)


def parse_fault(spec: str) -> Fault:
    """Read one SPEC; raises FaultError."""
    found = _SPEC.fullmatch(spec)
    kind = next((kind for kind in get_args(FaultKind) if found is not None and found["kind"] == kind), None)
    if found is None or kind is None:
        raise FaultError(
            f"{spec!r} is no fault; it is KIND[:HOST[:SUBJECT]][*TIMES] with a kind of {', '.join(MEANINGS)}"
        )
    parts = found["rest"].split(":")[1:]
    seconds = 0.0
    if kind == "slow":
        if not parts or _SECONDS.fullmatch(parts[0]) is None:
            raise FaultError(f"{spec!r}: slow takes its seconds first, as in slow:2.5:SM02")
        seconds = float(parts.pop(0))
    if len(parts) > 2:
        raise FaultError(f"{spec!r}: nothing comes after HOST and SUBJECT but *TIMES")
    host, subject = (*parts, None, None)[:2]
    if subject is not None and kind in _BEFORE_ANY_SCRIPT:
        raise FaultError(f"{spec!r}: {kind} strikes before any script is known, so it takes no SUBJECT")
    if host is None and kind == "not-listening":
        raise FaultError(f"{spec!r}: not-listening takes the HOST that shall be silent")
    return Fault(kind, host, subject, int(found["times"] or 1), seconds)


class Faults:
    """The armed faults of one drill; used by every thread that could meet one."""

    def __init__(self, faults: Iterable[Fault] = ()) -> None:
        self._lock = threading.Lock()
        self._armed = [(fault, fault.times) for fault in faults]

    def arm(self, fault: Fault) -> None:
        """Add one while the drill runs."""
        with self._lock:
            self._armed.append((fault, fault.times))

    def take(self, kind: FaultKind, host: str, subjects: Collection[str] = ()) -> Fault | None:
        """The fault that strikes now, if any; it is used up by one."""
        with self._lock:
            for index, (fault, left) in enumerate(self._armed):
                if left and fault.kind == kind and fault.strikes(host, subjects):
                    self._armed[index] = (fault, left - 1)
                    return fault
        return None

    def stands(self, kind: FaultKind, host: str, subjects: Collection[str] = ()) -> bool:
        """Whether a standing fault is there; looking does not use it up."""
        with self._lock:
            return any(fault.kind == kind and fault.strikes(host, subjects) for fault, _ in self._armed)

    def spent(self) -> bool:
        """Whether every armed fault has struck as often as it should; standing ones never do."""
        with self._lock:
            return not any(left for fault, left in self._armed if fault.kind not in STANDING | SHAPING)


def _names(subjects: Collection[str]) -> set[str]:
    names = {subject.casefold() for subject in subjects}
    return names | {name.rpartition(".")[0] for name in names if name.endswith((".ps1", ".sql"))}
