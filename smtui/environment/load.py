"""From the deployment file to an Environment, or to everything that is wrong with the file at once."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from msgspec import Struct

from smtui.environment.checks import check
from smtui.environment.model import Credential, Database, Environment, EnvironmentFileError, Server
from smtui.toml_positions import Route
from smtui.toml_shape import Shaper
from smtui.toml_source import SourceError, parse_toml, read_bounded


class _Head(Struct, frozen=True, kw_only=True):
    """The table `[environment]`."""

    name: str
    kind: Literal["recovery", "exercise", "drill"]
    management_group: str
    mirror: str | None = None
    state_group: str | None = None


class _File(Struct, frozen=True, kw_only=True):
    """The file as it is written."""

    environment: _Head
    servers: tuple[Server, ...] = ()
    databases: tuple[Database, ...] = ()
    groups: dict[str, tuple[str, ...]] = {}
    paths: dict[str, str] = {}
    credentials: dict[str, Credential] = {}


def load_environment(path: Path) -> Environment:
    """Read and check a deployment file; raises EnvironmentFileError. File names in it stay as they are written."""
    try:
        data = read_bounded(path)
    except SourceError as error:
        raise EnvironmentFileError(error.problems) from error
    return parse_environment(data, str(path))


def parse_environment(data: bytes, file: str) -> Environment:
    """As `load_environment`, of bytes read before; `file` is the name that messages give."""
    try:
        shaper = Shaper(parse_toml(data, file))
    except SourceError as error:
        raise EnvironmentFileError(error.problems) from error
    environment = _shape(shaper)
    check(environment, shaper)
    if shaper.problems:
        raise EnvironmentFileError(tuple(sorted(shaper.problems)))
    return environment


def _shape(shaper: Shaper) -> Environment:
    def head(raw: object, route: Route) -> _Head:
        return shaper.struct(_Head, raw, route)

    def servers(raw: object, route: Route) -> tuple[Server, ...]:
        return tuple(shaper.struct(Server, element, place) for element, place in shaper.tables(raw, route))

    def databases(raw: object, route: Route) -> tuple[Database, ...]:
        return tuple(shaper.struct(Database, element, place) for element, place in shaper.tables(raw, route))

    def credentials(raw: object, route: Route) -> dict[str, Credential]:
        table = shaper.table(raw, route)
        return {name: shaper.struct(Credential, element, (*route, name)) for name, element in table.items()}

    file = shaper.struct(
        _File,
        shaper.source.tree,
        (),
        readers={"environment": head, "servers": servers, "databases": databases, "credentials": credentials},
        names={"servers": "server", "databases": "database"},
    )
    return Environment(
        name=file.environment.name,
        kind=file.environment.kind,
        management_group=file.environment.management_group,
        mirror=file.environment.mirror,
        state_group=file.environment.state_group,
        servers=file.servers,
        databases=file.databases,
        groups=file.groups,
        paths=file.paths,
        credentials=file.credentials,
    )
