from __future__ import annotations

import threading

import pytest

from smtui.session.errors import JournalError
from smtui.session.thread import JournalThread


def test_everything_runs_on_one_thread_in_order() -> None:
    thread = JournalThread("s")
    done = [thread.submit(lambda n=number: (n, threading.get_ident())) for number in range(100)]
    results = [future.result() for future in done]
    assert [number for number, _ in results] == list(range(100))
    assert len({ident for _, ident in results}) == 1
    assert results[0][1] != threading.get_ident()
    thread.finish()


def test_exceptions_travel_back_and_the_thread_lives_on() -> None:
    thread = JournalThread("s")
    with pytest.raises(ZeroDivisionError):
        thread.call(lambda: 1 // 0)
    assert thread.call(lambda: "still here") == "still here"
    thread.finish()


def test_what_was_asked_before_the_end_is_done_and_nothing_after() -> None:
    thread = JournalThread("s")
    gate = threading.Event()
    done: list[str] = []
    thread.submit(gate.wait)
    asked = thread.submit(lambda: done.append("asked"))
    threading.Timer(0.05, gate.set).start()
    thread.finish(lambda: done.append("last"))
    assert (asked.done(), done) == (True, ["asked", "last"])
    thread.finish(lambda: done.append("never"))
    assert done == ["asked", "last"]
    with pytest.raises(JournalError, match="closed"):
        thread.call(lambda: None)
