"""The statements that read backup files: what they hold, whether they fit together, how old the latest are."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from smtui.drill.behaviours.framework import Call, Statement, statement
from smtui.drill.sql.replies import Error, Reply, RowCount, Use
from smtui.drill.sql.rows import database_named, iso, minutes_between, moment, one_row, same, told
from smtui.drill.sql.values import SqlValue
from smtui.drill.world import Database, World

FULL, LOG, DIFFERENTIAL = 1, 2, 5
_VERSION = 16
_FREE_BYTES = 200 * 1024**3
_VERIFYING_SECONDS = 0.05
_TOGETHER = timedelta(minutes=120)


class DeviceError(Exception):
    """A file cannot be opened."""

    def __init__(self, path: str) -> None:
        super().__init__(path)
        self.replies = (
            Error(f"Cannot open backup device '{path}'. Operating system error 2.", 3201, 16, 2),
            Error("RESTORE HEADERONLY is terminating abnormally.", 3013, 16, 1),
        )


@dataclass(frozen=True, slots=True)
class BackupSet:
    """One row of `RESTORE HEADERONLY`, with the file that it comes from."""

    path: str
    position: int
    kind: int
    database_name: str
    server: str
    collation: str
    first_lsn: int
    last_lsn: int
    started: datetime
    finished: datetime
    set_uuid: str
    base_uuid: str | None
    damaged: bool
    checksums: bool
    version: int
    encrypted: bool
    bytes: int


@dataclass(frozen=True, slots=True)
class Chain:
    """The sets of some files, without the logs that lie before what they are restored on."""

    sets: tuple[BackupSet, ...]

    @property
    def full(self) -> BackupSet | None:
        """The full backup; the last one where there are several."""
        return next((one for one in reversed(self.sets) if one.kind == FULL), None)

    @property
    def base(self) -> BackupSet | None:
        """What the logs are restored on: the differential backup that fits, else the full one."""
        full = self.full
        fitting = [one for one in self.of(DIFFERENTIAL) if full is not None and one.base_uuid == full.set_uuid]
        return fitting[-1] if fitting else full

    def of(self, kind: int) -> list[BackupSet]:
        """The sets of one kind, by their first LSN."""
        return sorted((one for one in self.sets if one.kind == kind), key=lambda one: (one.first_lsn, one.last_lsn))

    def gaps(self) -> int:
        """How often a log begins after the one before it has ended."""
        before = self.base.last_lsn if self.base else None
        found = 0
        for log in self.of(LOG):
            found += before is not None and log.first_lsn > before
            before = log.last_lsn
        return found

    def not_fitting(self) -> int:
        """Differential backups of another full one."""
        full = self.full
        return sum(full is not None and one.base_uuid != full.set_uuid for one in self.of(DIFFERENTIAL))

    def finished(self) -> datetime | None:
        """The end of the last set."""
        ends = [one.finished for one in self.of(LOG)] or ([self.base.finished] if self.base else [])
        return max(ends, default=None)


def read_chain(call: Call, files: SqlValue) -> Chain:
    """The sets in files that are joined by semicolons; raises DeviceError.

    The standing fault `backup-gap` takes the first log away that is needed, as if its file had not been named.
    """
    found: list[BackupSet] = []
    for path in (part.strip() for part in str(files).split(";")):
        if path:
            found += _sets_in(call.world, path)
    base = Chain(tuple(found)).base
    sets = [one for one in found if one.kind != LOG or base is None or one.last_lsn > base.last_lsn]
    logs = Chain(tuple(sets)).of(LOG)
    if logs and call.faults.stands("backup-gap", call.target, {logs[0].database_name}):
        sets.remove(logs[0])
    return Chain(tuple(sets))


@statement("backup-chain.sql", sha256="517eb49b048bac1c8658f032b79fec18f000f7e1e3c16aefc3d2ce5b287bbd74")
def backup_chain(_: Database, values: Sequence[SqlValue], call: Call) -> Iterator[Reply]:
    """Counts, and the loss in words; with 1 as its last value every set is read to its end."""
    yield Use("master")
    name, files, stop_text, lost_text, point_text, verify = values
    try:
        chain = read_chain(call, files)
    except DeviceError as error:
        yield from error.replies
        return
    verified = 0
    for one in chain.sets if verify else ():
        yield from told(f"Verifying set {one.position} of {one.path}")
        call.wait(_VERIFYING_SECONDS)
        if one.damaged:
            yield Error("The media family on the device is damaged; VERIFYONLY is terminating abnormally.", 3013)
            return
        verified += 1
    now = call.world.now()
    yield one_row(**_counts(chain, name, verified, call), **_times(chain, (stop_text, lost_text, point_text), now))


@statement("backup-space.sql", sha256="3ecf37c5db46daeae95812cecf4c97e831e715d9118edaa1b691cfbef18d0234")
def backup_space(_: Database, values: Sequence[SqlValue], call: Call) -> Iterator[Reply]:
    """One drive that all files go to; an encrypted backup lacks its certificate here."""
    yield Use("master")
    try:
        first = _sets_in(call.world, str(values[0]).partition(";")[0].strip())[0]
    except DeviceError as error:
        yield from error.replies
        return
    needed, free = first.bytes // 1024**2, _FREE_BYTES // 1024**2
    yield one_row(
        needed_mb=needed,
        short=int(first.bytes > _FREE_BYTES),
        drives=f"E:\\ needs {needed} MB, free {free} MB",
        files=f"{first.database_name} = E:\\Data\\{first.database_name}.mdf",
        certificates_missing=int(first.encrypted),
    )


@statement("backup-age.sql", sha256="c9f704770ccb47e3a323c4369ea0bee54db6995cf5b0b309869e4cb2ae9635ba")
def backup_age(_: Database, values: Sequence[SqlValue], call: Call) -> Iterator[Reply]:
    """Hours since the latest full backup and since the latest of any kind, from `msdb`."""
    yield Use("master")
    rows = call.world.all("SELECT DISTINCT path FROM backup_sets WHERE server = ?", call.target)
    sets = [one for row in rows for one in _sets_in(call.world, row["path"]) if same(values[0], one.database_name)]
    fulls = sorted((one for one in sets if one.kind == FULL), key=lambda one: one.finished)
    there = database_named(call.world, call.target, values[0])
    yield one_row(
        full_hours=_hours_since(fulls, call),
        any_hours=_hours_since(sets, call),
        checksums=int(fulls[-1].checksums) if fulls else None,
        full_path=fulls[-1].path if fulls else None,
        recovery_model=there.recovery_model_desc if there else None,
    )
    yield RowCount()


def _counts(chain: Chain, name: SqlValue, verified: int, call: Call) -> dict[str, SqlValue]:
    full = chain.full
    return {
        "full_backups": len(chain.of(FULL)),
        "differentials": len(chain.of(DIFFERENTIAL)),
        "logs": len(chain.of(LOG)),
        "gaps": chain.gaps(),
        "not_fitting": chain.not_fitting(),
        "of_other_databases": sum(not same(name, one.database_name) for one in chain.sets),
        "damaged": sum(one.damaged for one in chain.sets),
        "without_checksums": sum(not one.checksums for one in chain.sets),
        "of_later_version": sum(one.version > _VERSION for one in chain.sets),
        "encrypted": sum(one.encrypted for one in chain.sets),
        "verified": verified,
        "server_name": full.server if full else None,
        "collation": full.collation if full else None,
        "server_agrees": int(full is not None and same(full.server, call.target)),
        "collation_agrees": int(full is not None and same(full.collation, call.world.setting("collation"))),
    }


def _times(chain: Chain, texts: tuple[SqlValue, SqlValue, SqlValue], now: datetime) -> dict[str, SqlValue]:
    """`texts`: the moment to stop at, that of the loss, and the one that several databases lead to."""
    stop, lost, point = (moment(text, now) for text in texts)
    base, finished = chain.base, chain.finished()
    reached = min(stop, finished) if stop and finished else finished
    within = texts[0] == "latest" or bool(stop and base and finished and base.finished <= stop <= finished)
    together = texts[2] == "any" or bool(reached and point and point - _TOGETHER <= reached <= point)
    return {
        "stop_within": int(within),
        "at_restore_point": int(together),
        "recovers_to": iso(reached) if reached else None,
        "lost_minutes": minutes_between(reached, lost) if reached and lost else None,
        "loses": f"loses {iso(reached)} to {iso(lost)}" if reached and lost else None,
    }


def _sets_in(world: World, path: str) -> list[BackupSet]:
    rows = world.all("SELECT * FROM backup_sets WHERE path = ? ORDER BY position", path)
    if not rows:
        raise DeviceError(path)
    return [
        BackupSet(
            **{
                **dict(row),
                **{key: datetime.fromisoformat(row[key]) for key in ("started", "finished")},
                **{key: bool(row[key]) for key in ("damaged", "checksums", "encrypted")},
            }
        )
        for row in rows
    ]


def _hours_since(sets: Sequence[BackupSet], call: Call) -> int | None:
    latest = max((one.finished for one in sets), default=None)
    return None if latest is None else minutes_between(latest, call.world.now()) // 60


BACKUPS: tuple[Statement, ...] = (backup_chain, backup_space, backup_age)
