from __future__ import annotations

from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smtui.drill.faults import MEANINGS, Fault, FaultError, FaultKind, Faults, parse_fault


@pytest.mark.parametrize(
    ("spec", "fault"),
    [
        ("reset", Fault("reset")),
        ("reset*3", Fault("reset", times=3)),
        ("reply-lost:SM02", Fault("reply-lost", "SM02")),
        ("effect-lost:SM02:service-stop.ps1*2", Fault("effect-lost", "SM02", "service-stop.ps1", 2)),
        ("slow:2.5", Fault("slow", seconds=2.5)),
        ("slow:3:SQL01:p_PromoteActiveWorkflowServer", Fault("slow", "SQL01", "p_PromoteActiveWorkflowServer", 1, 3.0)),
    ],
)
def test_specifications(spec: str, fault: Fault) -> None:
    assert parse_fault(spec) == fault


@pytest.mark.parametrize(
    "spec",
    ["", "nonsense", "reset*0", "reset*", "reset:a:b:c", "slow", "slow:soon", "slow:nan", "slow:-1", "not-listening",
     "login-rejected:SM02:x", "reset**2", "reset:SM02*2*2"],
)  # fmt: skip
def test_mistakes_are_told(spec: str) -> None:
    with pytest.raises(FaultError):
        parse_fault(spec)


@given(st.text())
def test_any_text_is_a_fault_or_a_mistake(spec: str) -> None:
    try:
        fault = parse_fault(spec)
    except FaultError:
        return
    assert fault.times >= 1


def test_every_kind_has_a_meaning() -> None:
    assert set(MEANINGS) == set(get_args(FaultKind))


def test_a_fault_strikes_as_often_as_it_says() -> None:
    faults = Faults([parse_fault("reset*2")])
    assert [faults.take("reset", "SM02") is not None for _ in range(3)] == [True, True, False]
    assert faults.spent()


def test_host_and_subject_are_compared_without_case_and_ending() -> None:
    faults = Faults([parse_fault("reset:sm02:SERVICE-STOP")])
    assert faults.take("reset", "SM03", ["service-stop.ps1"]) is None
    assert faults.take("reset", "SM02", ["service-start.ps1"]) is None
    assert faults.take("hang", "SM02", ["service-stop.ps1"]) is None
    assert faults.take("reset", "SM02", ["service-stop.ps1", "OMSDK"]) is not None


def test_a_subject_may_be_the_value_of_a_parameter() -> None:
    faults = Faults([parse_fault("hang:SM02:OMSDK")])
    assert faults.take("hang", "SM02", ["service-stop.ps1", "OMSDK"]) is not None


def test_the_first_fault_that_fits_is_taken() -> None:
    faults = Faults([parse_fault("slow:1:SM03"), parse_fault("slow:2"), parse_fault("slow:3:SM02")])
    taken = [faults.take("slow", "SM02") for _ in range(3)]
    assert [fault.seconds if fault else None for fault in taken] == [2.0, 3.0, None]
