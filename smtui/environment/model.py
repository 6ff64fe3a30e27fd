"""What the deployment file (design 5) holds, as frozen values: names and places, no secrets."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Literal, get_args

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from smtui.toml_source import Problem, SourceError

ServerRole = Literal[
    "management-server", "workflow-server", "dw-server", "sql", "report-server", "analysis-server", "portal"
]
DatabaseRole = Literal["service-manager", "dw-staging", "dw-repository", "dw-datamart", "om-datamart", "cm-datamart"]
Transport = Literal["kerberos", "ntlm", "certificate", "credssp", "basic"]
Source = Literal["kerberos", "systemd", "vault", "command", "prompt", "environment", "drill"]

SERVER_ROLES: tuple[ServerRole, ...] = get_args(ServerRole)
DATABASE_ROLES: tuple[DatabaseRole, ...] = get_args(DatabaseRole)
PLAIN_HTTP_PORT = 5985
"""The one WinRM port without TLS; on every other port TLS is spoken."""


class EnvironmentFileError(SourceError):
    """The deployment file cannot be used; `problems` names everything that is wrong with it."""


class Server(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One Windows server. `name` and `fqdn` say who it is, `address` and `port` only where it is reached."""

    name: str
    fqdn: str
    roles: tuple[ServerRole, ...]
    address: str | None = None
    port: int = 5986
    transport: Transport = "kerberos"
    ca_file: str | None = None
    verify_certificate: bool = True
    credential: str | None = None
    insecure: str | None = None
    """`insecure.ACCEPTED`, where the two above let passwords be read on the way."""
    host_process: bool = True
    """Whether one PowerShell is kept there for all scripts of a session; False opens a shell for each."""

    @property
    def tls(self) -> bool:
        """Whether WinRM is spoken over TLS; it depends on the port alone."""
        return self.port != PLAIN_HTTP_PORT


class Database(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One database of the deployment, on the server of that name."""

    role: DatabaseRole
    server: str
    name: str
    address: str | None = None
    """Where SQL Server is reached, where that is not the server's own address or full name."""
    port: int | None = None
    instance: str | None = None
    credential: str | None = None
    """None: integrated (a Kerberos ticket)."""
    via: Literal["odbc", "winrm"] = "odbc"
    """`winrm`: by PowerShell on its server, with the server's account; no connection is made from here."""
    encrypt: Literal["yes", "strict", "optional"] = "yes"
    ca_file: str | None = None
    verify_certificate: bool = True
    insecure: str | None = None
    """As for a server."""


class Credential(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An account, and where its password comes from, in order."""

    user: str
    sources: tuple[Source, ...] = ("prompt",)
    variable: str | None = None
    """For the source `environment`: the variable's name."""
    command: tuple[str, ...] | None = None
    """For the source `command`: a program and its arguments; the first line that it prints is the password."""


class _Reach(Struct, frozen=True):
    address: str
    port: int


class _Ready(Struct, frozen=True):
    """What the drill's ready file says of its hosts."""

    servers: dict[str, _Reach]
    sql: dict[str, _Reach]
    ca_file: str


class Environment(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One deployment."""

    name: str
    kind: Literal["recovery", "exercise", "drill"]
    management_group: str
    mirror: str | None = None
    state_group: str | None = None
    """The Unix group whose accounts share the sessions: its name, or its number."""
    servers: tuple[Server, ...] = ()
    databases: tuple[Database, ...] = ()
    groups: dict[str, tuple[str, ...]] = {}
    paths: dict[str, str] = {}
    credentials: dict[str, Credential] = {}

    def server(self, name: str) -> Server:
        """The server of that name in any case; raises KeyError."""
        for server in self.servers:
            if server.name.casefold() == name.casefold():
                return server
        raise KeyError(name)

    def database(self, role: str) -> Database:
        """The database in that role; raises KeyError."""
        for database in self.databases:
            if database.role == role:
                return database
        raise KeyError(role)

    def servers_with(self, role: str) -> tuple[Server, ...]:
        """The servers that hold the role, in the order of the file."""
        return tuple(server for server in self.servers if role in server.roles)

    def overlaid(self, ready: Mapping[str, object]) -> Environment:
        """The same deployment, reached where the drill's ready file says; every name stays.

        Raises EnvironmentFileError if the ready file leaves a server or a database where it was: a drill touches no
        host but its own.
        """
        try:
            reach = msgspec.convert(dict(ready), type=_Ready)
        except msgspec.ValidationError as error:
            raise EnvironmentFileError((Problem("ready file", 0, str(error)),)) from error
        missing = [server.name for server in self.servers if server.name not in reach.servers]
        missing += [database.name for database in self.databases if database.server not in reach.sql]
        if missing:
            raise EnvironmentFileError(tuple(Problem("ready file", 0, f"does not serve {name}") for name in missing))
        return replace(
            self,
            servers=tuple(
                replace(
                    server,
                    address=reach.servers[server.name].address,
                    port=reach.servers[server.name].port,
                    ca_file=reach.ca_file,
                )
                for server in self.servers
            ),
            databases=tuple(
                database
                if database.via == "winrm"
                else replace(
                    database,
                    address=reach.sql[database.server].address,
                    port=reach.sql[database.server].port,
                    instance=None,
                    ca_file=reach.ca_file,
                )
                for database in self.databases
            ),
        )

    def located(self, folder: Path) -> Environment:
        """The same deployment with its relative CA files below `folder`, that of the deployment file."""

        def place(name: str | None) -> str | None:
            return None if name is None else str(folder / name)

        return replace(
            self,
            servers=tuple(replace(server, ca_file=place(server.ca_file)) for server in self.servers),
            databases=tuple(replace(database, ca_file=place(database.ca_file)) for database in self.databases),
        )
