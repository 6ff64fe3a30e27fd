"""The statements about logins and roles: what is missing, and making just that."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from sqlite3 import Row

from smtui.drill.behaviours.framework import Call, Statement, statement
from smtui.drill.sql.replies import Reply
from smtui.drill.sql.rows import listed, one_row, same, thrown, told
from smtui.drill.sql.values import SqlValue
from smtui.drill.world import Database


@statement("logins-missing.sql", sha256="fb62b00f383df7c28f7b8e892e0ac07b5a609ded86c5f1d0cd5db75fdea36041")
def logins_missing(database: Database, _: Sequence[SqlValue], call: Call) -> Iterator[Reply]:
    """Users without a login, by what can be done about it."""
    lonely = _lonely(database, call)
    makeable = [row["name"] for row in lonely if row["type"] != "S" and row["resolved"]]
    unresolved = [row["name"] for row in lonely if row["type"] != "S" and not row["resolved"]]
    orphans = [row["name"] for row in lonely if row["type"] == "S"]
    yield one_row(
        missing=len(makeable), missing_names=listed(makeable), unresolved=len(unresolved),
        unresolved_names=listed(unresolved), orphans=len(orphans), orphan_names=listed(orphans),
    )  # fmt: skip


@statement("logins-create.sql", sha256="50bbd084ab0c3de3955113fb930697261bf83f7507b2c6248948cf6d769d2255")
def logins_create(database: Database, _: Sequence[SqlValue], call: Call) -> Iterator[Reply]:
    """A login for each account of the directory that lacks one."""
    names = [row["name"] for row in _lonely(database, call) if row["type"] != "S" and row["resolved"]]
    for name in names:
        yield from told(f"CREATE LOGIN [{name}] FROM WINDOWS")
    if names:
        with call.changing("logins created"):
            for name in names:
                call.world.do("INSERT INTO logins VALUES (?, ?)", call.target, name)
    yield one_row(made=len(names))


@statement("roles-missing.sql", sha256="06d1d77e188576dadc2b7c5c86e4ed9fa9c4a29694a8725bdc22af5dccb11c90")
def roles_missing(database: Database, values: Sequence[SqlValue], call: Call) -> Iterator[Reply]:
    """Which of the wanted roles the user of an account does not hold."""
    account, wanted = str(values[0]), str(values[1]).split(" ")
    roles = _roles(database, call)
    there = _user(database, account, call)
    held = _held(database, account, call) if there else set()
    known = [role for role in roles if any(same(role, name) for name in wanted)]
    missing = [role for role in known if role not in held]
    yield one_row(
        user_there=int(there), missing=len(missing), missing_names=listed(missing), unknown=len(wanted) - len(known)
    )


@statement("roles-add.sql", sha256="c3ecc49ea2eba60d1ffbf7ae3ac6e4305778b3e6d1fa721621899753a27d9c9d")
def roles_add(database: Database, values: Sequence[SqlValue], call: Call) -> Iterator[Reply]:
    """Gives what is missing, and takes nothing."""
    account, wanted = str(values[0]), str(values[1]).split(" ")
    if not _user(database, account, call):
        yield thrown(50007, "The account has no user in this database; nothing was changed.")
        return
    held = _held(database, account, call)
    missing = [role for role in _roles(database, call) if role not in held and any(same(role, name) for name in wanted)]
    for role in missing:
        yield from told(f"ALTER ROLE [{role}] ADD MEMBER [{account}]")
    if missing:
        with call.changing("roles given"):
            for role in missing:
                call.world.do("INSERT INTO role_members VALUES (?, ?, ?, ?)", call.target, database.name, role, account)
    yield one_row(added=len(missing))


def _lonely(database: Database, call: Call) -> list[Row]:
    return call.world.all(
        "SELECT u.* FROM database_users AS u WHERE u.server = ? AND u.database_name = ? AND NOT EXISTS "
        "(SELECT 1 FROM logins AS l WHERE l.server = u.server AND l.name = u.name) ORDER BY u.name",
        call.target, database.name,
    )  # fmt: skip


def _roles(database: Database, call: Call) -> list[str]:
    sql = "SELECT role FROM role_members WHERE server = ? AND database_name = ? AND user = '' ORDER BY role"
    return [str(row["role"]) for row in call.world.all(sql, call.target, database.name)]


def _held(database: Database, account: str, call: Call) -> set[str]:
    sql = "SELECT role FROM role_members WHERE server = ? AND database_name = ? AND user = ?"
    return {str(row["role"]) for row in call.world.all(sql, call.target, database.name, account)}


def _user(database: Database, account: str, call: Call) -> bool:
    sql = "SELECT 1 FROM database_users WHERE server = ? AND database_name = ? AND name = ?"
    return bool(call.world.all(sql, call.target, database.name, account))


PRINCIPALS: tuple[Statement, ...] = (logins_missing, logins_create, roles_missing, roles_add)
