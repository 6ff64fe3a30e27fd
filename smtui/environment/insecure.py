"""What of a deployment lets passwords be read or taken on the way, and the words that accept it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from smtui.environment.model import Database, Environment, Server

ACCEPTED: Final = "I accept that passwords can be read on the network"
"""What the key `insecure` of a server or a database must say, letter by letter."""


def insecure_ways(environment: Environment) -> tuple[str, ...]:
    """One line for each way that is open, in the order of the file; empty for a deployment that has none."""
    return (
        *(f"{server.name}: {way}" for server in environment.servers for way in of_server(server)),
        *(
            f"{database.name} on {database.server}: {way}"
            for database in environment.databases
            for way in of_database(database)
        ),
    )


def of_server(server: Server) -> Iterator[str]:
    """What is open towards one server."""
    if server.transport == "basic" and not server.tls:
        yield f"basic over plain HTTP (port {server.port})"
    if server.tls and not server.verify_certificate:
        yield "its certificate is not checked"


def of_database(database: Database) -> Iterator[str]:
    """What is open towards one database; by PowerShell it has no connection of its own."""
    if database.via == "winrm":
        return
    if database.encrypt == "optional":
        yield "encryption is optional"
    if not database.verify_certificate:
        yield "its certificate is not checked"
