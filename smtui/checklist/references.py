"""What `{promoted.fqdn}` in a checklist stands for (design 4).

A reference never turns into script or statement text: in prose it is text, in values it is the whole string and keeps
its type. Which names and fields there are is known from the file; what they stand for, from environment and answers.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Literal

from msgspec import Struct

from smtui.checklist.model import Input, InputType, Scalar, Value
from smtui.checklist.procedure import Heading, Procedure, Step
from smtui.environment import DATABASE_ROLES, SERVER_ROLES, Database, Environment, Server

_WORD = r"[a-z][a-z0-9]*(?:[-_][a-z0-9]+)*"
_REFERENCE = re.compile(rf"\{{({_WORD})(?:\.({_WORD}))?\}}")
_IN_PROSE = re.compile(rf"(?<![$@]){_REFERENCE.pattern}")
"""`${name}` and `@{name}` are PowerShell's."""

WELL_KNOWN_GROUPS = ("all-management-servers",)
"""Groups that a checklist may name without asking for one by an input."""

Kind = Literal["server", "database", "group", "text", "paths", "environment", "local"]

_FIELDS: Mapping[Kind, tuple[str, ...]] = {
    "server": ("name", "fqdn"),
    "database": ("name", "server", "server_fqdn", "port"),
    "environment": ("name", "management_group", "kind"),
}
_DEFAULT_SQL_PORT = 1433


class ReferenceError_(Exception):  # noqa: N801  # ReferenceError is Python's own
    """A reference stands for nothing in this environment with these answers; the text says why."""


class Reference(Struct, frozen=True):
    """`{name}` or `{name.field}`."""

    name: str
    field: str | None = None

    def __str__(self) -> str:
        return f"{{{self.name}}}" if self.field is None else f"{{{self.name}.{self.field}}}"


class Scope(Struct, frozen=True):
    """What references are resolved against: a deployment, and the answers to the checklist's inputs."""

    environment: Environment
    inputs: Mapping[str, str]
    input_types: Mapping[str, InputType]


class Place(Struct, frozen=True):
    """Where an action runs: a server by its name, a database by its role, or this machine."""

    kind: Literal["server", "database", "local"]
    name: str
    label: str
    """For people: `SM02`, `ServiceManager on SQL01`, `this machine`."""


LOCAL = Place("local", "local", "this machine")


def whole_reference(text: str) -> Reference | None:
    """The reference that the text is, if it is one and nothing else."""
    match = _REFERENCE.fullmatch(text)
    return Reference(match[1], match[2]) if match else None


def references_in(prose: str) -> Iterator[Reference]:
    """The references within a text."""
    return (Reference(match[1], match[2]) for match in _IN_PROSE.finditer(prose))


def kind_of(name: str, input_types: Mapping[str, InputType]) -> Kind | None:
    """What a name stands for as far as the checklist tells; None if it stands for nothing."""
    if name in input_types:
        answer = input_types[name]
        return answer if answer in ("server", "database", "group") else "text"
    if name in SERVER_ROLES:
        return "server"
    if name in DATABASE_ROLES:
        return "database"
    if name in WELL_KNOWN_GROUPS:
        return "group"
    if name == "paths":
        return "paths"
    if name == "environment":
        return "environment"
    return "local" if name == "local" else None


def known_names(input_types: Mapping[str, InputType]) -> tuple[str, ...]:
    """Every name that a reference may begin with."""
    return (*input_types, *SERVER_ROLES, *DATABASE_ROLES, *WELL_KNOWN_GROUPS, "paths", "environment")


def allowed_answers(one: Input) -> tuple[str, ...]:
    """The only answers that an input takes, as far as the checklist tells; none where that is up to the environment."""
    match one.type:
        case "yes-no":
            return ("yes", "no")
        case "database":
            return DATABASE_ROLES if one.role is None else (one.role,)
        case _:
            return one.choices


def fields_of(kind: Kind) -> tuple[str, ...]:
    """The fields that a reference to such a thing may name; none for those without."""
    return _FIELDS.get(kind, ())


def resolve(template: Scalar, scope: Scope) -> Value:
    """The value that a template stands for, itself where it is no reference; raises ReferenceError_."""
    reference = whole_reference(template) if isinstance(template, str) else None
    return template if reference is None else value_of(reference, scope)


def resolve_text(prose: str, scope: Scope) -> str:
    """The prose with its references as text; braces that stand for nothing stay. Raises nothing."""

    def text(reference: Reference) -> str:
        try:
            return as_text(value_of(reference, scope))
        except ReferenceError_:
            return str(reference)

    return replace_references(prose, text)


def replace_references(prose: str, text: Callable[[Reference], str]) -> str:
    """The prose with what `text` says in place of each reference."""
    return _IN_PROSE.sub(lambda match: text(Reference(match[1], match[2])), prose)


def as_text(value: Value) -> str:
    """A value as people write it: yes and no, names with commas between them."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return ", ".join(value) if isinstance(value, tuple) else str(value)


def targets_of(on: str, scope: Scope) -> tuple[Place, ...]:
    """Where an action runs, one place for each attempt; raises ReferenceError_."""
    if on == "local":
        return (LOCAL,)
    thing = _thing(on, scope)
    if isinstance(thing, Database):
        return (Place("database", thing.role, f"{thing.name} on {thing.server}"),)
    if isinstance(thing, Server):
        return (Place("server", thing.name, thing.name),)
    if isinstance(thing, _Servers):
        return tuple(Place("server", server.name, server.name) for server in thing.members)
    raise ReferenceError_(f"`{on}` is no server, database, role or group: nothing can run there")


def scope_of(step: Step | Heading, procedure: Procedure, environment: Environment, answers: Mapping[str, str]) -> Scope:
    """What the templates of a step or a heading are resolved against, given the answers to the session's own inputs.

    Raises ReferenceError_ if what an included checklist is given cannot be resolved.
    """
    own = Scope(environment, answers, {one.name: one.type for one in procedure.checklist.inputs})
    if not step.included:
        return own
    return Scope(environment, {name: _handed(text, own) for name, text in step.inputs.items()}, step.input_types)


def value_of(reference: Reference, scope: Scope) -> Value:
    """What a reference stands for; raises ReferenceError_."""
    name, field = reference.name, reference.field
    if name == "paths":
        return _looked_up(scope.environment.paths, field, f"the environment names no path for {reference}")
    if name == "environment":
        about: dict[str, str] = {key: getattr(scope.environment, key) for key in _FIELDS["environment"]}
        return _looked_up(about, field, f"{reference} is nothing that the environment tells")
    thing = _thing(name, scope)
    if isinstance(thing, _Servers):
        if thing.role and len(thing.members) == 1:
            return _server_field(thing.members[0], reference)
        if field is not None:
            raise ReferenceError_(f"{reference}: several servers are meant, so there is no one `{field}`")
        return tuple(server.name for server in thing.members)
    if isinstance(thing, Server):
        return _server_field(thing, reference)
    if isinstance(thing, Database):
        return _database_field(thing, reference, scope.environment)
    if field is not None:
        raise ReferenceError_(f"{reference}: `{name}` has no fields")
    return thing


class _Servers(Struct, frozen=True):
    members: tuple[Server, ...]
    role: bool
    """Held by a role, so that one alone is meant as itself; a group stays a group."""


def _thing(name: str, scope: Scope) -> Server | Database | _Servers | str | bool:
    environment = scope.environment
    if name in scope.input_types:
        return _answered(name, scope)
    if name in DATABASE_ROLES:
        return _database(name, environment)
    if name in SERVER_ROLES:
        servers = environment.servers_with(name)
        if not servers:
            raise ReferenceError_(f"no server of the environment has the role `{name}`")
        return _Servers(servers, role=True)
    return _group(name, environment)


def _answered(name: str, scope: Scope) -> Server | Database | _Servers | str | bool:
    if name not in scope.inputs:
        raise ReferenceError_(f"the input `{name}` has not been answered")
    answer = scope.inputs[name]
    match scope.input_types[name]:
        case "server":
            return _server(answer, scope.environment)
        case "database":
            return _database(answer, scope.environment)
        case "group":
            return _group(answer, scope.environment)
        case "yes-no":
            return answer.casefold() == "yes"
        case _:
            return answer


def _server(name: str, environment: Environment) -> Server:
    try:
        return environment.server(name)
    except KeyError:
        raise ReferenceError_(f"the environment has no server `{name}`") from None


def _database(role: str, environment: Environment) -> Database:
    try:
        return environment.database(role)
    except KeyError:
        raise ReferenceError_(f"the environment has no database in the role `{role}`") from None


def _group(name: str, environment: Environment) -> _Servers:
    if name not in environment.groups:
        raise ReferenceError_(f"`{name}` is no input, no role, and no group of the environment")
    return _Servers(tuple(_server(member, environment) for member in environment.groups[name]), role=False)


def _server_field(server: Server, reference: Reference) -> str:
    return _looked_up(
        {"name": server.name, "fqdn": server.fqdn}, reference.field or "name", f"{reference}: no such field"
    )


def _database_field(database: Database, reference: Reference, environment: Environment) -> Value:
    match reference.field:
        case None | "name":
            return database.name
        case "server":
            return database.server
        case "server_fqdn":
            return _server(database.server, environment).fqdn
        case "port" if database.port is not None or database.instance is None:
            return database.port or _DEFAULT_SQL_PORT
        case "port":
            raise ReferenceError_(f"{reference}: the environment names an instance, not a port")
        case _:
            raise ReferenceError_(f"{reference}: no such field")


def _looked_up(table: Mapping[str, str], field: str | None, otherwise: str) -> str:
    if field is None or field not in table:
        raise ReferenceError_(otherwise)
    return table[field]


def _handed(template: str, scope: Scope) -> str:
    """What an include hands on: for servers, databases and groups the name that an answer would have been."""
    reference = whole_reference(template)
    if reference is None:
        return template
    if reference.field is None and reference.name in scope.input_types:
        if reference.name not in scope.inputs:
            raise ReferenceError_(f"the input `{reference.name}` has not been answered")
        return scope.inputs[reference.name]
    if reference.field is None and (reference.name in DATABASE_ROLES or reference.name in scope.environment.groups):
        return reference.name
    return as_text(value_of(reference, scope))
