"""Reads the past sessions of this user for what they tell about time."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from smtui.cli.surroundings import Surroundings
    from smtui.telling.history import Past


def past_sessions(
    around: Surroundings, checklist: str | None = None, complain: Callable[[str], None] = lambda _: None
) -> tuple[Past, ...]:
    """Every completed session on real hosts, newest first, of one checklist or of all.

    `complain` is told, in one line each, of those that cannot be read.
    """
    from smtui.checklist.load import ChecklistError
    from smtui.cli.looking import pinned_procedure
    from smtui.session.errors import JournalError
    from smtui.session.fold import Fold
    from smtui.telling.history import past
    from smtui.text import one_line

    found: list[Past] = []
    for session in around.store.ids():
        try:
            opened = around.store.brief(session).opened
            if opened is None or opened.mode == "drill" or checklist not in (None, opened.checklist):
                continue
            records = around.store.read(session).records
            fold = Fold.of(pinned_procedure(around.store.path(session), opened), records)
        except (JournalError, ChecklistError, OSError) as error:
            complain(f"{session}: left out: {one_line(str(error))}")
            continue
        if (told := past(records, fold.state())) is not None:
            found.append(told)
    return tuple(sorted(found, key=lambda one: one.ended, reverse=True))
