"""What is to be mended after the recovery: who does it, and until when."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType

from smtui.session.state import SessionState
from smtui.telling.ports import EnginePort
from smtui.text import one_line
from smtui.tui.news import Mailbox, NewsArrived
from smtui.tui.screens import asks
from smtui.tui.screens.asking import AskingScreen
from smtui.tui.screens.base import bindings
from smtui.tui.shown import content
from smtui.tui.widgets.keyline import KeyLine
from smtui.tui.widgets.line import Line
from smtui.tui.widgets.listing import Entry, Listing

JUDGED = {"met": "good", "not met": "bad", "not judged": "warn"}
"""How results of objectives are coloured; the words say the same."""


def objectives(state: SessionState, key: str) -> Iterator[Entry]:
    """Two rows for each objective, above the findings; `key` judges the one under the cursor."""
    for number, objective in enumerate(state.objectives, 1):
        said = state.judged.get(objective)
        what = ((f"  Objective {number}: ", "label"), (one_line(objective, 400), "strong"))
        yield Entry(what, f"objective {number}")
        if said is None:
            yield Entry(((f"     not judged: {key} judges it", "faint"),))
        else:
            told = f"     {said.result}, says {one_line(said.judge)}: {one_line(said.reason, 400)}"
            yield Entry(((told, JUDGED[said.result]),))


def entries(state: SessionState, key: str) -> Iterator[Entry]:
    """Two rows for each finding; `key` writes one down."""
    steps = state.procedure.by_id
    for number, one in enumerate(state.findings, 1):
        about = f"{steps[one.item].number}  " if one.item in steps and one.item is not None else ""
        yield Entry(((f"  {number}. ", "label"), (one_line(f"{about}{one.text}", 400), "strong")), str(number))
        yield Entry(((f"     {one_line(one.owner)}, until {one_line(one.due)}", "plain"),))
    if not state.findings:
        yield Entry(((f"  none yet: {key} writes one down", "faint"),))


class FindingsScreen(AskingScreen):
    """The findings of one session; a new one is about the item that was selected there."""

    CSS_PATH = "listed.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [*bindings("findings")]
    place = "findings"

    def __init__(self, engine: EnginePort, item: str | None) -> None:
        super().__init__()
        self._engine, self._item = engine, item
        self._mailbox = Mailbox(self.post_message)
        self._unsubscribe: Callable[[], None] = lambda: None

    def compose(self) -> ComposeResult:
        """Title, list, status, keys."""
        yield Line(id="title")
        yield Listing(id="list")
        yield Line(id="status")
        yield KeyLine()

    def on_mount(self) -> None:
        """Show what there is."""
        self._unsubscribe = self._engine.subscribe(self._mailbox.deliver)
        self.query_one(Listing).focus()
        self.show_keys()
        self.show()

    def on_unmount(self) -> None:
        """The engine goes on without us."""
        self._unsubscribe()

    @on(NewsArrived)
    def show(self) -> None:
        """Show what the session holds now."""
        self._mailbox.take()
        state = self._engine.state
        title = f" Findings of {state.procedure.checklist.title}: {len(state.findings)}"
        self.query_one("#title", Line).show_line(content((title, "bold")))
        key = self.smtui.registry.key
        goals = tuple(objectives(state, key("findings", "judge")))
        self.query_one(Listing).show((*goals, *entries(state, key("findings", "add"))))

    def do_add(self) -> None:
        """Ask what, who and until when."""
        step = self._engine.state.procedure.by_id.get(self._item or "")

        def record(values: Mapping[str, str], _: str) -> None:
            self.smtui.errand(
                lambda: self._engine.finding(values[asks.TEXT], values[asks.OWNER], values[asks.DUE], self._item),
                lambda _: self.say("Recorded."),
                self.failed,
            )

        self.ask(asks.finding(step.number if step else ""), record)

    def do_judge(self) -> None:
        """Ask whether the objective under the cursor was met, who says so and why."""
        number = (self.query_one(Listing).selected or "").removeprefix("objective ")
        objectives = self._engine.state.objectives
        if not objectives or not number.isdigit() or f"objective {number}" != self.query_one(Listing).selected:
            self.say("Go to an objective first." if objectives else "No objectives were fixed when this session began.")
            return
        objective = objectives[int(number) - 1]

        def record(values: Mapping[str, str], option: str) -> None:
            verdict = asks.VERDICTS[option]
            self.smtui.errand(
                lambda: self._engine.judge(objective, verdict, values[asks.JUDGE], values[asks.REASON]),
                lambda _: self.say("Recorded."),
                self.failed,
            )

        self.ask(asks.judge(objective), record)

    def do_back(self) -> None:
        """To the session."""
        self.smtui.pop_screen()
