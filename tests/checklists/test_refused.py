"""Nothing that a plan is said to refuse is left without a test, and no test proves what nobody promises."""

from __future__ import annotations

from . import test_gates, test_refusals
from .refused import REFUSED
from .shipped import CHECKLISTS

CASES = {one.what for one in (*test_refusals.REFUSALS, *test_gates.GATES, *test_gates.UNDONE)}
TESTS = {name for module in (test_refusals, test_gates) for name in vars(module) if name.startswith("test_")}
NAMED = {proof for refusals in REFUSED.values() for proofs in refusals.values() for proof in proofs}


def test_every_refusal_is_provoked_by_a_test() -> None:
    assert NAMED <= CASES | TESTS
    assert all(proofs for refusals in REFUSED.values() for proofs in refusals.values())


def test_every_case_stands_for_a_refusal() -> None:
    assert CASES <= NAMED


def test_every_plan_of_a_disaster_is_there() -> None:
    plans = {checklist.id for checklist in CHECKLISTS if checklist.id.startswith("lost-")}
    assert set(REFUSED) == plans
