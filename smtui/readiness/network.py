"""Names and ports: whether the way to a host is open, before anybody logs on."""

from __future__ import annotations

import errno
import ipaddress
import socket
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from smtui.readiness.model import Finding

CONNECT_SECONDS: Final = 5.0

Resolve = Callable[[str], Sequence[str]]
"""The IP addresses of a name; raises OSError when it has none."""


def addresses_of(name: str) -> Sequence[str]:
    """As this machine resolves it."""
    found = socket.getaddrinfo(name, None, type=socket.SOCK_STREAM)
    return tuple(dict.fromkeys(str(one[4][0]) for one in found))


@dataclass(frozen=True, slots=True)
class Way:
    """Where a service is reached, and who it says it is."""

    subject: str
    fqdn: str
    address: str | None
    """None: by its full name."""
    port: int
    service: str
    """`WinRM` or `SQL Server`."""


def look(way: Way, resolve: Resolve) -> Finding | None:
    """The first thing in the way, or a name that leads elsewhere; None when the port is open."""
    return _name(way, resolve) or _port(way)


def _name(way: Way, resolve: Resolve) -> Finding | None:
    target = way.address or way.fqdn
    try:
        there = resolve(target)
    except (OSError, UnicodeError):
        return Finding(
            "name-unresolved",
            way.subject,
            f"{target} does not resolve",
            "mend DNS, or give the server an `address` in the environment file",
        )
    if way.address is None or _is_loopback(there):
        return None
    try:
        by_name = resolve(way.fqdn)
    except (OSError, UnicodeError):
        return None  # that DNS may be down is what `address` is for
    if set(by_name) & set(there):
        return None
    return Finding(
        "dns-stale",
        way.subject,
        f"{way.fqdn} resolves to {', '.join(by_name)}, and the environment file says {way.address}",
        "correct whichever is wrong: the DNS record, or `address`",
    )


def _port(way: Way) -> Finding | None:
    address = way.address or way.fqdn
    place = f"{address} port {way.port}"
    try:
        socket.create_connection((address, way.port), CONNECT_SECONDS).close()
    except OSError as error:
        if isinstance(error, ConnectionRefusedError) or error.errno == errno.ECONNRESET:
            check = "port-closed" if way.service == "WinRM" else "sql-down"
            return Finding(
                check,
                way.subject,
                f"{place} is closed: {way.service} does not listen there",
                f"start {way.service}, or open the port in the firewalls in between",
            )
        return Finding(
            "host-down",
            way.subject,
            f"{place} does not answer: {error.strerror or error}",
            "start the host, or open the way to it",
        )
    return None


def _is_loopback(addresses: Sequence[str]) -> bool:
    """An SSH forward, or the drill: the address says nothing about the name."""
    return any(ipaddress.ip_address(one.partition("%")[0]).is_loopback for one in addresses)
