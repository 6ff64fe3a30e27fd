"""One simulated Windows server, as the behaviours of scripts see it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from sqlite3 import Row

from smtui.checklist.model import Scalar
from smtui.drill.pace import Pace
from smtui.drill.services import Service, ServiceController, StartType, settle
from smtui.drill.sql.asking import OwnInstance
from smtui.drill.world import Host, World


@dataclass(frozen=True, slots=True)
class Process:
    """One running program."""

    pid: int
    name: str
    path: str
    account: str
    session: int
    """0 for services, above for somebody's desktop."""
    closes_when_seen: bool
    service: str | None = None


@dataclass(frozen=True, slots=True)
class Folder:
    """One folder with its content counted."""

    path: str
    files: int
    bytes: int
    reparse: bool
    """Whether it is a link to another place."""

    @property
    def leaf(self) -> str:
        """Its own name, without the path."""
        return self.path.rpartition("\\")[2]


class SimulatedHost:
    """Reads and changes the rows of one host. Changes belong inside `Call.changing`."""

    def __init__(self, world: World, name: str, controller: ServiceController, pace: Pace) -> None:
        self._world = world
        self.name = world.host(name).name
        self.controller = controller
        self.pace = pace
        self.own_sql: OwnInstance | None = None
        """The SQL Server of this machine, while it runs."""

    def identity(self) -> Host:
        """Name, domain and boot time."""
        return self._world.host(self.name)

    def now(self) -> datetime:
        """The host's clock, UTC."""
        return self._world.now()

    def is_bare(self) -> bool:
        """Whether nothing of Service Manager is installed: then its services, folders and registry are not there."""
        return self.identity().bare

    def install(self) -> None:
        """As Setup by somebody's hand: what was there before is there again, and its services run."""
        with self._world.change():
            self._world.do("UPDATE hosts SET bare = 0 WHERE name = ?", self.name)
            for row in self._world.all("SELECT name FROM services WHERE host = ?", self.name):
                settle(self._world, self.name, row["name"], "Running")

    def service(self, name: str) -> Service | None:
        """One service by its name (not its display name)."""
        if self.is_bare():
            return None
        rows = self._world.all(
            "SELECT name, display_name, status, start_type, account FROM services WHERE host = ? AND name = ?",
            self.name, name,
        )  # fmt: skip
        return Service(**dict(rows[0])) if rows else None

    def set_start_type(self, service: str, start_type: StartType) -> None:
        """As `Set-Service -StartupType`."""
        self._world.do("UPDATE services SET start_type = ? WHERE host = ? AND name = ?", start_type, self.name, service)

    def registry_value(self, key: str, name: str) -> Scalar | None:
        """One value of a key, such as `InstallDirectory`."""
        if self.is_bare():
            return None
        rows = self._world.all(
            "SELECT value FROM registry WHERE host = ? AND key = ? AND name = ?", self.name, key, name
        )
        value: Scalar | None = rows[0]["value"] if rows else None
        return value

    def registry_children(self, key: str) -> list[str]:
        """Names of the keys directly below a key."""
        if self.is_bare():
            return []
        rows = self._world.all("SELECT DISTINCT key FROM registry WHERE host = ?", self.name)
        prefix = key.casefold() + "\\"
        below = (str(row["key"])[len(prefix) :] for row in rows if str(row["key"]).casefold().startswith(prefix))
        return sorted({rest.partition("\\")[0] for rest in below})

    def processes(self) -> list[Process]:
        """Everything that runs."""
        if self.is_bare():
            return []
        rows = self._world.all(
            "SELECT pid, name, path, account, session, closes_when_seen, service FROM processes "
            "WHERE host = ? ORDER BY pid",
            self.name,
        )
        return [Process(**{**dict(row), "closes_when_seen": bool(row["closes_when_seen"])}) for row in rows]

    def end_process(self, pid: int) -> None:
        """The program is closed."""
        self._world.do("DELETE FROM processes WHERE host = ? AND pid = ?", self.name, pid)

    def folder(self, path: str) -> Folder | None:
        """One folder, if it exists."""
        return next((folder for folder in self._folders() if folder.path.casefold() == path.casefold()), None)

    def folders_in(self, path: str) -> list[Folder]:
        """The folders directly inside a folder."""
        parent = path.rstrip("\\").casefold()
        return [folder for folder in self._folders() if folder.path.rpartition("\\")[0].casefold() == parent]

    def rename_folder(self, path: str, leaf: str) -> None:
        """As `Rename-Item`."""
        new = path.rpartition("\\")[0] + "\\" + leaf
        self._world.do("UPDATE folders SET path = ? WHERE host = ? AND path = ?", new, self.name, path)

    def delete_folder(self, path: str) -> None:
        """With all its content."""
        self._world.do("DELETE FROM folders WHERE host = ? AND path = ?", self.name, path)

    def file(self, path: str) -> str | None:
        """The text of a file, if it exists."""
        rows = self._world.all("SELECT text FROM files WHERE host = ? AND path = ?", self.name, path)
        return str(rows[0]["text"]) if rows else None

    def write_file(self, path: str, text: str) -> None:
        """Make a file, or replace it."""
        self._world.do("INSERT OR REPLACE INTO files VALUES (?, ?, ?)", self.name, path, text)

    def count_events(self, provider: str, event_id: int, since: datetime) -> int:
        """How many events of the log `Operations Manager` there are since a time (UTC)."""
        row = self._world.one(
            "SELECT COUNT(*) AS found FROM events WHERE host = ? AND provider = ? AND id = ? AND at >= ?",
            self.name, provider, event_id, since.isoformat(timespec="seconds"),
        )  # fmt: skip
        return int(row["found"])

    def events(self, log: str, start: datetime, end: datetime) -> list[Row]:
        """The events of a log in a window (UTC), the oldest first."""
        return self._world.all(
            "SELECT * FROM events WHERE host = ? AND log = ? AND at BETWEEN ? AND ? ORDER BY at, record",
            self.name, log, start.isoformat(timespec="seconds"), end.isoformat(timespec="seconds"),
        )  # fmt: skip

    def first_event(self, log: str) -> datetime | None:
        """When a log begins; None for an empty one."""
        row = self._world.one("SELECT MIN(at) AS at FROM events WHERE host = ? AND log = ?", self.name, log)
        return datetime.fromisoformat(row["at"]) if row["at"] else None

    def reboot(self) -> None:
        """Restart: pending starts and stops are forgotten, services run or not by their start type."""
        with self._world.change():
            booted_at = self.now().isoformat(timespec="seconds")
            self._world.do("UPDATE hosts SET booted_at = ? WHERE name = ?", booted_at, self.name)
            self._world.do("DELETE FROM transitions WHERE host = ?", self.name)
            self._world.do("DELETE FROM processes WHERE host = ?", self.name)
            for row in self._world.all("SELECT name, start_type FROM services WHERE host = ?", self.name):
                settle(
                    self._world, self.name, row["name"], "Running" if row["start_type"] == "Automatic" else "Stopped"
                )

    def _folders(self) -> list[Folder]:
        rows = self._world.all("SELECT path, files, bytes, reparse FROM folders WHERE host = ?", self.name)
        return [Folder(**{**dict(row), "reparse": bool(row["reparse"])}) for row in rows]
