"""A session that is looked at: an engine that allows nothing."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from smtui.engine.news import Listener
from smtui.session.state import SessionState
from smtui.tui.ports import Preview


class LookOnlyError(Exception):
    """Something was asked of a session that is only looked at."""


@dataclass(frozen=True, slots=True)
class PlainPreview:
    """A preview as plain values."""

    targets: tuple[str, ...] = ()
    command: str = ""
    way: str = ""
    timeout: float = 0.0
    consequential: bool = False
    caution: str = ""
    by_hand: str = ""
    sense_command: str | None = None
    must_type: str | None = None


class ReadOnly:
    """An `EnginePort` over a state that nobody changes here."""

    def __init__(
        self,
        state: SessionState,
        why: str,
        *,
        preview: Callable[[str], Preview] | None = None,
        prose: Callable[[str, str], str] | None = None,
    ) -> None:
        """Without `preview` and `prose` the checklist's own texts are shown, references unresolved."""
        self._state = state
        self._why = why
        self._preview = preview
        self._prose = prose
        self._idle = threading.Event()
        self._idle.set()

    @property
    def state(self) -> SessionState:
        """The session as it was read."""
        return self._state

    @property
    def idle(self) -> threading.Event:
        """Always set."""
        return self._idle

    def subscribe(self, listener: Listener) -> Callable[[], None]:
        """There are no news."""
        del listener
        return lambda: None

    def allowed(self, item_id: str) -> Sequence[str]:
        """Nothing."""
        del item_id
        return ()

    def preview(self, item_id: str) -> Preview:
        """What the checklist says."""
        if self._preview is not None:
            return self._preview(item_id)
        item = self._state.procedure.by_id[item_id].item
        return PlainPreview(consequential=item.consequential, caution=item.caution or "", by_hand=item.by_hand)

    def prose(self, text: str, item_id: str) -> str:
        """The text, resolved where that is possible."""
        return text if self._prose is None else self._prose(text, item_id)

    def recent_output(self, item_id: str) -> str:
        """None is kept."""
        del item_id
        return ""

    def running(self) -> Sequence[str]:
        """Nothing runs from here."""
        return ()

    def stop_after_current(self) -> None:
        """Nothing is started anyway."""

    def record_left(self, reason: str) -> None:
        """Looking leaves no trace."""

    def run(self, item_id: str, authorised: str | None = None) -> None:
        """Refused."""
        self._refuse(item_id, authorised)

    def sense(self, item_id: str) -> None:
        """Refused."""
        self._refuse(item_id)

    def settle(self, item_id: str) -> None:
        """Refused."""
        self._refuse(item_id)

    def cancel(self, item_id: str, reason: str) -> None:
        """Refused."""
        self._refuse(item_id, reason)

    def confirm(self, item_id: str, evidence: Mapping[str, str], reason: str | None = None) -> None:
        """Refused."""
        self._refuse(item_id, evidence, reason)

    def accept_sensed(self, item_id: str) -> None:
        """Refused."""
        self._refuse(item_id)

    def skip(self, item_id: str, reason: str) -> None:
        """Refused."""
        self._refuse(item_id, reason)

    def defer(self, item_id: str, reason: str) -> None:
        """Refused."""
        self._refuse(item_id, reason)

    def override(self, item_id: str, reason: str) -> None:
        """Refused."""
        self._refuse(item_id, reason)

    def reopen(self, item_id: str, reason: str) -> None:
        """Refused."""
        self._refuse(item_id, reason)

    def choose(self, item_id: str, branch: str, reason: str | None = None) -> None:
        """Refused."""
        self._refuse(item_id, branch, reason)

    def note(self, text: str, item_id: str | None = None) -> None:
        """Refused."""
        self._refuse(text, item_id)

    def complete(self) -> None:
        """Refused."""
        self._refuse()

    def _refuse(self, *asked: object) -> None:
        del asked
        raise LookOnlyError(f"this session is only looked at: {self._why}")
