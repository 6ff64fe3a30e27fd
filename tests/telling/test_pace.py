from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from msgspec import structs

from smtui.telling.pace import for_the_bridge, outlook, pace
from tests.tui.pictures import prepared
from tests.tui.recovery import START, Recovery, recovery


@pytest.fixture
def plan(tmp_path: Path) -> Recovery:
    return recovery(tmp_path)


def test_what_is_closed_needs_no_more_time(plan: Recovery) -> None:
    before = pace(plan.engine.state, START)
    plan.engine.skip("baseline.announce", "nobody there")
    estimate = plan.engine.state.procedure.by_id["baseline.announce"].item.estimate
    assert estimate is not None
    assert before.remaining - pace(plan.engine.state, START).remaining == estimate


def test_what_runs_counts_with_what_is_left_of_it(plan: Recovery) -> None:
    state = plan.engine.state
    plan.world.gate.clear()
    for item in ("target-role", "workflow-server"):
        plan.engine.sense(f"baseline.{item}")
        plan.wait()
    still = pace(plan.engine.state, START).remaining
    plan.engine.run("fence.stop-former")
    while plan.engine.state.items["fence.stop-former"].status != "running":
        plan.engine.idle.wait(0.01)
    started = plan.engine.state.items["fence.stop-former"].attempts[0].started
    assert pace(plan.engine.state, started + timedelta(minutes=2)).remaining == still - 120
    assert pace(plan.engine.state, started + timedelta(hours=2)).remaining == still - 300
    assert pace(plan.engine.state, started + timedelta(minutes=2)).machine == 120
    plan.world.gate.set()
    plan.wait()
    assert state.rto == 3600


def test_machine_time_counts_side_by_side_work_once(tmp_path: Path) -> None:
    plan = prepared(tmp_path)
    state = plan.engine.state
    item = state.items["fence.stop-former"]
    (attempt,) = item.attempts
    twice = structs.replace(item, attempts=(attempt, structs.replace(attempt, target="SM03")))
    doubled = structs.replace(state, items={**state.items, item.id: twice})
    now = START + timedelta(minutes=12)
    assert pace(doubled, now).machine == pace(state, now).machine
    assert pace(state, now).people == pytest.approx(12 * 60 - pace(state, now).machine)


@pytest.mark.parametrize(
    ("rto", "said"),
    [
        (None, ""),
        (3600.0, "RTO missed by 48 min at this pace"),
        (7200.0, "12 min to spare"),
        (600.0, "RTO exceeded by 2 min"),
    ],
)
def test_the_forecast_is_said_against_the_objective(plan: Recovery, rto: float | None, said: str) -> None:
    state = structs.replace(plan.engine.state, rto=rto)
    assert outlook(pace(state, START + timedelta(minutes=12))) == said


def test_the_objective_counts_from_the_declaration(plan: Recovery) -> None:
    state = structs.replace(plan.engine.state, rto=7200.0, declared=START - timedelta(minutes=20))
    now = START + timedelta(minutes=12)
    assert pace(state, now).elapsed == 12 * 60
    assert pace(state, now).counted == 32 * 60
    assert outlook(pace(state, now)) == "RTO missed by 8 min at this pace"
    assert "32 min since the declaration, of that 12 min in this session" in for_the_bridge(state, now, "")


def test_a_declaration_after_the_opening_gives_no_time_away(plan: Recovery) -> None:
    state = structs.replace(plan.engine.state, declared=START + timedelta(minutes=5))
    assert pace(state, START + timedelta(minutes=12)).counted == 12 * 60


def test_what_items_took_before_stands_in_for_their_estimates(plan: Recovery) -> None:
    state = structs.replace(plan.engine.state, rto=7200.0)
    by_estimate = pace(state, START)
    usual = {"baseline.announce": 3600.0, "gone": 5.0}
    remembered = pace(state, START, usual)
    estimate = state.procedure.by_id["baseline.announce"].item.estimate
    assert estimate is not None
    assert remembered.remaining == by_estimate.remaining - estimate + 3600.0
    assert remembered.remembered == 1
    assert "of work remain by past sessions and the estimates" in for_the_bridge(state, START, "", usual)


def test_one_breath_says_where_the_session_stands(tmp_path: Path) -> None:
    plan = prepared(tmp_path)
    said = for_the_bridge(plan.engine.state, START + timedelta(minutes=12), "Stop Microsoft Monitoring Agent")
    assert said == (
        "Drill on simulated hosts, Promote a secondary management server: 12 of 28 items closed, 1 unknown. "
        "Next is 3.4, Stop Microsoft Monitoring Agent (unknown). 12 min elapsed, about 1 h 04 min of work remain by "
        "the estimates; RTO missed by 16 min at this pace."
    )
    ended = structs.replace(plan.engine.state, completed="complete")
    assert "The session is complete after" in for_the_bridge(ended, START, "")
