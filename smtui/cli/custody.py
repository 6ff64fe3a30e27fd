"""While a session is open here: somebody may ask for it, and then gets it."""

from __future__ import annotations

import threading
from contextlib import suppress

from smtui.engine.core import Engine
from smtui.session.errors import JournalError
from smtui.session.store import Store
from smtui.text import one_line

PAUSE = 0.5
"""Seconds between two looks for a request."""


def keep(engine: Engine, store: Store) -> None:
    """Look for requests on a thread of its own, until the session is given back."""
    threading.Thread(target=_keep, args=(engine, store), name="custody", daemon=True).start()


def _keep(engine: Engine, store: Store) -> None:
    session = engine.state.session
    rest = threading.Event()
    while not engine.closed:
        request = None
        with suppress(OSError, JournalError):  # a folder that cannot be read has no request; the journal says so itself
            request = store.handover_asked(session)
        if request is not None:
            engine.hand_over(one_line(request.by, 80), one_line(request.reason, 400))
            return
        rest.wait(PAUSE)
