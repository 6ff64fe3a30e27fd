"""What the engine tells whoever listens. Listeners are called on the engine's threads and must not block."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from smtui.session.state import SessionState


@dataclass(frozen=True, slots=True)
class Changed:
    """An event is durable; this is the state after it."""

    state: SessionState


@dataclass(frozen=True, slots=True)
class Output:
    """Live output of a running attempt, redacted, not yet made safe to show."""

    item: str
    target: str
    text: str


@dataclass(frozen=True, slots=True)
class Trouble:
    """Something failed outside any attempt; one line that says what to do."""

    text: str


@dataclass(frozen=True, slots=True)
class HandedOver:
    """The session was given to somebody else, as they asked for; nothing can be done with it from here any more."""

    heir: str


News = Changed | Output | Trouble | HandedOver
Listener = Callable[[News], None]
