"""One session: the checklist, the item under the cursor, what is next, what is being asked."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Container, Vertical
from textual.timer import Timer

from smtui.engine.decisions import Refused, require
from smtui.session.state import SessionState
from smtui.telling.changes import worth_saying
from smtui.telling.filters import FILTERS
from smtui.telling.history import usual
from smtui.telling.pace import NOTHING_KNOWN, for_the_bridge
from smtui.telling.ports import EnginePort, Header
from smtui.telling.statuses import OPEN
from smtui.tui import headline
from smtui.tui.actions import Action
from smtui.tui.describe import Subject, details, section_details
from smtui.tui.news import Mailbox, NewsArrived
from smtui.tui.screens import asks
from smtui.tui.screens.base import bindings
from smtui.tui.screens.deciding import DecidingScreen
from smtui.tui.screens.output import OutputScreen
from smtui.tui.widgets.checklist import ChecklistView
from smtui.tui.widgets.keyline import KeyLine
from smtui.tui.widgets.line import Line
from smtui.tui.widgets.pane import TextPane

CLOCK_STEP = 10.0
"""Seconds between updates of the elapsed time: each costs bytes over the link."""
LETS_GO = 0.3
"""Seconds after which an item that the engine still holds is looked at again."""


class SessionScreen(DecidingScreen):
    """A projection of the engine's state; it holds nothing that the journal lacks."""

    CSS_PATH = "session.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [*bindings("session")]
    place = "session"

    def __init__(self, engine: EnginePort, header: Header, *, to_home: bool, look_only: bool = False) -> None:
        super().__init__()
        self.engine = engine
        self.header = header
        self._to_home = to_home
        self._look_only = look_only
        self._state = engine.state
        self._mailbox = Mailbox(self.post_message)
        self._unsubscribe: Callable[[], None] = lambda: None
        self._details_timer: Timer | None = None
        self._needle = ""
        self._usual = NOTHING_KNOWN

    def compose(self) -> ComposeResult:
        """Two lines of header, checklist and details, status, keys."""
        yield Line(id="top")
        yield Line(id="progress")
        yield Line(id="times")
        with Container(id="body"):
            with Vertical(id="left"):
                yield ChecklistView(self._state, self._title, id="items")
                yield Line(id="next")
            yield TextPane(id="details")
        yield Line(id="status")
        yield KeyLine()

    def on_mount(self) -> None:
        """Start at what is next."""
        self._unsubscribe = self.engine.subscribe(self._mailbox.deliver)
        view = self.query_one(ChecklistView)
        view.rows_changed()
        view.focus()
        if self._state.next_item is not None:
            view.select(self._state.next_item)
        self.set_interval(CLOCK_STEP, self.show_clock)
        if self._look_only:
            self.say("This session is only looked at: nothing can be done in it from here.")
        self._show_next()
        self._show_details()
        if self._state.mode != "drill" and not self._look_only:
            self._look_back()

    def _look_back(self) -> None:
        """Forecast by what items took in past sessions; where there are none, or none can be read, by the estimates."""

        def remember(known: Mapping[str, float]) -> None:
            self._usual = known
            if self.is_attached:
                self.show_clock()

        checklist = self._state.procedure.checklist.id
        self.smtui.errand(lambda: usual(self.smtui.guide.desk().past(), checklist), remember, lambda _: None)

    def risks(self) -> Sequence[str]:
        """Those that the session's journal knows of."""
        return self._state.insecure

    def on_unmount(self) -> None:
        """The engine goes on without us."""
        self._unsubscribe()

    def on_resize(self) -> None:
        """The lines at the top are as wide as the screen."""
        self.show_clock()
        self.query_one("#top", Line).show_line(headline.top_line(self.header, self.size.width))

    # What is shown

    @property
    def selected(self) -> str | None:
        """Id of the item under the cursor."""
        return self.query_one(ChecklistView).selected

    def allowed(self) -> Collection[str]:
        """What the engine allows for the selected item."""
        item = tuple(self.engine.allowed(self.selected)) if self.selected else ()
        state = self._state
        offered = []
        if state.next_item is None and state.completed is None and not self._look_only:
            offered.append("complete")
        if self.selected is None:
            offered.append("unfold")
        elif state.next_item not in (None, self.selected) and state.items[self.selected].status not in OPEN:
            offered.append("next")  # the item at hand is closed: the way on is offered first
        return (*item, *offered)

    def refused(self, action: Action) -> None:
        """Say why not, by the engine's own reason; items are named by their numbers."""
        steps = self._state.procedure.by_id
        if self.selected is None or action.needs is None or self._look_only:
            super().refused(action)
            return
        try:
            require(action.needs, steps[self.selected], self._state)
        except Refused as error:
            words = (steps[word].number if word in steps else word for word in str(error).split())
            self.say(f"Not now: {' '.join(words)}.")
        else:
            super().refused(action)

    def show_clock(self) -> None:
        """Counts and elapsed time."""
        line = headline.progress_line(self._state, self.smtui.around.now(), self.size.width, self._usual)
        self.query_one("#progress", Line).show_line(line)
        times = headline.times_line(self._state, self.smtui.around.now(), self.size.width, self._usual)
        self.query_one("#times", Line).show_line(times)

    @property
    def _filtered(self) -> bool:
        return self.query_one(ChecklistView).filter_name != "all items"

    def _title(self, item_id: str) -> str:
        return self.engine.preview(item_id).title

    def _show_next(self) -> None:
        item = self._state.next_item
        title = self.query_one(ChecklistView).title(item) if item else ""
        view = self.query_one(ChecklistView)
        shown = "" if view.filter_name == "all items" else f"{view.filter_name}: {view.item_count}"
        keys = self.smtui.registry.key
        self.query_one("#next", Line).show_line(
            headline.next_line(
                self._state, title, shown, wrap_up=keys("session", "complete"), report=keys("session", "preview")
            )
        )

    def _show_details(self) -> None:
        self._details_timer = None
        if self.is_attached:
            heading = self.query_one(ChecklistView).heading
            if self.selected is not None:
                shown = details(Subject.of(self.engine, self.selected, self.smtui.registry), allowed=self.allowed())
            else:
                shown = section_details(self._state, heading) if heading else ()
            self.query_one(TextPane).show(shown)
            self._look_again()
        if not self.asking:
            self.show_keys()

    def _look_again(self) -> None:
        """An item's last event comes before the engine lets go of it, and no news after that: the keys would be old."""
        item = self.selected
        if item in self.engine.running() and item is not None and self._state.items[item].status != "running":
            self.set_timer(LETS_GO, self._show_details)

    def _details_soon(self) -> None:
        if self._details_timer is None:
            self._details_timer = self.set_timer(self.smtui.around.rest, self._show_details)

    @on(ChecklistView.Moved)
    def moved(self) -> None:
        """Another item is under the cursor."""
        pane = self.query_one(TextPane)
        pane.mark(None)
        pane.scroll_home(animate=False)
        self._details_soon()

    @on(NewsArrived)
    def news(self) -> None:
        """The engine has told something."""
        state, outputs, troubles = self._mailbox.take()
        if state is not None:
            self._take_over(state)
        if self.selected in outputs:
            self._details_soon()
        for screen in self.smtui.screen_stack:
            if isinstance(screen, OutputScreen) and (state is not None or screen.item_id in outputs):
                screen.output_came()
        for trouble in troubles:
            self.smtui.say(trouble, bad=True)
        if self._mailbox.heir:
            self.smtui.hand_over(self.engine, self._mailbox.heir)

    def _take_over(self, state: SessionState) -> None:
        before, self._state = self._state, state
        self.query_one(ChecklistView).show(state)
        self.show_clock()
        if state.insecure != before.insecure:
            self.show_risks()
        if state.next_item != before.next_item or state.completed != before.completed or self._filtered:
            self._show_next()
        said = worth_saying(before, state, self._title)
        if said is not None:
            self.smtui.say(said.text, bad=said.bad)
        elif state.completed and not before.completed:
            self.smtui.say(f"Its evidence as files: smtui report {state.session}")
        self._details_soon()

    # Keys and the question

    def bar_keys(self) -> None:
        """Neither list nor details take keys."""
        self.add_class("-asking")
        for pane in (self.query_one(ChecklistView), self.query_one(TextPane)):
            pane.can_focus = False

    def free_keys(self) -> None:
        """Back to the list, or to the details on the whole screen."""
        self.remove_class("-asking")
        view, pane = self.query_one(ChecklistView), self.query_one("#details", TextPane)
        view.can_focus = pane.can_focus = True
        self.set_focus(pane if self.has_class("-zoom") else view)

    # What is shown: one method for each action of the registry

    def do_output(self) -> None:
        """Show all of it."""
        if self.selected is not None:
            self.smtui.push_screen(OutputScreen(self.engine, self.header, self.selected))

    def do_zoom(self) -> None:
        """Show the item alone, or the checklist again."""
        zoomed = not self.has_class("-zoom")
        self.set_class(zoomed, "-zoom")
        (self.query_one(TextPane) if zoomed else self.query_one(ChecklistView)).focus()

    def do_unzoom(self) -> None:
        """Show the checklist."""
        if self.has_class("-zoom"):
            self.do_zoom()

    def do_pane(self) -> None:
        """Move the keys between checklist and details."""
        self.focus_next("ChecklistView, TextPane")

    def do_next(self) -> None:
        """Go to what is next."""
        if self._state.next_item is not None:
            self._go_to(self._state.next_item)

    def do_fold(self) -> None:
        """Fold the section of the item under the cursor."""
        self.query_one(ChecklistView).fold()

    def do_unfold(self) -> None:
        """Show the items of the folded section under the cursor."""
        self.query_one(ChecklistView).unfold()

    def do_bridge(self) -> None:
        """One sentence to read out."""
        item = self._state.next_item
        title = self.query_one(ChecklistView).title(item) if item else ""
        self.ask(asks.bridge(for_the_bridge(self._state, self.smtui.around.now(), title, self._usual)), lambda *_: None)

    def do_filter(self) -> None:
        """The next filter."""
        view = self.query_one(ChecklistView)
        names = list(FILTERS)
        name = names[(names.index(view.filter_name) + 1) % len(names)]
        view.filter(name)
        self._show_next()
        self.say(f"Showing {name}: {view.item_count}. f shows the next kind.")

    def do_find(self) -> None:
        """Ask for a word: of an item, or, where one item has the whole screen, of its text."""
        seek = self._find_in_item if self.has_class("-zoom") else self._find
        self.ask(asks.find(self._needle), lambda values, _: seek(values[asks.TEXT]))

    def do_jump(self) -> None:
        """Ask for a number."""
        self.ask(asks.jump(), lambda values, _: self._jump(values[asks.TEXT]))

    def do_leave(self) -> None:
        """Ask, saying what happens to what runs."""
        if self._look_only:
            self.smtui.pop_screen()
            return
        running = tuple(self.engine.preview(item).title for item in self.engine.running())
        self.ask(asks.leave(running, to_home=self._to_home), lambda *_: self._leave())

    def _leave(self) -> None:
        if self._to_home:
            self.smtui.pop_screen()
        else:
            self.smtui.exit()

    def _find(self, needle: str) -> None:
        self._needle = needle
        steps = self._state.procedure.steps
        at = next((number for number, step in enumerate(steps) if step.id == self.selected), -1)
        for step in (*steps[at + 1 :], *steps[: at + 1]):
            if needle.casefold() in f"{step.id} {self.query_one(ChecklistView).title(step.id)}".casefold():
                self._go_to(step.id)
                return
        self.say(f"No item holds {needle!r}.")

    def _find_in_item(self, needle: str) -> None:
        self._needle = needle
        pane = self.query_one("#details", TextPane)
        hit = pane.find(needle, 0 if pane.hit is None else pane.hit + 1)
        pane.mark(hit)
        again = self.smtui.registry.key("session", "find")
        self.say(
            f"This item does not hold {needle!r}."
            if hit is None
            else f"Line {hit + 1} of {len(pane.lines)}. {again}, then Enter, finds the next."
        )

    def _jump(self, number: str) -> None:
        for step in self._state.procedure.steps:
            if step.number == number:
                self._go_to(step.id)
                return
        self.say(f"There is no item {number!r}.")

    def _go_to(self, item_id: str) -> None:
        view = self.query_one(ChecklistView)
        if not view.select(item_id):
            view.filter("all items")
            view.select(item_id)
            self._show_next()
