"""Logging on to one database of one SQL Server, and what it means for a call when that fails."""

from __future__ import annotations

import contextlib
import os
import socket
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

from smtui.targets.base import Result
from smtui.targets.odbc import Connection, Odbc
from smtui.targets.sql_errors import SqlTrouble, trouble_at_login
from smtui.targets.sql_text import connection_string
from smtui.text import one_line

_PROBE_TIMEOUT: Final = 5.0
"""Seconds; Microsoft's driver tries a refused port again until the login timeout is over, so TCP is tried first."""
_AUTHORITIES: Final = "SSL_CERT_FILE"
_authorities_lock = threading.Lock()
"""The driver takes its authorities from the process's SSL_CERT_FILE, when it connects."""


@dataclass(frozen=True, slots=True)
class SqlEndpoint:
    """Where a database is reached, and who its server must prove to be."""

    fqdn: str
    """TLS and Kerberos are checked against it."""
    address: str
    port: int | None
    instance: str | None
    database: str
    label: str
    """For people: `ServiceManager on SQL01`."""
    user: str | None
    """None: integrated, by a Kerberos ticket."""
    password: str
    encrypt: Literal["yes", "strict", "optional"] = "yes"
    verify: bool = True
    """False: whatever certificate is shown is believed. The environment file accepts that in so many words."""
    ca_file: Path | None = None

    def __repr__(self) -> str:
        return f"SqlEndpoint({self.label})"


class NoSession(Exception):
    """Nobody to ask; `result` says what that means for a call."""

    def __init__(self, result: Result) -> None:
        super().__init__(result.reason)
        self.result = result


def application(token: str) -> str:
    """The name by which the server knows an attempt's session."""
    return f"smtui/{token}"


def connect(odbc: Odbc, endpoint: SqlEndpoint, token: str, login_timeout: int, *, master: bool) -> Connection:
    """Log on, to the database or to `master`; `login_timeout` in seconds. Raises NoSession."""
    if endpoint.port is not None:
        _probe(endpoint, endpoint.port, min(_PROBE_TIMEOUT, login_timeout))
    text = connection_string(
        {
            "Driver": odbc.driver,
            "Server": _server(endpoint),
            "Database": "master" if master else endpoint.database,
            "APP": application(token),
            "Encrypt": endpoint.encrypt,
            **({"HostNameInCertificate": endpoint.fqdn} if endpoint.verify else {"TrustServerCertificate": "yes"}),
            **_account(endpoint),
        }
    )
    try:
        with _authorities(endpoint.ca_file):
            return odbc.connect(text, login_timeout)
    except odbc.errors as error:
        raise NoSession(_refused(endpoint.label, trouble_at_login(error))) from None  # its text may hold the password


def close(odbc: Odbc, connection: Connection) -> None:
    """Log off; a broken connection has nothing left to close, and its call has its result."""
    with contextlib.suppress(*odbc.errors):
        connection.close()


def _probe(endpoint: SqlEndpoint, port: int, timeout: float) -> None:
    try:
        socket.create_connection((endpoint.address, port), timeout).close()
    except OSError as error:
        why = one_line(str(error.strerror or error)).lower()
        where = f"{endpoint.label} at {endpoint.address} port {port}"
        reason = f"no connection to {where}: {why}; nothing ran; check the link, then run it again"
        raise NoSession(Result("unreachable", reason=reason)) from error


def _refused(label: str, trouble: SqlTrouble) -> Result:
    if trouble.kind == "rejected":
        reason = f"{label} refused the account: {trouble.text}; nothing ran; check the account and its password"
        return Result("rejected", reason=reason)
    if trouble.kind == "no-database":
        reason = f"{label} cannot be opened: {trouble.text} (error {trouble.number}); nothing ran; see its state"
        return Result("not-started", reason=reason)
    reason = f"no connection to {label}: {trouble.text}; nothing ran; check the link, then run it again"
    return Result("unreachable", reason=reason)


def _server(endpoint: SqlEndpoint) -> str:
    if endpoint.port is not None:
        return f"{endpoint.address},{endpoint.port}"
    return f"{endpoint.address}\\{endpoint.instance}" if endpoint.instance else endpoint.address


def _account(endpoint: SqlEndpoint) -> dict[str, str]:
    if endpoint.user is not None:
        return {"UID": endpoint.user, "PWD": endpoint.password}
    spn = f"MSSQLSvc/{endpoint.fqdn}:{endpoint.port or endpoint.instance or 1433}"
    return {"Trusted_Connection": "yes", "ServerSPN": spn}


@contextlib.contextmanager
def _authorities(ca_file: Path | None) -> Iterator[None]:
    """Trust this authority for one connection; there is no connection attribute for it."""
    with _authorities_lock:
        before = os.environ.get(_AUTHORITIES)
        if ca_file is not None:
            os.environ[_AUTHORITIES] = str(ca_file)
        try:
            yield
        finally:
            if before is not None:
                os.environ[_AUTHORITIES] = before
            else:
                os.environ.pop(_AUTHORITIES, None)
