"""Looking at the real state: one answer for each target, polled while something is in progress."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field

from smtui.checklist.expect import judge
from smtui.checklist.model import Sense
from smtui.checklist.procedure import Step
from smtui.checklist.references import Place, Scope, resolve_text
from smtui.engine.attempt import defect
from smtui.engine.calls import Prepared
from smtui.engine.recorder import Recorder
from smtui.secrets.redaction import Redactor
from smtui.session.events import Answer, Sensed
from smtui.targets.base import Result, Target, Watch

POLL_SECONDS = 3.0
"""Pause between two looks at something that is in progress."""


@dataclass(frozen=True, slots=True)
class Look:
    """One round of looking at an item."""

    step: Step
    sense: Sense
    prepared: Prepared
    scope: Scope
    recorder: Recorder
    redactor: Redactor
    stopping: threading.Event
    token: str
    limit: float
    """Seconds for which `in-progress` is followed."""
    cancelled: threading.Event = field(default_factory=threading.Event)

    def at(self, target: Target, place: Place) -> Result:
        """Look at one target and record the answer; what is in progress is looked at again until it is not."""
        waited = 0.0
        told: Sensed | None = None
        while True:
            result = self._result(target)
            answer = self._answer(result, place)
            if answer != told:
                self.recorder.insist(answer)
                told = answer
            if answer.answer != "in-progress" or waited >= self.limit or self.cancelled.is_set():
                return result
            if self.stopping.wait(POLL_SECONDS):
                return result
            waited += POLL_SECONDS

    def _result(self, target: Target) -> Result:
        watch = Watch(accepted=lambda _: None, output=lambda _: None, cancelled=self.cancelled)
        try:
            return target.run(self.prepared.call(self.token), watch)
        except BaseException as error:  # noqa: BLE001  a defect of a target is no answer, and ends nothing
            return Result("unknown", reason=defect(error))

    def _answer(self, result: Result, place: Place) -> Sensed:
        answer, why = self._judge(result)
        fields = {name: self._clean(value) for name, value in result.fields.items()}
        return Sensed(
            item=self.step.id,
            target=place.label,
            answer=answer,
            fields=fields,
            why=self.redactor.text(why) or None,
            of=len(self.prepared.places),
        )

    def _clean(self, value: str | bool | int | float) -> str | bool | int | float:
        return self.redactor.text(value) if isinstance(value, str) else value

    def _judge(self, result: Result) -> tuple[Answer, str]:
        if result.not_simulated:
            return "cannot-tell", "this look is not simulated"
        if result.ending != "ok":
            return "cannot-tell", result.reason
        if result.rows == 0:
            return "differs", self._explained("the statement gave no row")
        judgement = judge(self.sense.expect, result.fields, self.scope)
        if judgement.answer == "agrees" and result.rows is not None and result.rows > 1:
            return "cannot-tell", f"the statement gave {result.rows} rows where one was expected"
        why = self._explained(judgement.why) if judgement.answer == "differs" else judgement.why
        return judgement.answer, why

    def _explained(self, why: str) -> str:
        otherwise = self.sense.otherwise
        return f"{why}. {resolve_text(otherwise, self.scope)}" if otherwise else why
