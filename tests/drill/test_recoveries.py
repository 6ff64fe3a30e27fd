"""The drill where a recovery goes another way: a restore aborts, a service hangs, a broker stays off."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from smtui.checklist.model import Scalar
from smtui.drill.behaviours.catalogue import SCRIPTS, STATEMENTS
from smtui.drill.behaviours.framework import Call, ScriptError, ScriptResult
from smtui.drill.faults import MEANINGS, SHAPING, Faults, parse_fault
from smtui.drill.host import SimulatedHost
from smtui.drill.pace import Pace
from smtui.drill.scenarios import beginning, scenarios
from smtui.drill.services import ServiceController
from smtui.drill.sql.replies import Error, Info, Result
from smtui.drill.sql.values import SqlValue
from smtui.drill.world import Database, World, WorldError

NOW = datetime(2026, 3, 1, 14, 0, tzinfo=UTC)
SHARE = r"\\fs01.contoso.test\backup\Databases"
FILES = "; ".join(rf"{SHARE}\ServiceManager{part}" for part in ("-full.bak", "-diff.bak", "-log2.trn", "-log3.trn"))


class Instance:
    """A world in which a disaster has happened, and its statements and scripts without a wire."""

    def __init__(self, path: Path, checklist: str) -> None:
        self.world = World.create(path, clock=lambda: NOW, worlds=beginning(checklist).worlds)
        self.controller = ServiceController(self.world)
        self.faults = Faults()
        self.messages: list[str] = []

    def fault(self, spec: str) -> None:
        fault = parse_fault(spec)
        self.faults.arm(fault)
        if fault.kind in SHAPING:
            self.world.shape(fault.kind)

    def ask(
        self, name: str, *values: SqlValue, database: str = "ServiceManager", on: str = "SQL01"
    ) -> dict[str, SqlValue]:
        """The last row of an answer; its first error, if there is one, as the field `error`."""
        known = next(entry for entry in STATEMENTS.values() if entry.name == name)
        call = self._call(on, [name, *(str(value) for value in values), database])
        try:
            there = self.world.database(on, database)
        except WorldError:
            there = Database(on, "master", "system", "ONLINE", False, False, "MULTI_USER", "SIMPLE", None)
        fields: dict[str, SqlValue] = {}
        self.messages.clear()
        for reply in known.act(there, values, call):
            match reply:
                case Result():
                    fields = dict(zip((column for column, _ in reply.columns), reply.rows[0], strict=True))
                case Error():
                    fields.setdefault("error", reply.number)
                    self.messages.append(reply.text)
                case Info():
                    self.messages.append(reply.text)
                case _:
                    pass
        return fields

    def run(self, script: str, on: str, /, **parameters: Scalar) -> ScriptResult:
        known = next(entry for entry in SCRIPTS.values() if entry.name == script)
        call = self._call(on, [script, *(value for value in parameters.values() if isinstance(value, str))])
        host = SimulatedHost(self.world, on, self.controller, Pace(service=0, hanging_service=60, patience=0.1))
        return known.act(host, parameters, call)

    def fields(self, script: str, on: str, /, **parameters: Scalar) -> Mapping[str, Scalar | None]:
        return self.run(script, on, **parameters).fields

    def effects(self) -> list[str]:
        return [f"{effect.target} {effect.effect} {effect.count}" for effect in self.world.effects()]

    def _call(self, on: str, subjects: list[str]) -> Call:
        return Call(self.world, self.faults, on, "t", subjects, self.messages.append, threading.Event())


@pytest.fixture
def lost(tmp_path: Path) -> Iterator[Instance]:
    """SQL01 was lost."""
    made = Instance(tmp_path / "world.sqlite", "database-recovery")
    with closing(made.world), closing(made.controller):
        yield made


@pytest.fixture
def living(tmp_path: Path) -> Iterator[Instance]:
    """Everything lives."""
    made = Instance(tmp_path / "world.sqlite", "verify-recovery")
    with closing(made.world), closing(made.controller):
        yield made


def restore(
    instance: Instance, stop: str = "latest", files: str = FILES, *, broker: bool = True
) -> dict[str, SqlValue]:
    return instance.ask("restore-chain.sql", "ServiceManager", files, stop, broker)


@pytest.mark.parametrize("checklist", scenarios().checklist)
def test_every_beginning_can_be_made(tmp_path: Path, checklist: str) -> None:
    World.create(tmp_path / "world.sqlite", worlds=beginning(checklist).worlds).close()


@pytest.mark.parametrize("kind", sorted(SHAPING))
def test_every_awkward_world_can_be_made_twice(living: Instance, kind: str) -> None:
    assert MEANINGS[next(one for one in SHAPING if one == kind)]
    living.world.shape(kind)
    before = list(living.world._connection.iterdump())
    living.world.shape(kind)
    assert list(living.world._connection.iterdump()) == before


def test_a_chain_is_shown_as_what_it_loses(lost: Instance) -> None:
    found = lost.ask("backup-chain.sql", "ServiceManager", FILES, "latest", "2026-03-01T13:50:00", "any", 0)
    assert found["loses"] == "loses 2026-03-01T13:20:00 to 2026-03-01T13:50:00"
    assert (found["full_backups"], found["differentials"], found["logs"], found["gaps"]) == (1, 1, 2, 0)
    assert (found["lost_minutes"], found["verified"], found["stop_within"]) == (30, 0, 1)
    early = lost.ask("backup-chain.sql", "ServiceManager", FILES, "2026-03-01T13:10:00", "now", "any", 1)
    assert (early["recovers_to"], early["verified"]) == ("2026-03-01T13:10:00", 4)
    before_the_base = lost.ask("backup-chain.sql", "ServiceManager", FILES, "2026-02-28T10:00:00", "now", "any", 0)
    assert before_the_base["stop_within"] == 0


def test_a_log_before_the_base_is_left_out_and_a_missing_one_is_a_gap(lost: Instance) -> None:
    with_old = FILES + rf"; {SHARE}\ServiceManager-log1.trn"
    assert lost.ask("backup-chain.sql", "ServiceManager", with_old, "latest", "now", "any", 0)["logs"] == 2
    without = FILES.replace(rf"; {SHARE}\ServiceManager-log2.trn", "")
    assert lost.ask("backup-chain.sql", "ServiceManager", without, "latest", "now", "any", 0)["gaps"] == 1
    assert restore(lost, files=without)["error"] == 50004
    assert (
        lost.ask("backup-chain.sql", "ServiceManager", rf"{SHARE}\none.bak", "latest", "now", "any", 0)["error"] == 3201
    )
    other = FILES.replace("ServiceManager-diff", "DWRepository-diff")
    found = lost.ask("backup-chain.sql", "ServiceManager", other, "latest", "now", "any", 0)
    assert (found["not_fitting"], found["of_other_databases"]) == (1, 1)
    assert lost.effects() == []


def test_a_restore_brings_the_database_and_what_is_in_it(lost: Instance) -> None:
    assert lost.ask("restore-result.sql", "ServiceManager")["state"] == "ABSENT"
    assert restore(lost) == {"sets_restored": 4, "state": "ONLINE", "broker": 1}
    assert "60 percent processed." in lost.messages
    found = lost.ask("restore-result.sql", "ServiceManager")
    assert (found["state"], found["aborted"], found["recovered_to"]) == ("ONLINE", 0, "2026-03-01T13:20:00")
    assert found["checkpoint_lsn"].isdigit()
    assert found["recovery_fork"] != found["backup_fork"]
    assert lost.ask("newest-work-item.sql")["newest"] == "2026-03-01T13:20:00"
    assert lost.ask("logins-missing.sql")["missing"] == 2
    assert lost.effects() == ["SQL01 ServiceManager restoring 1", "SQL01 ServiceManager restored 1"]
    assert restore(lost)["error"] == 50001


def test_a_restore_that_aborts_leaves_it_restoring_and_begins_anew(lost: Instance) -> None:
    lost.fault("restore-aborted:SQL01:restore-chain")
    assert restore(lost)["error"] == 3203
    assert lost.messages[-3:-2] != ["100 percent processed."]
    found = lost.ask("restore-result.sql", "ServiceManager")
    assert (found["state"], found["aborted"]) == ("RESTORING", 1)
    presence = lost.ask("database-presence.sql", "ServiceManager")
    assert (presence["state"], presence["in_the_way"]) == ("RESTORING", 0)
    assert restore(lost)["state"] == "ONLINE"


def test_a_moment_that_is_none_restores_nothing(lost: Instance) -> None:
    assert restore(lost, "yesterday")["error"] == 50003
    assert restore(lost, "2026-03-01T12:30:00")["sets_restored"] == 3
    assert lost.effects()[0] == "SQL01 ServiceManager restoring 1"


def test_the_broker_is_turned_on_where_it_stayed_off(lost: Instance) -> None:
    lost.fault("broker-off")
    assert restore(lost)["broker"] == 0
    assert lost.ask("broker-enable.sql", "ServiceManager") == {"broker": 1, "user_access": "MULTI_USER"}
    assert lost.ask("database-status.sql", "ServiceManager")["broker"] == 1
    assert lost.ask("broker-enable.sql", "ServiceManager")["broker"] == 1
    assert lost.effects()[2:] == ["SQL01 broker enabled 1"]


def test_single_user_is_passed_through_and_undone(lost: Instance) -> None:
    lost.fault("broker-off")
    restore(lost)
    assert lost.ask("broker-single-user.sql", "ServiceManager") == {"broker": 1, "user_access": "MULTI_USER"}
    assert lost.effects()[2:] == ["SQL01 single-user 1", "SQL01 broker enabled 1", "SQL01 multi-user 1"]
    lost.world.do("UPDATE databases SET user_access_desc = 'SINGLE_USER' WHERE name = 'ServiceManager'")
    assert lost.ask("database-status.sql", "ServiceManager")["user_access"] == "SINGLE_USER"
    assert lost.ask("multi-user.sql", "ServiceManager") == {"user_access": "MULTI_USER"}
    assert lost.effects()[-1] == "SQL01 multi-user 2"


def test_clr_waits_for_the_settings_of_others(lost: Instance) -> None:
    lost.fault("settings-pending")
    assert lost.ask("clr-enable.sql")["error"] == 50006
    assert lost.ask("clr-status.sql")["pending_names"] == "cost threshold for parallelism 50 becomes 25"
    assert lost.effects() == []


def test_roles_and_logins_are_given_and_never_taken(lost: Instance) -> None:
    restore(lost)
    wanted = "db_datareader sql_dependency_subscriber no_such_role"
    found = lost.ask("roles-missing.sql", r"CONTOSO\svc-scsm", wanted)
    assert (found["missing_names"], found["unknown"], found["user_there"]) == ("sql_dependency_subscriber", 1, 1)
    assert lost.ask("roles-add.sql", r"CONTOSO\svc-scsm", wanted) == {"added": 1}
    assert lost.ask("roles-add.sql", r"CONTOSO\nobody", wanted)["error"] == 50007
    lost.world.do("INSERT INTO database_users VALUES ('SQL01', 'ServiceManager', 'old', 'S', 1)")
    lost.world.do("INSERT INTO database_users VALUES ('SQL01', 'ServiceManager', 'CONTOSO\\gone', 'U', 0)")
    assert lost.ask("logins-create.sql") == {"made": 2}
    left = lost.ask("logins-missing.sql")
    assert (left["missing"], left["orphan_names"], left["unresolved_names"]) == (0, "old", r"CONTOSO\gone")


def test_a_service_that_hangs_is_ended_by_its_number(living: Instance) -> None:
    living.fault("service-hangs-stopping:SM02:service-stop")
    with pytest.raises(ScriptError):
        living.run("service-stop.ps1", "SM02", name="HealthService", wait=300)
    assert "progress" in living.fields("services-state.ps1", "SM02", names="OMSDK HealthService")
    found = living.fields("service-process.ps1", "SM02", name="HealthService")
    assert (found["hanging"], found["children"]) == (1, 2)
    assert living.run("services-hold.ps1", "SM02", names="HealthService").exit_code == 1
    assert living.fields("service-process-end.ps1", "SM02", name="HealthService") == {"ended": 3, "status": "Stopped"}
    assert living.fields("service-process-end.ps1", "SM01", name="HealthService")["ended"] == 0
    assert living.fields("service-status.ps1", "SM02", name="HealthService")["status"] == "Stopped"
    assert living.effects() == ["SM02 HealthService process ended 1"]
    assert living.world.all("SELECT * FROM transitions") == []


def test_messages_are_saved_compared_and_added(living: Instance) -> None:
    path = r"C:\smtui\new.sql"
    assert living.fields("messages-save.ps1", "SQL01", path=path, port=1433)["saved"] == 4
    living.world.do("DELETE FROM instance_messages WHERE server = 'SQL01' AND number = 777980008")
    living.world.do("UPDATE instance_messages SET text = 'other' WHERE server = 'SQL01' AND number = 777980009")
    found = living.fields("messages-compare.ps1", "SQL01", path=path, port=1433)
    assert (found["missing"], found["conflicts"]) == (2, 1)
    assert living.fields("messages-add.ps1", "SQL01", path=path, port=1433) == {"saved": 4, "added": 2}
    assert living.fields("messages-compare.ps1", "SQL01", path=path, port=1433)["missing"] == 0
    assert living.fields("messages-compare.ps1", "SQL01", path=r"C:\none.sql", port=1433) == {"saved": 0}
    with pytest.raises(ScriptError, match="Could not find file"):
        living.run("messages-add.ps1", "SQL01", path=r"C:\none.sql", port=1433)


def test_a_good_check_is_recorded_and_a_restore_sets_it_back(lost: Instance) -> None:
    restore(lost)
    before = lost.ask("checkdb-result.sql", "ServiceManager")
    assert (before["last_good_check"], before["checked_since_restore"]) == ("1900-01-01T00:00:00", 0)
    assert lost.ask("checkdb.sql")["checked"] == 1
    assert lost.ask("checkdb-result.sql", "ServiceManager")["checked_since_restore"] == 1
    lost.world.do("DELETE FROM databases WHERE name = 'ServiceManager'")
    restore(lost)
    assert lost.ask("checkdb-result.sql", "ServiceManager")["checked_since_restore"] == 0


def test_of_a_database_that_was_never_restored_nothing_can_be_told(living: Instance) -> None:
    assert living.ask("checkdb-result.sql", "ServiceManager")["checked_since_restore"] is None


def test_a_permission_script_is_read_without_its_comments(living: Instance) -> None:
    asked = {"path": r"C:\smtui\permissions.sql", "database": "ServiceManager"}
    clean = living.fields("permission-script-review.ps1", "SQL01", **asked)
    assert (clean["destructive"], clean["elsewhere"], clean["permissions"]) == (0, 0, 4)
    living.fault("script-drops")
    found = living.fields("permission-script-review.ps1", "SQL01", **asked)
    assert found["destructive_kinds"] == "DROP TABLE x1, CREATE TABLE x1"
    assert living.fields("permission-script-review.ps1", "SQL01", **{**asked, "database": "Other"})["elsewhere"] == 1


def test_packs_are_compared_by_content(living: Instance) -> None:
    saved = {"folder": r"C:\mpbackup"}
    found = living.fields("packs-compare.ps1", "SM01", **saved)
    assert (found["missing"], found["differing"], found["not_saved"]) == (1, 0, 0)
    living.fault("pack-older")
    found = living.fields("packs-compare.ps1", "SM01", **saved)
    assert (found["differing"], found["older"]) == (1, 1)
    assert living.fields("packs-import-missing.ps1", "SM01", **saved)["imported"] == 1
    assert living.fields("packs-compare.ps1", "SM01", **saved)["differing"] == 1
    assert living.run("packs-export.ps1", "SM01", **saved).exit_code == 1


def test_setup_runs_by_hand_once_somebody_looks_for_it(tmp_path: Path) -> None:
    bare = Instance(tmp_path / "world.sqlite", "management-server-recovery")
    assert bare.fields("setup-precheck.ps1", "SM01")["setup_done"] is False
    assert bare.fields("services-state.ps1", "SM01", names="OMSDK OMCFG")["found"] == 0
    assert bare.fields("setup-result.ps1", "SM01") == {"setup_done": False, "services": 0}
    assert bare.fields("setup-result.ps1", "SM01")["services"] == 3
    since = NOW - timedelta(minutes=1)
    assert SimulatedHost(bare.world, "SM01", bare.controller, Pace()).count_events("HealthService", 7023, since) == 1
    bare.world.close()


def test_the_server_that_was_named_is_the_lost_one(tmp_path: Path) -> None:
    worlds = beginning("management-server-recovery").worlds
    with closing(World.create(tmp_path / "world.sqlite", worlds=worlds, answers={"lost": "SM02"})) as world:
        assert {host.name for host in world.hosts() if host.bare} == {"SM02"}


def test_an_unattended_setup_wants_a_restart(tmp_path: Path) -> None:
    bare = Instance(tmp_path / "world.sqlite", "management-server-recovery")
    bare.fault("setup-restart")
    assert bare.fields("setup-progress.ps1", "SM01") == {"started": False}
    ended = bare.fields("setup-progress.ps1", "SM01")
    assert (ended["exit_code"], ended["reboot"], ended["meaning"]) == (3010, True, "SuccessfulNeedReboot")
    bare.world.close()


def test_the_warehouse_may_be_ahead(living: Instance) -> None:
    before = living.ask("newest-work-item.sql")["newest"]
    assert str(living.ask("warehouse-newest.sql", database="DWRepository", on="SQL02")["newest"]) < str(before)
    living.fault("warehouse-ahead")
    assert str(living.ask("warehouse-newest.sql", database="DWRepository", on="SQL02")["newest"]) > str(before)
    assert living.ask("restore-order.sql", "2026-03-01T13:00:00")["behind"] == 1
    assert living.ask("restore-order.sql", "2026-03-01T05:00:00")["behind"] == 0
    assert living.ask("restore-order.sql", "now")["behind"] is None
