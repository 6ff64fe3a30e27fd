"""The state of the simulated deployment, in one SQLite file that outlives every process.

A `World` may be used by many threads; every change is committed when `change` is left, so a reply that was sent never
tells of a state that a kill could take back.
"""

from __future__ import annotations

import json
import sqlite3
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

from smtui.checklist.model import Scalar
from smtui.drill.scenarios import shape
from smtui.drill.seed import FORMAT, plant

Clock = Callable[[], datetime]
SqlValue = str | int | float | bytes | None


class WorldError(Exception):
    """The file is no world, or a host or database is not in it; the text is one line."""


@dataclass(frozen=True, slots=True)
class Effect:
    """How often one attempt really changed one target. A count above one means that it ran twice."""

    token: str
    target: str
    effect: str
    count: int


@dataclass(frozen=True, slots=True)
class Request:
    """A script or statement as it arrived, and the values that came with it."""

    target: str
    kind: Literal["powershell", "sql"]
    name: str
    """File name of a known script or statement, else empty."""
    sha256: str
    token: str
    parameters: Mapping[str, Scalar | None]


@dataclass(frozen=True, slots=True)
class Host:
    """One simulated Windows server."""

    name: str
    fqdn: str
    domain: str
    caption: str
    booted_at: datetime
    bare: bool = False
    """Built anew, and nothing of Service Manager is on it."""


@dataclass(frozen=True, slots=True)
class Database:
    """One row of `sys.databases`, and where it is."""

    server: str
    name: str
    role: str
    state_desc: str
    is_read_only: bool
    is_broker_enabled: bool
    user_access_desc: str
    recovery_model_desc: str
    is_primary_replica: bool | None
    """None outside an availability group, as `sys.fn_hadr_is_primary_replica` answers."""


@dataclass(frozen=True, slots=True)
class ManagementServer:
    """A management server that the Service Manager database knows."""

    fqdn: str
    version: str


class Change:
    """An open transaction on the world."""

    def __init__(self) -> None:
        self.abandoned = False

    def abandon(self) -> None:
        """Leave the world as it was, without an error."""
        self.abandoned = True


class World:
    """One open world file."""

    def __init__(self, path: Path, connection: sqlite3.Connection, clock: Clock) -> None:
        self.path = path
        self._connection = connection
        self._clock = clock
        self._lock = threading.RLock()
        self._open_change: Change | None = None

    @classmethod
    def create(
        cls,
        path: Path,
        clock: Clock | None = None,
        *,
        worlds: Sequence[str] = (),
        answers: Mapping[str, str] | None = None,
    ) -> World:
        """A new world as `world.toml` and these files of the folder `worlds` say; WorldError where one is already.

        `answers` are those to the questions of the checklist that is drilled.
        """
        world = cls._connect(path, clock)
        if world.one("PRAGMA user_version")["user_version"]:
            world.close()
            raise WorldError(f"{path}: a world is there already")
        with world.change():
            plant(world._connection, world.now(), worlds, answers)
        return world

    @classmethod
    def open(cls, path: Path, clock: Clock | None = None) -> World:
        """An existing world; raises WorldError when there is none or it is of another format."""
        if not path.is_file():
            raise WorldError(f"{path}: no world there")
        world = cls._connect(path, clock)
        found = world.one("PRAGMA user_version")["user_version"]
        if found != FORMAT:
            world.close()
            raise WorldError(f"{path}: world format {found}, this version reads {FORMAT}")
        return world

    @classmethod
    def _connect(cls, path: Path, clock: Clock | None) -> World:
        connection = sqlite3.connect(path, timeout=10, isolation_level=None, check_same_thread=False)
        connection.row_factory = sqlite3.Row
        try:
            connection.execute("PRAGMA synchronous = NORMAL")
            connection.execute("PRAGMA foreign_keys = ON")
            connection.execute("PRAGMA user_version")
        except sqlite3.DatabaseError as error:
            connection.close()
            raise WorldError(f"{path}: no world ({error})") from error
        path.chmod(0o600)
        return cls(path, connection, clock or _utc_now)

    def close(self) -> None:
        """Close the file; nothing is pending, every change is committed."""
        with self._lock:
            self._connection.close()

    def now(self) -> datetime:
        """The world's time, UTC."""
        return self._clock()

    @contextmanager
    def change(self) -> Iterator[Change]:
        """A transaction: committed when left, rolled back on an exception or when abandoned; an inner one joins it."""
        with self._lock:
            if self._open_change is not None:
                yield self._open_change
                return
            self._connection.execute("BEGIN IMMEDIATE")
            self._open_change = change = Change()
            try:
                yield change
                self._connection.execute("ROLLBACK" if change.abandoned else "COMMIT")
            except BaseException:  # a thread that is told to end too: the next one finds no open transaction
                if self._connection.in_transaction:
                    self._connection.execute("ROLLBACK")
                raise
            finally:
                self._open_change = None

    def all(self, sql: str, *values: SqlValue) -> list[sqlite3.Row]:
        """The rows of a query, or of nothing for a statement that changes."""
        with self._lock:
            return self._connection.execute(sql, values).fetchall()

    def one(self, sql: str, *values: SqlValue) -> sqlite3.Row:
        """The first row of a query; raises WorldError when there is none."""
        rows = self.all(sql, *values)
        if not rows:
            raise WorldError(f"the world has no row for {sql!r} {values!r}")
        return rows[0]

    def do(self, sql: str, *values: SqlValue) -> int:
        """Make one change (its own transaction unless one is open); how many rows it touched."""
        with self.change():
            return self._connection.execute(sql, values).rowcount

    def setting(self, key: str) -> str:
        """One text of the table `settings`, e.g. `management_group`; raises WorldError when it is unknown."""
        return str(self.one("SELECT value FROM settings WHERE key = ?", key)["value"])

    def set(self, key: str, value: str) -> None:
        """Change a text of the table `settings`."""
        self.do("INSERT OR REPLACE INTO settings VALUES (?, ?)", key, value)

    def shape(self, name: str) -> None:
        """Change the world as a file of the folder `worlds` says."""
        with self.change():
            shape(self._connection, name, self.now(), {})

    def effect(self, token: str, effect: str, target: str) -> None:
        """Count that the attempt `token` changed `target`; called inside the transaction that changes it."""
        self.do(
            "INSERT INTO effects VALUES (?, ?, ?, 1) ON CONFLICT DO UPDATE SET count = count + 1", token, target, effect
        )

    def effects(self) -> list[Effect]:
        """Every effect so far, in the order of its first time."""
        rows = self.all("SELECT token, target, effect, count FROM effects ORDER BY rowid")
        return [Effect(row["token"], row["target"], row["effect"], row["count"]) for row in rows]

    def record(self, request: Request) -> None:
        """Keep a request as it arrived, for whoever asks what was really sent."""
        self.do(
            "INSERT INTO requests (target, kind, name, sha256, token, parameters) VALUES (?, ?, ?, ?, ?, ?)",
            request.target, request.kind, request.name, request.sha256, request.token,
            json.dumps(dict(request.parameters), ensure_ascii=True),
        )  # fmt: skip

    def requests(self) -> list[Request]:
        """Every request so far, oldest first."""
        rows = self.all("SELECT target, kind, name, sha256, token, parameters FROM requests ORDER BY number")
        return [Request(**{**dict(row), "parameters": json.loads(row["parameters"])}) for row in rows]

    def hosts(self) -> list[Host]:
        """Every Windows server, in the order of `world.toml`."""
        rows = self.all("SELECT * FROM hosts ORDER BY rowid")
        return [_host(row) for row in rows]

    def host(self, name: str) -> Host:
        """One Windows server by its name or fqdn; raises WorldError when it is unknown."""
        for host in self.hosts():
            if name.casefold() in {host.name.casefold(), host.fqdn.casefold()}:
                return host
        raise WorldError(f"no host {name!r} in the world")

    def runs_sql(self, host: str) -> bool:
        """Whether there is an instance of SQL Server on a host."""
        return bool(self.all("SELECT 1 FROM services WHERE host = ? AND name = 'MSSQLSERVER'", host))

    def databases(self, server: str) -> list[Database]:
        """The databases on one SQL server."""
        rows = self.all("SELECT * FROM databases WHERE server = ? ORDER BY rowid", server)
        return [_database(row) for row in rows]

    def database(self, server: str, name: str) -> Database:
        """One database; raises WorldError when the server has none of that name."""
        return _database(self.one("SELECT * FROM databases WHERE server = ? AND name = ?", server, name))

    def management_servers(self) -> list[ManagementServer]:
        """The management servers registered in the Service Manager database."""
        return [ManagementServer(**dict(row)) for row in self.all("SELECT * FROM management_servers ORDER BY rowid")]

    def workflow_servers(self) -> list[str]:
        """The fqdn of the workflow server; one, unless the management group is broken."""
        return [str(row["fqdn"]) for row in self.all("SELECT fqdn FROM workflow_servers ORDER BY rowid")]

    def set_workflow_servers(self, fqdns: Sequence[str]) -> None:
        """Make these the workflow servers, and no other."""
        with self.change():
            self.do("DELETE FROM workflow_servers")
            for fqdn in fqdns:
                self.do("INSERT INTO workflow_servers VALUES (?)", fqdn)


def _host(row: sqlite3.Row) -> Host:
    booted_at = datetime.fromisoformat(row["booted_at"])
    return Host(row["name"], row["fqdn"], row["domain"], row["caption"], booted_at, bool(row["bare"]))


def _database(row: sqlite3.Row) -> Database:
    fields = dict(row)
    for key in ("is_read_only", "is_broker_enabled"):
        fields[key] = bool(fields[key])
    if fields["is_primary_replica"] is not None:
        fields["is_primary_replica"] = bool(fields["is_primary_replica"])
    return Database(**fields)


def _utc_now() -> datetime:
    return datetime.now(UTC)
