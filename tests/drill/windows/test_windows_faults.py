"""Every kind of fault, as a client meets it."""

from __future__ import annotations

import socket
from collections.abc import Callable

import pytest
import requests
from windows_support import SWITCHES, Running, Stand, encoded, eventually
from winrm.exceptions import InvalidCredentialsError, WSManFaultError

STOP = {"name": "OMSDK", "wait": 10}


def test_reply_lost_loses_the_reply_of_the_send_that_starts_the_script(stand: Stand) -> None:
    stand.arm("reply-lost:SM02:service-stop.ps1")
    with pytest.raises(requests.exceptions.ConnectionError):
        stand.start("service-stop.ps1", STOP, "t1")
    eventually(lambda: stand.effects() == [("t1", "OMSDK Stopped", 1)])
    assert stand.faults.spent()


def test_reply_lost_loses_the_reply_of_a_command_that_needs_no_input(stand: Stand) -> None:
    stand.arm("reply-lost")
    protocol = stand.protocol()
    shell = protocol.open_shell()
    with pytest.raises(requests.exceptions.ConnectionError):
        protocol.run_command(shell, "hostname")
    protocol.close_shell(shell)


def test_accept_lost_leaves_a_bootstrap_that_got_no_script(stand: Stand) -> None:
    stand.arm("accept-lost")
    with pytest.raises(requests.exceptions.ConnectionError):
        stand.start("service-stop.ps1", STOP, "t1")
    assert len(stand.server.shells) == 1
    assert stand.world.requests() == []


def test_reset_resets_a_receive_and_the_work_goes_on(stand: Stand) -> None:
    stand.arm("reset:SM02:OMSDK")
    running = stand.start("service-stop.ps1", STOP, "t1")
    with pytest.raises(requests.exceptions.ConnectionError):
        running.protocol.get_command_output_raw(running.shell, running.command)
    again = Running(stand.protocol(), running.shell, running.command, "t1")
    assert again.follow().fields["status"] == "Stopped"
    again.close()
    assert stand.effects() == [("t1", "OMSDK Stopped", 1)]


def test_reset_is_a_reset(make_stand: Callable[..., Stand]) -> None:
    stand = make_stand(tls=False, seal_required=True)  # over TLS, Python's client takes a reset for an end
    stand.arm("reset")
    running = stand.start("service-status.ps1", STOP, "t1")
    with pytest.raises(requests.exceptions.ConnectionError, match="reset by peer"):
        running.protocol.get_command_output_raw(running.shell, running.command)


def _keeps_connections(stand: Stand) -> bool:
    """A restarting host resets them. (Asked without TLS: CPython leaks a socket that is reset before its handshake.)"""
    try:
        with socket.create_connection(("127.0.0.1", stand.server.port), timeout=0.5) as connection:
            return connection.recv(1) != b""
    except TimeoutError:
        return True
    except OSError:
        return False


def test_reboot_takes_shells_and_half_done_work_and_starts_services_again(stand: Stand) -> None:
    booted_at = stand.world.host("SM02").booted_at
    stand.run("service-fence.ps1", {"name": "OMCFG", "wait": 10}, "t0")
    stand.arm("slow:30:SM02:OMSDK", "reboot:SM02:OMSDK")
    running = stand.start("service-stop.ps1", STOP, "t1")
    with pytest.raises(requests.exceptions.ConnectionError):
        running.protocol.get_command_output_raw(running.shell, running.command)

    eventually(lambda: _keeps_connections(stand))
    with pytest.raises(WSManFaultError) as gone:
        stand.protocol().get_command_output_raw(running.shell, running.command)
    assert gone.value.wsman_fault_code == 2150858843
    assert stand.world.host("SM02").booted_at > booted_at
    assert stand.service("OMSDK") == "Running"
    assert stand.service("OMCFG") == "Stopped"
    assert [token for token, _, _ in stand.effects()] == ["t0", "t0"]


def test_reboot_in_the_middle_of_a_stop_leaves_no_effect(stand: Stand) -> None:
    running = stand.start("service-stop.ps1", STOP, "t1")
    eventually(lambda: stand.service("OMSDK") == "StopPending")
    stand.server.restart()
    assert stand.service("OMSDK") == "Running"
    assert stand.world.all("SELECT * FROM transitions") == []
    assert len(stand.server.shells) == 0
    running.protocol.transport.close_session()
    assert stand.effects() == []


def test_hang_answers_no_receive_and_the_work_goes_on(stand: Stand) -> None:
    stand.arm("hang")
    running = stand.start("service-stop.ps1", STOP, "t1", stand.protocol(poll=1, wait=2))
    with pytest.raises(requests.exceptions.ReadTimeout):
        running.protocol.get_command_output_raw(running.shell, running.command)
    again = Running(stand.protocol(), running.shell, running.command, "t1")
    assert again.follow().fields["status"] == "Stopped"
    again.close()
    assert stand.effects() == [("t1", "OMSDK Stopped", 1)]


def test_login_rejected_is_a_401(stand: Stand) -> None:
    stand.arm("login-rejected:SM02*2")
    for _ in range(2):
        with pytest.raises(InvalidCredentialsError):
            stand.protocol().open_shell()
    protocol = stand.protocol()
    protocol.close_shell(protocol.open_shell())


def test_effect_lost_answers_as_if_done(stand: Stand) -> None:
    stand.arm("effect-lost")
    assert stand.run("service-status.ps1", {"name": "OMSDK"}, "t0").fields["status"] == "Running"
    assert not stand.faults.spent()
    ended = stand.run("service-stop.ps1", STOP, "t1")
    assert (ended.exit_code, ended.fields["status"]) == (0, "Stopped")
    assert stand.service("OMSDK") == "Running"
    assert stand.effects() == []
    stand.run("service-stop.ps1", STOP, "t2")
    assert stand.effects() == [("t2", "OMSDK Stopped", 1)]


def test_effect_lost_takes_back_every_change_of_one_script(stand: Stand) -> None:
    stand.arm("effect-lost:SM02:service-fence")
    fenced = stand.run("service-fence.ps1", {"name": "HealthService", "wait": 10}, "t1")
    assert (fenced.fields["status"], fenced.fields["start_type"]) == ("Stopped", "Disabled")
    now = stand.run("service-status.ps1", {"name": "HealthService"}, "t2").fields
    assert (now["status"], now["start_type"]) == ("Running", "Automatic")
    assert stand.effects() == []


def test_service_hangs_stopping_is_a_timeout_and_then_in_progress(stand: Stand) -> None:
    stand.arm("service-hangs-stopping:SM02:OMSDK")
    ended = stand.run("service-stop.ps1", STOP, "t1")
    assert (ended.exit_code, ended.fields["error_id"]) == (1, "TimeoutException")
    seen = stand.run("service-status.ps1", {"name": "OMSDK"}, "t2").fields
    assert seen["progress"] == seen["status"] == "StopPending"
    again = stand.run("service-stop.ps1", STOP, "t3")
    assert again.exit_code == 1
    assert stand.effects() == []


def test_slow_takes_longer_and_can_be_ended(stand: Stand) -> None:
    stand.arm("slow:600")
    running = stand.start("service-stop.ps1", STOP, "t1")
    eventually(stand.faults.spent)
    running.close()
    assert stand.service("OMSDK") == "Running"


def test_faults_strike_only_the_script_that_they_name(stand: Stand) -> None:
    stand.arm("reset:SM02:service-start", "reboot:SM01", "hang:SM02:OMCFG")
    assert stand.run("service-stop.ps1", STOP, "t1").exit_code == 0
    assert not stand.faults.spent()


def test_no_fault_strikes_before_the_work_has_begun(stand: Stand) -> None:
    stand.arm("reset")
    protocol = stand.protocol()
    shell = protocol.open_shell()
    command = protocol.run_command(shell, "powershell.exe", [*SWITCHES, encoded("not ours")], console_mode_stdin=False)
    with pytest.raises(requests.exceptions.ConnectionError):
        protocol.get_command_output(shell, command)
    assert stand.faults.spent()


def test_a_closed_host_refuses_connections(make_stand: Callable[..., Stand]) -> None:
    stand = make_stand()
    port = stand.server.port
    stand.server.close()
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", port), timeout=5)
