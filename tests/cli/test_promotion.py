"""The whole procedure without a terminal: through every room, over the real protocols, on simulated hosts."""

from __future__ import annotations

import signal
import subprocess
import tomllib
from pathlib import Path

import pytest

from smtui.checklist.library import Library, lay_out, shipped_folder

from .conftest import PROMOTE, REHEARSED, Program

VERIFY_CHAIN = Path(__file__).parents[1] / "session" / "verify_chain.sh"
LIBRARY = Library([shipped_folder()])
STEPS = lay_out(LIBRARY.find("promote-management-server"), LIBRARY).steps
AUTOMATIC = [step.id for step in STEPS if step.item.run is not None]


def test_the_promotion_is_rehearsed_from_end_to_end(smtui: Program) -> None:
    smtui(*PROMOTE)
    session = smtui.session()
    items = smtui.items(session)
    assert {item["status"] for item in items.values()} == {"done"}
    assert {items[item]["grade"] for item in AUTOMATIC} == {"verified"}
    effects = smtui.effects(session)
    assert effects
    assert {effect["count"] for effect in effects} == {1}
    assert {effect["item"] for effect in effects} == set(AUTOMATIC)
    events = tomllib.loads(smtui.journal(session))["event"]
    assert [event["seq"] for event in events] == list(range(1, len(events) + 1))
    assert events[-1]["kind"] == "completed"
    chain = subprocess.run(
        ["sh", str(VERIFY_CHAIN), str(smtui.sessions / session / "session.toml")], capture_output=True, check=False
    )
    assert chain.returncode == 0, chain.stderr


def fault_for(item: str) -> str:
    """The fault that loses the effect of one item alone."""
    step = next(step for step in STEPS if step.id == item)
    run = step.item.run
    assert run is not None
    subject = run.sql or (run.script or "").rpartition(".")[0]
    name = run.parameters.get("name")
    host = {"former": "SM01", "promoted": "SM02", "service-manager": "SQL01"}[run.on]
    return f"effect-lost:{host}:{subject}" + (f"+{name}" if name else "")


@pytest.mark.parametrize("item", AUTOMATIC)
def test_an_effect_that_got_lost_is_never_verified(smtui: Program, item: str) -> None:
    smtui(*PROMOTE, "--fault", fault_for(item), code=1)
    found = smtui.items(smtui.session())[item]
    assert found["status"] == "failed"
    assert found["grade"] is None
    assert "not as it should be" in found["reason"]
    assert item not in {effect["item"] for effect in smtui.effects(smtui.session())}


@pytest.mark.parametrize(
    ("item", "fault"),
    [
        ("prepare.stop-monitoring-agent", "slow:3:SM02:service-stop+HealthService"),
        ("prepare.clear-health-state", "slow:3:SM02:health-state-rename"),
        ("promote.promote", "slow:3:SQL01:EXEC p_PromoteActiveWorkflowServer ?"),
    ],
)
def test_killed_in_the_middle_and_resumed_nothing_happens_twice(smtui: Program, item: str, fault: str) -> None:
    process = smtui.begin(*PROMOTE, "--fault", fault)
    session = smtui.wait_for('kind = "accepted"', count=1 + AUTOMATIC.index(item))
    process.send_signal(signal.SIGKILL)
    process.wait()
    assert smtui.items(session)[item]["status"] == "unknown" or smtui.items(session)[item]["status"] == "running"
    smtui("run", "promote-management-server", "--session", session, *REHEARSED)
    found = smtui.items(session)
    assert {one["status"] for one in found.values()} == {"done"}
    effects = smtui.effects(session)
    assert {effect["count"] for effect in effects} == {1}
    assert sum(1 for effect in effects if effect["item"] == item) == 1
    attempts = found[item]["attempts"]
    assert attempts[0]["settled"]
    text = smtui("show", session).stdout
    assert "unknown" not in text


def test_sigterm_leaves_the_session_to_be_resumed(smtui: Program) -> None:
    process = smtui.begin(*PROMOTE, "--fault", "slow:5:SM02:service-stop+OMSDK")
    session = smtui.wait_for('kind = "accepted"', count=2)
    process.send_signal(signal.SIGTERM)
    output, _ = process.communicate()
    assert process.returncode == 75, output
    assert 'kind = "left"' in smtui.journal(session)
    assert f"smtui resume {session}" in output
    smtui("run", "promote-management-server", "--session", session, *REHEARSED)
    assert {effect["count"] for effect in smtui.effects(session)} == {1}


def test_a_second_program_is_refused_while_the_first_holds_the_session(smtui: Program) -> None:
    smtui.begin(*PROMOTE, "--fault", "slow:5:SM02:service-stop+OMSDK")
    session = smtui.wait_for('kind = "accepted"', count=2)
    refused = smtui("run", "promote-management-server", "--session", session, *REHEARSED, code=2)
    assert "in use" in refused.stderr
    assert smtui.json("sessions")[0]["condition"] == "in use"


def test_without_confirmation_it_stops_where_a_person_is_needed(smtui: Program) -> None:
    done = smtui("run", "promote-management-server", "--drill", code=3)
    session = smtui.session()
    assert "--confirm baseline.announce=REASON" in done.stdout
    smtui("run", "promote-management-server", "--session", session, "--confirm", "baseline.announce=told Ada", code=3)
    items = smtui.items(session)
    assert items["baseline.announce"]["evidence"] == {"informed": "told Ada"}
    assert items["baseline.target-identity"]["grade"] == "sensed"


def test_a_consequential_item_takes_the_name_of_its_target(smtui: Program) -> None:
    hand = [step.id for step in STEPS if step.item.run is None and step.item.sense is None]
    hand.append("prepare.close-console")
    confirmed = [part for item in hand for part in ("--confirm", f"{item}=done")]
    done = smtui("run", "promote-management-server", "--drill", *confirmed, code=3)
    assert "--authorise promote.promote=" in done.stdout
    session = smtui.session()
    again = ("run", "promote-management-server", "--session", session, *confirmed)
    refused = smtui(*again, "--authorise", "promote.promote=SQL02", code=3)
    assert "cannot be taken back" in refused.stdout
    assert smtui.items(session)["promote.promote"]["attempts"] == []


def test_the_files_of_a_session_are_for_their_owner_only(smtui: Program) -> None:
    smtui("run", "promote-management-server", "--drill", code=3)
    folder = smtui.sessions / smtui.session()
    loose = [
        str(path.relative_to(folder))
        for path in [folder, *folder.rglob("*")]
        if not path.is_symlink() and path.stat().st_mode & 0o077
    ]
    assert loose == []
    assert folder.stat().st_mode & 0o777 == 0o700


def test_a_complete_session_is_not_taken_up_again(smtui: Program) -> None:
    smtui(*PROMOTE)
    session = smtui.session()
    before = smtui.journal(session)
    again = smtui("run", "promote-management-server", "--session", session, *REHEARSED)
    assert "complete already" in again.stdout
    assert smtui.journal(session) == before
    assert smtui.json("sessions")[0]["condition"] == "complete"


def test_a_fault_strikes_also_where_the_hosts_run_already(smtui: Program) -> None:
    smtui("run", "promote-management-server", "--drill", code=3)
    session = smtui.session()
    fault = fault_for("prepare.stop-data-access")
    smtui("run", "promote-management-server", "--session", session, *REHEARSED, "--fault", fault, code=1)
    assert smtui.items(session)["prepare.stop-data-access"]["status"] == "failed"


def test_a_database_server_that_is_down_fails_the_item_and_says_so_once(smtui: Program) -> None:
    done = smtui(*PROMOTE, "--fault", "not-listening:SQL01", code=1)
    assert done.stdout.count("promote.promote: failed") == 1
    found = smtui.items(smtui.session())["promote.promote"]
    assert [attempt["outcome"] for attempt in found["attempts"]] == ["failed"]
    assert "nothing ran" in found["reason"]
