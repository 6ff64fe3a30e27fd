"""The statements of a restore: what stands in its way, the restore with its progress, and what came of it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from uuid import NAMESPACE_URL, uuid5

from smtui.drill.behaviours.framework import Call, Statement, statement
from smtui.drill.seed import scenario
from smtui.drill.sql.backups import DIFFERENTIAL, FULL, LOG, BackupSet, Chain, DeviceError, read_chain
from smtui.drill.sql.replies import Error, Flush, Info, Reply, RowCount, Use
from smtui.drill.sql.rows import database_named, iso, minutes_between, moment, one_row, same, thrown, told
from smtui.drill.sql.values import SqlValue
from smtui.drill.world import Database

_STEP_SECONDS = 0.02
_CHECKDB_SECONDS = 0.1
_NEVER = datetime(1900, 1, 1, tzinfo=UTC)
"""What SQL Server tells of a database that was never checked."""
_ABORTS_AT = 60
"""Percent at which the fault `restore-aborted` strikes."""
_COMMANDS = {FULL: "RESTORE DATABASE", DIFFERENTIAL: "RESTORE DATABASE", LOG: "RESTORE LOG"}


@statement("database-presence.sql", sha256="6c36bbb3cd32706acaa41111dfb4df55647149331be7dd03f73f994b876ef843")
def database_presence(_: Database, values: Sequence[SqlValue], call: Call) -> Iterator[Reply]:
    """The state of a database, whether it stands in the way, and a restore that runs."""
    yield Use("master")
    there = database_named(call.world, call.target, values[0])
    running = call.restores_elsewhere()
    yield one_row(
        name=values[0],
        state=there.state_desc if there else "ABSENT",
        in_the_way=int(there is not None and there.state_desc != "RESTORING"),
        in_availability_group=int(call.faults.stands("availability-group", call.target, {str(values[0])})),
        progress=f"session {running[0].spid} runs {running[0].text}" if running else None,
    )


@statement("restore-chain.sql", sha256="1d149fc374acf8d8e4de66b63befdb147db2a0e3b88345002d44d7f644db29e3")
def restore_chain(_: Database, values: Sequence[SqlValue], call: Call) -> Iterator[Reply]:
    """Refuses in the order of the statement, restores set after set, and recovers."""
    yield Use("master")
    name, files, stop_text, broker = values
    there = database_named(call.world, call.target, name)
    stop = moment(stop_text, call.world.now()) if stop_text != "latest" else None
    if there is not None and there.state_desc != "RESTORING":
        text = "A database of this name is there; nothing was restored. WITH REPLACE is never run by smtui."
        yield thrown(50001, text)
        return
    if call.restores_elsewhere():
        yield thrown(50002, "A restore runs on this instance; nothing was started.")
        return
    if stop is None and stop_text != "latest":
        yield thrown(50003, "The moment to stop at is neither latest nor a time such as 2026-01-31T16:40:00.")
        return
    try:
        chain = read_chain(call, files)
    except DeviceError as error:
        yield from error.replies
        return
    if not _is_whole(chain, name):
        yield thrown(50004, "The files are no whole chain of backups of this database; nothing was restored.")
        return
    yield from _restore(_in_order(chain, stop), str(name), call, stop=stop, broker=bool(broker))


@statement("restore-result.sql", sha256="1bc018b11b1dab2c1db36b61968e8d5699f5483f4aa3e36c775266a3b74804e6")
def restore_result(_: Database, values: Sequence[SqlValue], call: Call) -> Iterator[Reply]:
    """State and history of a database; `aborted` where it is RESTORING and nothing runs."""
    yield Use("master")
    there = database_named(call.world, call.target, values[0])
    running = call.restores_elsewhere()
    state = there.state_desc if there else "ABSENT"
    fields: dict[str, SqlValue] = {
        "name": values[0],
        "state": state,
        "updateability": ("READ_ONLY" if there.is_read_only else "READ_WRITE") if there else None,
        "aborted": int(state == "RESTORING" and not running),
        "progress": running[0].text if running else None,
    }
    yield one_row(**fields, **_history(values[0], call))


@statement("restore-order.sql", sha256="6437cc92043de468796e3cfeb1dad8085b2bc4331719d2cf391cdf3416a3349d")
def restore_order(database: Database, values: Sequence[SqlValue], call: Call) -> Iterator[Reply]:
    """Whether this database came back to an earlier moment than the one given."""
    recovered = _recovered_to(database.name, call)
    given = moment(values[0], call.world.now())
    behind: int | None = 0
    if recovered is not None:
        behind = None if given is None or values[0] == "now" else int(recovered < given)
    yield one_row(recovered_to=iso(recovered) if recovered else "never restored", behind=behind)


@statement("checkdb.sql", sha256="0f826ca5a541d8e85c14cf2156cf2b31f094f9602426451612b1948fd411b70b")
def checkdb(database: Database, _: Sequence[SqlValue], call: Call) -> Iterator[Reply]:
    """No simulated database is damaged."""
    call.progress("DBCC TABLE CHECK", 50)
    call.wait(_CHECKDB_SECONDS)
    with call.changing(f"{database.name} checked"):
        at = call.world.now().isoformat(timespec="seconds")
        call.world.do("INSERT OR REPLACE INTO checks VALUES (?, ?, ?)", call.target, database.name, at)
    yield one_row(database_name=database.name, checked=1)


@statement("checkdb-result.sql", sha256="19f2f0afb1af8e0dacbbd8b1ddcc6039cfe93100bd21217259a820ea76189ea6")
def checkdb_result(_: Database, values: Sequence[SqlValue], call: Call) -> Iterator[Reply]:
    """The moment of the last good check, which a restore sets back, beside that of the restore."""
    yield Use("master")
    name = str(values[0])
    checks = call.world.all("SELECT at FROM checks WHERE server = ? AND database_name = ?", call.target, name)
    restores = call.world.all(
        "SELECT at FROM restores WHERE server = ? AND database_name = ? ORDER BY at DESC", call.target, name
    )
    checked = datetime.fromisoformat(checks[0]["at"]) if checks else _NEVER
    restored = datetime.fromisoformat(restores[0]["at"]) if restores else None
    yield one_row(
        name=name,
        last_good_check=iso(checked),
        restored_at=iso(restored) if restored else None,
        checked_since_restore=int(checked >= restored) if restored else None,
    )


def _is_whole(chain: Chain, name: SqlValue) -> bool:
    counts = len(chain.of(FULL)) == 1 and len(chain.of(DIFFERENTIAL)) <= 1
    sets = all(same(name, one.database_name) and not one.damaged for one in chain.sets)
    return counts and sets and not chain.not_fitting() and not chain.gaps()


def _in_order(chain: Chain, stop: datetime | None) -> list[BackupSet]:
    logs = [one for one in chain.of(LOG) if stop is None or one.started < stop]
    return [*chain.of(FULL), *chain.of(DIFFERENTIAL), *logs]


def _restore(
    sets: Sequence[BackupSet], name: str, call: Call, *, stop: datetime | None, broker: bool
) -> Iterator[Reply]:
    aborts = call.fault("restore-aborted") is not None
    with call.changing(f"{name} restoring"):
        _put_database(name, call, state="RESTORING", broker=False)
    for one in sets:
        yield from told(f"Restoring set {one.position} of {one.path}")
        for percent in range(20, 101, 20):
            call.progress(_COMMANDS[one.kind], percent)
            call.wait(_STEP_SECONDS)
            yield Info(f"{percent} percent processed.", 3211)
            yield RowCount()
            yield Flush()
            if aborts and percent >= _ABORTS_AT:
                yield from _aborted()
                return
    yield from told("Recovering")
    on = broker and call.world.setting("broker_stays_off") != "1"
    with call.changing(f"{name} restored"):
        _put_database(name, call, state="ONLINE", broker=on)
        _remember(sets, name, call, stop)
    call.progress("", 0)
    yield one_row(sets_restored=len(sets), state="ONLINE", broker=int(on))


def _aborted() -> Iterator[Reply]:
    yield Error("Read on the backup device failed: 112(There is not enough space on the disk.)", 3203, 16, 1)
    yield Error("RESTORE DATABASE is terminating abnormally.", 3013, 16, 1)
    text = "The restore was aborted. The database is left RESTORING; look at the message before, then run this again."
    yield thrown(50005, text)


def _put_database(name: str, call: Call, *, state: str, broker: bool) -> None:
    role = next((one.role for one in scenario().database if same(name, one.name)), "other")
    call.world.do(
        "INSERT OR REPLACE INTO databases VALUES (?, ?, ?, ?, 0, ?, 'MULTI_USER', 'FULL', NULL)",
        call.target, name, role, state, int(broker),
    )  # fmt: skip
    call.world.do("DELETE FROM checks WHERE server = ? AND database_name = ?", call.target, name)


def _remember(sets: Sequence[BackupSet], name: str, call: Call, stop: datetime | None) -> None:
    """`msdb` lists each set; the data end where the last one does."""
    at = call.world.now().isoformat(timespec="seconds")
    for one in sets:
        call.world.do(
            "INSERT INTO restores (server, database_name, kind, at, set_uuid) VALUES (?, ?, ?, ?, ?)",
            call.target, name, one.kind, at, one.set_uuid,
        )  # fmt: skip
    reached = min(sets[-1].finished, stop) if stop else sets[-1].finished
    for role, key in (("service-manager", "newest_incident"), ("dw-repository", "warehouse_newest_incident")):
        if any(row.role == role and same(name, row.name) for row in scenario().database):
            newest = datetime.fromisoformat(call.world.setting(key))
            call.world.set(key, min(newest, reached).isoformat(timespec="seconds"))


def _history(name: SqlValue, call: Call) -> dict[str, SqlValue]:
    rows = call.world.all(
        "SELECT r.at, b.* FROM restores AS r JOIN backup_sets AS b ON b.set_uuid = r.set_uuid "
        "WHERE r.server = ? AND r.database_name = ? AND r.kind = 1 ORDER BY r.number DESC", call.target, str(name),
    )  # fmt: skip
    if not rows:
        columns = (
            "backup_set position backup_finished checksums first_lsn last_lsn checkpoint_lsn backup_fork recovery_fork "
            "recovered_to restored_at minutes_ago"
        )
        return dict.fromkeys(columns.split())
    full = rows[0]
    restored_at, recovered = datetime.fromisoformat(full["at"]), _recovered_to(str(name), call)
    return {
        "backup_set": full["set_uuid"],
        "position": full["position"],
        "backup_finished": iso(datetime.fromisoformat(full["finished"])),
        "checksums": full["checksums"],
        "first_lsn": str(full["first_lsn"]),
        "last_lsn": str(full["last_lsn"]),
        "checkpoint_lsn": str(full["first_lsn"] + 1),
        "backup_fork": _fork(full["database_name"], "as it was backed up"),
        "recovery_fork": _fork(full["database_name"], full["at"]),
        "recovered_to": iso(recovered) if recovered else None,
        "restored_at": iso(restored_at),
        "minutes_ago": minutes_between(restored_at, call.world.now()),
    }


def _fork(database: str, since: str) -> str:
    """A recovery fork as SQL Server names it; here it follows from what it is of."""
    return str(uuid5(NAMESPACE_URL, f"{database.casefold()} {since}")).upper()


def _recovered_to(name: str, call: Call) -> datetime | None:
    rows = call.world.all(
        "SELECT b.finished FROM restores AS r JOIN backup_sets AS b ON b.set_uuid = r.set_uuid "
        "WHERE r.server = ? AND r.database_name = ? ORDER BY r.number DESC", call.target, name,
    )  # fmt: skip
    return datetime.fromisoformat(rows[0]["finished"]) if rows else None


RESTORE: tuple[Statement, ...] = (
    database_presence, restore_chain, restore_result, restore_order, checkdb, checkdb_result,
)  # fmt: skip
