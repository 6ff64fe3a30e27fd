"""What waits for a second person, in the sessions of the group that this account can look into."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from smtui.checklist.load import ChecklistError
from smtui.checklist.procedure import Step
from smtui.checklist.references import ReferenceError_, scope_of
from smtui.cli.environment_file import PINNED
from smtui.cli.failures import Failure
from smtui.cli.looking import read_state
from smtui.cli.surroundings import Surroundings
from smtui.engine.approval import deed_sha256, standing, to_type, why_over
from smtui.engine.preview import Preview, preview
from smtui.environment import load_environment
from smtui.session.errors import JournalError
from smtui.session.state import Approval, SessionState
from smtui.toml_source import SourceError


@dataclass(frozen=True, slots=True)
class Waiting:
    """One request."""

    state: SessionState
    step: Step
    approval: Approval
    preview: Preview
    deed_sha256: str
    """Of what the session's own files say would be done; empty where they do not say it."""
    agreed: bool
    """Whether it has all that it needs already."""

    @property
    def to_type(self) -> str:
        """What is typed to agree."""
        return to_type(self.preview.targets, self.step)

    @property
    def is_as_asked(self) -> bool:
        """Whether what would be done is what was asked for."""
        return self.deed_sha256 == self.approval.deed_sha256


def requests(around: Surroundings, now: datetime) -> Iterator[Waiting]:
    """Everything that was asked for and still counts, newest session first; what cannot be read is passed over."""
    store = around.store
    for session in store.ids():
        try:
            if not store.is_shared(session) or _is_over(around, session):
                continue
            state, _ = read_state(around, session)
            environment = load_environment(store.path(session) / PINNED)
        except (JournalError, ChecklistError, SourceError, Failure, OSError):
            continue  # `smtui sessions` says what is wrong with it
        for item in state.items.values():
            approval = item.approval
            if approval is None or not approval.code or why_over(approval, item, now):
                continue
            step = state.procedure.by_id[item.id]
            scope = scope_of(step, state.procedure, environment, state.inputs)
            try:
                deed = deed_sha256(step, state, state.procedure, scope)
            except ReferenceError_:
                deed = ""
            given = standing(step, item, state.operator_uid, now) == "given"
            yield Waiting(state, step, approval, preview(step, state.procedure, scope), deed, given)


def _is_over(around: Surroundings, session: str) -> bool:
    return around.store.brief(session).completed is not None
