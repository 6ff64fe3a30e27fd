"""Shells and commands: what outlives what, quotas, and output that waits to be received."""

from __future__ import annotations

import base64
import hashlib
import subprocess
import sys
import textwrap
from collections import Counter
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor

import pytest
from windows_support import ACCOUNT, BOOTSTRAP, SWITCHES, Running, Stand, encoded, eventually, script_text
from winrm.exceptions import WinRMOperationTimeoutError, WSManFaultError
from winrm.protocol import Protocol

from smtui.checklist.model import Scalar
from smtui.drill.behaviours.catalogue import SCRIPTS
from smtui.drill.behaviours.framework import Call, ScriptResult, script
from smtui.drill.host import SimulatedHost
from smtui.drill.windows.shells import Quotas

FLOOD = 400_000


FLOOD_TEXT = "# writes a lot"


@script("flood.ps1", sha256=hashlib.sha256(FLOOD_TEXT.encode()).hexdigest())
def flood(_: SimulatedHost, __: Mapping[str, Scalar], call: Call) -> ScriptResult:
    for line in range(FLOOD // 100):
        call.write(f"{line:098d}")
    return ScriptResult({"lines": FLOOD // 100})


BROKEN_TEXT = "# has a defect"


@script("broken.ps1", sha256=hashlib.sha256(BROKEN_TEXT.encode()).hexdigest())
def broken(_: SimulatedHost, __: Mapping[str, Scalar], ___: Call) -> ScriptResult:
    raise ZeroDivisionError


def test_a_script_runs_and_nothing_is_left_behind(stand: Stand) -> None:
    ended = stand.run("service-stop.ps1", {"name": "OMSDK", "wait": 10}, "t1")
    assert (ended.exit_code, ended.error) == (0, "")
    assert ended.fields == {"name": "OMSDK", "status": "Stopped", "start_type": "Automatic"}
    assert ended.output.splitlines()[0] == "Stopping OMSDK ..."
    assert stand.service("OMSDK") == "Stopped"
    assert stand.effects() == [("t1", "OMSDK Stopped", 1)]
    assert len(stand.server.shells) == 0


def test_parameters_arrive_as_they_were_sent(stand: Stand) -> None:
    hostile = {"name": "'; Stop-Service *; $(x) \u202e\n\x07%PATH%", "wait": 1.5, "flag": True}
    ended = stand.run("service-status.ps1", hostile, "t1")
    assert ended.exit_code == 1
    assert hostile["name"] in str(ended.fields["error"])
    (request,) = stand.world.requests()
    assert (request.name, request.target, request.token, request.parameters) == (
        "service-status.ps1", "SM02", "t1", hostile,
    )  # fmt: skip


def test_a_fresh_connection_takes_an_old_command_up(stand: Stand) -> None:
    first = stand.start("service-stop.ps1", {"name": "OMCFG", "wait": 10}, "t1")
    first.protocol.transport.close_session()
    again = Running(stand.protocol(), first.shell, first.command, "t1")
    ended = again.follow()
    assert ended.fields["status"] == "Stopped"
    assert ended.output.startswith("Stopping OMCFG")
    again.close()
    assert stand.effects() == [("t1", "OMCFG Stopped", 1)]


def test_a_command_outlives_its_killed_client_and_keeps_its_output(stand: Stand) -> None:
    client = textwrap.dedent(f"""
        import base64, json, os, signal, sys
        from winrm.protocol import Protocol
        protocol = Protocol({stand.endpoint!r}, "ntlm", {ACCOUNT.user!r}, {ACCOUNT.password!r}, proxy=None,
                            ca_trust_path={str(stand.ca_file)!r}, operation_timeout_sec=1, read_timeout_sec=5)
        shell = protocol.open_shell(codepage=65001)
        command = protocol.run_command(shell, "powershell.exe", {[*SWITCHES, encoded(BOOTSTRAP)]!r})
        work = {{"token": "t1", "script": {script_text("service-stop.ps1")!r},
                 "parameters": {{"name": "HealthService", "wait": 10}}}}
        protocol.send_command_input(shell, command, base64.b64encode(json.dumps(work).encode()), end=True)
        print(shell, command, flush=True)
        os.kill(os.getpid(), signal.SIGKILL)
    """)
    killed = subprocess.run([sys.executable, "-c", client], capture_output=True, text=True, timeout=60, check=False)
    assert killed.returncode == -9, killed.stderr
    eventually(lambda: stand.service("HealthService") == "Stopped")
    shell, command = killed.stdout.split()
    again = Running(stand.protocol(), shell, command, "t1")
    ended = again.follow()
    assert (ended.exit_code, ended.fields["status"]) == (0, "Stopped")
    again.close()
    assert stand.effects() == [("t1", "HealthService Stopped", 1)]
    assert len(stand.server.shells) == 0


def test_output_stays_there_when_the_client_that_waits_for_it_dies(stand: Stand) -> None:
    stand.arm("slow:1.0")
    running = stand.start("service-status.ps1", {"name": "OMSDK"}, "t1")
    client = textwrap.dedent(f"""
        from winrm.protocol import Protocol
        protocol = Protocol({stand.endpoint!r}, "ntlm", {ACCOUNT.user!r}, {ACCOUNT.password!r}, proxy=None,
                            ca_trust_path={str(stand.ca_file)!r}, operation_timeout_sec=20, read_timeout_sec=30)
        print("receiving", flush=True)
        protocol.get_command_output_raw({running.shell!r}, {running.command!r})
    """)
    with subprocess.Popen(
        [sys.executable, "-c", client], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    ) as receiving:
        assert receiving.stdout is not None
        receiving.stdout.readline()
        receiving.kill()
    assert running.follow().fields["status"] == "Running"
    running.close()


def test_the_exit_code_can_be_received_again(stand: Stand) -> None:
    running = stand.start("service-status.ps1", {"name": "OMSDK"}, "t1")
    running.follow()
    assert running.protocol.get_command_output_raw(running.shell, running.command) == (b"", b"", 0, True)
    running.close()


def test_input_after_its_end_is_dropped(stand: Stand) -> None:
    running = stand.start("service-stop.ps1", {"name": "OMSDK", "wait": 10}, "t1")
    running.protocol.send_command_input(running.shell, running.command, b"once more", end=True)
    assert running.follow().fields["status"] == "Stopped"
    running.close()
    assert stand.effects() == [("t1", "OMSDK Stopped", 1)]


def test_a_signal_ends_the_command_but_not_the_stop_that_it_asked_for(stand: Stand) -> None:
    running = stand.start("service-stop.ps1", {"name": "OMSDK", "wait": 10}, "t1")
    eventually(lambda: stand.service("OMSDK") == "StopPending")
    running.close()
    eventually(lambda: stand.service("OMSDK") == "Stopped")
    assert stand.effects() == [("t1", "OMSDK Stopped", 1)]


def test_a_command_that_was_ended_before_it_got_its_script_changes_nothing(stand: Stand) -> None:
    protocol = stand.protocol()
    shell = protocol.open_shell()
    command = protocol.run_command(shell, "powershell.exe", [*SWITCHES, encoded(BOOTSTRAP)])
    protocol.cleanup_command(shell, command)
    with pytest.raises(WSManFaultError) as gone:
        protocol.send_command_input(shell, command, b"e30=", end=True)
    assert gone.value.wsman_fault_code == 2150858843
    protocol.close_shell(shell)
    assert stand.world.requests() == []


def test_receive_says_timed_out_while_nothing_happens(stand: Stand) -> None:
    protocol = stand.protocol()
    shell = protocol.open_shell()
    command = protocol.run_command(shell, "powershell.exe", [*SWITCHES, encoded(BOOTSTRAP)])
    with pytest.raises(WinRMOperationTimeoutError):
        protocol.get_command_output_raw(shell, command)
    protocol.close_shell(shell)


def test_unknown_ids_are_invalid_selectors(stand: Stand) -> None:
    protocol = stand.protocol()
    unknown = "11111111-1111-1111-1111-111111111111"
    with pytest.raises(WSManFaultError) as no_shell:
        protocol.run_command(unknown, "hostname")
    shell = protocol.open_shell()
    with pytest.raises(WSManFaultError) as no_command:
        protocol.get_command_output_raw(shell, unknown)
    protocol.close_shell(shell)
    assert no_shell.value.wsman_fault_code == no_command.value.wsman_fault_code == 2150858843


def test_the_quota_of_shells_is_a_fault(make_stand: Callable[..., Stand]) -> None:
    stand = make_stand(quotas=Quotas(shells=2))
    protocol = stand.protocol()
    shells = [protocol.open_shell() for _ in range(2)]
    with pytest.raises(WSManFaultError, match="maximum number of 2 concurrent shells") as refused:
        protocol.open_shell()
    assert refused.value.wsman_fault_code == 2150859173
    for shell in shells:
        protocol.close_shell(shell, close_session=False)
    protocol.close_shell(protocol.open_shell())


def test_the_quota_of_operations_is_a_fault(make_stand: Callable[..., Stand]) -> None:
    stand = make_stand(quotas=Quotas(operations=1))
    protocol = stand.protocol()
    shell = protocol.open_shell()
    protocol.run_command(shell, "hostname")
    with pytest.raises(WSManFaultError) as refused:
        protocol.run_command(shell, "hostname")
    assert refused.value.wsman_fault_code == 2150859174
    protocol.close_shell(shell)


def test_a_shell_that_nobody_uses_is_deleted(make_stand: Callable[..., Stand]) -> None:
    now = [0.0]
    stand = make_stand(monotonic=lambda: now[0])
    protocol = stand.protocol()
    shell = protocol.open_shell(idle_timeout="PT600S")
    now[0] = 599.0
    command = protocol.run_command(shell, "powershell.exe", [*SWITCHES, encoded(BOOTSTRAP)])
    now[0] = 1198.0
    protocol.cleanup_command(shell, command)
    now[0] = 1799.0
    with pytest.raises(WSManFaultError) as gone:
        protocol.run_command(shell, "hostname")
    assert gone.value.wsman_fault_code == 2150858843
    assert len(stand.server.shells) == 0


def test_much_output_comes_in_envelopes_of_the_size_that_the_client_takes(make_stand: Callable[..., Stand]) -> None:
    stand = make_stand(scripts={flood.sha256: flood})
    running = stand.start(FLOOD_TEXT, {}, "t1")
    received, largest, done = b"", 0, False
    while not done:
        output, _, _, done = running.protocol.get_command_output_raw(running.shell, running.command)
        received, largest = received + output, max(largest, len(output))
    running.close()
    assert len(received) > FLOOD
    assert received.splitlines()[123] == b"%098d" % 123
    assert largest * 4 // 3 < 153_600


def test_many_clients_at_once_are_served_apart(stand: Stand) -> None:
    def ask(number: int) -> list[str]:
        return [
            str(stand.run("service-status.ps1", {"name": "OMSDK"}, f"t{number}").fields["status"]) for _ in range(4)
        ]

    with ThreadPoolExecutor(6) as pool:
        assert list(pool.map(ask, range(6))) == [["Running"] * 4] * 6
    assert Counter(request.token for request in stand.world.requests()) == {f"t{number}": 4 for number in range(6)}
    assert len(stand.server.shells) == 0


def test_a_defect_of_a_behaviour_is_its_scripts_failure_alone(make_stand: Callable[..., Stand]) -> None:
    stand = make_stand(scripts={broken.sha256: broken, **SCRIPTS})
    ended = stand.run(BROKEN_TEXT, {}, "t1")
    assert (ended.exit_code, ended.fields) == (255, {})
    assert "defect of the simulation" in ended.error
    assert stand.run("service-status.ps1", {"name": "OMSDK"}).fields["status"] == "Running"


def test_a_lone_surrogate_comes_back_replaced(stand: Stand) -> None:
    ended = stand.run("service-status.ps1", {"name": "\ud800"}, "t1")
    assert ended.fields["error"] == "Cannot find any service with service name '?'."


def test_a_command_line_that_cmd_cannot_take_is_refused(stand: Stand) -> None:
    protocol = stand.protocol()
    shell = protocol.open_shell()
    command = protocol.run_command(shell, "echo", ["x" * 8200])
    assert protocol.get_command_output(shell, command) == (b"", b"The command line is too long.\r\n", 1)
    protocol.close_shell(shell)


def _output_of(protocol: Protocol, program: str, *arguments: str) -> tuple[bytes, bytes, int]:
    shell = protocol.open_shell()
    try:
        command = protocol.run_command(shell, program, list(arguments))
        output, error, exit_code = protocol.get_command_output(shell, command)
        return bytes(output), bytes(error), int(exit_code)
    finally:
        protocol.close_shell(shell)


def test_what_is_not_known_is_not_simulated(stand: Stand) -> None:
    unknown = stand.run("param($Token) 'something else'", {}, "t1")
    assert unknown.exit_code == 64
    assert unknown.fields["not_simulated"] is True
    assert len(str(unknown.fields["sha256"])) == 64
    almost = BOOTSTRAP.replace("Stop", "Continue", 1)
    _, error, exit_code = _output_of(stand.protocol(), "powershell.exe", *SWITCHES, encoded(almost))
    assert exit_code == 64
    assert error.startswith(b"not simulated: ")


def test_a_shipped_script_with_one_more_blank_is_not_simulated(stand: Stand) -> None:
    changed = stand.run(script_text("service-stop.ps1") + " ", {"name": "OMSDK", "wait": 10}, "t1")
    assert changed.exit_code == 64
    assert stand.service("OMSDK") == "Running"


@pytest.mark.parametrize("garbage", [b"", b"%%%", base64.b64encode(b"[]"), base64.b64encode(b'{"token": 1}')])
def test_a_bootstrap_without_its_script_fails_without_a_frame(stand: Stand, garbage: bytes) -> None:
    protocol = stand.protocol()
    shell = protocol.open_shell(codepage=65001)
    command = protocol.run_command(shell, "powershell.exe", [*SWITCHES, encoded(BOOTSTRAP)])
    protocol.send_command_input(shell, command, garbage, end=True)
    output, _, exit_code = protocol.get_command_output(shell, command)
    protocol.close_shell(shell)
    assert exit_code == 1
    assert output.startswith(b"The script was not started")
