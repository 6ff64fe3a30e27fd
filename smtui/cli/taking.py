"""Getting hold of a session that another program has open: waiting for one that ends, asking one that lives."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

from smtui.cli.failures import Failure
from smtui.cli.following import PAUSE, Onlooker, until
from smtui.cli.surroundings import Surroundings
from smtui.session.events import TakenOver
from smtui.session.handover import Request


@contextmanager
def held_by_nobody(
    around: Surroundings, session: str, say: Callable[[str], None], take_over: str | None
) -> Iterator[TakenOver | None]:
    """Wait until nobody holds the session; gives the event to record when its holder was asked with a reason.

    A holder that ends is waited for, and its live output is said meanwhile. Raises Failure for one that does not, when
    there is no reason to take over; KeyboardInterrupt ends the waiting and withdraws the request.
    """
    store = around.store
    holder = store.brief(session).holder if store.is_held(session) else ""
    if not holder and not store.is_held(session):
        yield None
        return
    if take_over is None and not store.is_draining(session):
        raise Failure(
            f"{session} is in use: {holder or 'its holder left no name'}. Look on with: smtui watch {session}; "
            f"ask for it with: smtui resume {session} --take-over REASON"
        )
    onlooker = Onlooker(store.path(session))
    try:
        onlooker.skip()  # before anybody is told: what comes from then on is shown
        if take_over is not None:
            store.ask_for(session, Request(by=around.operator.account, reason=take_over, at=datetime.now(UTC)))
            say(f"Asked {holder or 'the holder'} for the session; it ends what it runs. Ctrl-C asks no more.")
        else:
            say(f"{holder or 'The holder'} starts nothing more and ends what it runs. Ctrl-C stops waiting.")
        until(lambda: not store.is_held(session), onlooker, say, lambda: time.sleep(PAUSE))
        yield None if take_over is None else TakenOver(reason=take_over, holder=holder)
    finally:
        onlooker.close()
        store.withdraw(session)
