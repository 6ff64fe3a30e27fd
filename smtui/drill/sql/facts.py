"""The statements that read what instance and databases say of themselves and of the service. None changes anything."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

from smtui.drill.behaviours.framework import Call, Statement, statement
from smtui.drill.faults import FaultKind
from smtui.drill.sql.replies import Reply, Use
from smtui.drill.sql.rows import iso, minutes_between, moment, no_object, one_row
from smtui.drill.sql.values import SqlValue
from smtui.drill.world import Database

_SERVICE_MANAGER, _STAGING, _REPOSITORY = "service-manager", "dw-staging", "dw-repository"
_VERSION = "16.0.4135.0"
_MINUTES_OF_A_DAY = 1440


@statement("instance.sql", sha256="efb2ffbc30a2e21b76021f7be493d25def2ad0b6ad6a96fe86f9795802e8f25d")
def instance(_: Database, __: Sequence[SqlValue], call: Call) -> Iterator[Reply]:
    """A default instance without availability groups, and an account that may do everything."""
    yield Use("master")

    def stands(kind: FaultKind) -> int:
        return int(call.faults.stands(kind, call.target))

    yield one_row(
        machine=call.target, instance="MSSQLSERVER", names_agree=1 - int(call.world.setting("instance_renamed")),
        collation=call.world.setting("collation"), full_text=int(call.world.setting("full_text")),
        availability_groups=stands("availability-group"), clustered=stands("clustered"), version=_VERSION,
        edition="Standard Edition (64-bit)", sysadmin=1 - stands("not-sysadmin"),
    )  # fmt: skip


@statement("management-group.sql", sha256="2d2cdbf196107f5f1067d3a378ab593f89ba6b162b99e61b45b837b4f91f78a3")
def management_group(database: Database, _: Sequence[SqlValue], call: Call) -> Iterator[Reply]:
    """The group that the database was made for."""
    key = {_SERVICE_MANAGER: "management_group", _STAGING: "warehouse_group"}.get(database.role)
    if key is None:
        yield no_object("dbo.__MOMManagementGroupInfo__")
    else:
        yield one_row(management_group=call.world.setting(key), database_version=call.world.setting("version"))


@statement("messages-count.sql", sha256="24ea560dd4442669037483997de2c25ee0a27da9aa9990b196c84ee41aa81851")
def messages_count(_: Database, __: Sequence[SqlValue], call: Call) -> Iterator[Reply]:
    """Messages above 50000."""
    yield Use("master")
    row = call.world.one(
        "SELECT COUNT(*) AS messages, COUNT(DISTINCT number) AS numbers FROM instance_messages WHERE server = ?",
        call.target,
    )
    yield one_row(messages=row["messages"], numbers=row["numbers"])


@statement("newest-work-item.sql", sha256="58c0c2ed8a1aa4b5a16cb6bdc61cead125b3c967b9facecefd0173a538417803")
def newest_work_item(database: Database, _: Sequence[SqlValue], call: Call) -> Iterator[Reply]:
    """The newest incident of Service Manager."""
    if database.role != _SERVICE_MANAGER:
        yield no_object("dbo.MT_System$WorkItem$Incident")
    else:
        yield _newest("newest_incident", call)


@statement("warehouse-newest.sql", sha256="b6365c835c6c9d9390086fae013de6b12ee548450c7e5d4f81044fac5ba3da30")
def warehouse_newest(database: Database, _: Sequence[SqlValue], call: Call) -> Iterator[Reply]:
    """The newest incident of the warehouse."""
    if database.role != _REPOSITORY:
        yield no_object("dbo.IncidentDim")
    else:
        yield _newest("warehouse_newest_incident", call)


@statement("workflows-behind.sql", sha256="038d30e95e8e790b5cfc192dfe4e8709e7f9adc439119662c2292f310dc109d1")
def workflows_behind(database: Database, _: Sequence[SqlValue], call: Call) -> Iterator[Reply]:
    """How far the slowest workflow lags."""
    if database.role != _SERVICE_MANAGER:
        yield no_object("dbo.EntityChangeLog")
    else:
        settings = (call.world.setting(key) for key in ("workflows", "minutes_behind"))
        yield one_row(**dict(zip(("workflows", "minutes_behind"), map(int, settings), strict=True)))


@statement("packs-version.sql", sha256="b6a039cd3b9335a0437abf2b9eb835083fc6ac68b8520c9018708a2cc5bf1165")
def packs_version(database: Database, _: Sequence[SqlValue], call: Call) -> Iterator[Reply]:
    """Sealed packs with a revision that does not fit."""
    if database.role != _SERVICE_MANAGER:
        yield no_object("dbo.ManagementPack")
    else:
        yield one_row(mismatched=int(call.world.setting("mismatched_packs")), first_name=None)


@statement("retention.sql", sha256="1e1d87ab3fff54f18fc6012876428c1061957ea46034365687f94ef3e2188384")
def retention(database: Database, values: Sequence[SqlValue], call: Call) -> Iterator[Reply]:
    """Whether a restore point lies inside the retention of work items."""
    if database.role != _SERVICE_MANAGER:
        yield no_object("dbo.MT_GroomingConfiguration")
        return
    days, now = int(call.world.setting("retention_days")), call.world.now()
    point = moment(values[0], now)
    yield one_row(
        retention_days=days,
        age_days=(now.date() - point.date()).days if point else None,
        inside=int(minutes_between(point, now) < days * _MINUTES_OF_A_DAY) if point else None,
    )


@statement("warehouse-registered.sql", sha256="c47f0abe239b230fca67c68981e22bbc63c9e43d7cbc1434c5869e5f7d770b6e")
def warehouse_registered(database: Database, _: Sequence[SqlValue], call: Call) -> Iterator[Reply]:
    """The warehouse server that Service Manager knows."""
    if database.role != _SERVICE_MANAGER:
        yield no_object("dbo.MT_Microsoft$SystemCenter$ResourceAccessLayer$DwSdkResourceStore")
        return
    group, server = (call.world.setting(key) for key in ("warehouse_group", "warehouse_server"))
    yield one_row(registrations=1, server=server, management_group=group)


@statement("report-server-url.sql", sha256="34883458c2a75e9bdae0e96632082a76bd2c2bf1fc70b26d9f843a3a70d02dde")
def report_server_url(database: Database, _: Sequence[SqlValue], call: Call) -> Iterator[Reply]:
    """The reporting server on record."""
    if database.role != _STAGING:
        yield no_object("dbo.MT_Microsoft$SystemCenter$ResourceAccessLayer$SrsResourceStore")
    else:
        yield one_row(report_url=call.world.setting("report_url"), urls=1)


@statement("deployment-open.sql", sha256="57adfc5c8dcc38255388bb22d85b9e8666eeaf954662acf9b3e5306213e25401")
def deployment_open(database: Database, _: Sequence[SqlValue], call: Call) -> Iterator[Reply]:
    """Management packs that are not deployed yet."""
    if database.role != _STAGING:
        yield no_object("dbo.DeploySequenceView")
    else:
        yield one_row(unfinished=int(call.world.setting("unfinished_deployments")))


def _newest(key: str, call: Call) -> Reply:
    newest = datetime.fromisoformat(call.world.setting(key))
    incidents = int(call.world.setting("incidents"))
    return one_row(incidents=incidents, newest=iso(newest), minutes_old=minutes_between(newest, call.world.now()))


FACTS: tuple[Statement, ...] = (
    instance, management_group, messages_count, newest_work_item, warehouse_newest, workflows_behind, packs_version,
    retention, warehouse_registered, report_server_url, deployment_open,
)  # fmt: skip
