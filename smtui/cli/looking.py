"""A session as it is read without taking it; loads nothing that acts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from smtui.checklist.library import Library, lay_out
from smtui.cli.environment_file import PINNED
from smtui.cli.failures import Failure
from smtui.session.events import Opened
from smtui.session.fold import Fold

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from smtui.checklist.model import Mode
    from smtui.checklist.procedure import Heading, Procedure, Step
    from smtui.cli.surroundings import Surroundings
    from smtui.session.state import SessionState


def mode_of(around: Surroundings, session: str) -> Mode:
    """The mode that a session was opened in. Raises Failure when that cannot be read."""
    brief = around.store.brief(session)
    if brief.opened is None:
        raise Failure(f"{session}: {brief.reason}")
    return brief.opened.mode


def verdict_of(around: Surroundings, session: str) -> str | None:
    """The verdict of a session that is complete; None while it is not."""
    return around.store.brief(session).completed


def read_state(around: Surroundings, session: str) -> tuple[SessionState, str]:
    """The state of a session without taking it, and what is wrong with its journal (empty when nothing is)."""
    reading = around.store.read(session)
    if not reading.records or not isinstance(reading.records[0].event, Opened):
        raise Failure(f"{session}: no event of it can be read: {reading.reason}")
    fold = Fold.of(pinned_procedure(around.store.path(session), reading.records[0].event), reading.records)
    if not around.store.is_held(session):
        fold.abandon()
    return fold.state(), "" if reading.verdict == "whole" else f"{reading.verdict}: {reading.reason}"


def pinned_procedure(folder: Path, opened: Opened) -> Procedure:
    """The procedure that a session executes: its own copy, whatever became of the original."""
    library = Library([folder / "checklist"])
    return lay_out(folder / "checklist" / f"{opened.checklist}.toml", library)


def prose(folder: Path, state: SessionState) -> Callable[[Step | Heading, str], str]:
    """Resolves the prose of a step or a heading against the pinned environment and the answers given."""
    from smtui.checklist.references import ReferenceError_, resolve_text, scope_of
    from smtui.environment import load_environment

    environment = load_environment(folder / PINNED)

    def tell(step: Step | Heading, text: str) -> str:
        try:
            return resolve_text(text, scope_of(step, state.procedure, environment, state.inputs))
        except ReferenceError_:
            return text

    return tell
