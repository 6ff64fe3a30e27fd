"""Asks the targets of a session for what they recorded themselves, and writes the answers into its journal."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from smtui.checklist.library import shipped_folder
from smtui.cli.deployment import reach
from smtui.cli.failures import Failure
from smtui.cli.mirroring import begin as begin_mirror
from smtui.cli.opening import PATIENCE, Ask, first_of, trusted_procedure, workshop
from smtui.engine.clock import SystemClock
from smtui.engine.recorder import Recorder
from smtui.engine.target_logs import ERROR_LOG, EVENT_LOGS, ask, places_of, window_of
from smtui.session.fold import Fold
from smtui.text import one_line

if TYPE_CHECKING:
    from smtui.cli.surroundings import Surroundings


def ask_targets(around: Surroundings, session: str, prompt: Ask, say: Callable[[str], None]) -> None:
    """Ask every target that the session acted on or looked at. The session is not resumed: nothing of it goes on.

    Raises SessionBusy, JournalDamaged, Failure.
    """
    file = around.store.open(session, patience=PATIENCE)
    copy = None
    try:
        fold = Fold.of(trusted_procedure(around, file), file.records)
        recorder = Recorder(file, fold, SystemClock(), around.operator)
        if file.torn is not None:
            recorder.append(file.torn)
        deployment = reach(
            file.folder, recorder.state.mode, (), checklist=first_of(file).checklist, answers=recorder.state.inputs
        )
        copy = begin_mirror(file.folder, deployment.environment, recorder)
        questions = tuple(places_of(deployment.environment, file.records))
        if not questions:
            raise Failure(f"{session}: it has not acted on any target, nor looked at one; there is nobody to ask")
        answered = ask(
            questions,
            window_of(file.records),
            shop=workshop(around, file, deployment, recorder, prompt),
            recorder=recorder,
            scripts={log.script: _script(log.script) for log in (EVENT_LOGS, ERROR_LOG)},
            say=lambda text: say(one_line(text, 400)),
        )
    finally:
        if copy is not None:
            copy.close()
        file.release()
    say(f"{answered} of {len(questions)} targets told what their logs hold; the answers are in the journal")


def _script(name: str) -> str:
    return (shipped_folder() / "scripts" / name).read_text("utf-8")
