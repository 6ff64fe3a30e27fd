"""Steps of the wall clock, suspends and reboots become events, once each."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest

from smtui.checklist.library import Library, lay_out
from smtui.engine.passing import since, stepped
from smtui.engine.recorder import Recorder
from smtui.session.events import ClockStepped, Noted, Rebooted, Record, Resumed, Stamp
from smtui.session.fold import Fold

from .conftest import OPERATOR, Bench, item

START = datetime(2025, 11, 22, 10, tzinfo=UTC)


@dataclass
class Owned:
    """A clock that the test sets."""

    wall: datetime = START
    boot: float = 100.0
    sleep: list[float] = field(default_factory=lambda: [0.0])

    def now(self) -> datetime:
        return self.wall

    def boottime(self) -> float:
        return self.boot

    def go(self, seconds: float, *, step: float = 0.0, asleep: float = 0.0) -> None:
        self.wall += timedelta(seconds=seconds + step)
        self.boot += seconds
        self.sleep[0] += asleep


@pytest.fixture
def clock() -> Owned:
    return Owned()


@pytest.fixture
def recorder(bench: Callable[..., Bench], clock: Owned) -> Recorder:
    made = bench(item("a"))
    procedure = lay_out(made.folder / "checklists" / "c.toml", Library([made.folder / "checklists"]))
    fold = Fold.of(procedure, made.file.records)
    return Recorder(made.file, fold, clock, OPERATOR, asleep=lambda: clock.sleep[0])


@pytest.mark.parametrize("step", [3600.0, -3600.0, 1.5])
def test_a_step_of_the_clock_is_an_event_before_the_next(recorder: Recorder, clock: Owned, step: float) -> None:
    recorder.append(Noted(text="one"))
    clock.go(10, step=step)
    record = recorder.append(Noted(text="two"))
    clock.go(10)
    last = recorder.append(Noted(text="three"))
    assert (record.seq, last.seq) == (4, 5)
    events = [one.event for one in recorder._ledger.records]  # type: ignore[attr-defined]
    assert events[2] == ClockStepped(seconds=step)


def test_slewing_is_no_step(recorder: Recorder, clock: Owned) -> None:
    recorder.append(Noted(text="one"))
    clock.go(3600, step=0.5)
    assert recorder.append(Noted(text="two")).seq == 3


def test_a_suspend_is_noted(recorder: Recorder, clock: Owned) -> None:
    recorder.append(Noted(text="one"))
    clock.go(600, asleep=590)
    recorder.append(Noted(text="two"))
    assert recorder.state.notes[1][3] == "this machine was suspended for 590 s"
    assert len(recorder.state.notes) == 3


def stamp(wall: float, boot: float) -> Stamp:
    return Stamp(at=START + timedelta(seconds=wall), boottime=boot, by="a", origin="local")


def resumed(machine: str, boot_id: str, at: Stamp) -> Record:
    return Record(seq=1, sha256="0" * 64, stamp=at, event=Resumed(smtui="1", machine=machine, boot_id=boot_id))


def test_what_happened_while_nobody_had_the_session_open() -> None:
    before = [resumed("here", "b1", stamp(0, 100))]
    assert since(before, stamp(50, 150), machine="here", boot_id="b1") == []
    assert since(before, stamp(-50, 150), machine="here", boot_id="b1") == [ClockStepped(seconds=-100.0)]
    assert since(before, stamp(50, 5), machine="here", boot_id="b2") == [Rebooted(boot_id="b2")]
    assert since(before, stamp(50, 9e6), machine="elsewhere", boot_id="b9") == []
    assert since([], stamp(0, 0), machine="here", boot_id="b1") == []


def test_two_clocks_that_agree_have_not_stepped() -> None:
    assert stepped(stamp(0, 0), stamp(1e6, 1e6 + 0.9)) is None
