"""The deployment file (design 5): servers, databases, groups, paths, credentials by name. It holds no secrets."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

ServerRole = Literal[
    "management-server", "workflow-server", "dw-server", "sql", "report-server", "analysis-server", "portal"
]
DatabaseRole = Literal[
    "service-manager", "dw-staging", "dw-repository", "dw-datamart", "om-datamart", "cm-datamart"
]
Transport = Literal["kerberos", "ntlm", "certificate", "credssp", "basic"]
Source = Literal["kerberos", "systemd", "vault", "command", "prompt", "environment", "drill"]


class Server(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One Windows server. `name` and `fqdn` say who it is, `address` and `port` only where it is reached."""

    name: str
    fqdn: str
    roles: tuple[ServerRole, ...]
    address: str | None = None
    port: int = 5986
    transport: Transport = "kerberos"
    ca_file: str | None = None
    credential: str | None = None


class Database(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One database of the deployment, on the server of that name."""

    role: DatabaseRole
    server: str
    name: str
    port: int | None = None
    instance: str | None = None
    credential: str | None = None
    """None: integrated (a Kerberos ticket)."""
    via: Literal["odbc", "winrm"] = "odbc"
    encrypt: Literal["yes", "strict", "optional"] = "yes"
    ca_file: str | None = None


class Credential(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An account, and where its password comes from, in order."""

    user: str
    sources: tuple[Source, ...] = ("prompt",)
    variable: str | None = None
    """For the source `environment`: the variable's name."""


class Environment(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One deployment."""

    name: str
    kind: Literal["recovery", "exercise", "drill"]
    management_group: str
    mirror: str | None = None
    servers: tuple[Server, ...] = ()
    databases: tuple[Database, ...] = ()
    groups: dict[str, tuple[str, ...]] = {}
    paths: dict[str, str] = {}
    credentials: dict[str, Credential] = {}
