"""What must fit together in a deployment file: names, roles, accounts, places."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable

from smtui.environment.insecure import ACCEPTED, of_database, of_server
from smtui.environment.model import (
    DATABASE_ROLES,
    SERVER_ROLES,
    Credential,
    Database,
    Environment,
    Server,
)
from smtui.toml_positions import Route
from smtui.toml_shape import Shaper, nearest

RESERVED_NAMES = frozenset({"local", "paths", "environment", *SERVER_ROLES, *DATABASE_ROLES})
"""Names that references understand already (design 4); groups and inputs must be called otherwise."""

WORD = re.compile(r"[a-z][a-z0-9]*(?:[-_][a-z0-9]+)*")
"""Names that a reference can say."""

_HOST = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?")
_FQDN = re.compile(rf"{_HOST.pattern}(?:\.{_HOST.pattern})+")
_ADDRESS = re.compile(rf"(?:{_HOST.pattern}(?:\.{_HOST.pattern})*|[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*(?:%\w+)?)")
_INSTANCE = re.compile(r"[A-Za-z_#][\w$#]{0,15}", re.ASCII)
_GROUP = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.@-]{0,63}\$?", re.ASCII)
_MAX_NAME = 128
"""SQL Server's sysname."""


def check(environment: Environment, shaper: Shaper) -> None:
    """Refuse what does not fit. Blank values are passed over: their problem is recorded already."""
    for name in ("name", "management_group"):
        if not getattr(environment, name).strip() and shaper.given(("environment", name)):
            shaper.refuse(("environment", name), f"`{name}` is empty")
    if environment.state_group is not None and not _GROUP.fullmatch(environment.state_group):
        shaper.refuse(("environment", "state_group"), "`state_group` must be the name or the number of a Unix group")
    _unique(shaper, "server", "server", (server.name for server in environment.servers))
    _unique(shaper, "server", "full name", (server.fqdn for server in environment.servers))
    _unique(shaper, "database", "database role", (database.role for database in environment.databases))
    for index, server in enumerate(environment.servers):
        _check_server(server, environment, shaper, ("server", index))
    for index, database in enumerate(environment.databases):
        _check_database(database, environment, shaper, ("database", index))
    _check_names(environment, shaper)
    for name, members in environment.groups.items():
        _check_group(name, members, environment, shaper)
    for name, credential in environment.credentials.items():
        _check_credential(credential, environment, shaper, ("credentials", name))


def _unique(shaper: Shaper, table: str, what: str, names: Iterable[str]) -> None:
    """Windows and SQL Server take names in any case."""
    places: dict[str, list[int]] = defaultdict(list)
    for index, name in enumerate(names):
        if name:
            places[name.casefold()].append(index)
    for name, indices in places.items():
        for index in indices[1:]:
            first = shaper.source.line((table, indices[0]))
            shaper.refuse((table, index), f"the {what} `{name}` is there already, in line {first}")


def _check_server(server: Server, environment: Environment, shaper: Shaper, route: Route) -> None:
    _spelt(shaper, (*route, "name"), server.name, _HOST.fullmatch, "a host name without its domain")
    _spelt(shaper, (*route, "fqdn"), server.fqdn, _FQDN.fullmatch, "a full name such as sm01.contoso.com")
    _spelt(shaper, (*route, "address"), server.address, _ADDRESS.fullmatch, "a host name or an IP address")
    _check_port(shaper, (*route, "port"), server.port)
    _check_account(shaper, (*route, "credential"), server.credential, environment)
    if len(set(server.roles)) < len(server.roles):
        shaper.refuse((*route, "roles"), "a role is named twice")
    if server.transport == "certificate" and not server.tls:
        shaper.refuse(
            (*route, "transport"),
            f"`certificate` is for TLS only; port {server.port} speaks plain HTTP (5986 is usual for TLS)",
        )
    if not server.verify_certificate and not server.tls:
        shaper.refuse((*route, "verify_certificate"), f"there is no certificate on port {server.port}: leave it out")
    _check_accepted(shaper, route, server.insecure, of_server(server))
    if server.transport in ("ntlm", "basic", "credssp") and server.credential is None:
        shaper.refuse((*route, "transport"), f"`{server.transport}` needs a `credential`")


def _check_database(database: Database, environment: Environment, shaper: Shaper, route: Route) -> None:
    known = [server.name for server in environment.servers]
    if database.server and database.server not in known:
        hint = nearest(database.server, known)
        shaper.refuse((*route, "server"), f"no server is called `{database.server}`{hint}")
    _spelt(shaper, (*route, "name"), database.name, _is_sysname, "the name of a database")
    if database.port is not None and database.instance is not None:
        shaper.refuse((*route, "instance"), "`port` says where the instance is; leave one of the two out")
    _spelt(shaper, (*route, "address"), database.address, _ADDRESS.fullmatch, "a host name or an IP address")
    _spelt(shaper, (*route, "instance"), database.instance, _INSTANCE.fullmatch, "the name of an instance")
    _check_port(shaper, (*route, "port"), database.port)
    _check_account(shaper, (*route, "credential"), database.credential, environment)
    if database.encrypt == "strict" and not database.verify_certificate:
        shaper.refuse((*route, "verify_certificate"), '`encrypt = "strict"` always checks it: choose one of the two')
    if database.via == "winrm":
        _check_own(database, shaper, route)
    _check_accepted(shaper, route, database.insecure, of_database(database))


def _check_own(database: Database, shaper: Shaper, route: Route) -> None:
    """What says how the way from here goes has no meaning where its own server reaches it."""
    for name in ("address", "credential", "ca_file", "verify_certificate", "insecure"):
        if shaper.given((*route, name)):
            shaper.refuse((*route, name), f'`via = "winrm"` goes by its server\'s own entry: leave `{name}` out')
    if database.encrypt == "strict":
        shaper.refuse((*route, "encrypt"), '`via = "winrm"` knows `yes` and `optional` only')


def _check_accepted(shaper: Shaper, route: Route, insecure: str | None, ways: Iterable[str]) -> None:
    """Passwords are put at risk in so many words, or not at all."""
    if insecure is not None and insecure != ACCEPTED:
        shaper.refuse((*route, "insecure"), f'`insecure` takes exactly these words: "{ACCEPTED}"')
    elif insecure is None:
        for way in ways:
            shaper.refuse(
                route, f'{way}, so passwords can be read on the network; to accept that: insecure = "{ACCEPTED}"'
            )


def _check_names(environment: Environment, shaper: Shaper) -> None:
    """Groups share one namespace with roles and inputs; paths and credentials are named in references and files."""
    for table, names in (
        ("groups", environment.groups),
        ("paths", environment.paths),
        ("credentials", environment.credentials),
    ):
        for name in names:
            if not WORD.fullmatch(name):
                shaper.refuse((table, name), "names are lower case words joined by hyphens or underscores")
    for name in environment.groups:
        if name in RESERVED_NAMES:
            shaper.refuse(("groups", name), f"`{name}` has a meaning of its own; call the group otherwise")
    for name, path in environment.paths.items():
        if not path.strip() or not path.isprintable():
            shaper.refuse(("paths", name), "is no path")


def _check_group(name: str, members: tuple[str, ...], environment: Environment, shaper: Shaper) -> None:
    route = ("groups", name)
    known = [server.name for server in environment.servers]
    if not members:
        shaper.refuse(route, f"the group `{name}` has no members")
    for index, member in enumerate(members):
        if member not in known:
            shaper.refuse((*route, index), f"no server is called `{member}`{nearest(member, known)}")
        elif member in members[:index]:
            shaper.refuse((*route, index), f"`{member}` is in the group twice")


def _check_credential(credential: Credential, environment: Environment, shaper: Shaper, route: Route) -> None:
    _spelt(shaper, (*route, "user"), credential.user, _is_sysname, "the name of an account")
    if not credential.sources:
        shaper.refuse((*route, "sources"), "`sources` is empty: nothing would ever be asked")
    if ("environment" in credential.sources) != (credential.variable is not None):
        shaper.refuse((*route, "sources"), "the source `environment` and the key `variable` belong together")
    if ("command" in credential.sources) != (credential.command is not None):
        shaper.refuse((*route, "sources"), "the source `command` and the key `command` belong together")
    if credential.command is not None and not (credential.command and credential.command[0].strip()):
        shaper.refuse((*route, "command"), "`command` is a list: a program, then its arguments")
    if "drill" in credential.sources and environment.kind != "drill":
        shaper.refuse((*route, "sources"), "the source `drill` is for the simulated deployment only")


def _check_account(shaper: Shaper, route: Route, name: str | None, environment: Environment) -> None:
    if name is not None and name not in environment.credentials:
        shaper.refuse(route, f"no credential is called `{name}`{nearest(name, environment.credentials)}")


def _is_sysname(name: str) -> bool:
    return 0 < len(name) <= _MAX_NAME and bool(name.strip()) and name.isprintable()


def _check_port(shaper: Shaper, route: Route, port: int | None) -> None:
    if port is not None and not 0 < port < 65536:
        shaper.refuse(route, f"{port} is no port")


def _spelt(shaper: Shaper, route: Route, value: str | None, rule: Callable[[str], object], what: str) -> None:
    if value is not None and shaper.given(route) and not rule(value):
        shaper.refuse(route, f"`{route[-1]}` must be {what}")
