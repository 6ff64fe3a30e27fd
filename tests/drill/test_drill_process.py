"""The drill's process: how it starts, what it survives and when it ends."""

from __future__ import annotations

import json
import os
import signal
import stat
import subprocess
import sys
import time
import tomllib
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import msgspec
import pytest

from smtui.drill.activity import Activity
from smtui.drill.ready import Ready, read_ready
from smtui.drill.world import World
from smtui.environment import Environment
from smtui.session.events import Opened, Stamp
from smtui.session.store import Store
from smtui.targets.base import PowerShellCall, Result, Watch
from smtui.targets.winrm import WinRmTarget
from smtui.targets.wsman import Endpoint

ROOT = Path(__file__).parents[2]
SCRIPTS = ROOT / "checklists" / "scripts"
Start = Callable[..., subprocess.Popen[bytes]]


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    running: list[subprocess.Popen[bytes]] = []

    def begin(*options: str) -> subprocess.Popen[bytes]:
        (tmp_path / "drill.json").unlink(missing_ok=True)
        files = ["--world", tmp_path / "world.sqlite", "--ready", tmp_path / "drill.json"]
        command = [sys.executable, "-m", "smtui.drill", *files, *options]
        process = subprocess.Popen(command, cwd=ROOT, start_new_session=True, stderr=subprocess.PIPE)
        running.append(process)
        end = time.monotonic() + 30
        while not (tmp_path / "drill.json").exists() and process.poll() is None:
            assert time.monotonic() < end, "it was never ready"
            time.sleep(0.02)
        return process

    yield begin
    for process in running:
        if process.poll() is None:
            process.kill()
        process.communicate()


def _ready(folder: Path) -> Ready:
    return read_ready(folder / "drill.json")


def _run(folder: Path, host: str, script: str, token: str, **parameters: str | int) -> Result:
    ready = _ready(folder)
    login = ready.accounts["smadmin"]
    endpoint = Endpoint(
        fqdn=f"{host.lower()}.contoso.test", address=ready.servers[host].address, port=ready.servers[host].port,
        transport="ntlm", user=login.user, password=login.password, ca_file=Path(ready.ca_file),
    )  # fmt: skip
    target = WinRmTarget(endpoint, (SCRIPTS / "identity.ps1").read_text("utf-8"))
    call = PowerShellCall((SCRIPTS / script).read_text("utf-8"), parameters, token, 60.0)
    return target.run(call, Watch(accepted=lambda _: None, output=lambda _: None))


def test_it_serves_every_host_and_keeps_its_secrets_to_its_owner(start: Start, tmp_path: Path) -> None:
    process = start()
    ready = _ready(tmp_path)
    assert ready.pid == process.pid
    assert list(ready.servers) == ["SM01", "SM02", "SM03", "DW01", "SQL01", "SQL02", "SRS01", "PORTAL01"]
    assert list(ready.sql) == ["SQL01", "SQL02"]
    assert ready.accounts["smadmin"].user == r"CONTOSO\smadmin"
    assert ready.accounts["smadmin"].password not in repr(ready)
    for path in tmp_path.rglob("*"):
        if path.suffix != ".pem":
            assert stat.S_IMODE(path.stat().st_mode) & 0o077 == 0, path
    for host in ready.servers:
        assert _run(tmp_path, host, "identity.ps1", "t").fields["name"] == host


def test_the_world_goes_on_after_a_kill(start: Start, tmp_path: Path) -> None:
    first = start()
    assert _run(tmp_path, "SM02", "service-stop.ps1", "t1", name="OMSDK", wait=10).ending == "ok"
    first.send_signal(signal.SIGKILL)
    first.wait(10)
    start()
    assert _run(tmp_path, "SM02", "service-status.ps1", "t2", name="OMSDK").fields["status"] == "Stopped"
    with closing(World.open(tmp_path / "world.sqlite")) as world:
        assert [(effect.token, effect.effect, effect.count) for effect in world.effects()] == [
            ("t1", "OMSDK Stopped", 1)
        ]


def test_a_hang_up_does_not_end_it_and_a_termination_does(start: Start) -> None:
    process = start()
    process.send_signal(signal.SIGHUP)
    process.send_signal(signal.SIGINT)
    with pytest.raises(subprocess.TimeoutExpired):
        process.wait(1.0)
    process.send_signal(signal.SIGTERM)
    assert process.wait(15) == 0


def test_it_ends_when_nobody_uses_it(start: Start) -> None:
    assert start("--idle", "0.1").wait(30) == 0


def test_it_stays_while_its_session_is_open(start: Start, tmp_path: Path) -> None:
    stamp = Stamp(at=datetime(2026, 11, 22, tzinfo=UTC), boottime=1.0, by="op@here", origin="local")
    opened = Opened(
        format=1, session="s", checklist="c", title="C", version="1", mode="drill", environment="e", files=(),
        smtui="0", machine="m", boot_id="b",
    )  # fmt: skip
    session = Store(tmp_path / "sessions").create("s", opened, {}, stamp)
    process = start("--idle", "0.5", "--session", str(tmp_path / "sessions" / "s"))
    with pytest.raises(subprocess.TimeoutExpired):
        process.wait(2.0)
    session.release()
    assert process.wait(60) == 0


def test_it_ends_when_its_world_is_gone(start: Start, tmp_path: Path) -> None:
    process = start()
    (tmp_path / "world.sqlite").unlink()
    assert process.wait(30) == 0


def test_a_silent_host_refuses_connections_and_the_others_do_not(start: Start, tmp_path: Path) -> None:
    start("--fault", "not-listening:SM01")
    assert _run(tmp_path, "SM01", "identity.ps1", "t").ending == "unreachable"
    assert _run(tmp_path, "SM02", "identity.ps1", "t").ending == "ok"


@pytest.mark.parametrize("options", [["--fault", "nonsense"], ["--idle", "long"]])
def test_wrong_usage_is_told(start: Start, options: list[str]) -> None:
    process = start(*options)
    _, error = process.communicate(timeout=30)
    assert process.returncode == 2
    assert options[1] in error.decode()


def test_a_world_that_is_none_is_told(start: Start, tmp_path: Path) -> None:
    (tmp_path / "world.sqlite").write_text("no database at all")
    process = start()
    _, error = process.communicate(timeout=30)
    assert process.returncode == 1
    assert "world.sqlite" in error.decode()


def test_the_table_of_digests_is_printed() -> None:
    printed = subprocess.run(
        [sys.executable, "-m", "smtui.drill", "--digests"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert "  service-stop.ps1\n" in printed.stdout


def test_the_environment_file_names_the_hosts_of_the_world(tmp_path: Path) -> None:
    text = (ROOT / "smtui" / "drill" / "environment.toml").read_text("utf-8")
    file = tomllib.loads(text)
    environment = msgspec.convert(
        {**file["environment"], "servers": file["server"], "databases": file["database"], "groups": file["groups"],
         "paths": file["paths"], "credentials": file["credentials"]},
        Environment,
    )  # fmt: skip
    with closing(World.create(tmp_path / "world.sqlite")) as world:
        assert [(server.name, server.fqdn) for server in environment.servers] == [
            (host.name, host.fqdn) for host in world.hosts()
        ]
        for database in environment.databases:
            assert world.database(database.server, database.name).role == database.role
    assert environment.kind == "drill"


def test_activity_counts_who_is_busy() -> None:
    now = [0.0]
    activity = Activity(lambda: now[0])
    tell = activity.gauge()
    now[0] = 5.0
    assert activity.idle_for() == 5.0
    tell(2)
    with activity.busy():
        now[0] = 9.0
        tell(0)
        assert activity.idle_for() == 0.0
    now[0] = 10.0
    assert activity.idle_for() == 1.0


def test_ready_is_json(start: Start, tmp_path: Path) -> None:
    start()
    file = json.loads((tmp_path / "drill.json").read_text())
    assert set(file) == {"pid", "servers", "sql", "ca_file", "accounts"}
    assert Path(file["ca_file"]).read_text().startswith("-----BEGIN CERTIFICATE")
    assert os.getpid() != file["pid"]
