"""The questions of a checklist before its session begins; every answer is chosen from what the environment has."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical, VerticalScroll
from textual.widgets import Input, Static

from smtui.telling.ports import PARTICULARS, ChecklistSummary, Choice, Desk, Particulars, Question
from smtui.tui import headline
from smtui.tui.screens.base import Base, bindings
from smtui.tui.shown import content, fit
from smtui.tui.widgets.bar import Field, TypedInput
from smtui.tui.widgets.choice import BACK, ChoiceRow, Option
from smtui.tui.widgets.keyline import KeyLine
from smtui.tui.widgets.line import Line
from smtui.tui.widgets.listing import Entry, Listing


class ChoiceList(Listing):
    """The answers to one question; the one under the cursor counts once the cursor has been put there."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter,space", "take", "Take it", id="start.take"),
    ]

    def __init__(self, question: Question) -> None:
        super().__init__()
        self.question = question
        self.taken: Choice | None = next((one for one in question.choices if one.value == question.default), None)
        self.styles.height = min(6, max(1, len(question.choices)))

    def on_mount(self) -> None:
        """Show the answers."""
        self.show_choices()

    def show_choices(self) -> None:
        """Mark the one that is taken by shape and word."""
        self.show(
            [
                Entry((("(*) " if one == self.taken else "( ) ", "strong"), (one.label, "plain")), one.value)
                for one in self.question.choices
            ]
        )

    def action_take(self) -> None:
        """Take the answer under the cursor, and go on to the next question."""
        self.taken = next((one for one in self.question.choices if one.value == self.selected), None)
        self.show_choices()
        self.screen.focus_next("ChoiceList, TypedInput, ChoiceRow")


def told(known: Particulars) -> str:
    """What is recorded about a session before anybody is asked, in one line."""
    names = {"ticket": "ticket ", "scenario": "", "people": "", "rto": "RTO ", "rpo": "RPO ", "declared_by": "by "}
    said = [f"{word}{getattr(known, name)}" for name, word in names.items() if getattr(known, name)]
    return ", ".join(said) or "nothing yet"


class StartScreen(Base):
    """Asks, then starts; it starts on Go back. What may be left empty is asked only on request."""

    CSS_PATH = "start.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [*bindings("start")]
    place = "start"

    def __init__(
        self, desk: Desk, checklist: ChecklistSummary, questions: Sequence[Question], known: Particulars
    ) -> None:
        """`known` is what the command line said already."""
        super().__init__()
        self._known = known
        self._desk = desk
        self._checklist = checklist
        self._questions = questions

    def compose(self) -> ComposeResult:
        """What is about to begin, the questions, the answer."""
        yield Line(id="title")
        with VerticalScroll(id="form", can_focus=False):
            yield Static(content((self._checklist.title, "bold")), classes="form-title")
            if self._checklist.summary:
                yield Static(content(" ".join(self._checklist.summary.split())))
            yield Static(content("Source: ", self._checklist.source))
            yield Static(
                content("Deployment: ", (self._desk.environment, "bold"), "   Mode: ", (self._mode, "bold $warning"))
            )
            for question in self._questions:
                yield Static(content((question.prompt, "bold")), classes="form-prompt")
                if question.choices:
                    yield ChoiceList(question)
                else:
                    yield TypedInput(Field(question.name, question.prompt, default=question.default or ""))
            yield Static(content(("For the record: ", "bold"), told(self._known)), id="known")
            with Vertical(id="particulars"):
                for name, prompt in PARTICULARS.items():
                    yield Static(content((f"{prompt}:", "bold")))
                    yield TypedInput(Field(name, prompt, required=False, default=getattr(self._known, name)))
            yield ChoiceRow(
                [
                    Option(BACK, "Go back"),
                    Option("start", f"Start this {self._desk.mode}"),
                    Option("more", "Ticket, people, RTO ..."),
                ]
            )
        yield Line(id="status")
        yield KeyLine()

    @property
    def _mode(self) -> str:
        return {
            "drill": "drill (simulated hosts; nothing real is touched)",
            "exercise": "exercise (real hosts of a lab)",
            "recovery": "recovery (real hosts)",
        }[self._desk.mode]

    def on_mount(self) -> None:
        """The first question has the keys, as Textual focuses it by itself."""
        self.query_one(KeyLine).say("Enter takes the answer and goes on   Tab next   arrows move   Esc goes back")

    def on_resize(self) -> None:
        """The title is as wide as the screen."""
        flag = headline.banner(self._desk.mode, self.size.width)
        title = fit(" Begin with a checklist", max(0, self.size.width - len(flag)))
        style = "bold reverse $warning" if self._desk.mode == "drill" else "bold reverse $error"
        self.query_one("#title", Line).show_line(content((title, "bold"), (flag, style)))

    def answers(self) -> Mapping[str, str]:
        """What has been answered so far."""
        given = {one.question.name: one.taken.value for one in self.query(ChoiceList) if one.taken is not None}
        lines = self.query("#form > TypedInput").results(TypedInput)
        typed = {line.field.name: line.value.strip() for line in lines if line.value.strip()}
        return {**given, **typed}

    def said(self) -> Particulars:
        """What is to be recorded about the session."""
        lines = self.query("#particulars TypedInput").results(TypedInput)
        return Particulars(**{line.field.name: line.value.strip() for line in lines})

    @on(Input.Submitted)
    def typed(self) -> None:
        """To the next question."""
        self.focus_next("ChoiceList, TypedInput, ChoiceRow")

    @on(ChoiceRow.Taken)
    def taken(self, event: ChoiceRow.Taken) -> None:
        """Go back, or start."""
        if event.key == BACK:
            self.do_back()
            return
        if event.key == "more":
            self.add_class("-more")
            self.call_after_refresh(self.query_one("#particulars TypedInput", TypedInput).focus)
            return
        answers = self.answers()
        missing = [question.prompt for question in self._questions if question.name not in answers]
        if missing:
            self.say(f"Still to be answered: {missing[0]}", bad=True)
        elif self.smtui.guard.burst:
            self.say("That Enter came together with other keys and was not taken: press it again.")
        else:
            self.say("Starting ...")
            said = self.said()
            self.smtui.errand(
                lambda: self._desk.start(self._checklist.id, answers, said),
                self.smtui.replace_by_session,
                self.failed,
            )

    def do_back(self) -> None:
        """No session is made."""
        self.smtui.pop_screen()

    def do_leave(self) -> None:
        """As `do_back`."""
        self.do_back()
