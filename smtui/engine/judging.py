"""The word of a person on an objective that was fixed when the session began."""

from __future__ import annotations

from collections.abc import Callable

from smtui.engine.decisions import Refused
from smtui.session.events import Judged, Verdict
from smtui.session.state import SessionState


def judgement(  # noqa: PLR0917  what is said, and how secrets are kept out of it
    state: SessionState,
    objective: str,
    result: Verdict,
    judge: str,
    reason: str,
    clean: Callable[[str], str] = lambda text: text,
) -> Judged:
    """The event that says so. Raises Refused without a name or a ground, and for what is no objective here."""
    if objective not in state.objectives:
        raise Refused("only objectives that were fixed when the session began are judged; this is none of them")
    if not judge.strip() or not reason.strip():
        raise Refused("a judgement takes the name of who judges, and the ground")
    return Judged(objective=objective, result=result, judge=clean(judge.strip()), reason=clean(reason.strip()))
