"""The target against the drill's host, over pywinrm, TLS and TCP; nothing is replaced by a mock."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable

import pytest
from faulty_link import Fault, Kind, answer, soap_fault
from windows_stand import WAITED, Listener, Stand, call, running

from smtui.drill.faults import parse_fault
from smtui.drill.windows.shells import Quotas
from smtui.secrets.redaction import Redactor
from smtui.targets.base import Ending, Result, Settlement, TargetError
from smtui.targets.wsman_errors import ACCESS_DENIED, BUSY, INVALID_SELECTORS, OPERATION_QUOTA, SHELL_QUOTA

TIMED_OUT = 2150858793
GARBAGE = {
    "500 without a body": answer(500),
    "500 with HTML": answer(500, b"<html>no</html>"),
    "500 that is no UTF-8": answer(500, b"\xff\xfe"),
    "503": answer(503),
    "404": answer(404),
    "403": answer(403),
    "302": answer(302, b"", "Location: https://evil.test/"),
    "no XML": answer(200, b"nope"),
    "nothing": answer(200),
    "cut XML": answer(200, b"<s:Envelope"),
    "other XML": answer(200, b"<html/>"),
}


def run(stand: Stand, listener: Listener | None = None, script: str = "work", timeout: float = WAITED) -> Result:
    return stand.target().run(call(script, timeout), (listener or Listener()).watch())


def settle(stand: Stand, listener: Listener, timeout: float = WAITED) -> Settlement:
    return stand.target().settle(call("wait", timeout), listener.remote, listener.watch())


def test_a_script_runs_with_its_parameters_and_reports_fields(stand: Stand) -> None:
    listener = Listener()
    hostile = "srv\u2019; Remove-Item C:\\ -Recurse; \u2019 $(x)"
    result = stand.target().run(call("echo", name=hostile, wait=30, force=True, ratio=0.5), listener.watch())
    assert result.ending == "ok"
    assert stand.world.requests()[0].token == "t0ken"
    assert "Remove-Item" in str(result.fields["json"])
    assert listener.remote.keys() == {"shell", "command"}
    assert "smtui-result" not in listener.text


@pytest.mark.parametrize(("basic", "requests"), [(True, 6), (False, 8)])
def test_a_call_takes_few_requests_and_leaves_no_shell(
    make_stand: Callable[..., Stand], basic: bool, requests: int
) -> None:
    stand = make_stand(basic=basic)
    assert run(stand).ending == "ok"
    assert len(stand.link.actions) == requests
    assert len(stand.server.shells) == 0


def test_output_streams_while_the_script_runs(stand: Stand) -> None:
    listener = Listener()
    thread = running(lambda: run(stand, listener, "wait"))
    assert listener.heard.wait(WAITED)
    assert listener.text == "waiting\n"
    stand.release.set()
    thread.join(WAITED)
    assert listener.text == "waiting\n"


def test_characters_survive_the_borders_of_chunks(stand: Stand) -> None:
    listener = Listener()
    assert run(stand, listener, "much").fields == {"status": "done"}
    assert listener.text == ("ü" * 50_000 + "\n") * 40


def test_a_script_longer_than_one_message_arrives_whole(stand: Stand) -> None:
    long = "# " + "x" * 400_000
    result = stand.target().run(call(long), Listener().watch())
    assert (result.ending, result.exit_code, result.not_simulated) == ("failed", 64, True)
    assert stand.link.actions.count("Send") > 1


def test_an_error_of_the_script_is_a_failure_with_its_text(stand: Stand) -> None:
    result = run(stand, script="fail")
    assert (result.ending, result.exit_code) == ("failed", 1)
    assert "Cannot find any service" in result.reason
    assert result.fields["error_id"] == "NoServiceFoundForGivenName"


def test_the_server_says_who_it_is(stand: Stand) -> None:
    identity = stand.target().identify()
    assert (identity.name, identity.domain, identity.booted) == ("SM02", "contoso.test", "2026-01-02T03:04:05Z")


def test_a_server_that_does_not_say_who_it_is_is_an_error(stand: Stand) -> None:
    stand.link.faults.append(Fault("Create", "answer", answer(503), times=9))
    with pytest.raises(TargetError, match="503"):
        stand.target().identify()


def test_the_canary_leaves_nothing(stand: Stand) -> None:
    assert stand.target().canary().ending == "ok"
    assert stand.executed() == len(stand.server.shells) == 0


@pytest.mark.parametrize("basic", [True, False])
def test_a_wrong_password_is_rejected_and_said_once(make_stand: Callable[..., Stand], basic: bool) -> None:
    stand = make_stand(basic=basic)
    target = stand.target(password="wrong password")
    for result in (target.canary(), target.run(call(), Listener().watch())):
        assert result.ending == "rejected"
        assert "wrong password" not in result.reason
    assert stand.executed() == 0
    steps = 1 if basic else 3
    assert len(stand.link.actions) == 2 * steps, "more than one attempt for a call would lock the account out"


def test_tls_is_checked_against_the_name_whatever_the_address_is(stand: Stand) -> None:
    result = stand.target(fqdn="sm03.contoso.test").run(call(), Listener().watch())
    assert result.ending == "unreachable"
    assert "certificate" in result.reason
    assert stand.link.actions == []


def test_a_server_of_an_unknown_authority_is_not_spoken_to(stand: Stand) -> None:
    result = stand.target(ca_file=None).run(call(), Listener().watch())
    assert result.ending == "unreachable"
    assert "ca_file" in result.reason
    assert stand.link.actions == []


def test_whoever_answers_is_believed_where_the_certificate_is_not_checked(stand: Stand) -> None:
    result = stand.target(ca_file=None, fqdn="sm03.contoso.test", verify=False).run(call(), Listener().watch())
    assert result.ending == "ok"


@pytest.mark.parametrize("password", [None, "wrong password"])
def test_basic_over_plain_http_works_where_it_was_accepted(
    make_stand: Callable[..., Stand], password: str | None
) -> None:
    stand = make_stand(basic=True)
    plain = {"tls": False, "port": stand.server.port} | ({} if password is None else {"password": password})
    result = stand.target(**plain).run(call(), Listener().watch())
    assert result.ending == ("ok" if password is None else "rejected")
    assert stand.effects() == (1 if password is None else 0)


def test_ntlm_over_plain_http_is_sealed(stand: Stand) -> None:
    assert stand.target(tls=False, port=stand.server.port).run(call(), Listener().watch()).ending == "ok"


def test_a_missing_ca_file_says_so(stand: Stand) -> None:
    result = stand.target(ca_file=stand.world.path.with_name("nowhere.pem")).run(call(), Listener().watch())
    assert result.ending == "unreachable"
    assert "nowhere.pem" in result.reason


def test_nothing_of_the_environment_leads_elsewhere(stand: Stand, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", "/nowhere.pem")
    assert run(stand).ending == "ok"


def test_nobody_listens(stand: Stand) -> None:
    stand.link.close()
    result = run(stand)
    assert result.ending == "unreachable"
    assert "connection refused" in result.reason


def test_an_address_of_ip_version_6(stand: Stand) -> None:
    result = stand.target(address="::1", port=9).run(call(), Listener().watch())
    assert result.ending == "unreachable"
    assert "[::1]:9" in result.reason


BREAKS: tuple[Kind, ...] = ("close", "lose-reply", "reset", "cut-reply")


@pytest.mark.parametrize("action", ["Create", "Send", "Receive", "Signal", "Delete"])
@pytest.mark.parametrize("kind", BREAKS)
def test_one_break_is_healed_and_nothing_runs_twice(stand: Stand, action: str, kind: Kind) -> None:
    logged_on = 2 if action == "Create" else 0  # the first two are steps of NTLM
    stand.link.faults.append(Fault(action, kind, after=logged_on))
    result = run(stand)
    assert result.ending == "ok", result.reason
    assert (stand.executed(), stand.effects()) == (1, 1)
    id_lost = action == "Create" and kind in {"lose-reply", "cut-reply"}
    assert len(stand.server.shells) == (1 if id_lost else 0)


@pytest.mark.parametrize("kind", BREAKS)
def test_a_lost_command_has_not_started_for_its_script_was_not_sent(stand: Stand, kind: Kind) -> None:
    stand.link.faults.append(Fault("Command", kind))
    result = run(stand)
    assert result.ending == "not-started"
    assert "nothing of it ran" in result.reason
    assert stand.executed() == len(stand.server.shells) == 0


@pytest.mark.parametrize("name", GARBAGE)
def test_garbage_instead_of_a_shell(stand: Stand, name: str) -> None:
    stand.link.faults.append(Fault("Create", "answer", GARBAGE[name], times=9))
    result = run(stand)
    assert result.ending == "unreachable"
    assert stand.executed() == len(stand.server.shells) == 0


@pytest.mark.parametrize("name", GARBAGE)
def test_garbage_instead_of_a_command(stand: Stand, name: str) -> None:
    stand.link.faults.append(Fault("Command", "answer", GARBAGE[name]))
    result = run(stand)
    assert result.ending == "not-started"
    assert stand.executed() == len(stand.server.shells) == 0


@pytest.mark.parametrize("name", GARBAGE)
def test_garbage_instead_of_output_is_passed_over(stand: Stand, name: str) -> None:
    stand.link.faults.append(Fault("Receive", "answer", GARBAGE[name]))
    assert run(stand).ending == "ok"
    assert (stand.executed(), len(stand.server.shells)) == (1, 0)


@pytest.mark.parametrize("name", GARBAGE)
def test_garbage_for_ever_is_unknown_and_settled_later(stand: Stand, name: str) -> None:
    stand.link.faults.append(Fault("Receive", "answer", GARBAGE[name], times=10**6))
    listener = Listener()
    result = run(stand, listener)
    assert result.ending == "unknown"
    assert stand.executed() == 1
    assert len(stand.link.actions) < 60, "it does not spin"
    stand.link.faults.clear()
    settlement = settle(stand, listener)
    assert settlement.state == "ended"
    assert settlement.result is not None
    assert settlement.result.fields == {"status": "Stopped"}
    assert (stand.executed(), len(stand.server.shells)) == (1, 0)


@pytest.mark.parametrize(
    ("action", "code", "ending"),
    [
        ("Create", ACCESS_DENIED, "not-started"),
        ("Create", SHELL_QUOTA, "not-started"),
        ("Create", TIMED_OUT, "ok"),
        ("Command", ACCESS_DENIED, "not-started"),
        ("Command", TIMED_OUT, "not-started"),
        ("Command", OPERATION_QUOTA, "ok"),
        ("Command", BUSY, "ok"),
        ("Command", INVALID_SELECTORS, "ok"),
        ("Send", ACCESS_DENIED, "not-started"),
        ("Send", TIMED_OUT, "ok"),
        ("Receive", TIMED_OUT, "ok"),
        ("Signal", ACCESS_DENIED, "ok"),
        ("Delete", TIMED_OUT, "ok"),
    ],
)
def test_faults_of_ws_man(stand: Stand, action: str, code: int, ending: Ending) -> None:
    stand.link.faults.append(Fault(action, "answer", soap_fault(code)))
    result = run(stand)
    assert result.ending == ending, result.reason
    assert stand.executed() == (1 if ending == "ok" else 0)
    assert len(stand.server.shells) == 0


def test_a_fault_that_says_nothing_about_the_command_leaves_it_to_be_settled(stand: Stand) -> None:
    stand.link.faults.append(Fault("Receive", "answer", soap_fault(ACCESS_DENIED)))
    listener = Listener()
    assert run(stand, listener).ending == "unknown"
    assert settle(stand, listener).state == "ended"
    assert (stand.executed(), len(stand.server.shells)) == (1, 0)


@pytest.mark.parametrize(("action", "ending"), [("Command", "rejected"), ("Receive", "ok")])
def test_a_401_in_the_middle(stand: Stand, action: str, ending: Ending) -> None:
    stand.link.faults.append(Fault(action, "answer", answer(401, b"", "WWW-Authenticate: Basic")))
    assert run(stand).ending == ending
    assert len(stand.server.shells) == 0


@pytest.mark.parametrize(
    ("action", "ending"), [("Create", "not-started"), ("Command", "not-started"), ("Receive", "unknown")]
)
def test_a_host_that_does_not_answer_is_given_up_at_the_deadline(stand: Stand, action: str, ending: Ending) -> None:
    stand.link.faults.append(Fault(action, "hang"))
    result = run(stand, script="wait", timeout=1.0)
    assert result.ending == ending, result.reason
    assert len(stand.server.shells) == 0


def test_the_deadline_ends_the_command(stand: Stand) -> None:
    result = run(stand, script="wait", timeout=1.0)
    assert result.ending == "unknown"
    assert "1 s" in result.reason
    assert (stand.executed(), len(stand.server.shells)) == (1, 0)


def test_cancelling_ends_the_command(stand: Stand) -> None:
    listener = Listener()
    results: list[Result] = []
    thread = running(lambda: results.append(run(stand, listener, "wait")))
    assert listener.heard.wait(WAITED)
    listener.cancelled.set()
    thread.join(WAITED)
    assert results[0].ending == "unknown"
    assert "cancelled" in results[0].reason
    assert len(stand.server.shells) == 0


def test_cancelled_before_it_began(stand: Stand) -> None:
    listener = Listener()
    listener.cancelled.set()
    assert run(stand, listener).ending == "not-started"
    assert stand.link.actions == []


def test_a_restart_of_the_host_is_unknown_and_then_gone(stand: Stand) -> None:
    listener = Listener()
    thread_result: list[Result] = []
    thread = running(lambda: thread_result.append(run(stand, listener, "wait")))
    assert listener.heard.wait(WAITED)
    stand.server.restart()
    thread.join(WAITED)
    assert thread_result[0].ending == "unknown"
    assert settle(stand, listener).state == "gone"
    assert (stand.executed(), len(stand.server.shells)) == (1, 0)


def test_a_link_that_stays_broken_is_unknown_and_the_true_result_is_fetched_later(stand: Stand) -> None:
    stand.link.faults.append(Fault("Receive", "close", times=10**6))
    listener = Listener()
    result = run(stand, listener, "wait")
    assert result.ending == "unknown"
    assert "settle" in result.reason
    assert len(stand.server.shells) == 1, "the command is left running, to be found again"
    stand.link.faults.clear()
    stand.release.set()
    settlement = settle(stand, listener)
    assert settlement.state == "ended"
    assert settlement.result is not None
    assert (settlement.result.ending, settlement.result.fields) == ("ok", {"status": "Stopped"})
    assert (stand.executed(), stand.effects(), len(stand.server.shells)) == (1, 1, 0)


def test_settling_while_the_host_is_away_is_unclear(stand: Stand) -> None:
    stand.link.close()
    settlement = settle(stand, Listener(remote={"shell": "A", "command": "B"}))
    assert settlement.state == "unclear"
    assert "connection refused" in settlement.reason


def test_settling_with_a_refused_account_is_unclear(stand: Stand) -> None:
    listener = Listener(remote={"shell": "A", "command": "B"})
    settlement = stand.target(password="other").settle(call(), listener.remote, listener.watch())
    assert settlement.state == "unclear"


def test_settling_a_shell_that_nobody_knows_is_gone(stand: Stand) -> None:
    assert settle(stand, Listener(remote={"shell": "A", "command": "B"})).state == "gone"


def test_settling_without_ids_is_unclear(stand: Stand) -> None:
    assert settle(stand, Listener(remote={"shell": "A"})).state == "unclear"
    assert stand.link.actions == []


def test_settling_ends_a_command_that_outlives_its_time(stand: Stand) -> None:
    stand.link.faults.append(Fault("Receive", "close", times=10**6))
    listener = Listener()
    run(stand, listener, "wait")
    stand.link.faults.clear()
    assert settle(stand, listener, timeout=0.5).state == "gone"
    assert len(stand.server.shells) == 0


class _Died(Exception):
    pass


def test_a_client_that_died_before_it_sent_the_script_leaves_a_command_that_gives_up(stand: Stand) -> None:
    """The shell is there, the bootstrap waits for its script; settling tells it that none comes."""
    listener = Listener()
    stand.link.faults += [Fault("Send", "close", times=2), Fault("Receive", "close", times=10**6)]
    assert run(stand, listener).ending == "unknown"
    stand.link.faults.clear()
    settlement = settle(stand, listener)
    assert settlement.state == "gone"
    assert "whether it ran at all is not known" in settlement.reason
    assert stand.executed() == len(stand.server.shells) == 0


def test_an_engine_that_cannot_record_the_ids_stops_the_call(stand: Stand) -> None:
    watch = Listener().watch()

    def broken(_: object) -> None:
        raise _Died

    watch.accepted = broken
    with pytest.raises(_Died):
        stand.target().run(call(), watch)
    assert stand.executed() == len(stand.server.shells) == 0


def test_the_quota_of_shells_is_explained(make_stand: Callable[..., Stand]) -> None:
    stand = make_stand(quotas=Quotas(shells=0))
    result = run(stand)
    assert result.ending == "not-started"
    assert "too many shells" in result.reason


def test_many_targets_at_once_each_on_its_own_connection(stand: Stand) -> None:
    results: list[Result] = []
    barrier = threading.Barrier(4)

    def one() -> None:
        barrier.wait(WAITED)
        results.append(run(stand))

    for thread in [running(one) for _ in range(4)]:
        thread.join(WAITED)
    assert [result.ending for result in results] == ["ok"] * 4
    assert (stand.executed(), len(stand.server.shells)) == (4, 0)


@pytest.mark.parametrize(
    ("fault", "ending", "executed"),
    [
        ("reply-lost", "ok", 1),
        ("accept-lost", "not-started", 0),
        ("reset", "ok", 1),
        ("reboot", "unknown", 1),
        ("login-rejected", "rejected", 0),
        ("effect-lost", "ok", 1),
    ],
)
def test_the_faults_of_a_drill(stand: Stand, fault: str, ending: Ending, executed: int) -> None:
    stand.faults.arm(parse_fault(f"{fault}:SM02"))
    listener = Listener()
    result = run(stand, listener)
    assert result.ending == ending, result.reason
    assert stand.executed() == executed
    assert len(stand.server.shells) == 0


def test_without_tls_every_message_is_sealed(stand: Stand) -> None:
    target = stand.target(tls=False, port=stand.server.port)
    assert target.run(call(), Listener().watch()).ending == "ok"
    assert (stand.executed(), len(stand.server.shells)) == (1, 0)


@pytest.mark.parametrize("basic", [True, False])
def test_logs_at_their_most_talkative_hold_no_password(
    make_stand: Callable[..., Stand], basic: bool, caplog: pytest.LogCaptureFixture
) -> None:
    stand = make_stand(basic=basic)
    with caplog.at_level(logging.DEBUG):
        assert run(stand).ending == "ok"
    redactor = Redactor()
    redactor.add(stand.endpoint.password)
    assert caplog.text
    assert redactor.text(caplog.text) == caplog.text
    assert stand.endpoint.password not in repr(stand.endpoint)
