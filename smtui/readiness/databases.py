"""The databases: whether their servers answer, what state they are in, and whether they could be restored."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from smtui.checklist.model import Scalar
from smtui.environment import Database, Server
from smtui.readiness import network
from smtui.readiness.accounts import Accounts
from smtui.readiness.model import Finding
from smtui.readiness.surroundings import Around
from smtui.targets.base import Result, SqlCall, Target, TargetError, Watch

DATABASE_SCRIPT: Final = "readiness-database.sql"
SHARE_SCRIPT: Final = "readiness-share.sql"
_BACKUPS: Final = "database_backups"
"""The path of the environment file that RESTORE reads."""
_PORT: Final = 1433
_SECONDS: Final = 60.0
_OLDEST_FULL: Final = 8 * 24
"""Hours: a weekly full backup, and a day of grace."""
_OLDEST_LOG: Final = 24 * 60


def look(server: Server, databases: Sequence[Database], around: Around, accounts: Accounts) -> tuple[Finding, ...]:
    """Everything that is wrong with the instance and its databases."""
    first = databases[0]
    way = _way(server, first)
    if way is not None:
        blocked = network.look(way, around.resolve)
        if blocked is not None:
            return (blocked,)
    found: list[Finding] = []
    for database in databases:
        answer = _ask(server, database, around, accounts)
        if isinstance(answer, Finding):
            found.append(answer)
            break  # what stops one logon stops the next; each try counts where accounts are locked
        found += _instance(server, answer) if database is first else ()
        found += _database(f"{database.name} on {server.name}", answer)
    else:
        found += _share(server, first, around)
    return tuple(found)


def _way(server: Server, database: Database) -> network.Way | None:
    """The port that has to be open; None where only SQL Server Browser knows it."""
    if database.via == "winrm":
        return network.Way(server.name, server.fqdn, server.address, server.port, "WinRM")
    if database.instance is not None:
        return None
    address = database.address or server.address
    return network.Way(server.name, server.fqdn, address, database.port or _PORT, "SQL Server")


def _ask(server: Server, database: Database, around: Around, accounts: Accounts) -> Mapping[str, Scalar] | Finding:
    """What the instance says of one database, or why it says nothing."""
    try:
        target = around.connect_database(database.role)
    except TargetError as error:
        check = "no-odbc-driver" if _is_driver(error) else "no-password"
        return Finding(check, server.name, str(error), "" if check == "no-odbc-driver" else "give it another source")
    try:
        account = _account(server, database)
        result = accounts.admit(account, server.name, lambda: _run(target, around, DATABASE_SCRIPT, database.name))
        if result is None:
            text = f"not tried with {account}, which {accounts.refused_at(account)} refused"
            return Finding("sql-account-rejected", server.name, text, level="not-checked")
        if result.ending == "ok" and result.rows == 1:
            return result.fields
        return _refused(server, result)
    finally:
        target.close()


def _account(server: Server, database: Database) -> str:
    """Who logs on; by PowerShell the account of the look at the server, under the name that it has there."""
    if database.via == "winrm":
        return server.credential or "the Kerberos ticket"
    return f"SQL {database.credential or 'by the Kerberos ticket'}"


def _is_driver(error: TargetError) -> bool:
    from smtui.targets.odbc import OdbcUnavailable

    return isinstance(error, OdbcUnavailable)


def _run(target: Target, around: Around, script: str, value: str) -> Result:
    call = SqlCall(around.script(script), (value,), "readiness", _SECONDS)
    return target.run(call, Watch(accepted=lambda _: None, output=lambda _: None))


def _refused(server: Server, result: Result) -> Finding:
    if result.ending == "rejected":
        return Finding("sql-account-rejected", server.name, result.reason, "correct the login or its password")
    if result.ending == "unreachable":
        return Finding(
            "sql-down", server.name, result.reason, "start SQL Server; look at its certificate and `encrypt`"
        )
    return Finding("sql-failed", server.name, result.reason, "look at the instance with Management Studio")


def _instance(server: Server, fields: Mapping[str, Scalar]) -> Iterator[Finding]:
    if fields.get("sysadmin") != 1:
        text = "the login is no sysadmin there, which RESTORE and the settings after it need"
        yield Finding("no-sysadmin", server.name, text, "make it one, or do the items of the database by hand")
    if fields.get("clustered") == 1:
        text = "the instance is clustered: its name is not that of a machine"
        yield Finding(
            "cluster", server.name, text, "do the items of this instance by hand, with the cluster's own tools"
        )


def _database(subject: str, fields: Mapping[str, Scalar]) -> Iterator[Finding]:
    if fields.get("there") != 1:
        text = "there is no database of this name, or the login may not see it"
        yield Finding("database-missing", subject, text, "correct `name`, or restore it")
        return
    if fields.get("state") != "ONLINE":
        yield Finding("database-not-online", subject, f"it is {fields.get('state')}", "bring it online, or restore it")
    if fields.get("in_availability_group") == 1:
        text = "it is in an availability group, in which the steps after a restore fail (error 1468)"
        yield Finding("availability-group", subject, text, "do its items by hand: out of the group, restore, back in")
    yield from _backups(subject, fields)


def _backups(subject: str, fields: Mapping[str, Scalar]) -> Iterator[Finding]:
    full, log = fields.get("full_backup_hours"), fields.get("log_backup_minutes")
    mend = "mend the backup job; a recovery is only as good as the last backup"
    if not isinstance(full, int):
        yield Finding("backup-missing", subject, "msdb knows of no full backup", mend)
        return
    if full > _OLDEST_FULL:
        yield Finding("backup-old", subject, f"its last full backup is {full // 24} days old", mend)
    if fields.get("recovery_model") == "FULL" and (not isinstance(log, int) or log > _OLDEST_LOG):
        age = f"{log // 60} hours old" if isinstance(log, int) else "older than its last full one"
        yield Finding("backup-old", subject, f"its last log backup is {age}", mend)
    if fields.get("log_gaps"):
        text = f"{fields['log_gaps']} log backups do not continue the one before; no restore gets past that"
        yield Finding("backup-gap", subject, text, "make a full backup now, and find out who else makes log backups")


def _share(server: Server, database: Database, around: Around) -> Iterator[Finding]:
    """Whether the service account reads the folder of the backups; who is logged on may read more, or less."""
    path = around.environment.paths.get(_BACKUPS)
    if path is None:
        return
    try:
        target = around.connect_database(database.role)
    except TargetError:
        return
    try:
        result = _run(target, around, SHARE_SCRIPT, path)
    finally:
        target.close()
    read = result.fields.get("label_read")
    if result.ending == "ok" and read == 1:
        return
    if result.ending == "ok" and read is None:
        text = f"it made no full backup in {path}; whether its service account reads it cannot be told from here"
        yield Finding("share", server.name, text, "have a backup of that folder read there, as a test", "by-hand")
        return
    text = f"its service account does not read {result.fields.get('backup_file', path)}"
    if result.ending != "ok":
        text = f"it does not say whether its service account reads {path}: {result.reason}"
    yield Finding("share-unreadable", server.name, text, "let the service account of SQL Server read the share")
