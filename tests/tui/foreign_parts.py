"""Every widget, and every screen that shows what others wrote, filled with one text wherever it shows such."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from msgspec import structs
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.screen import Screen
from textual.widget import Widget

from smtui.engine.preview import Preview
from smtui.session.events import Finding, Judged
from smtui.session.state import Attempt, ItemState, Sensing, SessionState
from smtui.telling.history import Past, histories
from smtui.telling.ports import (
    ChecklistSummary,
    Choice,
    Header,
    PageLine,
    Particulars,
    PlaceSummary,
    Question,
    Reach,
    Readiness,
    SessionSummary,
    Shortcoming,
)
from smtui.telling.readonly import ReadOnly
from smtui.tui.screens.findings import FindingsScreen
from smtui.tui.screens.history import HistoryScreen
from smtui.tui.screens.home import HomeScreen
from smtui.tui.screens.output import OutputScreen
from smtui.tui.screens.preview import PreviewScreen
from smtui.tui.screens.readiness import ReadinessScreen
from smtui.tui.screens.session import SessionScreen
from smtui.tui.screens.start import StartScreen
from smtui.tui.screens.targets import TargetsScreen
from smtui.tui.shown import Paragraph, content
from smtui.tui.widgets.bar import Ask, Bar, Field, TypedInput
from smtui.tui.widgets.checklist import ChecklistView
from smtui.tui.widgets.choice import ChoiceRow, Option
from smtui.tui.widgets.keyline import KeyLine
from smtui.tui.widgets.line import Line
from smtui.tui.widgets.listing import Entry, Listing
from smtui.tui.widgets.pane import TextPane
from tests.tui.recovery import START, SmallDesk, recovery

ITEM = "baseline.announce"
SECTION = "baseline"


class Filled(Vertical):
    """A widget that is filled with a text once it is on the screen."""

    def __init__(self, widget: Widget, fill: Callable[[], object]) -> None:
        super().__init__(widget)
        self._fill = fill

    def on_mount(self) -> None:
        self.call_after_refresh(self._fill)


def line(text: str) -> Widget:
    shown = Line()
    return Filled(shown, lambda: shown.show_line(content(text, (text, "bold $error"))))


def key_line(text: str) -> Widget:
    shown = KeyLine()
    return Filled(shown, lambda: shown.say(text))


def choice_row(text: str) -> Widget:
    return ChoiceRow([Option("back", text), Option("other", f"{text}{text}")])


def typed_input(text: str) -> Widget:
    return TypedInput(Field("name", text, default=text))


def listing(text: str) -> Widget:
    shown = Listing()
    return Filled(shown, lambda: shown.show([Entry(((text, "strong"), (text, "plain")), key) for key in ("a", "b")]))


def text_pane(text: str) -> Widget:
    shown = TextPane()
    ways = (
        Paragraph(text, label=text),
        Paragraph(text, "warn", text, prose=True, indent=2),
        Paragraph(text, "code", wrap=False),
    )

    def fill() -> None:
        shown.show(ways)
        shown.mark(shown.find(text, 0))

    return Filled(shown, fill)


def bar(text: str) -> Widget:
    body = (Paragraph(text, "warn", text, prose=True), Paragraph(text, "code", wrap=False))
    fields = (Field("one", text, default=text), Field("two", text, exactly=text))
    return Bar(Ask(text, text, body, fields, (Option("other", text),)), lambda: False, lambda: None)


def complaint(text: str) -> Widget:
    shown = Bar(Ask("Run it?", "runs it"), lambda: False, lambda: None)
    return Filled(shown, lambda: shown.complain(text))


def checklist_view(text: str) -> Widget:
    shown = ChecklistView(state(text), lambda _: text)

    def fill() -> None:
        shown.rows_changed()
        shown.fold()

    return Filled(shown, fill)


@cache
def begun() -> SessionState:
    """A session that has just begun. Its folder is gone again: nothing here reads its files."""
    with TemporaryDirectory() as root:
        return recovery(Path(root)).engine.state


def state(text: str) -> SessionState:
    """A session in which persons, targets and the checklist said a text wherever they can say anything."""
    before = begun()
    looks = {name: Sensing(name, "differs", {"field": text}, text, START, 1, 2) for name in (text, "SM02")}
    attempt = Attempt(
        1, text, "t", START, 1, "o", outcome="failed", ended=START, fields={text: text}, reason=text, cancelled=text
    )
    item = ItemState(
        ITEM, "failed", attempts=(attempt,), sensings=looks, earlier=tuple(looks.values()), reason=text,
        evidence={"informed": text}, actor=text, closed=START,
    )  # fmt: skip
    return structs.replace(
        before,
        procedure=structs.replace(
            before.procedure,
            checklist=structs.replace(before.procedure.checklist, title=text),
            headings=tuple(structs.replace(one, title=text, note=text) for one in before.procedure.headings),
        ),
        items={**before.items, ITEM: item},
        notes=((START, text, ITEM, text),),
        halted=text,
        objectives=(text, "another"),
        judged={text: Judged(objective=text, result="met", judge=text, reason=text)},
        findings=(Finding(text=text, owner=text, due=text, item=ITEM),),
        insecure=(text,),
    )


class Engine(ReadOnly):
    """A session to look at, whose targets said the text too."""

    def __init__(self, text: str) -> None:
        preview = Preview(
            title=text, targets=(text,), command=text, way=text, timeout=1.0, consequential=True, caution=text,
            note=text, by_hand=text, sense_command=text, must_type=text, confirm={"informed": text},
            branches={"one": text}, problem=text,
        )  # fmt: skip
        super().__init__(state(text), text, preview=lambda _: preview)
        self._text = text

    def recent_output(self, _item: str) -> str:
        return f"{self._text}\n" * 12


def header(text: str) -> Header:
    return Header(text, "drill", text, text, text)


class ForeignDesk(SmallDesk):
    """A desk over sessions, checklists and hosts that say the text."""

    def __init__(self, text: str) -> None:
        super().__init__(Path("/nowhere"))
        self.text = self.environment = self.operator = text
        self.insecure = (text,)

    def sessions(self) -> tuple[SessionSummary, ...]:
        text = self.text
        return tuple(
            SessionSummary("2026-01-01", text, "drill", text, START, condition, text, reason=text)
            for condition in ("unfinished", "busy", "damaged")
        )

    def checklists(self) -> tuple[ChecklistSummary, ...]:
        text = self.text
        plan = ChecklistSummary("own", text, text, text, text, 3, plan=True)
        return plan, structs.replace(plan, plan=False), structs.replace(plan, problem=text)

    def reach(self, _place: PlaceSummary) -> Reach:
        return Reach(open=False, text=self.text)


def home(text: str) -> Screen[None]:
    return HomeScreen(ForeignDesk(text))


def start(text: str) -> Screen[None]:
    desk = ForeignDesk(text)
    choices = tuple(Choice(value, text) for value in ("one", "two"))
    questions = (Question("word", text, "text", default=text), Question("server", text, "server", choices, "one"))
    return StartScreen(desk, desk.checklists()[0], questions, Particulars(text, text, text, text, text, text, text))


def targets(text: str) -> Screen[None]:
    places = (PlaceSummary(text, text, text, 1, text), PlaceSummary("SM02", text, text, None, text))
    return TargetsScreen(ForeignDesk(text), places)


def readiness(text: str) -> Screen[None]:
    levels = ("problem", "not-checked", "by-hand")
    found = Readiness(False, START, (text, text), tuple(Shortcoming(text, text, text, text, one) for one in levels))
    return ReadinessScreen(ForeignDesk(text), None, {None: found})


def preview(text: str) -> Screen[None]:
    lines = [PageLine(text, text, tone) for tone in ("", "head", "bad")]
    return PreviewScreen(ForeignDesk(text), lines, text)


def history(text: str) -> Screen[None]:
    one = Past("2026-01-01", "own", text, "exercise", START, 60.0, {text: 30.0}, {text: text})
    return HistoryScreen(histories([one, replace(one, session="2026-01-02")]))


def findings(text: str) -> Screen[None]:
    return FindingsScreen(Engine(text), ITEM)


def output(text: str) -> Screen[None]:
    return OutputScreen(Engine(text), header(text), ITEM)


def session(text: str) -> Screen[None]:
    return SessionScreen(Engine(text), header(text), to_home=True)


class Alone(Screen[None]):
    """A widget on a screen of its own."""

    def __init__(self, widget: Widget) -> None:
        super().__init__()
        self._widget = widget

    def compose(self) -> ComposeResult:
        yield self._widget


WIDGETS: Mapping[str, Callable[[str], Widget]] = {
    made.__name__: made
    for made in (line, key_line, choice_row, typed_input, listing, text_pane, bar, complaint, checklist_view)
}
"""Those of smtui/tui/widgets; rows.py is what two of them have in common."""
SCREENS: Mapping[str, Callable[[str], Screen[None]]] = {
    made.__name__: made for made in (home, start, targets, readiness, preview, history, findings, output, session)
}
"""All but help and palette, which show smtui's own words."""


def screen(part: str, text: str) -> Screen[None]:
    """A new screen that shows a text wherever a widget or a screen of that name can show one."""
    return Alone(WIDGETS[part](text)) if part in WIDGETS else SCREENS[part](text)
