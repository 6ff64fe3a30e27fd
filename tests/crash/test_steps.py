"""Kill and error sweeps over the whole program: three steps of this machine, and the promotion on simulated hosts."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.crash.program import FULL, KILLED, REFUSED, Promotion, ThreeSteps, refused, sweep, violation

pytestmark = pytest.mark.filterwarnings("ignore:subprocess .* is still running:ResourceWarning")
"""Hosts that a resumed drill starts outlive the test's handle on them; `Home.end_hosts` ends them."""


def test_three_steps_killed_at_any_call(tmp_path: Path) -> None:
    assert sweep(tmp_path, ThreeSteps(), "signal=KILL", KILLED, judge=violation, share=1.0) > 30


@pytest.mark.parametrize("error", ["EIO", "ENOSPC", "EROFS", "EDQUOT"])
def test_three_steps_with_any_call_refused(tmp_path: Path, error: str) -> None:
    share = 1.0 if error == "EIO" else 0.2
    assert sweep(tmp_path, ThreeSteps(), f"error={error}", REFUSED, judge=refused, share=share) > 5


def test_the_promotion_killed_at_a_seeded_part_of_its_calls(tmp_path: Path) -> None:
    assert sweep(tmp_path, Promotion(), "signal=KILL", KILLED, judge=violation, share=0.05) > 3


def test_the_promotion_killed_while_its_commands_run_on(tmp_path: Path) -> None:
    slow = Promotion("slow:0.5:SM02:service-stop+OMSDK", "slow:0.5:SM02:health-state-rename")
    assert sweep(tmp_path, slow, "signal=KILL", KILLED, judge=violation, share=0.02, full=0.3) > 2


@pytest.mark.parametrize("error", ["EIO", *(["ENOSPC", "EROFS", "EDQUOT"] if FULL else [])])
def test_the_promotion_with_a_seeded_part_of_its_calls_refused(tmp_path: Path, error: str) -> None:
    assert sweep(tmp_path, Promotion(), f"error={error}", REFUSED, judge=refused, share=0.02) > 2
