"""The statements that look at and change options: broker and access of a database, CLR of an instance."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from smtui.drill.behaviours.framework import Call, Statement, statement
from smtui.drill.sql.replies import Reply, Use
from smtui.drill.sql.rows import database_named, listed, one_row, thrown, told
from smtui.drill.sql.values import SqlValue
from smtui.drill.world import Database

_CLR = "clr enabled"
_BETWEEN_SECONDS = 0.1
_COMPATIBILITY_LEVEL = 160
_ASSEMBLIES = 2


@statement("broker-enable.sql", sha256="f3c738ca09e9948a75995224d2c3a6cb6f7d5f833dfccf8cc4a25bd5661ff42f")
def broker_enable(_: Database, values: Sequence[SqlValue], call: Call) -> Iterator[Reply]:
    """Turns the broker on where it is off."""
    yield Use("master")
    there = database_named(call.world, call.target, values[0])
    if there is not None and not there.is_broker_enabled:
        yield from told(f"ALTER DATABASE [{there.name}] SET ENABLE_BROKER WITH ROLLBACK IMMEDIATE")
        with call.changing("broker enabled"):
            _set(call, there, "is_broker_enabled", 1)
    if there is not None:
        yield one_row(broker=1, user_access=there.user_access_desc)


@statement("broker-single-user.sql", sha256="1456c9b05684de9cb4f4b96b046af6087b0bbf51702867fe75416b53e15446f4")
def broker_single_user(_: Database, values: Sequence[SqlValue], call: Call) -> Iterator[Reply]:
    """Single-user, broker, multi-user; who breaks off in between leaves it single-user."""
    yield Use("master")
    there = database_named(call.world, call.target, values[0])
    if there is not None and not there.is_broker_enabled:
        yield from told(f"ALTER DATABASE [{there.name}] SET SINGLE_USER WITH ROLLBACK IMMEDIATE")
        with call.changing("single-user"):
            _set(call, there, "user_access_desc", "SINGLE_USER")
        call.wait(_BETWEEN_SECONDS)
        yield from told(f"ALTER DATABASE [{there.name}] SET ENABLE_BROKER")
        with call.changing("broker enabled"):
            _set(call, there, "is_broker_enabled", 1)
        yield from told(f"ALTER DATABASE [{there.name}] SET MULTI_USER")
        with call.changing("multi-user"):
            _set(call, there, "user_access_desc", "MULTI_USER")
    if there is not None:
        yield one_row(broker=1, user_access="MULTI_USER")


@statement("multi-user.sql", sha256="6f9f6eb4f1662d30338992037c3aca94fb4b116d4d9a4b58acefb1c68f5b9651")
def multi_user(_: Database, values: Sequence[SqlValue], call: Call) -> Iterator[Reply]:
    """Opens a database to all where it is not."""
    yield Use("master")
    there = database_named(call.world, call.target, values[0])
    if there is not None and there.user_access_desc != "MULTI_USER":
        yield from told(f"ALTER DATABASE [{there.name}] SET MULTI_USER WITH ROLLBACK IMMEDIATE")
        with call.changing("multi-user"):
            _set(call, there, "user_access_desc", "MULTI_USER")
    if there is not None:
        yield one_row(user_access="MULTI_USER")


@statement("database-owner.sql", sha256="62b07cf1f617897e85ab00ba105e4a9fcc711df91d5a3c0f1bd15ab4b519da3a")
def database_owner(database: Database, _: Sequence[SqlValue], __: Call) -> Iterator[Reply]:
    """As after an installation by this account."""
    yield one_row(
        owner="smtui",
        trustworthy=0,
        encrypted=0,
        recovery_model=database.recovery_model_desc,
        compatibility_level=_COMPATIBILITY_LEVEL,
        broker=int(database.is_broker_enabled),
    )


@statement("assemblies-trusted.sql", sha256="48af75613fd9a2ded64714048314e8c866cbbfb317dfef06f819771ccc503c11")
def assemblies_trusted(database: Database, _: Sequence[SqlValue], call: Call) -> Iterator[Reply]:
    """The Service Manager database has two assemblies, and the instance trusts them."""
    strict = _in_use(call, "clr strict security")
    assemblies = _ASSEMBLIES if database.role in {"service-manager", "dw-staging"} else 0
    yield one_row(strict=strict, assemblies=assemblies, untrusted=0, untrusted_names="none")


@statement("clr-status.sql", sha256="4791b075d0a06634866f1f51dc022961f149c7e2193435a972e768431168b507")
def clr_status(_: Database, __: Sequence[SqlValue], call: Call) -> Iterator[Reply]:
    """CLR, and the settings of others that wait."""
    yield Use("master")
    pending = _pending(call)
    yield one_row(
        clr=_in_use(call, _CLR),
        strict_security=_in_use(call, "clr strict security"),
        pending=len(pending),
        pending_names=listed(pending),
    )


@statement("clr-enable.sql", sha256="fcca8b66aaafe6a765152e7788e77652023cebd0d7673f2d00a576d44293f9eb")
def clr_enable(_: Database, __: Sequence[SqlValue], call: Call) -> Iterator[Reply]:
    """Refuses while other settings wait: RECONFIGURE would activate those too."""
    yield Use("master")
    if _pending(call):
        yield thrown(50006, "Other settings of this instance wait to become active; nothing was changed.")
        return
    if not _in_use(call, _CLR):
        with call.changing("clr enabled"):
            call.world.do(
                "UPDATE instance_settings SET value = 1, value_in_use = 1 WHERE server = ? AND name = ?",
                call.target, _CLR,
            )  # fmt: skip
    yield one_row(clr=1)


_SET: Final = {
    "is_broker_enabled": "UPDATE databases SET is_broker_enabled = ? WHERE server = ? AND name = ?",
    "user_access_desc": "UPDATE databases SET user_access_desc = ? WHERE server = ? AND name = ?",
}


def _set(call: Call, database: Database, column: str, value: str | int) -> None:
    call.world.do(_SET[column], value, call.target, database.name)


def _in_use(call: Call, name: str) -> int:
    sql = "SELECT value_in_use FROM instance_settings WHERE server = ? AND name = ?"
    return int(call.world.one(sql, call.target, name)["value_in_use"])


def _pending(call: Call) -> list[str]:
    rows = call.world.all(
        "SELECT * FROM instance_settings WHERE server = ? AND value <> value_in_use AND name <> ? ORDER BY name",
        call.target, _CLR,
    )  # fmt: skip
    return [f"{row['name']} {row['value_in_use']} becomes {row['value']}" for row in rows]


OPTIONS: tuple[Statement, ...] = (
    broker_enable, broker_single_user, multi_user, database_owner, assemblies_trusted, clr_status, clr_enable,
)  # fmt: skip
