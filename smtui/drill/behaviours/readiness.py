"""What the looks of `smtui check` find: a sound deployment, unless standing faults say otherwise."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta

from smtui.checklist.model import Scalar
from smtui.drill.behaviours.framework import Call, Script, ScriptResult, Statement, script, statement
from smtui.drill.faults import STANDING, FaultKind
from smtui.drill.host import SimulatedHost
from smtui.drill.sql.columns import INT, nvarchar
from smtui.drill.sql.replies import Reply, Result, Use
from smtui.drill.sql.values import SqlValue
from smtui.drill.world import Database

_SKEW = timedelta(minutes=10)
_FULL_HOURS, _MONTH_HOURS, _LOG_MINUTES = 6, 31 * 24, 12
_YEARS_HOURS, _LOGINS = 2 * 366 * 24, 4
_KEPT = {"backupkey": "key-backup", "packs": "pack-export", "permission": "permission-script"}
"""What is kept under a path, by a word of it."""
_NAME = nvarchar(128)
_COLUMNS = (
    ("server_name", _NAME), ("sysadmin", INT), ("clustered", INT), ("there", INT), ("state", nvarchar(60)),
    ("recovery_model", nvarchar(60)), ("in_availability_group", INT), ("full_backup_hours", INT),
    ("log_backup_minutes", INT), ("log_gaps", INT),
)  # fmt: skip


@script("readiness-server.ps1", sha256="ca15aa072800b6558668965c1cdf1db885c2dff481edebccf7777d3b8f94d7aa")
def server(host: SimulatedHost, _: Mapping[str, Scalar], call: Call) -> ScriptResult:
    """A domain member with 64-bit Windows PowerShell 5.1, and an administrator."""

    def stands(kind: FaultKind) -> bool:
        return call.faults.stands(kind, host.name)

    me = host.identity()
    now = host.now() + (_SKEW if stands("clock-skewed") else timedelta())
    return ScriptResult(
        {
            "name": me.name, "domain": me.domain, "utc": f"{now:%Y-%m-%dT%H:%M:%SZ}",
            "administrator": not stands("not-administrator"), "language_mode": "FullLanguage",
            "bits": 32 if stands("x86-powershell") else 64, "ps_version": "5.1.20348.2849",
            "machine_policy": "AllSigned" if stands("execution-policy") else "Undefined", "user_policy": "Undefined",
            "reboot_pending": "component servicing" if stands("reboot-pending") else "",
            "spn_asked": not stands("directory-refused"),
            "spn_owners": "svc-portal" if stands("spn-elsewhere") else f"{me.name.upper()}$",
        }
    )  # fmt: skip


@script("readiness-files.ps1", sha256="7b29d7b6c8c7e43d515ed229105cbc6d73a98c472ddd35309ef7e46d8b87ac03")
def files(host: SimulatedHost, parameters: Mapping[str, Scalar], call: Call) -> ScriptResult:
    """A share with everything on it, made last night; key, packs or script by the name of the path."""
    path = str(parameters["path"])
    kind = next((kind for word, kind in _KEPT.items() if word in path.casefold()), "")

    def stands(what: str) -> bool:
        return any(call.faults.stands(fault, host.name) for fault in STANDING if fault == f"{kind}-{what}")

    readable = not call.faults.stands("second-hop-refused", host.name)
    there = readable and not stands("missing")
    return ScriptResult(
        {
            "path": path, "readable": readable, "there": there, "files": int(there), "empty": 0,
            "newest_hours": _YEARS_HOURS if stands("old") else _FULL_HOURS if there else -1,
            "logins": 0 if stands("no-logins") or not parameters.get("review") else _LOGINS,
            "drops": int(stands("drops")),
        }
    )  # fmt: skip


@statement("readiness-database.sql", sha256="d4688a7f163c14e9458ec9933263a92257ee2a8f6256b137beb37b75b6cf45bc")
def database(_: Database, values: Sequence[SqlValue], call: Call) -> Iterator[Reply]:
    """One row always: the instance is there, whatever becomes of the database."""
    yield Use("master")
    name = str(values[0])

    def stands(kind: FaultKind) -> bool:
        return call.faults.stands(kind, call.target, {name})

    found = next((one for one in call.world.databases(call.target) if one.name.casefold() == name.casefold()), None)
    if stands("database-missing"):
        found = None
    backed_up = found is not None and not stands("backup-missing")
    full = (_MONTH_HOURS if stands("backup-old") else _FULL_HOURS) if backed_up else None
    logged = backed_up and found is not None and found.recovery_model_desc == "FULL"
    yield Result(
        _COLUMNS,
        [
            (
                call.target,
                int(not call.faults.stands("not-sysadmin", call.target)),
                int(call.faults.stands("clustered", call.target)),
                int(found is not None),
                None if found is None else "OFFLINE" if stands("database-offline") else found.state_desc,
                found.recovery_model_desc if found is not None else None,
                int(stands("availability-group") or (found is not None and found.is_primary_replica is not None)),
                full,
                _LOG_MINUTES if logged else None,
                int(stands("backup-gap")),
            )
        ],
    )


@statement("readiness-share.sql", sha256="6ef503dce2baeca0d80cdcd5f67edafeda73d81b352617da51c69a1c797dd0c9")
def share(_: Database, values: Sequence[SqlValue], call: Call) -> Iterator[Reply]:
    """The label of the latest full backup that the instance made in this folder; nothing where it made none."""
    yield Use("master")
    folder = str(values[0]).rstrip("\\") + "\\"
    rows = call.world.all(
        "SELECT path FROM backup_sets WHERE server = ? AND kind = 1 AND substr(path, 1, ?) = ? ORDER BY finished DESC",
        call.target, len(folder), folder,
    )  # fmt: skip
    read = int(not call.faults.stands("share-unreadable", call.target)) if rows else None
    yield Result([("label_read", INT), ("backup_file", nvarchar(260))], [(read, rows[0]["path"] if rows else None)])


READINESS_SCRIPTS: tuple[Script, ...] = (server, files)
READINESS_STATEMENTS: tuple[Statement, ...] = (database, share)
