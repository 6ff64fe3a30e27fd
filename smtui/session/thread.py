"""One thread that makes every write of a session, in the order asked for.

A single writer needs no locks around the journal, and a disk that hangs holds only this thread and who waits for it.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import Future
from queue import SimpleQueue
from typing import TypeVar

from smtui.session.errors import JournalError

T = TypeVar("T")


class JournalThread:
    """A queue of closures; whoever asks gets the result or the exception of its own."""

    def __init__(self, name: str) -> None:
        self._work: SimpleQueue[Callable[[], None] | None] = SimpleQueue()
        self._stopped = False
        self._gate = threading.Lock()
        # A daemon: a disk that never answers must not keep the program from ending.
        self._thread = threading.Thread(target=self._run, name=f"journal {name}", daemon=True)
        self._thread.start()

    def submit(self, call: Callable[[], T]) -> Future[T]:
        """Run it after all that was asked before; JournalError once the thread was stopped."""
        result: Future[T] = Future()

        def run() -> None:
            try:
                result.set_result(call())
            except BaseException as error:  # noqa: BLE001 - travels to the caller, who waits for this very result
                result.set_exception(error)

        with self._gate:
            if self._stopped:
                raise JournalError("the session is closed")
            self._work.put(run)
        return result

    def call(self, call: Callable[[], T]) -> T:
        """`submit` and wait."""
        return self.submit(call).result()

    def finish(self, last: Callable[[], None] | None = None) -> None:
        """Take no more, do what was asked before, then `last`, and wait for that; a second call only waits."""
        with self._gate:
            if not self._stopped:
                self._stopped = True
                if last:
                    self._work.put(last)
                self._work.put(None)
        self._thread.join()

    def _run(self) -> None:
        while (run := self._work.get()) is not None:
            run()
