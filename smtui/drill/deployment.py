"""The whole simulated deployment in one process: every Windows host and every SQL Server, over one world."""

from __future__ import annotations

import os
import secrets
import socket
import time
from collections.abc import Callable, Iterator, Mapping, MutableMapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

from smtui.drill.accounts import Accounts, write_ntlm_file
from smtui.drill.activity import Activity
from smtui.drill.behaviours.catalogue import SCRIPTS, STATEMENTS
from smtui.drill.certificates import Authority, CertificateFiles
from smtui.drill.faults import SHAPING, FaultKind, Faults
from smtui.drill.host import SimulatedHost
from smtui.drill.pace import Pace
from smtui.drill.ready import Login, Place, Ready
from smtui.drill.services import ServiceController
from smtui.drill.sql.instance import SimulatedInstance
from smtui.drill.sql.local import OwnConnections
from smtui.drill.sql.server import Certificate, SqlServer
from smtui.drill.sql.session import Sessions
from smtui.drill.windows.server import Access, WindowsServer
from smtui.drill.world import Host, World

LOOPBACK = "127.0.0.1"
_LIVES: Mapping[FaultKind, int] = {"certificate-expired": -1, "certificate-expiring": 5}
"""Days for which a certificate holds that a standing fault spoils."""


@dataclass(frozen=True, slots=True)
class Options:
    """What a drill is started with; the defaults are those of a rehearsal."""

    faults: Faults = field(default_factory=Faults)
    pace: Pace = field(default_factory=Pace)
    random_text: Callable[[int], str] = secrets.token_urlsafe
    monotonic: Callable[[], float] = time.monotonic


class Deployment:
    """Serves from the moment it is made until `close`."""

    def __init__(self, world: World, environ: MutableMapping[str, str], options: Options | None = None) -> None:
        """Listen for every host of the world.

        `environ` is the process's own environment: NTLM_USER_FILE is set in it, the only way to tell pyspnego's
        acceptor of the account. Certificates and that file go to a folder beside the world.

        Raises:
            OSError: no port is free, or the folder cannot be written.
        """
        options = options or Options()
        self.world = world
        self.faults = options.faults
        self.accounts = Accounts.new(options.random_text)
        self.activity = Activity(options.monotonic)
        self.controller = ServiceController(world)
        self.windows: dict[str, WindowsServer] = {}
        self.sql: dict[str, SqlServer] = {}
        self._options = options
        self._silent: list[socket.socket] = []
        folder = world.path.with_suffix(".hosts")
        folder.mkdir(mode=0o700, exist_ok=True)
        write_ntlm_file(folder / "accounts", self.accounts.smadmin)
        environ["NTLM_USER_FILE"] = str(folder / "accounts")
        for kind in SHAPING:
            if any(self.faults.stands(kind, host.name) for host in world.hosts()):
                world.shape(kind)
        authority = Authority(folder, world.now())
        self.ca_file = authority.ca_file
        self._places: dict[str, Place] = {}
        self._sql_places: dict[str, Place] = {}
        for host in world.hosts():
            self._listen(host, self._certificate(host, folder, authority))
        self.controller.resume()

    def ready(self) -> Ready:
        """Where everything listens."""
        accounts = {"smadmin": self.accounts.smadmin, "sqladmin": self.accounts.sqladmin}
        return Ready(
            pid=os.getpid(),
            servers=self._places,
            sql=self._sql_places,
            ca_file=str(self.ca_file),
            accounts={name: Login(account.user, account.password) for name, account in accounts.items()},
        )

    def idle_for(self) -> float:
        """Seconds for which nobody was connected and nothing ran; forgotten shells end meanwhile."""
        for server in self.windows.values():
            server.shells.expire()
        if any(server.shells.working() for server in self.windows.values()):
            self.activity.change(0)
        return self.activity.idle_for()

    def close(self) -> None:
        """Stop serving. The world stays open, and what is pending stays in it."""
        self.controller.close()
        for windows in self.windows.values():
            windows.close()
        for sql in self.sql.values():
            sql.close()
        for reserved in self._silent:
            reserved.close()

    def _certificate(self, host: Host, folder: Path, authority: Authority) -> CertificateFiles:
        """What the host proves itself by, unless a standing fault says otherwise."""
        names = [host.fqdn, host.name.lower()]
        if self.faults.stands("certificate-other-name", host.name):
            names = [f"old-{host.fqdn}"]
        if self.faults.stands("certificate-unknown-ca", host.name):
            (folder / "stranger").mkdir(mode=0o700, exist_ok=True)
            return Authority(folder / "stranger", self.world.now()).issue(names)
        for kind, days in _LIVES.items():
            if self.faults.stands(kind, host.name):
                return authority.issue(names, timedelta(days=days))
        return authority.issue(names)

    def _listen(self, host: Host, certificate: CertificateFiles) -> None:
        silent = self.faults.take("not-listening", host.name) is not None
        has_sql = self.world.runs_sql(host.name)
        if silent:
            self._places[host.name] = self._reserve()
            if has_sql:
                self._sql_places[host.name] = self._reserve()
            return
        machine = SimulatedHost(self.world, host.name, self.controller, self._options.pace)
        windows = self.windows[host.name] = WindowsServer(
            self.world,
            machine,
            access=Access(self.accounts.smadmin, certificate),
            scripts=SCRIPTS,
            faults=self.faults,
            activity=self.activity,
            monotonic=self._options.monotonic,
        )
        windows.start()
        self._places[host.name] = Place(LOOPBACK, windows.port)
        if has_sql and self.faults.stands("sql-down", host.name):
            self._sql_places[host.name] = self._reserve()
        elif has_sql:
            self.sql[host.name] = sql = self._sql_server(machine, certificate)
            self._sql_places[host.name] = Place(LOOPBACK, sql.port)

    def _sql_server(self, machine: SimulatedHost, certificate: CertificateFiles) -> SqlServer:
        sessions = Sessions()
        account = self.accounts.sqladmin
        instance = SimulatedInstance(
            self.world, machine.name, faults=self.faults, accounts={account.user: account.password},
            statements=STATEMENTS.values(), sessions=sessions,
        )  # fmt: skip
        machine.own_sql = OwnConnections(instance, sessions, self.accounts.smadmin.user, self.world.now)
        files = Certificate(certificate.certificate, certificate.key)
        return SqlServer(instance, sessions, self.world.now, certificate=files, busy=self.activity.gauge())

    def _reserve(self) -> Place:
        """A port at which nothing listens, as long as the drill runs."""
        reserved = socket.socket()
        reserved.bind((LOOPBACK, 0))
        self._silent.append(reserved)
        return Place(LOOPBACK, int(reserved.getsockname()[1]))


@contextmanager
def deployed(
    path: Path,
    environ: MutableMapping[str, str],
    options: Options | None = None,
    *,
    worlds: Sequence[str] = (),
    answers: Mapping[str, str] | None = None,
) -> Iterator[Deployment]:
    """A deployment over the world at `path`, or a new one shaped by `worlds`, for as long as the block runs."""
    world = World.open(path) if path.exists() else World.create(path, worlds=worlds, answers=answers)
    try:
        deployment = Deployment(world, environ, options)
        try:
            yield deployment
        finally:
            deployment.close()
    finally:
        world.close()
