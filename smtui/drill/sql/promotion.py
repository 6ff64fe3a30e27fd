"""The statements of the promotion of a management server."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from smtui.drill.behaviours.framework import Call, Statement, statement
from smtui.drill.sql.columns import INT, ColumnType, nvarchar
from smtui.drill.sql.replies import Error, Reply, Result, Return, Use
from smtui.drill.sql.values import SqlValue
from smtui.drill.world import Database

_PROMOTE = "p_PromoteActiveWorkflowServer"
_PROMOTION_SECONDS = 0.3
_SERVICE_MANAGER = "service-manager"
_WITH_GROUP_TABLES = {_SERVICE_MANAGER, "dw-staging"}
_SYSTEM_NAME = nvarchar(128)
_LONG_NAME = nvarchar(4000)

_STATUS_COLUMNS: tuple[tuple[str, ColumnType], ...] = (
    ("server_name", _SYSTEM_NAME),
    ("name", _SYSTEM_NAME),
    ("state", nvarchar(60)),
    ("updateability", _SYSTEM_NAME),
    ("user_access", nvarchar(60)),
    ("broker", INT),
    ("primary_replica", INT),
)


@statement("database-status.sql", sha256="ece00ff61f932bb42bb6b6a9dc5d0a7f982f9cfbbd781ba9af2ac71a0017acfd")
def database_status(_: Database, values: Sequence[SqlValue], call: Call) -> Iterator[Reply]:
    """The row of `sys.databases`, or none; asked in `master`, for the database itself may be down."""
    yield Use("master")
    rows = [
        (
            database.server,
            database.name,
            "OFFLINE" if call.faults.stands("database-offline", call.target, {database.name}) else database.state_desc,
            "READ_ONLY" if database.is_read_only else "READ_WRITE",
            database.user_access_desc,
            int(database.is_broker_enabled),
            1 if database.is_primary_replica is None else int(database.is_primary_replica),
        )
        for database in call.world.databases(call.target)
        if _same(values[0], database.name) and not call.faults.stands("database-missing", call.target, {database.name})
    ]
    yield Result(_STATUS_COLUMNS, rows)


@statement("patch-level.sql", sha256="1acfd20836a8fa8a8819e9138a0fe8d3aeaad7f0a9a916f976262ac6a4d38ab0")
def patch_level(database: Database, _: Sequence[SqlValue], call: Call) -> Iterator[Reply]:
    """The version, in the databases that have a management group."""
    if database.role in _WITH_GROUP_TABLES:
        yield Result([("database_version", nvarchar(50))], [(call.world.setting("version"),)])
    else:
        yield _no_object("dbo.__MOMManagementGroupInfo__")


@statement("promote-precheck.sql", sha256="497de841d740db368afec38865a7161a8bc6b2c4fdf6b2560768268bcbfee66b")
def promote_precheck(database: Database, values: Sequence[SqlValue], call: Call) -> Iterator[Reply]:
    """Where the session is, and what it finds there; HAS_PERMS_BY_NAME is NULL for what does not exist."""
    if database.role not in _WITH_GROUP_TABLES:
        yield _no_object("dbo.MTV_Computer")
        return
    there = database.role == _SERVICE_MANAGER
    known = sum(_same(values[0], server.fqdn) for server in call.world.management_servers())
    columns = (("database_name", _SYSTEM_NAME), ("procedure_there", INT), ("may_execute", INT), ("server_known", INT))
    yield Result(columns, [(database.name, int(there), 1 if there else None, known)])


@statement("workflow-server.sql", sha256="f6135f9693b43d289dc4c845727cfa75204352981408f3da85d279c943d2cea0")
def workflow_server(database: Database, _: Sequence[SqlValue], call: Call) -> Iterator[Reply]:
    """A row for each; the display name is the fqdn, as the vendor's own tools expect it to be or to begin."""
    if database.role != _SERVICE_MANAGER:
        yield _no_object("dbo.ScopedInstanceTargetClass")
        return
    servers = call.world.workflow_servers()
    columns = (("principal_name", nvarchar(256)), ("name", _LONG_NAME), ("servers", INT))
    yield Result(columns, [(fqdn, fqdn, len(servers)) for fqdn in servers])


@statement(f"EXEC {_PROMOTE} ?", sha256="3580c7aa73d7064ea31f9b24ec74cec1b9f5a813dff3297e35279b96383e50d3")
def promote(database: Database, values: Sequence[SqlValue], call: Call) -> Iterator[Reply]:
    """Makes a registered server the only workflow server.

    The body of the real procedure is not published. That it refuses a name that is not registered is an assumption,
    made so that a drill teaches to check the name.
    """
    if database.role != _SERVICE_MANAGER:
        yield Error(f"Could not find stored procedure '{_PROMOTE}'.", 2812, 16, 62)
        return
    servers = [server.fqdn for server in call.world.management_servers() if _same(values[0], server.fqdn)]
    if not servers:
        yield Error(f"The management server {values[0]!r} is not registered.", 50000, 16, 1, _PROMOTE, 12)
        yield Return(1)
        return
    call.wait(_PROMOTION_SECONDS)
    with call.changing("workflow-server-promoted"):
        call.world.set_workflow_servers(servers)
    yield Return(0)


def _same(given: SqlValue, name: str) -> bool:
    """Names compare without case, as the collation does."""
    return isinstance(given, str) and given.casefold() == name.casefold()


def _no_object(name: str) -> Error:
    return Error(f"Invalid object name '{name}'.", 208)


PROMOTION: tuple[Statement, ...] = (database_status, patch_level, promote_precheck, workflow_server, promote)
