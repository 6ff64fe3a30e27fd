"""While a person still reads what an item would do, its target gets ready."""

from __future__ import annotations

from collections.abc import Callable

from smtui.targets.base import Ending, Result
from smtui.targets.local import LocalTarget

from .conftest import Bench, item, program
from .test_defects import over

Make = Callable[..., Bench]


class Hall(LocalTarget):
    """This machine, which counts how often it was to get ready."""

    def __init__(self, ending: Ending) -> None:
        super().__init__({})
        self.asked = 0
        self._ending = ending

    def prepare(self) -> Result:
        self.asked += 1
        return Result(self._ending)


def ready(bench: Make, ending: Ending) -> tuple[Bench, Hall]:
    made, hall = bench(item("a", f"run = {program('pass')}"), item("b")), Hall(ending)
    over(made, lambda: hall)
    made.engine.make_ready("s.a")
    made.engine.make_ready("s.b")  # by hand: there is nothing to get ready
    made.wait()
    return made, hall


def test_the_target_gets_ready_and_nothing_is_recorded(bench: Make) -> None:
    made, hall = ready(bench, "ok")
    assert hall.asked == 1
    assert len(made.events()) == 1
    made.engine.run("s.a")
    made.wait()
    assert made.engine.state.items["s.a"].status == "done"


def test_one_that_cannot_get_ready_is_met_by_the_run(bench: Make) -> None:
    made, hall = ready(bench, "unreachable")
    assert (hall.asked, made.engine.state.items["s.a"].status) == (1, "todo")


def test_nothing_gets_ready_once_the_session_is_left(bench: Make) -> None:
    made, hall = ready(bench, "ok")
    made.engine.stop_after_current()
    made.engine.make_ready("s.a")
    made.wait()
    assert hall.asked == 1
