"""Hears the engine on its threads, and tells it between two answers."""

from __future__ import annotations

import queue
from collections.abc import Callable

from smtui.engine.news import Changed, HandedOver, News, Output, Trouble
from smtui.plain.voice import Voice
from smtui.telling.changes import changes
from smtui.telling.ports import EnginePort
from smtui.text import one_line

_TICK = 0.2
"""Seconds after which an interruption from the keyboard is noticed."""


class Hearing:
    """Never holds the engine up: `listen` only queues; `wait` and `catch_up` speak, on the dialogue's own thread."""

    def __init__(self, engine: EnginePort, voice: Voice, title_of: Callable[[str], str]) -> None:
        self._engine, self._voice, self._title_of = engine, voice, title_of
        self._queue: queue.SimpleQueue[News] = queue.SimpleQueue()
        self._told = engine.state
        self._partial: dict[tuple[str, str], str] = {}
        """The unfinished last line of each item's output on each target."""
        self.heir = ""
        """Who has the session now, if it was handed over; `catch_up` says so."""

    def listen(self, news: News) -> None:
        """A `Listener`."""
        if isinstance(news, HandedOver):
            self.heir = news.heir
        self._queue.put(news)

    def wait(self) -> None:
        """Tell what happens until nothing runs. Ctrl-C stops the waiting, not what runs."""
        try:
            while not self._engine.idle.is_set():
                try:
                    self._tell(self._queue.get(timeout=_TICK))
                except queue.Empty:
                    continue
        except KeyboardInterrupt:
            self._voice.say('It goes on meanwhile. "wait" waits again, "cancel" asks it to stop.')
        self.catch_up()

    def catch_up(self) -> None:
        """Tell what has come until now."""
        while True:
            try:
                self._tell(self._queue.get_nowait())
            except queue.Empty:
                return

    def _tell(self, news: News) -> None:
        match news:
            case Changed(state):
                before, self._told = self._told, state
                for said in changes(before, state, self._title_of):
                    self._flush()
                    self._voice.say(f"{one_line(said.text, 900).rstrip('.')}.")
            case Output(item, target, text):
                *lines, rest = (self._partial.pop((item, target), "") + text).split("\n")
                self._partial[item, target] = rest
                for line in lines:
                    self._voice.exactly(f"{target}: {line}")
            case Trouble(text):
                self._voice.say(f"Trouble: {one_line(text, 700)}")
            case HandedOver(heir):
                self._voice.say(f"The session is with {one_line(heir, 80)} now; nothing can be done with it from here.")

    def _flush(self) -> None:
        """Say lines that never got their end."""
        for (_, target), rest in self._partial.items():
            if rest.strip():
                self._voice.exactly(f"{target}: {rest}")
        self._partial.clear()
