"""Every shipped script and statement has a behaviour that was written for exactly its text."""

from __future__ import annotations

import hashlib
import threading
import tomllib
from collections.abc import Iterator, Mapping
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from smtui.checklist.model import Scalar
from smtui.drill.behaviours.catalogue import SCRIPTS, STATEMENTS, digests
from smtui.drill.behaviours.framework import Call, CallEnded, ScriptError, ScriptResult
from smtui.drill.faults import Faults, parse_fault
from smtui.drill.host import SimulatedHost
from smtui.drill.pace import Pace
from smtui.drill.services import ServiceController
from smtui.drill.world import World

CHECKLISTS = Path(__file__).parents[2] / "checklists"
INSTALLED = r"C:\Program Files\Microsoft System Center\Service Manager"
NOW = datetime(2026, 3, 1, 2, 3, 4, tzinfo=UTC)


def _inline_sql(value: Any) -> Iterator[str]:
    """Every `sql = "…"` anywhere in a checklist."""
    if isinstance(value, dict):
        if isinstance(value.get("sql"), str):
            yield value["sql"]
        for inner in value.values():
            yield from _inline_sql(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _inline_sql(inner)


def _shipped() -> dict[str, bytes]:
    texts = {path.name: path.read_bytes() for path in sorted(CHECKLISTS.glob("scripts/*"))}
    for path in sorted(CHECKLISTS.glob("*.toml")):
        for statement in _inline_sql(tomllib.loads(path.read_text("utf-8"))):
            texts[statement] = statement.encode()
    return texts


SHIPPED = _shipped()


def test_there_is_something_shipped() -> None:
    assert len(SHIPPED) > 10


@pytest.mark.parametrize("name", SHIPPED)
def test_what_is_shipped_is_simulated(name: str) -> None:
    sha256 = hashlib.sha256(SHIPPED[name]).hexdigest()
    known = {entry.sha256: entry.name for entry in (*SCRIPTS.values(), *STATEMENTS.values())}
    assert known.get(sha256) == name, (
        f"{name} needs a behaviour for the digest {sha256}: look at what changed in it first"
    )


@pytest.mark.parametrize("name", [entry.name for entry in (*SCRIPTS.values(), *STATEMENTS.values())])
def test_what_is_simulated_is_shipped(name: str) -> None:
    assert name in SHIPPED


def test_the_table_of_digests_is_one_that_sha256sum_reads() -> None:
    for line in digests().splitlines():
        sha256, name = line.split("  ", 1)
        assert hashlib.sha256(SHIPPED[name]).hexdigest() == sha256


class Bench:
    """A world and its scripts, without a wire."""

    def __init__(self, path: Path) -> None:
        self.world = World.create(path, clock=lambda: NOW)
        self.controller = ServiceController(self.world)
        self.faults = Faults()
        self.written: list[str] = []
        self.ended = threading.Event()

    def host(self, name: str) -> SimulatedHost:
        return SimulatedHost(self.world, name, self.controller, Pace(service=0, hanging_service=60, patience=0.1))

    def run(self, script: str, host: str = "SM02", token: str = "t", **parameters: Scalar) -> ScriptResult:
        known = next(entry for entry in SCRIPTS.values() if entry.name == script)
        subjects = [script, *(value for value in parameters.values() if isinstance(value, str))]
        call = Call(self.world, self.faults, host, token, subjects, self.written.append, self.ended)
        return known.act(self.host(host), parameters, call)

    def fields(self, script: str, host: str = "SM02", **parameters: Scalar) -> Mapping[str, Scalar | None]:
        return self.run(script, host, **parameters).fields

    def effects(self) -> list[str]:
        return [f"{effect.target} {effect.effect} {effect.count}" for effect in self.world.effects()]


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    made = Bench(tmp_path / "world.sqlite")
    with closing(made.world), closing(made.controller):
        yield made


def test_identity(bench: Bench) -> None:
    fields = bench.fields("identity.ps1")
    assert (fields["name"], fields["domain"], fields["utc"]) == ("SM02", "contoso.test", "2026-03-01T02:03:04Z")
    assert str(fields["booted"]) < str(fields["utc"])


@pytest.mark.parametrize(
    ("host", "kind", "database", "group"),
    [("SM02", 1, "ServiceManager", "SM_CONTOSO"), ("DW01", 2, "DWStagingAndConfig", "DW_CONTOSO")],
)
def test_roles(bench: Bench, host: str, kind: int, database: str, group: str) -> None:
    fields = bench.fields("server-role.ps1", host)
    assert (fields["sdk_service_type"], fields["database_name"]) == (kind, database)
    assert fields["management_group"] == group


def test_a_server_without_service_manager_has_no_role(bench: Bench) -> None:
    with pytest.raises(ScriptError, match="does not exist"):
        bench.run("server-role.ps1", "SQL01")
    assert bench.fields("server-version.ps1", "SQL01") == {"parts": 0, "version": ""}


def test_version(bench: Bench) -> None:
    assert bench.fields("server-version.ps1") == {"parts": 1, "version": "10.22.1068.0"}


def test_an_open_console_is_closed_by_its_user_once_it_was_found(bench: Bench) -> None:
    assert bench.fields("console-processes.ps1") == {"open": 1}
    assert "ServiceManager.UI.Console" in bench.written[0]
    assert bench.fields("console-processes.ps1") == {"open": 0}
    assert bench.effects() == []


def test_events_are_counted_by_provider_and_id_since_a_time(bench: Bench) -> None:
    asked = {"bad": "OpsMgr+SDK+Service/26330 HealthService/7022", "good": "HealthService/7023"}
    assert bench.fields("events-since.ps1", "SM01", minutes=60, **asked) == {"bad": 0, "good": 0}
    assert bench.fields("events-since.ps1", "SM01", minutes=65, **asked) == {"bad": 1, "good": 0}
    bench.run("service-stop.ps1", "SM01", name="HealthService", wait=10)
    bench.run("service-start.ps1", "SM01", name="HealthService", wait=10)
    assert bench.fields("events-since.ps1", "SM01", minutes=65, **asked) == {"bad": 1, "good": 1}


def test_a_list_of_events_that_is_none_fails_as_the_script_would(bench: Bench) -> None:
    with pytest.raises(ScriptError):
        bench.run("events-since.ps1", minutes=15, bad="HealthService", good="")
    with pytest.raises(ScriptError):
        bench.run("events-since.ps1", minutes="soon", bad="HealthService/1", good="HealthService/2")


def test_the_logs_of_a_window_are_copied_oldest_first(bench: Bench) -> None:
    asked = {"also": "Service+Control+Manager/7036", "start": "2026-03-01T02:00:00Z", "end": "2026-03-01T03:00:00Z"}
    assert bench.fields("event-log-window.ps1", "SM02", most=5, **asked)["listed"] == 0
    bench.run("service-stop.ps1", "SM02", name="HealthService", wait=10)
    bench.run("service-start.ps1", "SM02", name="HealthService", wait=10)
    bench.written.clear()
    fields = bench.fields("event-log-window.ps1", "SM02", most=5, **asked)
    assert (fields["listed"], fields["more_than_listed"], fields["clock"]) == (2, "", "2026-03-01T02:03:04Z")
    assert [line.partition(": ")[2] for line in bench.written] == [
        "The Microsoft Monitoring Agent service entered the stopped state.",
        "The Microsoft Monitoring Agent service entered the running state.",
    ]
    assert bench.fields("event-log-window.ps1", "SM02", most=1, **asked)["more_than_listed"] == "System"
    troubles = {**asked, "also": "", "start": "2026-03-01T00:00:00Z"}
    assert bench.fields("event-log-window.ps1", "SM01", most=50, **troubles)["listed"] != 0
    with pytest.raises(ScriptError):
        bench.run("event-log-window.ps1", "SM01", most=50, **{**asked, "start": "yesterday"})


def test_stopping_takes_processes_away_and_starting_brings_them_back(bench: Bench) -> None:
    def running() -> set[str]:
        return {process.name for process in bench.host("SM02").processes()}

    assert "MonitoringHost" in running()
    stopped = bench.fields("service-stop.ps1", name="HealthService", wait=10)
    assert stopped["status"] == "Stopped"
    assert not running() & {"MonitoringHost", "HealthService"}
    bench.run("service-start.ps1", name="HealthService", wait=10)
    assert {"MonitoringHost", "HealthService"} <= running()
    assert bench.effects() == ["SM02 HealthService Stopped 1", "SM02 HealthService Running 1"]


def test_stopping_what_is_stopped_changes_nothing(bench: Bench) -> None:
    bench.run("service-stop.ps1", token="a", name="OMSDK", wait=10)
    bench.written.clear()
    assert bench.fields("service-stop.ps1", name="omsdk", wait=10)["status"] == "Stopped"
    assert bench.written == []
    assert bench.effects() == ["SM02 OMSDK Stopped 1"]


def test_an_unknown_service_is_an_error(bench: Bench) -> None:
    with pytest.raises(ScriptError, match="Cannot find any service with service name 'OMSDK'"):
        bench.run("service-status.ps1", "SQL01", name="OMSDK")


def test_a_fenced_service_does_not_start(bench: Bench) -> None:
    fenced = bench.fields("service-fence.ps1", "SM01", name="HealthService", wait=10)
    assert fenced == {
        "name": "HealthService", "status": "Stopped", "start_type": "Disabled", "start_type_before": "Automatic",
    }  # fmt: skip
    with pytest.raises(ScriptError, match="cannot be started"):
        bench.run("service-start.ps1", "SM01", name="HealthService", wait=10)
    again = bench.fields("service-fence.ps1", "SM01", name="HealthService", wait=10)
    assert again["start_type_before"] == "Disabled"
    assert bench.effects() == ["SM01 HealthService Disabled 1", "SM01 HealthService Stopped 1"]


def test_the_state_folder_is_renamed_deleted_and_made_anew(bench: Bench) -> None:
    bench.run("service-stop.ps1", name="HealthService", wait=10)
    renamed = bench.fields("health-state-rename.ps1", computer="sm02")
    assert renamed["renamed_to"] == "Health Service State.20260301T020304Z"
    assert bench.fields("health-state-status.ps1") == {
        "path": rf"{INSTALLED}\Health Service State", "present": False, "renamed": 1,
    }  # fmt: skip
    bench.run("service-start.ps1", name="HealthService", wait=10)
    assert bench.fields("health-state-status.ps1")["present"] is True
    assert bench.fields("health-state-delete.ps1", computer="SM02") == {"deleted": 1, "renamed": 0}
    assert bench.fields("health-state-delete.ps1", computer="SM02") == {"deleted": 0, "renamed": 0}
    assert bench.effects() == [
        "SM02 HealthService Stopped 1", "SM02 Health Service State renamed 1", "SM02 HealthService Running 1",
        "SM02 Health Service State deleted 1",
    ]  # fmt: skip


def test_the_state_folder_is_guarded(bench: Bench) -> None:
    def refusal(host: str, computer: str) -> object:
        result = bench.run("health-state-rename.ps1", host, computer=computer)
        assert result.exit_code == 1
        return result.fields["error"]

    assert refusal("SM02", "SM03") == "This computer is SM02, not SM03"
    assert refusal("DW01", "DW01") == "This is no Service Manager management server"
    assert refusal("SM02", "SM02") == "HealthService is not stopped"
    bench.run("service-stop.ps1", name="HealthService", wait=10)
    bench.world.do("UPDATE folders SET reparse = 1 WHERE host = 'SM02'")
    assert refusal("SM02", "SM02") == rf"{INSTALLED}\Health Service State is a link to another place"
    bench.world.do("DELETE FROM folders WHERE host = 'SM02'")
    assert refusal("SM02", "SM02") == rf"There is no folder {INSTALLED}\Health Service State"
    bench.world.do("INSERT INTO processes VALUES ('SM02', 9, 'MonitoringHost', '', '', 0, NULL, 0)")
    assert refusal("SM02", "SM02") == "A MonitoringHost process still holds the folder"
    assert bench.run("health-state-delete.ps1", computer="SM01").exit_code == 1
    assert [effect for effect in bench.effects() if "folder" in effect.casefold()] == []


def test_a_link_is_never_deleted(bench: Bench) -> None:
    copy = rf"{INSTALLED}\Health Service State.20260101T000000Z"
    bench.world.do("INSERT INTO folders VALUES ('SM02', ?, 1, 1, 1)", copy)
    assert bench.fields("health-state-delete.ps1", computer="SM02") == {"deleted": 0, "renamed": 1}
    assert bench.host("SM02").folder(copy) is not None


def test_a_lost_effect_is_lost_for_the_whole_script(bench: Bench) -> None:
    bench.faults.arm(parse_fault("effect-lost:SM02:service-fence"))
    fenced = bench.fields("service-fence.ps1", name="HealthService", wait=10)
    assert (fenced["status"], fenced["start_type"]) == ("Stopped", "Disabled")
    assert bench.fields("service-status.ps1", name="HealthService") == {
        "name": "HealthService", "status": "Running", "start_type": "Automatic",
    }  # fmt: skip
    assert bench.effects() == []


def test_a_call_that_was_ended_changes_nothing_any_more(bench: Bench) -> None:
    bench.ended.set()
    for script, parameters in (("service-stop.ps1", {"name": "OMSDK"}), ("service-fence.ps1", {"name": "OMSDK"})):
        with pytest.raises(CallEnded):
            bench.run(script, **parameters)
    assert bench.effects() == []
    assert bench.fields("service-status.ps1", name="OMSDK")["status"] == "Running"


def test_a_stop_that_was_asked_for_ends_in_the_next_process(bench: Bench) -> None:
    bench.controller.close()  # as when the process ends before the service does
    with pytest.raises(ScriptError):
        bench.run("service-stop.ps1", name="OMCFG", wait=10)
    assert bench.fields("service-status.ps1", name="OMCFG")["progress"] == "StopPending"
    next_controller = ServiceController(bench.world)
    next_controller.resume()
    for thread in [thread for thread in threading.enumerate() if thread.name == "service"]:
        thread.join(10)
    assert bench.fields("service-status.ps1", name="OMCFG")["status"] == "Stopped"
    assert bench.effects() == ["SM02 OMCFG Stopped 1"]
