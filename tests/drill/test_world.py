from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from smtui.drill.world import Effect, Request, World, WorldError


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    with closing(World.create(tmp_path / "world.sqlite", clock=lambda: datetime(2026, 3, 1, tzinfo=UTC))) as world:
        yield world


def test_the_scenario_has_a_failing_workflow_server_and_two_secondaries(world: World) -> None:
    assert [host.name for host in world.hosts()] == [
        "SM01", "SM02", "SM03", "DW01", "SQL01", "SQL02", "SRS01", "PORTAL01",
    ]  # fmt: skip
    assert world.workflow_servers() == ["sm01.contoso.test"]
    assert [server.fqdn for server in world.management_servers()] == [
        "sm01.contoso.test", "sm02.contoso.test", "sm03.contoso.test",
    ]  # fmt: skip
    assert world.database("sql01", "servicemanager").state_desc == "ONLINE"
    events = world.all("SELECT level FROM events WHERE host = 'SM01' AND log = 'Operations Manager'")
    assert {row["level"] for row in events} == {"Error"}
    assert world.setting("management_group") == "SM_CONTOSO"


def test_hosts_are_found_by_name_and_by_fqdn_without_case(world: World) -> None:
    assert world.host("sm02").fqdn == "sm02.contoso.test"
    assert world.host("SM02.CONTOSO.TEST").name == "SM02"
    with pytest.raises(WorldError, match="SM09"):
        world.host("SM09")


def test_a_world_survives_closing_and_opening(world: World) -> None:
    world.set_workflow_servers(["sm02.contoso.test"])
    world.close()
    again = World.open(world.path)
    assert again.workflow_servers() == ["sm02.contoso.test"]
    again.close()


def test_a_second_world_is_not_made_over_the_first(world: World) -> None:
    with pytest.raises(WorldError, match="already"):
        World.create(world.path)


def test_a_file_that_is_no_world_is_refused(tmp_path: Path) -> None:
    with pytest.raises(WorldError, match="no world there"):
        World.open(tmp_path / "absent.sqlite")
    (tmp_path / "text").write_text("not a database, but long enough to look at" * 40)
    with pytest.raises(WorldError):
        World.open(tmp_path / "text")
    (tmp_path / "empty").touch()
    with pytest.raises(WorldError, match="format 0"):
        World.open(tmp_path / "empty")


def test_an_effect_is_counted_by_token_and_target(world: World) -> None:
    world.effect("t1", "stopped OMSDK", "SM02")
    world.effect("t1", "stopped OMSDK", "SM02")
    world.effect("t1", "stopped OMSDK", "SM03")
    assert world.effects() == [Effect("t1", "SM02", "stopped OMSDK", 2), Effect("t1", "SM03", "stopped OMSDK", 1)]


def test_a_change_is_taken_back_on_an_error_and_when_abandoned(world: World) -> None:
    def fail() -> None:
        with world.change():
            world.set_workflow_servers([])
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    with world.change() as change:
        world.set_workflow_servers([])
        world.effect("t", "promoted", "SQL01")
        change.abandon()
    assert world.workflow_servers() == ["sm01.contoso.test"]
    assert world.effects() == []


def test_changes_of_many_threads_are_all_kept(world: World) -> None:
    def count() -> None:
        for _ in range(20):
            with world.change():
                world.effect("t", "e", "SM02")

    threads = [threading.Thread(target=count) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert world.effects() == [Effect("t", "SM02", "e", 80)]


def test_requests_are_kept_as_they_arrived(world: World) -> None:
    sent = Request("SM02", "powershell", "service-stop.ps1", "ab" * 32, "t", {"name": "O'Brien\n\u202e$(x)", "n": 3})
    world.record(sent)
    assert world.requests() == [sent]
