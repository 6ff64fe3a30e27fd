"""A session that is looked at: an engine that allows nothing."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from typing import NoReturn

from smtui.engine.news import Listener
from smtui.engine.preview import Preview
from smtui.session.events import Verdict
from smtui.session.state import SessionState


class LookOnlyError(Exception):
    """Something was asked of a session that is only looked at."""


class ReadOnly:
    """An `EnginePort` over a state that nobody changes here."""

    def __init__(
        self,
        state: SessionState,
        why: str,
        *,
        preview: Callable[[str], Preview] | None = None,
    ) -> None:
        """Without `preview` the checklist's own texts are shown, references unresolved."""
        self._state = state
        self._why = why
        self._preview = preview
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

    def allowed(self, item: str) -> Sequence[str]:
        """Nothing."""
        del item
        return ()

    def preview(self, item: str) -> Preview:
        """What the checklist says."""
        if self._preview is not None:
            return self._preview(item)
        known = self._state.procedure.by_id[item].item
        return Preview(
            title=known.title,
            targets=(),
            command="",
            way="only looked at",
            timeout=0.0,
            consequential=known.consequential,
            caution=known.caution or "",
            note=known.note or "",
            by_hand=known.by_hand,
            sense_command="",
            must_type=None,
            confirm=known.confirm,
            branches=known.choose or {},
            problem="",
        )

    def recent_output(self, item: str) -> str:
        """None is kept."""
        del item
        return ""

    def recent_outputs(self, item: str) -> Mapping[str, str]:
        """None is kept."""
        del item
        return {}

    def running(self) -> Sequence[str]:
        """Nothing runs from here."""
        return ()

    def stop_after_current(self) -> None:
        """Nothing is started anyway."""

    def record_left(self, reason: str) -> None:
        """Looking leaves no trace."""

    def make_ready(self, item: str) -> None:
        """Nothing is run from here."""

    def run(self, item: str, authorised: str | None = None) -> None:
        """Refused."""
        self._refuse(item, authorised)

    def sense(self, item: str) -> None:
        """Refused."""
        self._refuse(item)

    def settle(self, item: str) -> None:
        """Refused."""
        self._refuse(item)

    def cancel(self, item: str, reason: str) -> None:
        """Refused."""
        self._refuse(item, reason)

    def confirm(self, item: str, evidence: Mapping[str, str], reason: str | None = None) -> None:
        """Refused."""
        self._refuse(item, evidence, reason)

    def accept_sensed(self, item: str) -> None:
        """Refused."""
        self._refuse(item)

    def skip(self, item: str, reason: str) -> None:
        """Refused."""
        self._refuse(item, reason)

    def defer(self, item: str, reason: str) -> None:
        """Refused."""
        self._refuse(item, reason)

    def override(self, item: str, reason: str) -> None:
        """Refused."""
        self._refuse(item, reason)

    def reopen(self, item: str, reason: str) -> None:
        """Refused."""
        self._refuse(item, reason)

    def choose(self, item: str, branch: str, reason: str | None = None) -> None:
        """Refused."""
        self._refuse(item, branch, reason)

    def request_approval(self, item: str) -> str:
        """Refused."""
        self._refuse(item)

    def withdraw_approval(self, item: str, reason: str) -> None:
        """Refused."""
        self._refuse(item, reason)

    def break_glass(self, item: str, reason: str) -> None:
        """Refused."""
        self._refuse(item, reason)

    def note(self, text: str, item: str | None = None) -> None:
        """Refused."""
        self._refuse(text, item)

    def finding(self, text: str, owner: str, due: str, item: str | None = None) -> None:
        """Refused."""
        self._refuse(text, owner, due, item)

    def judge(self, objective: str, result: Verdict, judge: str, reason: str) -> None:
        """Refused."""
        self._refuse(objective, result, judge, reason)

    def complete(self) -> str:
        """Refused."""
        self._refuse()

    def _refuse(self, *asked: object) -> NoReturn:
        del asked
        raise LookOnlyError(f"this session is only looked at: {self._why}")
