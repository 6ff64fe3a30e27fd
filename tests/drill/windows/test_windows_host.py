"""The simulated PowerShell host, spoken to line by line with pywinrm."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Iterator
from importlib.resources import files

import pytest
from windows_support import BOOTSTRAP, SWITCHES, Stand, encoded, script_text
from winrm.exceptions import WinRMOperationTimeoutError, WSManFaultError

from smtui.drill.pace import Pace

LOADER = files("smtui.targets").joinpath("loader.ps1").read_text("utf-8")
HOST = files("smtui.targets").joinpath("host.ps1").read_bytes()


class Host:
    """One host, as a client that knows only its lines sees it."""

    def __init__(self, stand: Stand, text: bytes = HOST) -> None:
        self.protocol = stand.protocol()
        self.shell = self.protocol.open_shell(codepage=65001)
        self.command = self.protocol.run_command(
            self.shell, "powershell.exe", [*SWITCHES, encoded(LOADER)], console_mode_stdin=False
        )
        self.exit_code: int | None = None
        self.send(base64.b64encode(text).decode(), encoded(BOOTSTRAP))

    def send(self, *lines: str) -> None:
        self.raw("".join(f"{line}\n" for line in lines).encode())

    def raw(self, data: bytes) -> None:
        self.protocol.send_command_input(self.shell, self.command, data)

    def until(self, end: str) -> str:
        """What it says, to a line that ends so."""
        said = b""
        while not said.endswith(f"{end}\n".encode()) and self.exit_code is None:
            try:
                output, error, code, done = self.protocol.get_command_output_raw(self.shell, self.command)
            except WinRMOperationTimeoutError:
                continue
            said += output + error
            self.exit_code = code if done else None
        return said.decode()


@pytest.fixture
def stand(make_stand: Callable[..., Stand]) -> Stand:
    return make_stand(pace=Pace(service=0.05, held=20.0))


@pytest.fixture
def host(stand: Stand) -> Iterator[Host]:
    made = Host(stand)
    assert made.until("smtui-ready") == "smtui-ready\n"
    yield made
    made.protocol.close_shell(made.shell)


def frame(name: str, script: str = "service-status.ps1", token: str = "t1") -> str:
    work = {"token": token, "script": script_text(script), "parameters": {"name": "OMSDK", "wait": 10}}
    data = base64.b64encode(json.dumps(work).encode()).decode()
    return f"run {name} {len(data)} {data}"


def test_a_frame_runs_once_however_often_it_comes(stand: Stand, host: Host) -> None:
    host.send(frame("f1", "service-stop.ps1"))
    said = host.until("end 0")
    assert said.startswith("f1 begin\nStopping OMSDK ...\r\nsmtui-result t1 {")
    host.send(frame("f1", "service-stop.ps1"), "ask f1")
    first, second = host.until("").split("f1 again 0 ")[1:]
    assert first == second
    assert "smtui-result t1" in base64.b64decode(first).decode()
    assert stand.effects() == [("t1", "OMSDK Stopped", 1)]


def test_asking_for_a_frame_that_did_not_come_bars_it(stand: Stand, host: Host) -> None:
    host.send("ask f1", frame("f1"), frame("f2"), "ask f1", "ask f2")
    said = host.until("")
    assert said.startswith("f1 never\nf1 over\nf2 begin\n")
    assert "f2 end 0\nf1 over\nf2 again 0 " in said
    assert len(stand.world.requests()) == 1


def test_a_frame_in_part_is_torn_and_the_next_one_is_whole(stand: Stand, host: Host) -> None:
    line = frame("f1").encode()
    host.raw(b"\n" + line[:100])
    host.raw(b"\n" + line[:200] + line[100:] + b"\n")
    host.raw(b"\n" + line + b"\n")
    said = host.until("end 0")
    assert said.startswith("smtui-torn\nsmtui-torn\nf1 begin\n")
    assert len(stand.world.requests()) == 1


def test_nothing_of_a_frame_comes_before_it_has_ended_where_it_ends_soon(stand: Stand, host: Host) -> None:
    """Which is what makes one Receive enough."""
    host.send(frame("f1"))
    output, _, _, done = host.protocol.get_command_output_raw(host.shell, host.command)
    assert output.decode().endswith("f1 end 0\n")
    assert not done


def test_the_end_of_its_input_ends_it(stand: Stand, host: Host) -> None:
    host.protocol.send_command_input(host.shell, host.command, b"", end=True)
    host.until("never said")
    assert host.exit_code == 0


def test_another_host_than_the_one_that_is_known_is_not_simulated(stand: Stand) -> None:
    other = Host(stand, HOST + b"# changed")
    assert "not simulated" in other.until("never said")
    assert other.exit_code == 64
    other.protocol.close_shell(other.shell)


def test_host_ended_ends_it_before_it_takes_a_frame(stand: Stand, host: Host) -> None:
    stand.arm("host-ended:SM02:service-status")
    host.send(frame("f1"))
    assert host.until("never said") == ""
    assert host.exit_code == -1
    assert stand.world.requests() == []
    assert stand.faults.spent()


def test_a_shell_without_a_client_takes_its_host_along(make_stand: Callable[..., Stand]) -> None:
    now = [0.0]
    stand = make_stand(monotonic=lambda: now[0])
    host = Host(stand)
    host.until("smtui-ready")
    now[0] = 8000.0
    with pytest.raises(WSManFaultError):
        host.send(frame("f1"))
    assert (len(stand.server.shells), stand.world.requests()) == (0, [])


def test_a_host_that_waits_for_a_frame_is_not_at_work(stand: Stand, host: Host) -> None:
    assert not stand.server.shells.working()
    host.send(frame("f1"))
    host.until("end 0")
    assert not stand.server.shells.working()
