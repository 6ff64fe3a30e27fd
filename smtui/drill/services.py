"""The service control manager of the simulated hosts: it ends what was asked of it, whatever becomes of who asked."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from typing import Literal

from smtui.drill import seed
from smtui.drill.world import World

Status = Literal["Running", "Stopped", "StartPending", "StopPending"]
FinalStatus = Literal["Running", "Stopped"]
StartType = Literal["Automatic", "Manual", "Disabled"]

_PENDING: dict[FinalStatus, Status] = {"Running": "StartPending", "Stopped": "StopPending"}


@dataclass(frozen=True, slots=True)
class Service:
    """One Windows service."""

    name: str
    display_name: str
    status: Status
    start_type: StartType
    account: str


@dataclass(frozen=True, slots=True)
class Transition:
    """A start or stop that was asked for and has not ended."""

    host: str
    service: str
    status: FinalStatus
    token: str
    seconds: float


class ServiceController:
    """Starts and stops services in their own time; what is pending survives the end of the process."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._closed = threading.Event()

    def resume(self) -> None:
        """Go on with what was pending when the world was left; each transition takes its whole time again."""
        rows = self._world.all("SELECT host, service, status, token, seconds FROM transitions")
        for row in rows:
            self._follow(Transition(**dict(row)))

    def begin(self, transition: Transition) -> None:
        """Make a service pending; a transition of the same service that is under way is replaced."""
        with self._world.change():
            self._world.do(
                "INSERT OR REPLACE INTO transitions VALUES (?, ?, ?, ?, ?)",
                transition.host, transition.service, transition.status, transition.token, transition.seconds,
            )  # fmt: skip
            self._world.do(
                "UPDATE services SET status = ? WHERE host = ? AND name = ?",
                _PENDING[transition.status], transition.host, transition.service,
            )  # fmt: skip
        self._follow(transition)

    def close(self) -> None:
        """Leave what is pending in the world, for the next process."""
        self._closed.set()

    def _follow(self, transition: Transition) -> None:
        threading.Thread(target=self._end, args=(transition,), name="service", daemon=True).start()

    def _end(self, transition: Transition) -> None:
        if self._closed.wait(transition.seconds):
            return
        with self._world.change():
            still_pending = self._world.do(
                "DELETE FROM transitions WHERE host = ? AND service = ? AND status = ? AND token = ?",
                transition.host, transition.service, transition.status, transition.token,
            )  # fmt: skip
            if still_pending:
                settle(self._world, transition.host, transition.service, transition.status)
                effect = f"{transition.service} {transition.status}"
                self._world.effect(transition.token, effect, transition.host)


def settle(world: World, host: str, service: str, status: FinalStatus) -> None:
    """Give a service its final status, and the host the processes, folder and events that come with it."""
    nature = seed.service(service)
    with world.change():
        world.do("UPDATE services SET status = ? WHERE host = ? AND name = ?", status, host, service)
        world.do("DELETE FROM processes WHERE host = ? AND service = ?", host, service)
        shown = world.one("SELECT display_name FROM services WHERE host = ? AND name = ?", host, service)[0]
        entered = f"The {shown} service entered the {status.lower()} state."
        world.do(
            "INSERT INTO events (host, log, at, provider, id, level, message) VALUES (?, 'System', ?, ?, 7036, ?, ?)",
            host, world.now().isoformat(timespec="seconds"), "Service Control Manager", "Information", entered,
        )  # fmt: skip
        if status == "Stopped":
            return
        account = world.one("SELECT account FROM services WHERE host = ? AND name = ?", host, service)["account"]
        pid = int(world.one("SELECT COALESCE(MAX(pid), 4000) AS pid FROM processes WHERE host = ?", host)["pid"])
        for number, name in enumerate(nature.processes, 1):
            world.do(
                "INSERT INTO processes VALUES (?, ?, ?, '', ?, 0, ?, 0)",
                host, pid + 212 * number, name, account, service,
            )  # fmt: skip
        for event in nature.started:
            world.do(
                "INSERT INTO events (host, log, at, provider, id, level, message) VALUES (?, ?, ?, ?, ?, ?, ?)",
                host, seed.EVENT_LOG, world.now().isoformat(timespec="seconds"),
                event.provider, event.id, "Information", event.message,
            )  # fmt: skip
        if nature.makes_state_folder:
            root = world.setting("install_directory").rstrip("\\")
            world.do("INSERT OR IGNORE INTO folders (host, path) VALUES (?, ?)", host, rf"{root}\{seed.STATE_FOLDER}")
