"""Looks at everything that a recovery would need, all hosts at once."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from functools import partial

from smtui.checklist.procedure import Procedure
from smtui.environment import Database, Environment, Server, insecure_ways
from smtui.readiness import databases as sql
from smtui.readiness import machine, shares, windows
from smtui.readiness.accounts import Accounts
from smtui.readiness.model import Finding, Report
from smtui.readiness.surroundings import Around

SCRIPTS = (windows.SCRIPT, shares.SCRIPT, sql.DATABASE_SCRIPT, sql.SHARE_SCRIPT)
_AT_ONCE = 8

Look = Callable[[], Iterable[Finding]]
Told = Callable[[str, int, int], None]
"""Hears of each look that is over: at what, how many are over, how many there are. Called on the threads that look."""


def survey(around: Around, procedure: Procedure | None = None, told: Told = lambda *_: None) -> Report:
    """Look at the whole deployment, or at what a procedure uses of it. Takes seconds; changes nothing."""
    environment = around.environment
    servers, databases = (environment.servers, environment.databases)
    if procedure is not None:
        servers, databases = used(procedure, environment)
    accounts = Accounts()
    looks: list[tuple[str, Look]] = [(one.name, partial(windows.look, one, around, accounts)) for one in servers]
    for server in environment.servers:
        there = [one for one in databases if one.server == server.name]
        if there:
            looks.append((f"SQL Server on {server.name}", partial(sql.look, server, there, around, accounts)))
    guard, over = threading.Lock(), 0

    def carry_out(named: tuple[str, Look]) -> tuple[Finding, ...]:
        nonlocal over
        found = tuple(named[1]())
        with guard:
            over += 1
            told(named[0], over, len(looks))
        return found

    with ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="readiness") as pool:
        found = [finding for findings in pool.map(carry_out, looks) for finding in findings]
    found += machine.look(around)
    seen = shares.look(servers, around, accounts)
    found += seen.findings
    found += machine.by_hand(environment, databases, seen.proven)
    return Report(
        environment=environment.name,
        kind=environment.kind,
        at=around.now(),
        findings=tuple(dict.fromkeys(found)),
        looked_at=(
            *(one.name for one in servers),
            *(f"{one.name} on {one.server}" for one in databases),
            machine.SUBJECT,
        ),
        insecure=insecure_ways(environment),
    )


def used(procedure: Procedure, environment: Environment) -> tuple[tuple[Server, ...], tuple[Database, ...]]:
    """Servers and databases that the items of a procedure may touch, whatever its inputs will be."""
    names: set[str] = set()
    for step in procedure.steps:
        for action in (step.item.run, step.item.sense):
            if action is not None:
                names.add(step.inputs.get(action.on, action.on).strip("{}"))
    inputs = {one.name: one for one in procedure.checklist.inputs}
    servers: set[str] = set()
    roles: set[str] = set()
    for name in names:
        asked = inputs.get(name)
        if name in environment.groups:
            servers.update(environment.groups[name])
        elif asked is not None and asked.type == "database":
            roles.update(one.role for one in environment.databases if asked.role in {None, one.role})
        elif asked is not None:
            servers.update(one.name for one in environment.servers if asked.role is None or asked.role in one.roles)
        else:
            roles.update(one.role for one in environment.databases if one.role == name)
            servers.update(one.name for one in environment.servers_with(name))
    return (
        tuple(server for server in environment.servers if server.name in servers),
        tuple(database for database in environment.databases if database.role in roles),
    )
