"""A journal that takes no events: told once, written down as soon as it takes one, over when there is room again."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator

from smtui.engine.news import Trouble
from smtui.session.errors import JournalError, JournalHalted
from smtui.session.events import Event, Halted

FIRST_PAUSE = 0.05
OVER = "the journal takes events again; work goes on"


class Halt:
    """Whether the journal is halted, and the thread that sees to its end."""

    def __init__(
        self,
        record: Callable[[Event], object],
        has_room: Callable[[], bool],
        tell: Callable[[Trouble], None],
        pause: float,
    ) -> None:
        """`record` appends an event, `has_room` tries whether the disk takes more than a last word; `pause` in s."""
        self._record, self._has_room, self._tell, self._pause = record, has_room, tell, pause
        self._guard = threading.Lock()
        self.reason = ""
        """Why nothing may start; empty while the journal takes events."""
        self.final = False
        """The journal is damaged or closed: it takes events no more."""

    def begin(self, error: JournalError) -> None:
        """An append failed. Never blocks; while it lasts, further failures are nothing new."""
        with self._guard:
            if self.reason:
                return
            self.reason = str(error)
        if isinstance(error, JournalHalted):
            self._tell(Trouble(f"{error}. Nothing new is started; it is tried again until the cause is gone."))
            threading.Thread(target=self._see_to_its_end, name="halt", daemon=True).start()
        else:
            self.final = True
            self._tell(Trouble(f"{error}. Nothing more can be recorded or started; resume the session."))

    def _see_to_its_end(self) -> None:
        try:
            self._wait_until(lambda: self._is_recorded(Halted(reason=self.reason)))
            self._wait_until(self._has_room)
            self._wait_until(lambda: self._is_recorded(Halted(reason=OVER, over=True)))
        except JournalError as error:  # closed meanwhile, or damaged: it stays halted
            self.reason, self.final = str(error), True
            return
        self.reason = ""
        self._tell(Trouble(OVER))

    def _wait_until(self, done: Callable[[], bool]) -> None:
        """Pauses first: an outcome that waits to be recorded takes the room that the ballast left."""
        for pause in pauses(self._pause):
            threading.Event().wait(pause)
            if done():
                return

    def _is_recorded(self, event: Event) -> bool:
        try:
            self._record(event)
        except JournalHalted:
            return False
        return True


def pauses(longest: float) -> Iterator[float]:
    """Seconds between tries: short at first, for most causes are gone at once."""
    pause = FIRST_PAUSE
    while True:
        yield min(pause, longest)
        pause *= 2
