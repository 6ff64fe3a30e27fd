"""What comes before a session: which one, or which checklist, and the questions that it asks first."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from smtui.plain.looks import BEFORE, Looks
from smtui.plain.speech import BANNERS
from smtui.plain.voice import Silence, Voice
from smtui.telling.ports import PARTICULARS, ChecklistSummary, Desk, EnginePort, Particulars, Question, SessionSummary
from smtui.telling.risks import told_risks
from smtui.telling.statuses import duration
from smtui.text import one_line


class Home:
    """Sessions and checklists of a desk, by number."""

    def __init__(self, desk: Desk, voice: Voice, now: Callable[[], datetime]) -> None:
        self._desk, self._voice, self._now = desk, voice, now

    def pick(self) -> EnginePort | None:
        """The session to go on with, or a new one; None when the operator leaves. Raises Silence."""
        voice = self._voice
        voice.say(f"smtui, {self._desk.environment or 'no deployment'}. {BANNERS[self._desk.mode]}")
        if self._desk.insecure:
            voice.say(f"{told_risks(self._desk.insecure)}.")
        while True:
            sessions = [one for one in self._desk.sessions() if one.condition == "unfinished"]
            checklists = self._desk.checklists()
            voice.say()
            voice.say(f"{len(sessions)} unfinished sessions, {len(checklists)} checklists to begin with.")
            rows = [self._session(one) for one in sessions] + [self._checklist(one) for one in checklists]
            first_look = len(rows)
            rows += [text for text, _ in BEFORE]
            at = voice.choose("Which one, by number; Enter alone leaves:", rows)
            if at is None:
                return None
            try:
                if at >= first_look:
                    BEFORE[at - first_look][1](Looks(self._desk, voice))
                    continue
                if at < len(sessions):
                    return self._desk.resume(sessions[at].session)
                if (engine := self.begin(checklists[at - len(sessions)].id)) is not None:
                    return engine
            except Silence:
                raise
            except Exception as error:  # noqa: BLE001 - the desk says in its own words what could not be done
                voice.say(f"Not done: {one_line(str(error) or type(error).__name__, 700)}")

    def begin(self, checklist: str) -> EnginePort | None:
        """Ask what the checklist asks, then open its session; None when the operator goes back."""
        answers: dict[str, str] = {}
        for question in self._desk.questions(checklist):
            answer = self._answer(question)
            if not answer:
                self._voice.say("No session is made.")
                return None
            answers[question.name] = answer
        said = self._desk.particulars(checklist)
        while True:
            answer = self._voice.ask(f'Start this {self._desk.mode}, yes, no or "more" for the record?', grave=True)
            if answer.casefold() == "yes":
                return self._desk.start(checklist, answers, said)
            if answer.casefold() != "more":
                self._voice.say("No session is made.")
                return None
            said = self._particulars(said)

    def _particulars(self, known: Particulars) -> Particulars:
        """Ask what is to be recorded; Enter alone leaves each as it is, a single hyphen empties it."""
        self._voice.say("Enter alone keeps what is known, a single hyphen empties it.")
        answers = {}
        for name, prompt in PARTICULARS.items():
            now = getattr(known, name)
            answer = self._voice.ask(f"{prompt} ({now})?" if now else f"{prompt}?")
            answers[name] = "" if answer == "-" else answer or now
        return Particulars(**answers)

    def _answer(self, question: Question) -> str:
        if not question.choices:
            hint = f" (Enter alone takes {question.default})" if question.default else ""
            return self._voice.ask(f"{question.prompt}{hint}") or question.default or ""
        self._voice.say(question.prompt)
        labels = [choice.label for choice in question.choices]
        by_value = {choice.value: choice.label for choice in question.choices}
        default = by_value.get(question.default or "")
        at = self._voice.choose(f"By number; Enter alone takes {default}:" if default else "By number:", labels)
        return question.choices[at].value if at is not None else question.default or ""

    def _session(self, one: SessionSummary) -> str:
        ago = duration((self._now() - one.touched).total_seconds())
        troubles = "".join(
            f", {count} {word}" for count, word in ((one.failed, "failed"), (one.unknown, "unknown")) if count
        )
        waits = f" It waits for {one.waits_for}." if one.waits_for else ""
        closed = f"{one.done} of {one.total} closed{troubles}"
        return f"Go on with {one.title}, {one.session}: {closed}, touched {ago} ago.{waits}"

    @staticmethod
    def _checklist(one: ChecklistSummary) -> str:
        problem = f" It cannot be started: {one_line(one.problem)}" if one.problem else ""
        exercised = f"last exercised {one.exercised:%Y-%m-%d}" if one.exercised else "never exercised"
        return f"Begin {one.title}, {one.items} items, version {one.version}, {exercised}.{problem}"
