"""T-SQL by PowerShell on the SQL server: real WinRM, the shipped script, the drill's own instance behind it."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Iterator, MutableMapping
from contextlib import closing
from pathlib import Path

import pytest
from faulty_link import Fault, FaultyLink
from test_hostile_values import hostile
from windows_stand import ACCOUNT, WAITED, Listener, running

from smtui.checklist.library import shipped_folder
from smtui.checklist.sql_text import name_placeholders
from smtui.drill.accounts import write_ntlm_file
from smtui.drill.activity import Activity
from smtui.drill.behaviours.catalogue import SCRIPTS, STATEMENTS
from smtui.drill.certificates import Authority
from smtui.drill.faults import Faults, parse_fault
from smtui.drill.host import SimulatedHost
from smtui.drill.pace import Pace
from smtui.drill.services import ServiceController
from smtui.drill.sql.instance import SimulatedInstance
from smtui.drill.sql.local import OwnConnections
from smtui.drill.sql.session import Sessions
from smtui.drill.windows.server import Access, WindowsServer
from smtui.drill.world import World
from smtui.targets.base import Result, Settlement, SqlCall
from smtui.targets.sql_over_winrm import OwnDatabase, SqlOverWinRmTarget
from smtui.targets.winrm import WinRmTarget
from smtui.targets.wsman import Endpoint

FOLDER = shipped_folder() / "scripts"
IDENTITY = (FOLDER / "identity.ps1").read_text("utf-8")
SCRIPT = (FOLDER / "sql-over-winrm.ps1").read_text("utf-8")
PRECHECK = (FOLDER / "promote-precheck.sql").read_text("utf-8")
PROMOTE = "EXEC p_PromoteActiveWorkflowServer ?"
FQDN = "sm02.contoso.test"


class Way:
    """SQL01 with its instance, behind a link that can break."""

    def __init__(self, folder: Path, environ: MutableMapping[str, str]) -> None:
        self.world = World.create(folder / "world.sqlite")
        self.faults = Faults()
        write_ntlm_file(folder / "accounts", ACCOUNT)
        environ["NTLM_USER_FILE"] = str(folder / "accounts")
        authority = Authority(folder, self.world.now())
        certificate = authority.issue(["sql01.contoso.test"])
        self._controller = ServiceController(self.world)
        machine = SimulatedHost(self.world, "SQL01", self._controller, Pace())
        sessions = Sessions()
        instance = SimulatedInstance(
            self.world, "SQL01", faults=self.faults, accounts={}, statements=STATEMENTS.values(), sessions=sessions
        )
        machine.own_sql = OwnConnections(instance, sessions, ACCOUNT.user, self.world.now)
        self._server = WindowsServer(
            self.world,
            machine,
            access=Access(ACCOUNT),
            scripts=SCRIPTS,
            faults=self.faults,
            activity=Activity(time.monotonic),
            monotonic=time.monotonic,
        )
        self._server.start()
        self.link = FaultyLink(self._server.port, certificate.certificate, certificate.key)
        self._endpoint = Endpoint(
            fqdn="sql01.contoso.test",
            address="127.0.0.1",
            port=self.link.port,
            transport="ntlm",
            user=ACCOUNT.user,
            password=ACCOUNT.password,
            ca_file=authority.ca_file,
        )

    def close(self) -> None:
        self.link.close()
        self._server.close()
        self._controller.close()
        self.world.close()

    def target(self, database: str = "ServiceManager") -> SqlOverWinRmTarget:
        server = WinRmTarget(self._endpoint, IDENTITY, patience=0.5, slack=0.5)
        own = OwnDatabase("(local)", database, f"{database} on SQL01")
        return SqlOverWinRmTarget(server, own, SCRIPT, settle_pause=0.02)

    def run(
        self, statement: str, *values: str | bool | int | float, listener: Listener | None = None, on: str = ""
    ) -> Result:
        with closing(self.target(on or "ServiceManager")) as target:
            return target.run(SqlCall(statement, values, "t0ken", WAITED), (listener or Listener()).watch())

    def settle(self, statement: str, *values: str, listener: Listener) -> Settlement:
        with closing(self.target()) as target:
            return target.settle(SqlCall(statement, values, "t0ken", WAITED), listener.remote, listener.watch())

    def fault(self, spec: str) -> None:
        self.faults.arm(parse_fault(spec))

    def effects(self) -> dict[str, int]:
        return {effect.effect: effect.count for effect in self.world.effects() if effect.token == "t0ken"}


@pytest.fixture
def way(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Way]:
    environ: dict[str, str] = {}
    with closing(Way(tmp_path, environ)) as made:
        monkeypatch.setenv("NTLM_USER_FILE", environ["NTLM_USER_FILE"])
        yield made


def test_a_query_gives_the_first_row_and_the_number_of_rows(way: Way) -> None:
    result = way.run(PRECHECK, FQDN)
    assert (result.ending, result.rows) == ("ok", 1)
    assert result.fields == {
        "database_name": "ServiceManager",
        "procedure_there": 1,
        "may_execute": 1,
        "server_known": 1,
    }
    assert way.world.requests()[-1].name == "promote-precheck.sql"
    assert way.run("SELECT @@SPID, APP_NAME() AS Program").fields["program"] == "smtui/t0ken"


def test_an_effect_happens_once_under_the_token_of_the_attempt(way: Way) -> None:
    listener = Listener()
    assert way.run(PROMOTE, FQDN, listener=listener).ending == "ok"
    assert way.effects() == {"workflow-server-promoted": 1}
    assert listener.remote.keys() == {"shell", "command", "frame", "application"}


def test_hostile_values_arrive_as_data_beside_an_unchanged_statement(way: Way) -> None:
    with closing(way.target()) as target:
        for value in hostile(40, seed=7):
            result = target.run(SqlCall(PROMOTE, (value,), "t0ken", WAITED), Listener().watch())
            assert (result.ending, result.fields["error_number"]) == ("failed", 50000)
            script, statement = way.world.requests()[-2:]
            assert script.sha256 == hashlib.sha256(SCRIPT.encode()).hexdigest()
            assert statement.sha256 == hashlib.sha256(PROMOTE.encode()).hexdigest()
            assert statement.parameters == {"1": value}
    assert way.effects() == {}


def test_values_keep_their_types(way: Way) -> None:
    result = way.run("SELECT ? AS a, ? AS b, ? AS c, '?' AS d", "1", 7, True)
    assert result.fields == {"a": "1", "b": 7, "c": True, "d": "?"}


def test_an_error_is_told_with_its_number_and_line(way: Way) -> None:
    result = way.run(PROMOTE, "sm99.contoso.test")
    assert (result.fields["error_number"], result.fields["error_line"]) == (50000, 12)
    assert "is not registered. (error 50000, line 12)" in result.reason
    assert way.run("EXEC nobody").not_simulated


def test_a_statement_that_takes_another_number_of_values_is_not_sent(way: Way) -> None:
    assert way.run(PROMOTE).ending == "not-started"
    assert way.world.requests() == []


def test_the_server_proves_who_it_is(way: Way) -> None:
    with closing(way.target()) as target:
        identity = target.identify()
    assert (identity.name, identity.domain) == ("SQL01", "contoso.test")
    assert identity.booted


def test_nothing_ran_where_nobody_logs_on(way: Way) -> None:
    assert way.run(PROMOTE, FQDN, on="Nothing").ending == "not-started"
    way.fault("sql-login-rejected:SQL01")
    refused = way.run(PROMOTE, FQDN)
    assert (refused.ending, "refused the account" in refused.reason) == ("not-started", True)
    assert way.effects() == {}


def test_a_link_that_stays_broken_is_unknown_and_the_true_end_is_fetched_later(way: Way) -> None:
    way.link.faults.append(Fault("Receive", "close", times=10**6))
    listener = Listener()
    assert way.run(PROMOTE, FQDN, listener=listener).ending == "unknown"
    way.link.faults.clear()
    settlement = way.settle(PROMOTE, FQDN, listener=listener)
    assert settlement.state == "ended"
    assert settlement.result is not None
    assert settlement.result.ending == "ok"
    assert way.effects() == {"workflow-server-promoted": 1}


def test_a_statement_that_never_arrives_is_barred(way: Way) -> None:
    listener = Listener()
    with closing(way.target()) as target:
        assert target.prepare().ending == "ok"
        way.link.faults.append(Fault("Send", "close", times=10**6))
        call = SqlCall(PROMOTE, (FQDN,), "t0ken", WAITED)
        assert target.run(call, listener.watch()).ending == "unknown"
    way.link.faults.clear()
    assert way.settle(PROMOTE, FQDN, listener=listener).state == "never"
    assert way.effects() == {}


def test_a_connection_that_breaks_on_the_server_is_settled_by_the_name_of_its_session(way: Way) -> None:
    way.fault("reply-lost:SQL01:p_PromoteActiveWorkflowServer")
    listener = Listener()
    result = way.run(PROMOTE, FQDN, listener=listener)
    assert (result.ending, "broke while the statement ran" in result.reason) == ("unknown", True)
    settlement = way.settle(PROMOTE, FQDN, listener=listener)
    assert (settlement.state, "smtui/t0ken" in settlement.reason) == ("gone", True)
    assert way.effects() == {"workflow-server-promoted": 1}


def test_a_cancelled_statement_ends_with_its_session_and_changes_nothing(way: Way) -> None:
    way.fault("hang:SQL01:p_PromoteActiveWorkflowServer")
    listener, results = Listener(), list[Result]()
    thread = running(lambda: results.append(way.run(PROMOTE, FQDN, listener=listener)))
    while not any(one.name.startswith("EXEC p_Promote") for one in way.world.requests()):
        assert thread.is_alive(), results
    listener.cancelled.set()
    thread.join(WAITED)
    assert [result.ending for result in results] == ["unknown"]
    again = Listener()
    again.remote.update(listener.remote)
    assert way.settle(PROMOTE, FQDN, listener=again).state == "gone"
    assert way.effects() == {}


@pytest.mark.parametrize(
    ("written", "sent"),
    [
        ("EXEC p ?, ?", "EXEC p @P1, @P2"),
        ("SELECT '?', \"?\", [?] -- ?\n, ?", "SELECT '?', \"?\", [?] -- ?\n, @P1"),
        ("/* ? /* ? */ ? */ ?", "/* ? /* ? */ ? */ @P1"),
        ("SELECT 'it''s ?', ?", "SELECT 'it''s ?', @P1"),
        ("SELECT 1", "SELECT 1"),
    ],
)
def test_placeholders_get_names_outside_of_texts_and_comments(written: str, sent: str) -> None:
    assert name_placeholders(written) == sent
