"""The PowerShell host of a server: few requests, and a script runs once whatever becomes of link, host and program."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing

import pytest
from faulty_link import Fault, Kind, answer, soap_fault
from windows_stand import WAITED, Listener, Stand, call, running

from smtui.drill.faults import parse_fault
from smtui.drill.windows.shells import Quotas
from smtui.targets.base import Ending, Result, Settlement
from smtui.targets.winrm import WinRmTarget
from smtui.targets.wsman_errors import ACCESS_DENIED, INVALID_SELECTORS

BREAKS: tuple[Kind, ...] = ("close", "lose-reply", "reset", "cut-reply")


@pytest.fixture
def target(stand: Stand) -> Iterator[WinRmTarget]:
    """Opened ahead, both connections logged on."""
    with closing(stand.target(hosted=True)) as made:
        assert made.prepare().ending == "ok"
        stand.link.actions.clear()
        yield made


@pytest.fixture
def fresh(stand: Stand) -> Iterator[WinRmTarget]:
    with closing(stand.target(hosted=True)) as made:
        yield made


def run(target: WinRmTarget, script: str = "work", timeout: float = WAITED, listener: Listener | None = None) -> Result:
    return target.run(call(script, timeout), (listener or Listener()).watch())


def settle(stand: Stand, listener: Listener, timeout: float = WAITED) -> Settlement:
    """By a program that was started after the first one died."""
    with closing(stand.target(hosted=True)) as later:
        return later.settle(call("wait", timeout), listener.remote, listener.watch())


class TestRequests:
    @pytest.fixture
    def stand(self, make_stand: Callable[..., Stand]) -> Stand:
        """Whose host holds output back until the script has ended, however slow this machine is."""
        return make_stand(held=WAITED)

    def test_an_item_that_runs_and_is_looked_at_takes_two_pairs_of_requests(
        self, stand: Stand, target: WinRmTarget
    ) -> None:
        assert [run(target).ending, run(target, "echo").ending] == ["ok", "ok"]
        assert sorted(stand.link.actions) == ["Receive", "Receive", "Send", "Send"]
        assert (stand.executed(), stand.effects(), len(stand.server.shells)) == (2, 1, 1)

    def test_the_two_of_a_pair_travel_together(self, stand: Stand, target: WinRmTarget) -> None:
        """Each Send is answered only when a Receive is on its way, so none waits for the other."""
        stand.link.together = True
        assert [run(target).ending, run(target, "echo").ending] == ["ok", "ok"]
        assert len(stand.link.actions) == 4

    @pytest.mark.parametrize(("basic", "requests"), [(True, 4), (False, 6)])
    def test_the_first_script_opens_the_host_where_nobody_did(
        self, make_stand: Callable[..., Stand], basic: bool, requests: int
    ) -> None:
        stand = make_stand(basic=basic, held=WAITED)
        with closing(stand.target(hosted=True)) as fresh:
            assert run(fresh).ending == "ok"
            before_pairing = [action for action in stand.link.actions if action]
            ready_alone = before_pairing.count("Receive") == 2
            assert len(before_pairing) == requests + ready_alone
        assert len(stand.server.shells) == 0

    def test_a_frame_longer_than_one_message_arrives_whole(self, stand: Stand, target: WinRmTarget) -> None:
        result = run(target, "# " + "x" * 400_000)
        assert (result.ending, result.exit_code, result.not_simulated) == ("failed", 64, True)
        assert stand.link.actions.count("Send") > 1

    def test_connections_that_were_idle_for_too_long_are_logged_on_anew_ahead(self, stand: Stand) -> None:
        now = [0.0]
        with closing(stand.target(hosted=True, clock=lambda: time.monotonic() + now[0])) as target:
            assert [target.prepare().ending, run(target).ending] == ["ok", "ok"]
            now[0] = 110.0
            stand.link.actions.clear()
            assert target.prepare().ending == "ok"
            assert set(stand.link.actions) == {""}, "two logins, and nothing else"
            stand.link.actions.clear()
            assert run(target).ending == "ok"
            assert sorted(stand.link.actions) == ["Receive", "Send"]

    def test_closing_leaves_nothing(self, stand: Stand, target: WinRmTarget) -> None:
        run(target)
        target.close()
        assert len(stand.server.shells) == 0

    def test_a_server_where_it_is_switched_off_gets_a_shell_for_each_call(self, stand: Stand) -> None:
        with closing(stand.target(hosted=False)) as target:
            assert target.prepare().ending == run(target).ending == "ok"
        assert stand.link.actions[-1] == "Delete"

    def test_a_very_long_script_does_not_go_through_the_host(self, target: WinRmTarget) -> None:
        listener = Listener()
        assert run(target, timeout=7200.0, listener=listener).ending == "ok"
        assert listener.remote.keys() == {"shell", "command"}


class TestOutput:
    def test_each_script_gets_its_own_output_and_result(self, target: WinRmTarget) -> None:
        heard = []
        for script in ("work", "much", "work"):
            listener = Listener()
            run(target, script, listener=listener)
            heard.append(listener.text)
        assert heard == ["working\n", ("ü" * 50_000 + "\n") * 40, "working\n"]

    def test_it_streams_while_the_script_runs(self, stand: Stand, target: WinRmTarget) -> None:
        listener = Listener()
        thread = running(lambda: run(target, "wait", listener=listener))
        assert listener.heard.wait(WAITED)
        assert listener.text == "waiting\n"
        stand.release.set()
        thread.join(WAITED)

    def test_an_error_of_a_script_ends_that_script_and_not_the_host(self, target: WinRmTarget) -> None:
        first, shell = Listener(), Listener()
        assert run(target, "fail", listener=first).exit_code == 1
        assert run(target, listener=shell).ending == "ok"
        assert first.remote["command"] == shell.remote["command"]
        assert first.remote["frame"] != shell.remote["frame"]


class TestBrokenLinks:
    @pytest.mark.parametrize("action", ["Send", "Receive"])
    @pytest.mark.parametrize("kind", BREAKS)
    @pytest.mark.parametrize("opened", [True, False])
    def test_one_break_is_healed_and_nothing_runs_twice(
        self, stand: Stand, action: str, kind: Kind, opened: bool
    ) -> None:
        with closing(stand.target(hosted=True)) as target:
            if opened:
                target.prepare()
            stand.link.faults.append(Fault(action, kind))
            result = run(target)
            assert (result.ending, result.fields) == ("ok", {"status": "Stopped"}), result.reason
            assert run(target, "echo").ending == "ok"
            assert (stand.executed(), stand.effects()) == (2, 1)
        assert len(stand.server.shells) == 0

    @pytest.mark.parametrize("kind", BREAKS)
    def test_a_lost_start_of_the_host_has_not_started_the_script(
        self, stand: Stand, fresh: WinRmTarget, kind: Kind
    ) -> None:
        stand.link.faults.append(Fault("Command", kind))
        assert run(fresh).ending == "not-started"
        assert stand.executed() == len(stand.server.shells) == 0

    def test_a_script_whose_send_never_arrives_is_barred_when_it_is_settled(
        self, stand: Stand, target: WinRmTarget
    ) -> None:
        stand.link.faults.append(Fault("Send", "close", times=10**6))
        listener = Listener()
        assert run(target, listener=listener).ending == "unknown"
        stand.link.faults.clear()
        assert settle(stand, listener).state == "never"
        assert stand.executed() == len(stand.server.shells) == 0

    def test_a_link_that_stays_broken_is_unknown_and_the_true_result_is_fetched_later(
        self, stand: Stand, target: WinRmTarget
    ) -> None:
        stand.link.faults.append(Fault("Receive", "close", times=10**6))
        listener = Listener()
        assert run(target, "wait", listener=listener).ending == "unknown"
        stand.link.faults.clear()
        stand.release.set()
        settlement = settle(stand, listener)
        assert settlement.state == "ended"
        assert settlement.result is not None
        assert (settlement.result.ending, settlement.result.fields) == ("ok", {"status": "Stopped"})
        assert (stand.executed(), stand.effects(), len(stand.server.shells)) == (1, 1, 0)

    def test_a_host_that_does_not_answer_is_left_and_another_one_takes_the_next_script(
        self, stand: Stand, target: WinRmTarget
    ) -> None:
        stand.link.faults += [Fault("Receive", "hang"), Fault("Signal", "close", times=9)]
        assert run(target, "wait", timeout=1.0).ending == "unknown"
        assert run(target, "echo").ending == "ok"
        assert (stand.executed(), stand.effects()) == (2, 1)


class TestDeadline:
    def test_it_ends_the_host_and_the_next_script_gets_a_new_one(self, stand: Stand, target: WinRmTarget) -> None:
        first, second = Listener(), Listener()
        result = run(target, "wait", timeout=1.0, listener=first)
        assert (result.ending, len(stand.server.shells)) == ("unknown", 0)
        assert "1 s" in result.reason
        assert run(target, listener=second).ending == "ok"
        assert first.remote["command"] != second.remote["command"]
        assert stand.executed() == 2

    def test_cancelling_ends_the_host(self, stand: Stand, target: WinRmTarget) -> None:
        listener = Listener()
        results: list[Result] = []
        thread = running(lambda: results.append(run(target, "wait", listener=listener)))
        assert listener.heard.wait(WAITED)
        listener.cancelled.set()
        thread.join(WAITED)
        assert results[0].ending == "unknown"
        assert "cancelled" in results[0].reason
        assert len(stand.server.shells) == 0

    def test_cancelled_before_it_began(self, stand: Stand, target: WinRmTarget) -> None:
        listener = Listener()
        listener.cancelled.set()
        assert run(target, listener=listener).ending == "not-started"
        assert stand.link.actions == []


class TestHostsThatEnd:
    def test_one_that_ended_before_it_took_the_script_is_unknown_and_replaced(
        self, stand: Stand, target: WinRmTarget
    ) -> None:
        stand.faults.arm(parse_fault("host-ended:SM02"))
        result = run(target)
        assert result.ending == "unknown"
        assert "PowerShell host ended" in result.reason
        assert stand.executed() == 0
        assert run(target).ending == "ok"
        assert (stand.executed(), len(stand.server.shells)) == (1, 1)

    def test_one_whose_shell_is_gone_is_replaced_without_a_word(self, stand: Stand, target: WinRmTarget) -> None:
        stand.server.shells.clear()
        assert run(target).ending == "ok"
        assert (stand.executed(), len(stand.server.shells)) == (1, 1)

    def test_a_restart_of_the_server_between_two_scripts(self, stand: Stand, target: WinRmTarget) -> None:
        assert run(target).ending == "ok"
        stand.server.restart()
        with closing(stand.target()) as onlooker:
            while onlooker.canary().ending != "ok":
                pass
        assert run(target).ending == "ok"
        assert (stand.executed(), stand.effects()) == (2, 2)

    def test_a_restart_under_a_script_is_unknown_and_then_gone(self, stand: Stand, target: WinRmTarget) -> None:
        listener = Listener()
        results: list[Result] = []
        thread = running(lambda: results.append(run(target, "wait", listener=listener)))
        assert listener.heard.wait(WAITED)
        stand.server.restart()
        thread.join(WAITED)
        assert results[0].ending == "unknown"
        assert settle(stand, listener).state == "gone"
        assert (stand.executed(), len(stand.server.shells)) == (1, 0)

    def test_a_server_where_it_does_not_start_gets_a_shell_for_each_call(self, stand: Stand) -> None:
        stand.faults.arm(parse_fault("constrained-language:SM02"))
        listener = Listener()
        with closing(stand.target(hosted=True)) as target:
            result = run(target, listener=listener)
        assert result.ending == "failed"
        assert "language mode ConstrainedLanguage" in listener.text
        assert stand.executed() == len(stand.server.shells) == 0

    def test_the_quota_of_shells_is_explained(self, make_stand: Callable[..., Stand]) -> None:
        stand = make_stand(quotas=Quotas(shells=0))
        with closing(stand.target(hosted=True)) as target:
            result = run(target)
        assert result.ending == "not-started"
        assert "too many shells" in result.reason

    @pytest.mark.parametrize(
        ("action", "code", "ending"),
        [("Send", INVALID_SELECTORS, "ok"), ("Send", ACCESS_DENIED, "ok"), ("Receive", ACCESS_DENIED, "unknown")],
    )
    def test_a_refusal(self, stand: Stand, target: WinRmTarget, action: str, code: int, ending: Ending) -> None:
        """What was refused was not sent; a refused Receive says nothing about the script."""
        stand.link.faults.append(Fault(action, "answer", soap_fault(code)))
        listener = Listener()
        assert run(target, listener=listener).ending == ending
        assert ending == "ok" or settle(stand, listener).state == "ended"
        assert (stand.executed(), stand.effects()) == (1, 1)

    def test_a_password_that_is_refused_in_between_is_said_once(self, stand: Stand, target: WinRmTarget) -> None:
        """More requests with it would lock the account."""
        stand.link.faults.append(Fault("Send", "answer", answer(401, b"", "WWW-Authenticate: Basic"), times=9))
        assert run(target).ending == "rejected"
        assert stand.link.actions.count("Send") <= 2
        assert not {"Create", "Signal", "Delete"} & set(stand.link.actions)
        assert stand.executed() == 0


class TestSettling:
    def test_a_program_that_died_before_it_sent_the_frame_bars_it(self, stand: Stand, target: WinRmTarget) -> None:
        listener = Listener()
        run(target, listener=listener)
        remote = {**listener.remote, "frame": "smtui-" + "0" * 32}
        settlement = settle(stand, Listener(remote=remote))
        assert settlement.state == "never"
        assert stand.executed() == 1

    def test_a_result_that_a_dead_program_had_received_is_told_again(self, stand: Stand, target: WinRmTarget) -> None:
        listener = Listener()
        run(target, listener=listener)
        settlement = settle(stand, listener)
        assert settlement.result is not None
        assert (settlement.result.ending, settlement.result.fields) == ("ok", {"status": "Stopped"})
        assert (stand.executed(), len(stand.server.shells)) == (1, 0)

    def test_it_ends_a_script_that_outlives_its_time(self, stand: Stand, target: WinRmTarget) -> None:
        stand.link.faults.append(Fault("Receive", "close", times=10**6))
        listener = Listener()
        run(target, "wait", listener=listener)
        stand.link.faults.clear()
        assert settle(stand, listener, timeout=0.5).state == "gone"
        assert len(stand.server.shells) == 0

    def test_while_the_server_is_away_it_is_unclear(self, stand: Stand) -> None:
        stand.link.close()
        assert settle(stand, Listener(remote={"shell": "A", "command": "B", "frame": "smtui-1"})).state == "unclear"

    def test_a_host_that_nobody_knows_is_gone(self, stand: Stand) -> None:
        assert settle(stand, Listener(remote={"shell": "A", "command": "B", "frame": "smtui-1"})).state == "gone"

    def test_an_engine_that_cannot_record_the_ids_stops_the_call(self, stand: Stand, target: WinRmTarget) -> None:
        class Died(Exception):
            pass

        watch = Listener().watch()

        def broken(_: object) -> None:
            raise Died

        watch.accepted = broken
        with pytest.raises(Died):
            target.run(call(), watch)
        assert stand.executed() == 0
        assert "Send" not in stand.link.actions


@pytest.mark.parametrize(
    ("fault", "ending", "executed"),
    [("reply-lost", "ok", 1), ("reset", "ok", 1), ("reboot", "unknown", 1), ("effect-lost", "ok", 1)],
)
def test_the_faults_of_a_drill(stand: Stand, target: WinRmTarget, fault: str, ending: Ending, executed: int) -> None:
    stand.faults.arm(parse_fault(f"{fault}:SM02"))
    result = run(target)
    assert result.ending == ending, result.reason
    assert stand.executed() == executed


def test_without_tls_every_message_is_sealed(stand: Stand) -> None:
    with closing(stand.target(hosted=True, tls=False, port=stand.server.port)) as target:
        assert target.prepare().ending == "ok"
        assert [run(target).ending, run(target).ending] == ["ok", "ok"]
    assert (stand.executed(), len(stand.server.shells)) == (2, 0)


def test_many_targets_at_once(stand: Stand) -> None:
    results: list[str] = []
    barrier = threading.Barrier(4)

    def one() -> None:
        with closing(stand.target(hosted=True)) as target:
            barrier.wait(WAITED)
            results.extend(run(target).ending for _ in range(3))

    for thread in [running(one) for _ in range(4)]:
        thread.join(WAITED)
    assert results == ["ok"] * 12
    assert (stand.executed(), len(stand.server.shells)) == (12, 0)
