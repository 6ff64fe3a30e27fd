"""While a session is open here: what its operator should know is told, and whoever asks for the session gets it."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from contextlib import suppress

from smtui.engine.core import Engine
from smtui.session import place
from smtui.session.errors import JournalError
from smtui.session.handover import Request
from smtui.session.inbox import Delivered, Unusable
from smtui.session.mirror import Mirror
from smtui.session.store import Store
from smtui.text import one_line

PAUSE = 0.5
"""Seconds between two looks for a request."""


def keep(engine: Engine, store: Store, cautions: Sequence[str], mirror: Mirror | None) -> None:
    """Look for requests on a thread of its own, until the session is given back; `cautions` are told once.

    What second persons left while nobody had the session is taken in before anything is decided: it may be a no.
    """
    seen: set[str] = set()
    _hear(engine, store, engine.state.session, seen, old=True)
    work = (engine, store, cautions, mirror, seen)
    threading.Thread(target=_keep, args=work, name="custody", daemon=True).start()


def cautions(store: Store, session: str, environment: str) -> tuple[str, ...]:
    """What is odd about where sessions lie, and other sessions that are open on the same deployment."""
    return (
        *place.cautions(store.root_of(session), place.MOUNTS.read_text("utf-8", "replace")),
        *_others(store, session, environment),
    )


def _others(store: Store, session: str, environment: str) -> Iterator[str]:
    for other in store.ids():
        if other == session:
            continue
        brief = store.brief(other)
        if brief.held and brief.opened and brief.opened.environment == environment and brief.opened.mode != "drill":
            yield f"session {other} is open on the same deployment ({brief.holder}); agree on who does what"


def _hear(engine: Engine, store: Store, session: str, seen: set[str], *, old: bool = False) -> None:
    """Take in what second persons left; `old`: it may have been heard by the program before."""
    if not store.is_shared(session):
        return
    said: tuple[Delivered | Unusable, ...] = ()
    with suppress(OSError, JournalError):  # a folder that cannot be read holds nothing; the journal says so itself
        said = store.said(session, seen)
    for one in said:
        if isinstance(one, Unusable):
            if not old:
                engine.tell(f"What lies in approvals as {one.name} does not count: {one.why}.")
            continue
        try:
            engine.hear(one, old=old)
        except JournalError:
            seen.discard(one.name)  # it stays where it is, and is heard when the journal takes events again


def _keep(engine: Engine, store: Store, to_tell: Sequence[str], mirror: Mirror | None, seen: set[str]) -> None:
    session = engine.state.session
    rest = threading.Event()
    rest.wait(PAUSE)  # whoever shows the session listens by now
    for text in to_tell:
        engine.tell(f"Caution: {text}.")
    if mirror is not None:
        mirror.tell_trouble()
    broken = ""
    while not engine.closed:
        try:
            if (request := _asked(store, session)) is not None:
                engine.hand_over(one_line(request.by, 80), one_line(request.reason, 400))
                return
            _hear(engine, store, session, seen)
        except BaseException as error:  # noqa: BLE001  told once: whoever asks for the session is heard all the same
            if broken != type(error).__name__:
                broken = type(error).__name__
                engine.tell(f"A defect of smtui: {broken} while requests were looked for; they are looked for again.")
        rest.wait(PAUSE)


def _asked(store: Store, session: str) -> Request | None:
    with suppress(OSError, JournalError):  # a folder that cannot be read has no request; the journal says so itself
        return store.handover_asked(session)
    return None
