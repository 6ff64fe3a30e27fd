"""Carries what the engine tells from its threads to a screen, without flooding it."""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import suppress

from textual.message import Message

from smtui.engine.news import Changed, HandedOver, News, Output, Trouble
from smtui.session.state import SessionState


class NewsArrived(Message):
    """There is something in the mailbox."""


class Mailbox:
    """Keeps the latest state, the items with new output, and troubles, until the screen takes them.

    However much arrives, one message at a time is under way to the screen.
    """

    def __init__(self, post: Callable[[Message], bool]) -> None:
        """`post` must be safe from any thread and must not block."""
        self._post = post
        self._guard = threading.Lock()
        self._told = False
        self._state: SessionState | None = None
        self._outputs: set[str] = set()
        self._troubles: list[str] = []
        self.heir = ""
        """Who has the session now, if it was handed over."""

    def deliver(self, news: News) -> None:
        """A `Listener`: called on the engine's threads."""
        with self._guard:
            match news:
                case Changed(state):
                    self._state = state
                case Output(item):
                    self._outputs.add(item)
                case Trouble(text):
                    self._troubles.append(text)
                case HandedOver(heir):
                    self.heir = heir
            told, self._told = self._told, True
        if not told:
            with suppress(RuntimeError):  # the loop is closed: the screen is gone, the engine goes on
                self._post(NewsArrived())

    def take(self) -> tuple[SessionState | None, frozenset[str], tuple[str, ...]]:
        """The latest state (None: as before), items with new output, troubles."""
        with self._guard:
            taken = self._state, frozenset(self._outputs), tuple(self._troubles)
            self._state, self._told = None, False
            self._outputs.clear()
            self._troubles.clear()
        return taken
