"""One thread and one connection for each target, so that no client library is ever shared between threads."""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Callable
from contextlib import suppress

from smtui.checklist.references import Place
from smtui.engine.attempt import defect
from smtui.secrets.credentials import CredentialError
from smtui.session.errors import JournalError
from smtui.targets.base import Target, TargetError

Job = Callable[[Target], None]
Failed = Callable[[str], None]
Connect = Callable[[Place], Target]
CLOSING = 3.0
"""Seconds that all targets together have to end what they keep on their servers when the program ends."""


class Workers:
    """Runs jobs on the thread of their target, one after the other; targets work side by side."""

    def __init__(self, connect: Connect, clock: Callable[[], float] = time.monotonic) -> None:
        self._connect = connect
        self._clock = clock
        self._queues: dict[Place, queue.SimpleQueue[tuple[Job, Failed] | None]] = {}
        self._threads: list[threading.Thread] = []
        self._guard = threading.Lock()
        self._open = 0
        self.idle = threading.Event()
        """Set while no job waits or runs."""
        self.idle.set()

    def submit(self, place: Place, job: Job, failed: Failed) -> None:
        """Queue a job; `failed` gets one line when the target cannot be had, or the job broke."""
        with self._guard:
            self._open += 1
            self.idle.clear()
            waiting = self._queues.get(place)
            if waiting is None:
                waiting = self._queues[place] = queue.SimpleQueue()
                name = f"target {place.label}"
                thread = threading.Thread(target=self._work, args=(place, waiting), name=name, daemon=True)
                self._threads.append(thread)
                thread.start()
            waiting.put((job, failed))

    def _work(self, place: Place, waiting: queue.SimpleQueue[tuple[Job, Failed] | None]) -> None:
        target: Target | None = None
        while (next_job := waiting.get()) is not None:
            job, failed = next_job
            try:
                if target is None:
                    target = self._connect(place)
                job(target)
            except (TargetError, CredentialError, JournalError) as error:
                _say(failed, str(error))
            except BaseException as error:  # noqa: BLE001  a defect ends the job, never the program
                _say(failed, defect(error))
            self._finish()
        if target is not None:
            with suppress(BaseException):  # it was to leave nothing behind; nobody waits for it any more
                target.close()

    def _finish(self) -> None:
        with self._guard:
            self._open -= 1
            if self._open == 0:
                self.idle.set()

    def close(self) -> None:
        """Let every thread end after its present job; where there is none, wait a moment until its target is closed."""
        with self._guard:
            for waiting in self._queues.values():
                waiting.put(None)
            self._queues.clear()
            threads, self._threads = self._threads, []
        until = self._clock() + CLOSING
        for thread in threads if self.idle.is_set() else ():
            thread.join(max(0.0, until - self._clock()))


def _say(failed: Failed, reason: str) -> None:
    """What breaks in telling of a failure has nobody left to be told to."""
    with suppress(BaseException):
        failed(reason)
