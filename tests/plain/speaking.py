"""A person who answers from a list."""

from __future__ import annotations

import io
from datetime import timedelta

from smtui.plain.dialogue import Dialogue
from smtui.plain.voice import Voice
from tests.tui.recovery import START, Recovery, SmallDesk


def heard(plan: Recovery, *answers: str, desk: SmallDesk | None = None) -> tuple[int, str]:
    """Exit code and transcript of a session in which these answers are given, then the input ends."""
    sink = io.StringIO()
    voice = Voice(io.StringIO("".join(f"{answer}\n" for answer in answers)), sink, echo=True)
    code = Dialogue(plan.engine, voice, lambda: START + timedelta(minutes=12), desk).talk()
    return code, sink.getvalue()
