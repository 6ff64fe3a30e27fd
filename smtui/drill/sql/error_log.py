"""The statement that copies the error log of an instance: its start, its databases, and what was restored."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime

from smtui.drill.behaviours.framework import Call, Statement, statement
from smtui.drill.sql.replies import Flush, Info, Reply, RowCount, Use
from smtui.drill.sql.rows import iso, one_row
from smtui.drill.sql.values import SqlValue
from smtui.drill.world import Database


@statement("error-log-window.sql", sha256="8c683439bc62a23bdb3eada9700e1d0fc789f75970c24601454bd67f0d177fa4")
def error_log_window(_: Database, values: Sequence[SqlValue], call: Call) -> Iterator[Reply]:
    """One log since the machine was started; its clock is UTC."""
    yield Use("master")
    start, end, most = (_moment(values[0]), _moment(values[1]), int(str(values[2])))
    lines = sorted(_lines(call), key=lambda line: line[0])
    within = [line for line in lines if start <= line[0] <= end]
    for at, process, text in within[-most:]:
        yield Info(f"{iso(at)}Z {process}: {text}", 0)
        yield RowCount()
        yield Flush()
    yield one_row(
        listed=min(len(within), most),
        left_out=max(len(within) - most, 0),
        begins_later=int(lines[0][0] > start),
        logs_read=1,
        minutes_ahead_of_utc=0,
        clock=f"{iso(call.world.now())}Z",
    )


def _lines(call: Call) -> Iterator[tuple[datetime, str, str]]:
    booted = datetime.fromisoformat(call.world.one("SELECT booted_at FROM hosts WHERE name = ?", call.target)[0])
    yield (
        booted,
        "Server",
        "SQL Server is starting at normal priority base (=7).",
    )
    yield booted, "spid7s", "Starting up database 'master'."
    rows = call.world.all(
        "SELECT r.at, r.kind, r.database_name, b.position, b.path, b.first_lsn, b.last_lsn FROM restores AS r "
        "JOIN backup_sets AS b ON b.set_uuid = r.set_uuid WHERE r.server = ? ORDER BY r.number", call.target,
    )  # fmt: skip
    for row in rows:
        what = {1: "Database was restored", 2: "Log was restored", 5: "Database changes were restored"}[row["kind"]]
        lsns = f"first LSN: {row['first_lsn']}, last LSN: {row['last_lsn']}"
        device = f"device information: (FILE={row['position']}, TYPE=DISK: {{'{row['path']}'}})"
        yield (
            datetime.fromisoformat(row["at"]),
            "Backup",
            f"{what}: Database: {row['database_name']}, {lsns}, {device}. No user action is required.",
        )


def _moment(value: SqlValue) -> datetime:
    return datetime.fromisoformat(str(value)).replace(tzinfo=UTC)


ERROR_LOG: tuple[Statement, ...] = (error_log_window,)
