"""From a place of the checklist to the target that serves it; protocols are imported when the first one is met."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final

from smtui.checklist.library import shipped_folder
from smtui.checklist.references import Place
from smtui.environment import Database, Environment, Server
from smtui.secrets.credentials import Account, CredentialError, Credentials
from smtui.secrets.secret import Secret
from smtui.targets.base import Target, TargetError

_DEFAULT_PORT: Final = 1433
_TICKET: Final = Account("", Secret(""))
_IDENTITY_SCRIPT: Final = "identity.ps1"
_SQL_SCRIPT: Final = "sql-over-winrm.ps1"
_EXTRAS: Final = {"kerberos": ("kerberos", "pykerberos"), "credssp": ("requests_credssp", "requests-credssp")}
"""Modules that pywinrm needs for a transport, and the packages that bring them."""

Connector = Callable[[Place], Target]


def connector(
    environment: Environment,
    credentials: Credentials,
    *,
    odbc_libraries: Path | None,
    odbc_driver: str | None = None,
    environ: Mapping[str, str] | None = None,
) -> Connector:
    """How the places of a deployment are reached. A call of it raises TargetError and opens no connection yet.

    Args:
        environment: The deployment.
        credentials: Where accounts come from; asked when a place is connected that needs one.
        odbc_libraries: Folder with unixODBC's libraries, for a machine that has none; None for bin/setup's.
        odbc_driver: An ODBC driver by name or path; None for Microsoft's Driver 18.
        environ: What local programs get as their environment, but for variables that hold passwords; smtui's own
            when None.
    """
    secret = {credential.variable for credential in environment.credentials.values()}
    given = os.environ if environ is None else environ
    harmless = {name: value for name, value in given.items() if name not in secret}

    def connect(place: Place) -> Target:
        try:
            if place.kind == "server":
                return _windows(environment.server(place.name), credentials)
            if place.kind == "database":
                return _sql(environment, environment.database(place.name), credentials, odbc_libraries, odbc_driver)
        except KeyError:
            raise TargetError(f"{place.label} is not in the environment file; add it") from None
        except CredentialError as error:
            raise TargetError(f"{place.label}: {error}") from error
        return _local(harmless)

    return connect


def _windows(server: Server, credentials: Credentials) -> Target:
    from smtui.targets.winrm import WinRmTarget
    from smtui.targets.wsman import Endpoint

    _need_extra(server)
    account = _TICKET if server.credential is None else credentials.get(server.credential)
    if not account.password and server.transport != "kerberos":
        raise TargetError(f"{server.name}: the transport {server.transport} needs a password; add the source prompt")
    endpoint = Endpoint(
        fqdn=server.fqdn,
        address=server.address or server.fqdn,
        port=server.port,
        transport=server.transport,
        user=account.user,
        password=account.password.reveal(),
        ca_file=Path(server.ca_file) if server.ca_file else None,
        tls=server.tls,
        verify=server.verify_certificate,
    )
    return WinRmTarget(endpoint, _script(_IDENTITY_SCRIPT), hosted=server.host_process)


def _sql(
    environment: Environment,
    database: Database,
    credentials: Credentials,
    odbc_libraries: Path | None,
    odbc_driver: str | None,
) -> Target:
    from smtui.targets.sql import SqlTarget
    from smtui.targets.sql_connect import SqlEndpoint

    server = environment.server(database.server)
    if database.via == "winrm":
        return _sql_over_winrm(server, database, credentials)
    account = _TICKET if database.credential is None else credentials.get(database.credential)
    endpoint = SqlEndpoint(
        fqdn=server.fqdn,
        address=database.address or server.address or server.fqdn,
        port=database.port or (None if database.instance else _DEFAULT_PORT),
        instance=database.instance,
        database=database.name,
        label=f"{database.name} on {server.name}",
        user=account.user if account.password else None,
        password=account.password.reveal(),
        encrypt=database.encrypt,
        verify=database.verify_certificate,
        ca_file=Path(database.ca_file) if database.ca_file else None,
    )
    return SqlTarget(endpoint, odbc_libraries, odbc_driver)


def _sql_over_winrm(server: Server, database: Database, credentials: Credentials) -> Target:
    from smtui.targets.sql_over_winrm import OwnDatabase, SqlOverWinRmTarget

    source = "(local)" if database.instance is None else f"(local)\\{database.instance}"
    own = OwnDatabase(
        source=source if database.port is None else f"tcp:localhost,{database.port}",
        name=database.name,
        label=f"{database.name} on {server.name}",
        encrypt=database.encrypt != "optional",
    )
    return SqlOverWinRmTarget(_windows(server, credentials), own, _script(_SQL_SCRIPT))


def _local(environ: Mapping[str, str]) -> Target:
    from smtui.targets.local import LocalTarget

    return LocalTarget(environ)


def _need_extra(server: Server) -> None:
    from importlib.util import find_spec

    if server.transport == "certificate":
        raise TargetError(f"{server.name}: the transport certificate is not in this version; use kerberos or ntlm")
    module, package = _EXTRAS.get(server.transport, ("", ""))
    if module and find_spec(module) is None:
        raise TargetError(f"{server.name}: the transport {server.transport} needs `pip install {package}`")


def _script(name: str) -> str:
    path = shipped_folder() / "scripts" / name
    try:
        return path.read_text(encoding="utf-8")
    except OSError as error:
        raise TargetError(f"{path} cannot be read: {error.strerror}; install smtui again") from error
