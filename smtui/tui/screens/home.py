"""The first screen: what is unfinished, then what can be begun."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType

from smtui.telling.ports import ChecklistSummary, Desk, EnginePort, Particulars, Question, SessionSummary
from smtui.telling.statuses import duration
from smtui.text import one_line
from smtui.tui import headline
from smtui.tui.screens.asking import AskingScreen
from smtui.tui.screens.base import bindings
from smtui.tui.shown import content, fit
from smtui.tui.widgets.keyline import KeyLine
from smtui.tui.widgets.line import Line
from smtui.tui.widgets.listing import Entry, Listing

Sessions = Sequence[SessionSummary] | None
Checklists = Sequence[ChecklistSummary] | None
"""None while they are being read."""
_CONDITIONS = {
    "busy": ("in use elsewhere", "warn"),
    "damaged": ("damaged, read-only", "bad"),
    "complete": ("complete", "good"),
}


def entries(sessions: Sessions, checklists: Checklists, now: datetime, here: Callable[[str], bool]) -> Iterator[Entry]:
    """The rows; `here` tells whether a session is open in this program."""
    known = sessions or ()
    unfinished = [
        one for one in known if one.condition == "unfinished" or (one.condition != "complete" and here(one.session))
    ]
    others = [one for one in known if one not in unfinished]
    yield Entry((("  Unfinished sessions", "head"),))
    for one in unfinished:
        yield from _unfinished(one, now, open_here=here(one.session))
    if not unfinished:
        yield Entry((("    reading ..." if sessions is None else "    none", "faint"),))
    yield Entry((("", "plain"),))
    yield from _to_begin_with(checklists)
    if others:
        yield Entry((("", "plain"),))
        yield Entry((("  Other sessions, to look at", "head"),))
    for one in others:
        word, kind = _CONDITIONS[one.condition]
        yield Entry(((f"  {one.session}  ", "strong"), (word, kind)), f"session {one.session}")
        if one.reason:
            yield Entry(((f"    {one_line(one.reason)}", kind),))


def _to_begin_with(checklists: Checklists) -> Iterator[Entry]:
    """Plans first: a disaster is looked for by its name, a single procedure by that of its plan."""
    plans = [one for one in checklists or () if one.plan]
    if plans:
        yield Entry((("  Begin with a plan, by what was lost", "head"),))
        for plan in plans:
            yield from _checklist(plan)
        yield Entry((("", "plain"),))
    yield Entry((("  Begin with a checklist", "head"),))
    for checklist in checklists or ():
        if not checklist.plan:
            yield from _checklist(checklist)
    if checklists is None:
        yield Entry((("    reading ...", "faint"),))
    elif not checklists:
        yield Entry((("    none was found", "warn"),))


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
    else:
        exercised = f"last exercised {one.exercised:%Y-%m-%d}" if one.exercised else "never exercised"
        summary = f". {one_line(one.summary)}" if one.summary else ""
        yield Entry(((f"    {exercised}{summary}", "plain"),))


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
        self._sessions: Sessions = None
        self._checklists: Checklists = None

    def compose(self) -> ComposeResult:
        """Title, list, status, keys."""
        yield Line(id="title")
        yield Line(id="where")
        yield Listing(id="list")
        yield Line(id="status")
        yield KeyLine()

    def on_mount(self) -> None:
        """Say at once that it is being read."""
        self.query_one(Listing).focus()
        self.show_keys()
        self._show()

    def on_screen_resume(self) -> None:
        """It may have changed meanwhile. What is known is painted before that is read."""
        self.call_after_refresh(self.do_reload)

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
        self.smtui.errand(self._desk.sessions, self._sessions_read, self.failed)

    def _sessions_read(self, sessions: Sequence[SessionSummary]) -> None:
        self._sessions = sessions
        self._show()
        self.smtui.errand(self._desk.checklists, self._checklists_read, self.failed)

    def _show(self) -> None:
        opened, now = self.smtui.opened, self.smtui.around.now()
        rows = entries(self._sessions, self._checklists, now, lambda session: opened.find(session) is not None)
        self.query_one(Listing).show(tuple(rows))

    def _checklists_read(self, checklists: Sequence[ChecklistSummary]) -> None:
        self._checklists = checklists
        self._show()
        if self._begin_with is not None:
            wanted, self._begin_with = self._begin_with, None
            found = next((one for one in checklists if one.id == wanted), None)
            if found is not None:
                self._begin(found)
            else:
                self.say(f"There is no checklist {wanted!r}.", bad=True)

    def do_open(self) -> None:
        """Take up, look at, or begin."""
        kind, _, key = (self.query_one(Listing).selected or "").partition(" ")
        if kind == "checklist":
            self._begin(next(one for one in self._checklists or () if one.id == key))
        elif kind == "session":
            self._open(next(one for one in self._sessions or () if one.session == key))

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

        def ask(asked: tuple[Sequence[Question], Particulars]) -> None:
            from smtui.tui.screens.start import StartScreen

            self.smtui.open_start(StartScreen(self._desk, one, *asked))

        self.smtui.errand(lambda: (self._desk.questions(one.id), self._desk.particulars(one.id)), ask, self.failed)

    def do_leave(self) -> None:
        """Leave at once where nothing runs, else ask."""
        running = self.smtui.opened.running()
        if not running:
            self.smtui.exit()
            return
        from smtui.tui.screens import asks

        self.ask(asks.leave(running, to_home=False), lambda *_: self.smtui.exit())

    @property
    def selected_session(self) -> str | None:
        """Id of the session under the cursor."""
        kind, _, key = (self.query_one(Listing).selected or "").partition(" ")
        return key if kind == "session" else None
