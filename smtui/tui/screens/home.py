"""The first screen: what is unfinished, then what can be begun."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType

from smtui.telling.ports import ChecklistSummary, Desk, EnginePort, SessionSummary
from smtui.telling.statuses import duration
from smtui.text import one_line
from smtui.tui import headline
from smtui.tui.screens import asks
from smtui.tui.screens.asking import AskingScreen
from smtui.tui.screens.base import bindings
from smtui.tui.screens.start import StartScreen
from smtui.tui.shown import content, fit
from smtui.tui.widgets.keyline import KeyLine
from smtui.tui.widgets.line import Line
from smtui.tui.widgets.listing import Entry, Listing

Everything = tuple[Sequence[SessionSummary], Sequence[ChecklistSummary]]
_CONDITIONS = {
    "busy": ("in use elsewhere", "warn"),
    "damaged": ("damaged, read-only", "bad"),
    "complete": ("complete", "good"),
}


def entries(everything: Everything, now: datetime, here: Callable[[str], bool]) -> Iterator[Entry]:
    """The rows; `here` tells whether a session is open in this program."""
    sessions, checklists = everything
    unfinished = [
        one for one in sessions if one.condition == "unfinished" or (one.condition != "complete" and here(one.session))
    ]
    others = [one for one in sessions if one not in unfinished]
    yield Entry((("  Unfinished sessions", "head"),))
    for one in unfinished:
        yield from _unfinished(one, now, open_here=here(one.session))
    if not unfinished:
        yield Entry((("    none", "faint"),))
    yield Entry((("", "plain"),))
    yield Entry((("  Begin with a checklist", "head"),))
    for checklist in checklists:
        yield from _checklist(checklist)
    if not checklists:
        yield Entry((("    none was found", "warn"),))
    if others:
        yield Entry((("", "plain"),))
        yield Entry((("  Other sessions, to look at", "head"),))
    for one in others:
        word, kind = _CONDITIONS[one.condition]
        yield Entry(((f"  {one.session}  ", "strong"), (word, kind)), f"session {one.session}")
        if one.reason:
            yield Entry(((f"    {one_line(one.reason)}", kind),))


def _unfinished(one: SessionSummary, now: datetime, *, open_here: bool) -> Iterator[Entry]:
    ago = duration((now - one.touched).total_seconds())
    state = "open here" if open_here else f"touched {ago} ago"
    mode = {"drill": "drill on simulated hosts"}.get(one.mode, one.mode)
    troubles = "".join(
        f", {count} {word}" for count, word in ((one.failed, "failed"), (one.unknown, "unknown")) if count
    )
    yield Entry(
        (
            (f"  {one.title}  ", "strong"),
            (f"{one.done} of {one.total} closed{troubles}", "bad" if troubles else "plain"),
        ),
        f"session {one.session}",
    )
    if one.waits_for:
        yield Entry(((f"    waits for {one_line(one.waits_for)}", "warn"),))
    yield Entry(((f"    {mode}, {state}, {one.session}", "faint"),))


def _checklist(one: ChecklistSummary) -> Iterator[Entry]:
    rto = f", RTO {duration(one.rto)}" if one.rto else ""
    yield Entry(
        ((f"  {one.title}  ", "strong"), (f"{one.items} items{rto}, version {one.version}", "faint")),
        f"checklist {one.id}",
    )
    if one.problem:
        yield Entry(((f"    cannot be started: {one_line(one.problem)}", "bad"),))
    elif one.summary:
        yield Entry(((f"    {one_line(one.summary)}", "plain"),))


class HomeScreen(AskingScreen):
    """Sessions and checklists of the desk."""

    CSS_PATH = "home.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [*bindings("home")]
    place = "home"

    def __init__(self, desk: Desk, *, begin: str | None = None) -> None:
        """`begin` is the checklist whose questions open at once."""
        super().__init__()
        self._begin_with = begin
        self._desk = desk
        self._sessions: Mapping[str, SessionSummary] = {}
        self._checklists: Mapping[str, ChecklistSummary] = {}

    def compose(self) -> ComposeResult:
        """Title, list, status, keys."""
        yield Line(id="title")
        yield Line(id="where")
        yield Listing(id="list")
        yield Line(id="status")
        yield KeyLine()

    def on_mount(self) -> None:
        """Read what there is."""
        self.query_one(Listing).focus()
        self.show_keys()

    def on_screen_resume(self) -> None:
        """It may have changed meanwhile."""
        self.do_reload()

    def on_resize(self) -> None:
        """The title is as wide as the screen."""
        width = self.size.width
        flag = headline.banner(self._desk.mode, width)
        style = "bold reverse $warning" if self._desk.mode == "drill" else "bold reverse $error"
        title = fit(" smtui: recover System Center Service Manager", max(0, width - len(flag)))
        self.query_one("#title", Line).show_line(content((title, "bold"), (flag, style)))
        where = fit(f" {self._desk.environment}   {self._desk.operator}", width)
        self.query_one("#where", Line).show_line(content(where))

    def do_reload(self) -> None:
        """Read sessions and checklists again."""
        self.smtui.errand(lambda: (self._desk.sessions(), self._desk.checklists()), self.show, self.failed)

    def show(self, everything: Everything) -> None:
        """Show what was read."""
        self._sessions = {one.session: one for one in everything[0]}
        self._checklists = {one.id: one for one in everything[1]}
        opened = self.smtui.opened
        rows = entries(everything, self.smtui.around.now(), lambda session: opened.find(session) is not None)
        self.query_one(Listing).show(tuple(rows))
        if self._begin_with is not None:
            wanted, self._begin_with = self._begin_with, None
            if wanted in self._checklists:
                self._begin(self._checklists[wanted])
            else:
                self.say(f"There is no checklist {wanted!r}.", bad=True)

    def do_open(self) -> None:
        """Take up, look at, or begin."""
        kind, _, key = (self.query_one(Listing).selected or "").partition(" ")
        if kind == "checklist":
            self._begin(self._checklists[key])
        elif kind == "session":
            self._open(self._sessions[key])

    def _open(self, one: SessionSummary) -> None:
        opened = self.smtui.opened.find(one.session)
        if opened is not None:
            self.smtui.open_session(opened)
        elif one.condition == "unfinished":
            self._fetch(lambda: self._desk.resume(one.session), self.smtui.open_session)
        else:
            self._fetch(lambda: self._desk.view(one.session), self.smtui.look_at)

    def do_look(self) -> None:
        """Look, without taking up."""
        session = self.selected_session
        if session is not None:
            self._fetch(lambda: self._desk.view(session), self.smtui.look_at)

    def _fetch(self, work: Callable[[], EnginePort], then: Callable[[EnginePort], None]) -> None:
        self.say("Opening ...")

        def show(engine: EnginePort) -> None:
            self.say("")
            then(engine)

        self.smtui.errand(work, show, self.failed)

    def _begin(self, one: ChecklistSummary) -> None:
        if one.problem:
            self.say(one.problem, bad=True)
            return
        self.smtui.errand(
            lambda: (self._desk.questions(one.id), self._desk.particulars(one.id)),
            lambda asked: self.smtui.open_start(StartScreen(self._desk, one, *asked)),
            self.failed,
        )

    def do_leave(self) -> None:
        """Leave at once where nothing runs, else ask."""
        running = self.smtui.opened.running()
        if not running:
            self.smtui.exit()
            return
        self.ask(asks.leave(running, to_home=False), lambda *_: self.smtui.exit())

    def free_keys(self) -> None:
        """Back to the list."""
        self.query_one(Listing).focus()

    @property
    def selected_session(self) -> str | None:
        """Id of the session under the cursor."""
        kind, _, key = (self.query_one(Listing).selected or "").partition(" ")
        return key if kind == "session" else None
