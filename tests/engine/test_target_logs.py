"""Asking targets for their own logs: every target has one event, also the one that does not answer."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping

from msgspec.structs import replace

from smtui.checklist.library import Library, lay_out
from smtui.checklist.references import Place, scope_of
from smtui.engine.clock import SystemClock
from smtui.engine.recorder import Recorder
from smtui.engine.runner import Workshop
from smtui.engine.target_logs import ERROR_LOG, EVENT_LOGS, ask, places_of, window_of
from smtui.environment import Database, Environment, Server
from smtui.secrets.redaction import Redactor
from smtui.session.events import Asked, Sensed, Started
from smtui.session.fold import Fold
from smtui.targets.base import Call, Identity, Result, Settlement, Target, TargetError, Watch

from .conftest import OPERATOR, SECRET, Bench, item

HERE = Environment(
    name="lab",
    kind="exercise",
    management_group="G",
    servers=tuple(Server(name=name, roles=("sql",), fqdn=f"{name}.lab", transport="kerberos") for name in ("S1", "S2")),
    databases=tuple(
        Database(role=role, server="S2", port=1433, name=name, credential="integrated")
        for role, name in (("service-manager", "SM"), ("dw-staging", "DW"))
    ),
)
SCRIPTS = {log.script: f"read {log.name}" for log in (EVENT_LOGS, ERROR_LOG)}


class Telling:
    """A target that prints, and answers as it is told to; a real one stands in the drill's tests."""

    def __init__(self, answer: Result | Exception) -> None:
        self._answer = answer
        self.closed = False

    def canary(self) -> Result:
        return Result("ok")

    def run(self, call: Call, watch: Watch) -> Result:  # noqa: ARG002  the protocol's
        watch.output(f"It said {SECRET}\n")
        if isinstance(self._answer, Exception):
            raise self._answer
        return self._answer

    def settle(self, *_: object) -> Settlement:
        return Settlement("unclear")

    def identify(self) -> Identity:
        return Identity("S", "lab", "")

    def close(self) -> None:
        self.closed = True


def shop(bench: Bench, targets: Mapping[str, Target | TargetError]) -> tuple[Workshop, Recorder]:
    procedure = lay_out(bench.folder / "checklists" / "c.toml", Library([bench.folder / "checklists"]))
    recorder = Recorder(bench.file, Fold.of(procedure, bench.file.records), SystemClock(), OPERATOR)
    redactor = Redactor()
    redactor.add(SECRET)

    def connect(place: Place) -> Target:
        target = targets[place.label]
        if isinstance(target, TargetError):
            raise target
        return target

    workshop = Workshop(
        environment=HERE,
        scope_of=lambda step: scope_of(step, procedure, HERE, {}),
        connect=connect,
        redactor=redactor,
        new_output=bench.file.new_output,
        new_token=lambda: os.urandom(4).hex(),
        shared=True,
        retry_pause=0.01,
    )
    return workshop, recorder


def test_every_target_that_was_touched_is_asked_once(bench: Callable[..., Bench]) -> None:
    records = bench(item("i")).file.records
    stamp = records[0]
    touched = [
        Sensed(item="s.i", target="S1", answer="agrees"),
        Sensed(item="s.i", target="SM on S2", answer="agrees"),
        Sensed(item="s.i", target="DW on S2", answer="agrees"),
        Started(item="s.i", attempt=1, target="this machine", token="t", action_sha256="", output="o"),
    ]
    seen = [replace(stamp, event=event) for event in touched]
    assert [(log, place.label) for log, place in places_of(HERE, seen)] == [
        (EVENT_LOGS, "S1"),
        (ERROR_LOG, "SM on S2"),  # one instance
    ]


def test_silence_is_recorded_too_and_no_secret_is_stored(bench: Callable[..., Bench]) -> None:
    made = bench(item("i"))
    answers: dict[str, Target | TargetError] = {
        "S1": Telling(Result("ok", 0, {"listed": 1, "who": SECRET})),
        "S2": TargetError("S2 cannot be reached"),
        "SM on S2": Telling(RuntimeError("broken")),
    }
    workshop, recorder = shop(made, answers)
    questions = [
        (EVENT_LOGS, Place("server", "S1", "S1")),
        (EVENT_LOGS, Place("server", "S2", "S2")),
        (ERROR_LOG, Place("database", "service-manager", "SM on S2")),
    ]
    said: list[str] = []
    window = window_of(made.file.records)
    assert ask(questions, window, shop=workshop, recorder=recorder, scripts=SCRIPTS, say=said.append) == 1
    first, second, third = (event for event in made.events() if isinstance(event, Asked))
    assert first.answered
    assert SECRET not in str(first.fields)
    assert not second.answered
    assert second.reason == "S2 cannot be reached"
    assert not third.answered
    assert "broken" in str(third.reason)
    stored = [path.read_text("utf-8") for path in made.file.folder.glob("outputs/*own-log*")]
    assert len(stored) == 3
    assert all(SECRET not in text for text in stored)
    assert sum("It said" in text for text in stored) == 2
    assert all(target.closed for target in answers.values() if isinstance(target, Telling))
    assert made.store.problems(made.session) == ()
