"""A question at the bottom of the screen: hides no state, and takes no answer that was typed before it was there."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.events import Paste
from textual.message import Message
from textual.widgets import Input, Static

from smtui.text import one_line, visible
from smtui.tui.shown import Paragraph, content
from smtui.tui.widgets.choice import BACK, ChoiceRow, Option
from smtui.tui.widgets.pane import TextPane

_TOGETHER = "That Enter came together with other keys and was not taken: press it again."


@dataclass(frozen=True, slots=True)
class Field:
    """Something to type."""

    name: str
    prompt: str
    required: bool = True
    exactly: str | None = None
    """The only text that is taken; it must be typed, not pasted."""
    default: str = ""


@dataclass(frozen=True, slots=True)
class Ask:
    """One question. Without `options` Enter in the last field (or in the bar itself) answers it."""

    title: str
    enter: str
    """What Enter does: `runs it`."""
    body: tuple[Paragraph, ...] = ()
    fields: tuple[Field, ...] = ()
    options: tuple[Option, ...] = ()
    """Answers besides `Go back`, on which it starts."""
    grave: bool = False
    """Shown in the colour of errors."""
    careful: bool = True
    """Whether an Enter that came together with other keys is turned down."""


class TypedInput(Input):
    """An input line that does not blink; where one exact text is wanted it takes typed keys only."""

    DEFAULT_CSS = """
    TypedInput { height: 1; border: none; padding: 0; background: $surface; }
    TypedInput:focus { background: $panel; }
    """

    def __init__(self, field: Field) -> None:
        # A checklist or a command line may say the default; what is answered is what is seen.
        super().__init__(value=visible(field.default, multiline=False), select_on_focus=False, compact=True)
        self.field = field
        self.cursor_blink = False

    def on_paste(self, event: Paste) -> None:
        """A name that must be typed is not pasted; of other texts all lines are taken, as one."""
        event.prevent_default()
        event.stop()
        if self.field.exactly is not None:
            self.post_message(Bar.Complaint("Pasting is not taken here: type the name."))
            return
        lines = (line.strip() for line in visible(event.text).splitlines())
        self.replace(" ".join(line for line in lines if line), *self.selection)


class Bar(Vertical, can_focus=True):
    """Shows one `Ask`. The screen removes it when it is answered or dropped."""

    SCOPED_CSS = False  # its heights go by the classes of the screen
    DEFAULT_CSS = """
    Bar {
        height: auto;
        max-height: 70%;
        overflow-y: auto;
        scrollbar-size: 0 1;
        padding: 0 1;
        border-top: heavy $primary;
        &.-grave { border-top: heavy $error; }
        & > .bar-title { height: auto; max-height: 4; text-style: bold; }
        &.-grave > .bar-title { color: $error; }
        & > #bar-body { height: auto; max-height: 8; }
        & > .bar-field { height: auto; }
        & .bar-prompt { height: auto; }
        & > #bar-foot { height: auto; }
        &.-filled > .bar-title { dock: top; }
        &.-filled > #bar-foot { dock: bottom; }
        & #bar-hint { height: auto; color: $text-muted; }
    }
    Bar:ansi #bar-hint { color: ansi_default; }
    .-high Bar > #bar-body { max-height: 4; }
    .-low Bar > #bar-body { max-height: 3; }
    .-low Bar.-filled > .bar-title, .-low Bar.-filled > #bar-foot { dock: none; }
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "drop", "Go back", id="bar.back", priority=True),
        Binding("enter", "submit", "Answer", id="bar.answer"),
        Binding("tab", "next(1)", "Next field", id="bar.next"),
        Binding("shift+tab", "next(-1)", "Field before", id="bar.previous"),
        Binding("up", "scroll_body(-1)", "Scroll up", id="bar.up"),
        Binding("down", "scroll_body(1)", "Scroll down", id="bar.down"),
        Binding("left", "scroll_body(0, -8)", "Scroll left", id="bar.left"),
        Binding("right", "scroll_body(0, 8)", "Scroll right", id="bar.right"),
    ]

    @dataclass
    class Answered(Message):
        """Every required field is filled; `option` is empty where there were none."""

        values: Mapping[str, str]
        option: str

    class Dropped(Message):
        """Nothing is to be done."""

    @dataclass
    class Complaint(Message):
        """Why an answer was not taken."""

        text: str

    def __init__(self, ask: Ask, hurried: Callable[[], bool], drop: Callable[[], None]) -> None:
        """`hurried` tells whether the latest key came together with others.

        `drop` takes the question away at once: a key that comes right after Escape is not for its fields.
        """
        grave = "-grave" if ask.grave else ""
        # What is docked gives the bar no height: only what scrolls between title and answers does.
        filled = "-filled" if ask.body or ask.fields else ""
        super().__init__(id="bar", classes=f"{grave} {filled}")
        self.ask = ask
        self._hurried = hurried
        self._drop = drop

    def compose(self) -> ComposeResult:
        """Title, what it is about, fields, answers, what the keys do."""
        ask = self.ask
        yield Static(content(ask.title), classes="bar-title")
        if ask.body:
            pane = TextPane(id="bar-body")
            pane.can_focus = False
            pane.show(ask.body)
            yield pane
        for field in ask.fields:
            with Vertical(classes="bar-field"):
                yield Static(content(field.prompt), classes="bar-prompt")
                yield TypedInput(field)
        with Vertical(id="bar-foot"):
            if ask.options:
                yield ChoiceRow([Option(BACK, "Go back"), *ask.options])
            yield Static(self._hint(), id="bar-hint")

    def on_mount(self) -> None:
        """The first thing to fill in has the keys."""
        inputs = self.query(TypedInput)
        if inputs:
            inputs.first().focus()
        elif self.ask.options:
            self.query_one(ChoiceRow).focus()
        else:
            self.focus()

    def _hint(self) -> Content:
        move = "  Tab next field" if len(self.ask.fields) + bool(self.ask.options) > 1 else ""
        choose = "  arrows choose" if self.ask.options else ""
        more = self.query(TextPane) and (self.max_scroll_y or any(pane.max_scroll_y for pane in self.query(TextPane)))
        scroll = "  up/down: more of it" if more else ""
        return content((f"Enter {self.ask.enter}", "bold"), f"  Esc goes back{move}{choose}{scroll}")

    @property
    def values(self) -> Mapping[str, str]:
        """What is typed, by field."""
        return {line.field.name: line.value.strip() for line in self.query(TypedInput)}

    @on(Input.Submitted)
    def field_done(self, event: Input.Submitted) -> None:
        """Enter leads to the next field, from the last one to the answer."""
        event.stop()
        lines = list(self.query(TypedInput))
        at = next(number for number, line in enumerate(lines) if line is event.input)
        problem = self._problem(lines[at])
        if self.ask.careful and self._hurried():
            self._take_for_pasted(lines[at])
        elif problem:
            self.complain(problem)
        elif at + 1 < len(lines):
            lines[at + 1].focus()
        elif self.ask.options:
            self.query_one(ChoiceRow).focus()
        else:
            self._answer("")

    def _take_for_pasted(self, line: TypedInput) -> None:
        """An Enter that came with other keys was the end of a pasted line: it answers nothing."""
        if line.field.exactly is None and line.value and not line.value.endswith(" "):
            line.insert_text_at_cursor(" ")
            self.call_after_refresh(self.complain, _TOGETHER)
        else:
            self.complain(_TOGETHER)

    @on(ChoiceRow.Taken)
    def option_taken(self, event: ChoiceRow.Taken) -> None:
        """Go back, or answer."""
        event.stop()
        if event.key == BACK:
            self.post_message(self.Dropped())
        else:
            self._answer(event.key)

    def action_submit(self) -> None:
        """Enter where there is nothing to fill in."""
        if not self.ask.fields and not self.ask.options:
            self._answer("")

    def action_drop(self) -> None:
        """Escape."""
        self._drop()

    def action_next(self, step: int) -> None:
        """From field to field to the answers, and round: Textual would go by where they are drawn."""
        stops = [*self.query(TypedInput), *self.query(ChoiceRow)]
        at = next((number for number, stop in enumerate(stops) if stop.has_focus), None)
        if at is not None:
            stops[(at + step) % len(stops)].focus()

    def action_scroll_body(self, lines: int, cells: int = 0) -> None:
        """Read on while the question stands; back to its beginning where the fields have pushed that out of sight."""
        if lines < 0 and self.scroll_offset.y:
            self.scroll_relative(y=lines, animate=False, immediate=True)
            return
        for pane in self.query(TextPane):
            pane.scroll_relative(x=cells, y=lines, animate=False)

    @on(TextPane.LaidOut)
    def body_laid_out(self, event: TextPane.LaidOut) -> None:
        """Now it is known whether there is more of it than is seen."""
        event.stop()
        self.call_after_refresh(self._show_hint)

    def on_descendant_focus(self) -> None:
        """Textual counts a field as seen that the answers cover: scroll here."""
        self.call_after_refresh(self._show_focused)

    def on_resize(self) -> None:
        """There is more room, or less."""
        self.call_after_refresh(self._show_focused)

    def _show_focused(self) -> None:
        for line in self.query(TypedInput):
            if line.has_focus and isinstance(line.parent, Vertical):
                self.scroll_to_widget(line.parent, animate=False, immediate=True, origin_visible=False)

    def complain(self, text: str) -> None:
        """Say in the bar why it stays."""
        self.query_one("#bar-hint", Static).update(content((one_line(text), "bold $error")))

    @on(Complaint)
    def complained(self, event: Complaint) -> None:
        """From an input line."""
        event.stop()
        self.complain(event.text)

    @on(Input.Changed)
    def typed(self, event: Input.Changed) -> None:
        """A complaint is about what was typed before; what is typed is seen."""
        event.stop()
        self._show_hint()
        self._show_focused()

    def _show_hint(self) -> None:
        self.query_one("#bar-hint", Static).update(self._hint())

    def _answer(self, option: str) -> None:
        for line in self.query(TypedInput):
            problem = self._problem(line)
            if problem:
                line.focus()
                self.complain(problem)
                return
        if self.ask.careful and self._hurried():
            self.complain(_TOGETHER)
            return
        self.post_message(self.Answered(self.values, option))

    @staticmethod
    def _problem(line: TypedInput) -> str:
        typed, field = line.value.strip(), line.field
        if field.exactly is not None and typed != field.exactly:
            return f"Not taken: exactly {field.exactly} must be typed. Nothing was done."
        if field.required and not typed:
            return "Something must be typed here. Nothing was done."
        return ""
