"""What all that is decided in a session goes through: a question at the bottom, then the engine."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Mapping

from smtui.session.state import SessionState
from smtui.telling.ports import EnginePort
from smtui.telling.statuses import tally
from smtui.tui.describe import Subject
from smtui.tui.screens import asks
from smtui.tui.screens.asking import AskingScreen


class DecidingScreen(AskingScreen):
    """A screen over one engine; `selected` is the item that its actions are about."""

    engine: EnginePort
    _state: SessionState

    @property
    @abstractmethod
    def selected(self) -> str | None:
        """Id of the item at hand."""

    def _subject(self) -> Subject | None:
        return Subject.of(self.engine, self.selected) if self.selected else None

    def _decide(self, work: Callable[[], object]) -> None:
        """Let the engine do it, away from the screen: a slow disk must not freeze it."""
        self.smtui.errand(work, lambda _: None, self.failed)

    # What can be done: one method for each action of the registry

    def do_run(self) -> None:
        """Ask, then run."""
        if (subject := self._subject()) is not None:
            item = subject.step.id
            self._decide(lambda: self.engine.make_ready(item))
            self.ask(
                asks.run(subject),
                lambda values, _: self._decide(lambda: self.engine.run(item, values.get(asks.TYPED))),
            )

    def do_by_hand(self) -> None:
        """Ask for the evidence and the word of the operator."""
        if (subject := self._subject()) is None:
            return
        item, names = subject.step.id, tuple(subject.preview.confirm)

        def confirm(values: Mapping[str, str], _: str) -> None:
            evidence = {name: values[name] for name in names}
            self._decide(lambda: self.engine.confirm(item, evidence, values.get(asks.REASON)))

        self.ask(asks.by_hand(subject), confirm)

    def do_accept(self) -> None:
        """Ask whether what was seen is enough."""
        if (subject := self._subject()) is not None:
            item = subject.step.id
            self.ask(asks.accept(subject), lambda *_: self._decide(lambda: self.engine.accept_sensed(item)))

    def do_sense(self) -> None:
        """Look at once: it changes nothing."""
        if (item := self.selected) is not None:
            self.say(f"Looking at {self._state.procedure.by_id[item].number} ...")
            self._decide(lambda: self.engine.sense(item))

    def do_settle(self) -> None:
        """Ask, then find out."""
        if (subject := self._subject()) is not None:
            item = subject.step.id
            self.ask(asks.settle(subject), lambda *_: self._decide(lambda: self.engine.settle(item)))

    def do_choose(self) -> None:
        """Ask which way."""
        if (subject := self._subject()) is not None:
            item = subject.step.id
            self.ask(asks.choose(subject), lambda _, branch: self._decide(lambda: self.engine.choose(item, branch)))

    def _with_reason(self, action_id: str, work: Callable[[str, str], None]) -> None:
        if (subject := self._subject()) is not None:
            item = subject.step.id
            self.ask(
                asks.reason(action_id, subject),
                lambda values, _: self._decide(lambda: work(item, values[asks.REASON])),
            )

    def do_skip(self) -> None:
        """Ask why."""
        self._with_reason("skip", self.engine.skip)

    def do_defer(self) -> None:
        """Ask why."""
        self._with_reason("defer", self.engine.defer)

    def do_override(self) -> None:
        """Ask why."""
        self._with_reason("override", self.engine.override)

    def do_ask_second(self) -> None:
        """Ask whether to ask."""
        if (subject := self._subject()) is not None:
            item = subject.step.id
            self.ask(asks.ask_second(subject), lambda *_: self._decide(lambda: self.engine.request_approval(item)))

    def do_take_back(self) -> None:
        """Ask why."""
        self._with_reason("take_back", self.engine.withdraw_approval)

    def do_break_glass(self) -> None:
        """Ask why."""
        self._with_reason("break_glass", self.engine.break_glass)

    def do_reopen(self) -> None:
        """Ask why."""
        self._with_reason("reopen", self.engine.reopen)

    def do_cancel(self) -> None:
        """Ask why."""
        self._with_reason("cancel", self.engine.cancel)

    def do_note(self) -> None:
        """Ask what."""
        if (subject := self._subject()) is not None:
            item = subject.step.id
            self.ask(
                asks.note(subject), lambda values, _: self._decide(lambda: self.engine.note(values[asks.TEXT], item))
            )

    def do_complete(self) -> None:
        """Ask, once nothing is open."""
        self.ask(asks.complete(tally(self._state).aside), lambda *_: self._decide(self.engine.complete))
