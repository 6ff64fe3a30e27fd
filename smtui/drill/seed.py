"""Plants the scenario of `world.toml` into an empty world file."""

from __future__ import annotations

import functools
import sqlite3
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from importlib import resources
from typing import Literal

import msgspec
from msgspec import Struct

from smtui.drill.scenarios import STOCK, shape, statements

FORMAT = 3
"""Number of the schema, kept in the file as `user_version`."""

Kind = Literal["management-server", "dw-server", "sql", "report-server", "portal"]

_SETUP = r"HKLM\SOFTWARE\Microsoft\System Center\2010\Service Manager\Setup"
_SDK = r"HKLM\SOFTWARE\Microsoft\System Center\2010\Common\SDK Service"
_DATABASE = r"HKLM\SOFTWARE\Microsoft\System Center\2010\Common\Database"
_GROUPS = r"HKLM\SOFTWARE\Microsoft\Microsoft Operations Manager\3.0\Server Management Groups"
_UNINSTALL = r"HKLM\SOFTWARE\Microsoft\Windows\CurrentVersion\Uninstall\System Center Service Manager"
_SDK_SERVICE_TYPE = {"management-server": 1, "dw-server": 2}
STATE_FOLDER = "Health Service State"
EVENT_LOG = "Operations Manager"


class _Deployment(Struct, frozen=True, forbid_unknown_fields=True):
    domain: str
    netbios_domain: str
    management_group: str
    service_account: str
    version: str
    install_directory: str
    workflow_server: str


class _Event(Struct, frozen=True, forbid_unknown_fields=True):
    minutes_ago: float
    provider: str
    id: int
    level: str
    message: str


class _Program(Struct, frozen=True, forbid_unknown_fields=True):
    """A program in somebody's desktop session, below the installation directory."""

    name: str
    account: str
    session: int


class _Host(Struct, frozen=True, forbid_unknown_fields=True):
    name: str
    kind: Kind
    days_up: float
    database_server: str | None = None
    database: str | None = None
    event: tuple[_Event, ...] = ()
    program: tuple[_Program, ...] = ()


class _Started(Struct, frozen=True, forbid_unknown_fields=True):
    provider: str
    id: int
    message: str


class ServiceNature(Struct, frozen=True, forbid_unknown_fields=True):
    """What is the same for a service on every host that has it."""

    kinds: tuple[Kind, ...]
    name: str
    display_name: str
    processes: tuple[str, ...] = ()
    """Names of the processes that live while it runs."""
    started: tuple[_Started, ...] = ()
    """Events that a start leaves in the log."""
    makes_state_folder: bool = False


class _Database(Struct, frozen=True, forbid_unknown_fields=True):
    server: str
    role: str
    name: str


class _Pack(Struct, frozen=True, forbid_unknown_fields=True):
    name: str
    version: str
    days_ago: float
    sealed: bool


class Scenario(Struct, frozen=True, forbid_unknown_fields=True):
    """The whole of `world.toml`."""

    deployment: _Deployment
    host: tuple[_Host, ...]
    service: tuple[ServiceNature, ...]
    database: tuple[_Database, ...]
    management_pack: tuple[_Pack, ...]


@functools.cache
def scenario() -> Scenario:
    """The shipped scenario."""
    return msgspec.toml.decode(resources.files("smtui.drill").joinpath("world.toml").read_bytes(), type=Scenario)


def service(name: str) -> ServiceNature:
    """The nature of a service of the scenario, by its name."""
    return next(row for row in scenario().service if row.name.casefold() == name.casefold())


def plant(
    connection: sqlite3.Connection, now: datetime, worlds: Sequence[str] = (), answers: Mapping[str, str] | None = None
) -> None:
    """Make the tables and fill them, as parts of the open transaction; `now` is UTC, `worlds` change what is there."""
    plan = scenario()
    schema = resources.files("smtui.drill").joinpath("schema.sql").read_text("utf-8")
    for statement in statements(schema):
        connection.execute(statement)
    connection.execute(f"PRAGMA user_version = {FORMAT}")
    settings = msgspec.structs.asdict(plan.deployment)
    connection.executemany("INSERT INTO settings VALUES (?, ?)", settings.items())
    for host in plan.host:
        _plant_host(connection, host, plan, now)
    connection.executemany(
        "INSERT INTO databases VALUES (?, ?, ?, 'ONLINE', 0, 1, 'MULTI_USER', 'FULL', NULL)",
        [(row.server, row.name, row.role) for row in plan.database],
    )
    connection.executemany(
        "INSERT INTO management_packs (name, version, last_modified, sealed) VALUES (?, ?, ?, ?)",
        [(row.name, row.version, _ago(now, days=row.days_ago), row.sealed) for row in plan.management_pack],
    )
    connection.executemany(
        "INSERT INTO management_servers VALUES (?, ?)",
        [(_fqdn(row, plan), plan.deployment.version) for row in plan.host if row.kind == "management-server"],
    )
    connection.execute("INSERT INTO workflow_servers VALUES (?)", (plan.deployment.workflow_server,))
    for world in (STOCK, *worlds):
        shape(connection, world, now, answers or {})


def _plant_host(connection: sqlite3.Connection, host: _Host, plan: Scenario, now: datetime) -> None:
    connection.execute(
        "INSERT INTO hosts (name, fqdn, domain, caption, booted_at) VALUES (?, ?, ?, ?, ?)",
        (host.name, _fqdn(host, plan), plan.deployment.domain, "Microsoft Windows Server 2022 Standard",
         _ago(now, days=host.days_up)),
    )  # fmt: skip
    root = plan.deployment.install_directory.rstrip("\\")
    processes: list[tuple[str, str, str, int, str | None, bool]] = [
        (row.name, f"{root}\\{row.name}.exe", row.account, row.session, None, True) for row in host.program
    ]
    for service in (row for row in plan.service if host.kind in row.kinds):
        account = plan.deployment.service_account
        connection.execute(
            "INSERT INTO services VALUES (?, ?, ?, 'Running', 'Automatic', ?)",
            (host.name, service.name, service.display_name, account),
        )
        processes += [(name, "", account, 0, service.name, False) for name in service.processes]
    connection.executemany(
        "INSERT INTO processes VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        [(host.name, 2000 + 412 * number, *row) for number, row in enumerate(processes, 1)],
    )
    connection.executemany(
        "INSERT INTO events (host, log, at, provider, id, level, message) VALUES (?, ?, ?, ?, ?, ?, ?)",
        [
            (host.name, EVENT_LOG, _ago(now, minutes=row.minutes_ago), row.provider, row.id, row.level, row.message)
            for row in host.event
        ],
    )
    connection.execute(
        "INSERT INTO events (host, log, at, provider, id, level, message) VALUES (?, 'System', ?, ?, 6005, ?, ?)",
        (host.name, _ago(now, days=host.days_up), "EventLog", "Information", "The Event log service was started."),
    )
    if host.kind in _SDK_SERVICE_TYPE:
        _plant_installation(connection, host, plan.deployment)


def _plant_installation(connection: sqlite3.Connection, host: _Host, deployment: _Deployment) -> None:
    """Registry values and folders that Setup leaves on a management server of either kind."""
    values = (
        (_SETUP, "InstallDirectory", deployment.install_directory),
        (_SETUP, "CurrentVersion", deployment.version),
        (_SDK, "SDK Service Type", _SDK_SERVICE_TYPE[host.kind]),
        (_DATABASE, "DatabaseServerName", host.database_server),
        (_DATABASE, "DatabaseName", host.database),
        (rf"{_GROUPS}\{deployment.management_group}", "Product", "System Center Service Manager"),
        (_UNINSTALL, "DisplayName", "Microsoft System Center Service Manager"),
        (_UNINSTALL, "DisplayVersion", deployment.version),
    )
    connection.executemany("INSERT INTO registry VALUES (?, ?, ?, ?)", [(host.name, *row) for row in values])
    root = deployment.install_directory.rstrip("\\")
    folders = ((root, 812, 1_204_224_000), (f"{root}\\{STATE_FOLDER}", 1346, 287_309_824))
    connection.executemany(
        "INSERT INTO folders (host, path, files, bytes) VALUES (?, ?, ?, ?)", [(host.name, *row) for row in folders]
    )


def _fqdn(host: _Host, plan: Scenario) -> str:
    return f"{host.name.lower()}.{plan.deployment.domain}"


def _ago(now: datetime, *, days: float = 0, minutes: float = 0) -> str:
    return (now - timedelta(days=days, minutes=minutes)).isoformat(timespec="seconds")
