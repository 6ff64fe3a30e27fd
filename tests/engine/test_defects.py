"""Whatever a target throws, the engine stays usable, and the item says what happened."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import NoReturn

import pytest

from smtui.secrets.credentials import CredentialError
from smtui.targets.base import Call, Identity, Result, Settlement, Target, TargetError, Watch

from .conftest import Bench, item, program
from .thrown import THROWN

Make = Callable[..., Bench]


class Thrower:
    """A target in which every call breaks."""

    def __init__(self, error: BaseException) -> None:
        self._error = error

    def canary(self) -> Result:
        self._throw()

    def prepare(self) -> Result:
        self._throw()

    def run(self, call: Call, watch: Watch) -> Result:
        watch.output("first words\n")
        self._throw(call)

    def settle(self, call: Call, remote: Mapping[str, str], watch: Watch) -> Settlement:
        self._throw(call, remote, watch)

    def identify(self) -> Identity:
        self._throw()

    def close(self) -> None:
        self._throw()

    def _throw(self, *_: object) -> NoReturn:
        raise self._error


def over(bench: Bench, connect: Callable[[], Target]) -> None:
    """Lead the engine to another target from now on."""
    bench.engine._runner._workers._connect = lambda _: connect()


def named(error: BaseException) -> str:
    return str(error) if isinstance(error, (TargetError, CredentialError)) else type(error).__name__


@pytest.mark.parametrize("error", THROWN, ids=lambda error: type(error).__name__)
def test_whatever_a_target_throws(bench: Make, error: BaseException) -> None:
    assert len(THROWN) >= 30
    look = 'sense = { on = "local", command = ["/bin/true"], expect = { x = "y" } }'
    made = bench(item("a", f"run = {program('pass')}\n{look}"), item("b"))
    over(made, lambda: Thrower(error))
    made.engine.make_ready("s.a")
    made.engine.sense("s.a")
    made.wait()
    sensing = made.engine.state.items["s.a"].sensings["this machine"]
    assert (sensing.answer, named(error) in sensing.why) == ("cannot-tell", True)
    made.engine.run("s.a")
    made.wait()
    state = made.engine.state.items["s.a"]
    assert (state.status, state.attempts[0].outcome, state.attempts[0].settled) == ("unknown", "unknown", False)
    assert named(error) in state.reason
    assert (made.file.folder / "outputs" / state.attempts[0].output).read_text() == "first words\n"
    made.engine.settle("s.a")
    made.wait()
    made.engine.confirm("s.b", {})
    made.engine.confirm("s.a", {}, "looked at it")
    assert made.engine.complete() == "complete"


@pytest.mark.parametrize("error", THROWN, ids=lambda error: type(error).__name__)
def test_whatever_connecting_throws(bench: Make, error: BaseException) -> None:
    def connect() -> Target:
        raise error

    made = bench(item("a", f"run = {program('pass')}"))
    over(made, connect)
    made.engine.run("s.a")
    made.wait()
    state = made.engine.state.items["s.a"]
    assert state.status == "failed"
    assert named(error) in state.attempts[0].reason
    assert "run" in made.engine.allowed("s.a")


def test_whatever_a_listener_throws(bench: Make) -> None:
    made = bench(item("a", f"run = {program('print(1)')}"))

    def broken(news: object) -> None:
        raise RuntimeError("a widget")

    made.engine.subscribe(broken)
    made.engine.run("s.a")
    made.wait()
    assert made.engine.state.items["s.a"].status == "done"
