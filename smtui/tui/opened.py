"""The sessions that this process has open. Safe from any thread: the watch uses it while the screen may be stuck."""

from __future__ import annotations

import threading
from collections.abc import Mapping

from smtui.telling.ports import EnginePort

COMPLETE, COMPLETE_WITH_EXCEPTIONS, LEFT_UNFINISHED, DEFECT, USAGE = 0, 4, 75, 70, 2
"""Exit codes (design 9)."""


class OpenedSessions:
    """Engines in the order in which they were opened."""

    def __init__(self) -> None:
        self._engines: list[EnginePort] = []
        self._parted: set[str] = set()
        self._heirs: dict[str, str] = {}
        self._guard = threading.Lock()
        self._stopping = False

    def add(self, engine: EnginePort) -> None:
        """Remember it until the program ends; one that comes too late starts nothing."""
        self._engines.append(engine)
        if self._stopping:
            engine.stop_after_current()

    def find(self, session: str) -> EnginePort | None:
        """The engine of a session that is open here."""
        return next((engine for engine in self._engines if engine.state.session == session), None)

    def latest(self) -> EnginePort | None:
        """The one that was opened last."""
        return self._engines[-1] if self._engines else None

    def running(self) -> tuple[str, ...]:
        """Titles of the items that run, of all sessions."""
        return tuple(engine.preview(item).title for engine in self._engines for item in engine.running())

    def stop(self) -> None:
        """Nothing more is started. Never blocks."""
        self._stopping = True
        for engine in self._engines:
            engine.stop_after_current()

    def wait(self) -> None:
        """Until nothing runs; every attempt has its own timeout."""
        for engine in self._engines:
            engine.idle.wait()

    def idle(self) -> bool:
        """Whether nothing runs."""
        return all(engine.idle.is_set() for engine in self._engines)

    def part(self, reason: str) -> None:
        """Write into each unfinished session, once, that the operator is gone."""
        for engine in self._engines:
            with self._guard:
                session = engine.state.session
                if session in self._parted or engine.state.completed is not None:
                    continue
                self._parted.add(session)
            engine.record_left(reason)

    def hand_over(self, session: str, heir: str) -> None:
        """Somebody else has it now."""
        self._heirs[session] = heir
        self._parted.add(session)

    def handed_over(self) -> Mapping[str, str]:
        """Who has which session now."""
        return dict(self._heirs)

    def unfinished(self) -> tuple[str, ...]:
        """Ids of the sessions to resume."""
        sessions = (engine.state.session for engine in self._engines if engine.state.completed is None)
        return tuple(session for session in sessions if session not in self._heirs)

    def completed(self) -> tuple[str, ...]:
        """Ids of the sessions whose evidence can be written."""
        return tuple(engine.state.session for engine in self._engines if engine.state.completed is not None)

    def exit_code(self) -> int:
        """What the latest session came to; 0 when none was opened."""
        if not self._engines:
            return COMPLETE
        match self._engines[-1].state.completed:
            case None:
                return LEFT_UNFINISHED
            case "complete":
                return COMPLETE
            case _:
                return COMPLETE_WITH_EXCEPTIONS
