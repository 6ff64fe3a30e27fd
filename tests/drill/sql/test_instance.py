"""The simulated SQL Server over a world: what its statements see and change, and what faults make of them."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pyodbc
import pytest
from sql_support import ENDS_AFTER, MODES, PASSWORD, Mode, drain, error_number, wait_until

from smtui.drill.behaviours.catalogue import STATEMENTS
from smtui.drill.behaviours.framework import Statement
from smtui.drill.faults import Faults, parse_fault
from smtui.drill.sql.instance import SimulatedInstance
from smtui.drill.sql.server import Certificate, SqlServer
from smtui.drill.sql.session import Sessions
from smtui.drill.sql.views import SETTLE_SHA256
from smtui.drill.world import Effect, World
from smtui.targets.sql import SESSION_STATEMENT
from smtui.targets.sql_sessions import IDENTITY_STATEMENT, PRIVILEGE_STATEMENT, SETTLE_STATEMENT

SCRIPTS = Path(__file__).parents[3] / "checklists" / "scripts"
PROMOTE = "EXEC p_PromoteActiveWorkflowServer ?"
ENCRYPTED = [mode for mode in MODES if mode.name in {"microsoft, yes", "freetds, require"}]


@dataclass
class Instance:
    """A running instance and the world behind it."""

    world: World
    faults: Faults
    server: SqlServer
    sessions: Sessions
    mode: Mode
    certificate: Certificate

    def connect(self, token: str = "t1", **more: str) -> pyodbc.Connection:
        given = {"Database": "ServiceManager", "APP": f"smtui/{token}", **more}
        text = self.mode.connection_string(self.server.port, self.certificate.chain_file, **given)
        return pyodbc.connect(text, autocommit=True, timeout=10)

    def ask(self, statement: str, *values: object, **more: str) -> list[tuple[object, ...]]:
        """The rows of the last result set."""
        connection = self.connect(**more)
        try:
            cursor = connection.execute(statement, *values)
            rows = [batch for batch in drain(cursor) if all(isinstance(row, tuple) for row in batch)][-1:]
            return [row for batch in rows for row in batch if isinstance(row, tuple)]
        finally:
            connection.close()

    def promote(self, fqdn: str = "sm02.contoso.test", token: str = "t1") -> pyodbc.Error | None:
        """What the promotion raises, if anything."""
        try:
            connection = self.connect(token)
            try:
                drain(connection.execute(PROMOTE, fqdn))
            finally:
                connection.close()
        except pyodbc.Error as error:
            return error
        return None


@pytest.fixture(params=ENCRYPTED, ids=lambda mode: mode.name)
def make(request: pytest.FixtureRequest, certificate: Certificate, tmp_path: Path) -> Iterator[Callable[..., Instance]]:
    made: list[Instance] = []
    world = World.create(tmp_path / "world.sqlite")

    def start(*faults: str, host: str = "SQL01", statements: Iterable[Statement] = STATEMENTS.values()) -> Instance:
        armed, sessions = Faults([parse_fault(spec) for spec in faults]), Sessions()
        backend = SimulatedInstance(
            world, host, faults=armed, accounts={"smtui": PASSWORD}, statements=statements, sessions=sessions,
            unnoticed_seconds=0.2,
        )  # fmt: skip
        server = SqlServer(backend, sessions, world.now, certificate=certificate)
        made.append(Instance(world, armed, server, sessions, request.param, certificate))
        return made[-1]

    yield start
    for instance in made:
        instance.server.close()
        assert instance.server.defects == []
    world.close()


def script(name: str) -> str:
    return (SCRIPTS / name).read_text("utf-8")


def test_the_workflow_server_before_and_after(make: Callable[..., Instance]) -> None:
    instance = make()
    assert instance.ask(script("workflow-server.sql")) == [("sm01.contoso.test", "sm01.contoso.test", 1)]
    assert instance.promote("SM02.Contoso.Test") is None
    assert instance.ask(script("workflow-server.sql")) == [("sm02.contoso.test", "sm02.contoso.test", 1)]
    assert instance.world.effects() == [Effect("t1", "SQL01", "workflow-server-promoted", 1)]


def test_every_attempt_is_counted_by_its_token(make: Callable[..., Instance]) -> None:
    instance = make()
    for token in ("t1", "t2", "t2"):
        assert instance.promote(token=token) is None
    assert [(effect.token, effect.count) for effect in instance.world.effects()] == [("t1", 1), ("t2", 2)]


def test_a_server_that_is_not_registered(make: Callable[..., Instance]) -> None:
    instance = make()
    for name in ("sm99.contoso.test", "SM02", "dw01.contoso.test", "'; --"):
        error = instance.promote(name)
        assert error is not None
        assert error_number(error) == 50000
    assert instance.world.workflow_servers() == ["sm01.contoso.test"]
    assert instance.world.effects() == []


def test_the_procedure_is_in_one_database_only(make: Callable[..., Instance]) -> None:
    instance = make()
    with pytest.raises(pyodbc.Error) as raised:
        instance.ask(PROMOTE, "sm02.contoso.test", Database="master")
    assert error_number(raised.value) == 2812
    with pytest.raises(pyodbc.Error) as raised:
        instance.ask(script("workflow-server.sql"), Database="master")
    assert error_number(raised.value) == 208


def test_the_precheck(make: Callable[..., Instance]) -> None:
    instance = make()
    precheck = script("promote-precheck.sql")
    assert instance.ask(precheck, "sm03.contoso.test") == [("ServiceManager", 1, 1, 1)]
    assert instance.ask(precheck, "nobody.contoso.test") == [("ServiceManager", 1, 1, 0)]
    warehouse = make(host="SQL02")
    assert warehouse.ask(precheck, "sm03.contoso.test", Database="DWStagingAndConfig") == [
        ("DWStagingAndConfig", 0, None, 1)
    ]


def test_the_state_of_a_database(make: Callable[..., Instance]) -> None:
    instance = make()
    status = script("database-status.sql")
    online = ("SQL01", "ServiceManager", "ONLINE", "READ_WRITE", "MULTI_USER", 1, 1)
    assert instance.ask(status, "servicemanager") == [online]
    assert instance.ask(status, "nowhere") == []
    instance.world.do("UPDATE databases SET state_desc = 'RESTORING' WHERE name = 'ServiceManager'")
    assert instance.ask(status, "ServiceManager", Database="master")[0][2] == "RESTORING"
    with pytest.raises(pyodbc.Error) as raised:
        instance.connect()
    assert error_number(raised.value) in {4060, 18456}


def test_the_version_that_a_database_states(make: Callable[..., Instance]) -> None:
    instance = make()
    assert instance.ask(script("patch-level.sql")) == [(instance.world.setting("version"),)]


def test_what_smtui_asks_of_every_server(make: Callable[..., Instance]) -> None:
    instance = make()
    [(spid, login_time)] = instance.ask(SESSION_STATEMENT)
    assert isinstance(spid, int)
    assert login_time is not None
    assert instance.ask(PRIVILEGE_STATEMENT) == [(1,)]
    assert instance.ask(IDENTITY_STATEMENT) == [("SQL01",)]


def test_the_statement_that_settles_is_the_known_one() -> None:
    assert hashlib.sha256(SETTLE_STATEMENT.encode()).hexdigest() == SETTLE_SHA256


def test_settling_sees_what_runs(make: Callable[..., Instance]) -> None:
    instance = make(f"hang:SQL01:{PROMOTE.split()[1]}")
    assert instance.ask(SETTLE_STATEMENT, "smtui/t1", token="settle") == []
    runner = threading.Thread(target=instance.promote)
    runner.start()
    wait_until(lambda: any(session.running for session in instance.sessions.all()))
    [(spid, status, command, _, percent)] = instance.ask(SETTLE_STATEMENT, "smtui/t1", token="settle")
    assert (status, command, percent) == ("running", "EXECUTE", 0)
    instance.ask(f"KILL {spid}; SELECT 1", token="settle")
    runner.join(ENDS_AFTER)
    assert not runner.is_alive()
    wait_until(lambda: not instance.ask(SETTLE_STATEMENT, "smtui/t1", token="settle"))
    assert instance.world.effects() == []


def test_settling_sees_an_idle_session(make: Callable[..., Instance]) -> None:
    instance = make()
    connection = instance.connect()
    [(_, status, command, *_)] = instance.ask(SETTLE_STATEMENT, "smtui/t1", token="settle")
    assert (status, command) == ("sleeping", None)
    connection.close()


def test_effect_lost(make: Callable[..., Instance]) -> None:
    instance = make("effect-lost:SQL01")
    assert instance.promote() is None
    assert instance.world.workflow_servers() == ["sm01.contoso.test"]
    assert instance.world.effects() == []
    assert instance.promote(token="t2") is None
    assert instance.world.workflow_servers() == ["sm02.contoso.test"]


def test_a_cut_before_the_effect(make: Callable[..., Instance]) -> None:
    instance = make("sql-cut:SQL01")
    assert instance.promote() is not None
    wait_until(lambda: not instance.sessions.all())
    assert instance.world.effects() == []


def test_a_reply_lost_behind_the_effect(make: Callable[..., Instance]) -> None:
    instance = make("reply-lost:SQL01")
    assert instance.promote() is not None
    wait_until(lambda: not instance.sessions.all())
    assert instance.world.effects() == [Effect("t1", "SQL01", "workflow-server-promoted", 1)]


def test_a_link_that_is_gone_while_the_server_goes_on(make: Callable[..., Instance]) -> None:
    instance = make("reset:SQL01")
    assert instance.promote() is not None
    assert instance.ask(SETTLE_STATEMENT, "smtui/t1", token="settle")[0][1] == "running"
    wait_until(lambda: not instance.sessions.all())
    assert instance.world.effects() == [Effect("t1", "SQL01", "workflow-server-promoted", 1)]


def test_a_slow_statement(make: Callable[..., Instance]) -> None:
    instance = make("slow:0.01:SQL01", "slow:0.02:SQL01")
    assert instance.promote() is None
    assert not instance.faults.spent()


def test_a_rejected_login(make: Callable[..., Instance]) -> None:
    instance = make("sql-login-rejected:SQL01")
    error = instance.promote()
    assert error is not None
    assert error_number(error) == 18456
    assert instance.promote() is None


def test_a_fault_of_another_host_or_statement_does_not_strike(make: Callable[..., Instance]) -> None:
    instance = make("sql-cut:SQL02", "sql-cut:SQL01:patch-level")
    assert instance.promote() is None
    with pytest.raises(pyodbc.Error):
        instance.ask(script("patch-level.sql"))


def test_a_killed_session_takes_its_promotion_along(make: Callable[..., Instance]) -> None:
    instance = make("slow:60:SQL01")
    raised: list[pyodbc.Error | None] = []
    runner = threading.Thread(target=lambda: raised.append(instance.promote()))
    runner.start()
    wait_until(lambda: any(session.running for session in instance.sessions.all()))
    for session in instance.sessions.all():
        session.kill()
    runner.join(ENDS_AFTER)
    assert len(raised) == 1
    wait_until(lambda: not instance.sessions.all())
    assert instance.world.effects() == []


def test_a_change_inside_a_transaction_is_not_simulated(make: Callable[..., Instance]) -> None:
    instance = make()
    connection = instance.connect()
    connection.autocommit = False
    with pytest.raises(pyodbc.Error) as raised:
        drain(connection.execute(PROMOTE, "sm02.contoso.test"))
    assert error_number(raised.value) == 50404
    connection.close()
    assert instance.world.effects() == []


def test_what_arrived_is_recorded_as_it_was_written(make: Callable[..., Instance]) -> None:
    instance = make()
    instance.promote()
    with pytest.raises(pyodbc.Error, match="not simulated: SELECT secret FROM t WHERE a ="):
        instance.ask("SELECT secret FROM t WHERE a = ? AND b = ?", "it's 🧯", 7)
    known, unknown = instance.world.requests()
    assert (known.target, known.kind, known.name, known.token) == ("SQL01", "sql", PROMOTE, "t1")
    assert known.parameters == {"1": "sm02.contoso.test"}
    assert unknown.name == ""
    assert unknown.sha256 == hashlib.sha256(b"SELECT secret FROM t WHERE a = ? AND b = ?").hexdigest()
    assert unknown.parameters == {"1": "it's 🧯", "2": 7}


def test_a_known_statement_without_its_value_is_a_syntax_error(make: Callable[..., Instance]) -> None:
    instance = make()
    connection = instance.connect()
    with pytest.raises(pyodbc.Error):
        connection.execute(PROMOTE)
    connection.close()
    assert instance.world.effects() == []


def test_logins(make: Callable[..., Instance]) -> None:
    instance = make()
    instance.connect(UID="SMTUI").close()
    for wrong in ({"PWD": "{wrong}"}, {"UID": "sa"}, {"PWD": f"{{{PASSWORD.upper()}}}"}):
        with pytest.raises(pyodbc.Error) as raised:
            instance.connect(**wrong)
        assert error_number(raised.value) == 18456
