"""The dialogue about one session: says where it stands, takes an answer, lets the engine decide."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime

from smtui.checklist.procedure import Step
from smtui.engine.decisions import Refused, require
from smtui.plain import choices, deeds, looks, speech
from smtui.plain.hearing import Hearing
from smtui.plain.voice import Silence, Voice
from smtui.session.errors import JournalError
from smtui.session.state import SessionState
from smtui.telling.filters import FILTERS
from smtui.telling.pace import for_the_bridge
from smtui.telling.ports import Desk, EnginePort
from smtui.telling.statuses import OPEN
from smtui.text import one_line

COMPLETE, WITH_EXCEPTIONS, LEFT_UNFINISHED = 0, 4, 75
"""Exit codes (design 9)."""

PROMPT = "Your answer:"


class Dialogue:
    """One session. `talk` goes on until it is complete, is left, or nobody answers any more."""

    def __init__(self, engine: EnginePort, voice: Voice, now: Callable[[], datetime], desk: Desk | None = None) -> None:
        """Without `desk` nothing can be looked at but the session."""
        self._engine, self._voice, self._now = engine, voice, now
        self._looks = looks.words(desk, voice, engine.state.session) if desk is not None else {}
        self._hearing = Hearing(engine, voice, self._title)
        self._at = ""
        """Id of the item that is talked about."""
        self._section = ""

    def talk(self) -> int:
        """The exit code. What the operator leaves unfinished is recorded so by `part`."""
        unsubscribe = self._engine.subscribe(self._hearing.listen)
        try:
            self._say(speech.opening(self._engine.state))
            self._voice.say('Answer with a number or a word, then Enter. "help" explains, "quit" leaves.')
            self._next()
            while not self._hearing.heir and self._turn():
                pass
        except Silence:
            return self._part("the input ended")
        finally:
            unsubscribe()
        if self._engine.state.completed is None:
            return self._part("left by the operator")
        return COMPLETE if self._engine.state.completed == "complete" else WITH_EXCEPTIONS

    # One turn

    def _turn(self) -> bool:
        """Hear one answer and act on it; whether the dialogue goes on."""
        try:
            answer = self._voice.ask(PROMPT)
            return not self._hearing.heir and self._answered(answer)
        except KeyboardInterrupt:
            self._voice.say('Nothing was done. "quit" leaves.')
            return True
        except Silence:
            raise
        except Exception as error:  # noqa: BLE001 - engine and journal say in their own words what could not be done
            self._voice.say(f"Not done: {one_line(str(error) or type(error).__name__, 700)}")
            return True

    def _answered(self, answer: str) -> bool:
        if not answer:
            self._offer()
            return True
        offered = choices.possible(self._allowed())
        meant = choices.understood(answer, offered)
        if meant is None:
            self._not_understood(answer)
            return True
        word, rest = meant
        if word == "quit":
            return not self._leave()
        if word == "complete":
            return not self._complete()
        at, before = self._at, self._engine.state
        if word in choices.WORDS_ON_ITEM:
            deeds.BY_WORD[word](self._desk())
            self._hearing.wait()
            self._after(at, before)
        else:
            self._aside(word, rest)
        return True

    def _after(self, at: str, before: SessionState) -> None:
        """Say what became of the item, and go on to what is next once it is closed."""
        self._hearing.catch_up()
        state = self._engine.state
        if state is before:
            return
        if state.items[at].status in OPEN:
            self._offer(again=True)
        else:
            self._next()

    def _desk(self) -> deeds.Desk:
        return deeds.Desk(self._engine, self._voice, self._step, self._engine.preview(self._at))

    def _aside(self, word: str, rest: str) -> None:
        """What changes nothing, or only where the dialogue is."""
        if word in deeds.ASIDE:
            deeds.ASIDE[word](self._desk())
        elif word in ("go", "find", "list"):
            {"go": self._go, "find": self._find, "list": self._list}[word](rest)
        else:
            asides: Mapping[str, Callable[[], None]] = {
                "item": lambda: self._arrive(self._at),
                "command": lambda: self._say(speech.commands(self._engine.preview(self._at))),
                "output": lambda: self._voice.exactly(
                    self._engine.recent_output(self._at) or "There is no output.", indent=0
                ),
                "wait": self._wait,
                "next": self._next,
                "status": lambda: self._voice.say(self.bridge()),
                "help": self._help,
                **self._looks,
            }
            if word not in asides:
                self._voice.say("Not from here: use smtui check, smtui report and smtui history.")
                return
            asides[word]()

    def _wait(self) -> None:
        self._hearing.wait()
        self._offer(again=True)

    # Where the dialogue is

    @property
    def _step(self) -> Step:
        return self._engine.state.procedure.by_id[self._at]

    def _title(self, item: str) -> str:
        return self._engine.preview(item).title

    def _allowed(self) -> Sequence[str]:
        state = self._engine.state
        closable = state.next_item is None and state.completed is None
        item = self._engine.allowed(self._at) if self._at else ()
        return (*item, "complete") if closable else item

    def _next(self) -> None:
        state = self._engine.state
        if state.next_item is not None:
            self._arrive(state.next_item)
            return
        self._at = self._at or state.procedure.steps[-1].id
        self._voice.say()
        self._voice.say("Nothing is open any more.")
        self._offer()

    def _arrive(self, item: str) -> None:
        self._at = item
        state, step = self._engine.state, self._step
        self._voice.say()
        if step.section != self._section:
            self._section = step.section
            heading = next(one for one in state.procedure.headings if one.id == step.section)
            self._voice.say(f"Section {heading.number}: {heading.title}.")
        self._say(speech.arrival(step, state, self._engine.preview(item), self._engine.allowed(item)))
        self._offer()

    def _offer(self, *, again: bool = False) -> None:
        if again:
            self._voice.say()
            self._voice.say(speech.standing(self._step, self._engine.state, self._title(self._at)))
        for number, choice in enumerate(choices.possible(self._allowed()), 1):
            self._voice.say(f"{number}. {choice.word}: {choice.help}.", indent=2)

    def _go(self, number: str) -> None:
        for step in self._engine.state.procedure.steps:
            if step.number == number.rstrip("."):
                self._arrive(step.id)
                return
        self._voice.say(f"There is no item {number}." if number else 'Say which item, as: "go 2.3".')

    def _find(self, needle: str) -> None:
        steps = self._engine.state.procedure.steps
        at = next((number for number, step in enumerate(steps) if step.id == self._at), -1)
        for step in (*steps[at + 1 :], *steps[: at + 1]):
            if needle and needle.casefold() in f"{step.id} {self._title(step.id)}".casefold():
                self._arrive(step.id)
                return
        self._voice.say(f'No item holds "{needle}".' if needle else 'Say what to look for, as: "find agent".')

    # What is said

    def _say(self, lines: Iterable[speech.Line]) -> None:
        for line in lines:
            if line.exact:
                self._voice.exactly(line.text)
            else:
                self._voice.say(line.text, indent=line.indent)

    def bridge(self) -> str:
        """The session in one breath."""
        state = self._engine.state
        return for_the_bridge(state, self._now(), self._title(state.next_item) if state.next_item else "")

    def _list(self, which: str) -> None:
        state = self._engine.state
        name = next((name for name in FILTERS if which and which in name.split()), "all items")
        shown = FILTERS[name]
        rows = [(step, self._title(step.id)) for step in state.procedure.steps if shown(step, state.items[step.id])]
        self._say(speech.listing(state, rows))
        self._voice.say(f"{name.capitalize()}: {len(rows)}.")

    def _help(self) -> None:
        self._offer()
        self._voice.say("Always:")
        for choice in choices.ALWAYS:
            self._voice.say(f"{choice.word}: {choice.help}.", indent=2)

    def _not_understood(self, answer: str) -> None:
        barred = choices.known_but_barred(answer)
        if barred is choices.COMPLETE:
            self._voice.say("Not now: items are still open. list open says which.")
            return
        if barred is None or barred.needs is None:
            self._voice.say(f'"{one_line(answer, 60)}" is not understood. Nothing was done. "help" says what is.')
            return
        state = self._engine.state
        try:
            require(barred.needs, self._step, state)
        except Refused as error:
            steps = state.procedure.by_id
            words = (steps[word].number if word in steps else word for word in str(error).split())
            self._voice.say(f"Not now: {' '.join(words)}.")
        else:
            self._voice.say(f"{barred.word} is not possible while this item runs.")

    # The end

    def _complete(self) -> bool:
        self._voice.say("Nothing is open any more. This ends the session; it cannot be opened again.")
        if not deeds.agreed(self._voice, "End it, yes or no?"):
            self._voice.say("Nothing was done.")
            return False
        verdict = self._engine.complete()
        self._voice.say(f"The session is {verdict}. Its report: smtui report {self._engine.state.session}")
        return True

    def _leave(self) -> bool:
        running = [self._title(item) for item in self._engine.running()]
        if running:
            self._voice.say(f"Still running: {'; '.join(running)}. Leaving waits for their end and records it.")
        return deeds.agreed(self._voice, "Leave, yes or no?")

    def _part(self, reason: str) -> int:
        """Start nothing more, see what runs to its end, write that the operator is gone."""
        self._engine.stop_after_current()
        try:
            self._engine.idle.wait()
        except KeyboardInterrupt:
            reason += ", who did not wait for what runs"
        try:
            self._engine.record_left(reason)
        except JournalError as error:
            reason = f" That it was left could not be recorded: {error}."
        else:
            reason = ""
        session = self._engine.state.session
        try:
            self._hearing.catch_up()
            if self._hearing.heir:
                self._voice.say("Look on with:")
                self._voice.exactly(f"smtui watch {session}")
                return LEFT_UNFINISHED
            self._voice.say(f"The session is unfinished and on disk.{reason} Go on with:")
            self._voice.exactly(f"smtui resume --plain {session}")
        except Silence:
            pass  # nobody is there to read it
        return LEFT_UNFINISHED
