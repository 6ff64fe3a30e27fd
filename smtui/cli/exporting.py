"""Puts the evidence of a session together and writes it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import smtui
from smtui.cli.environment_file import PINNED
from smtui.cli.failures import Failure
from smtui.cli.looking import pinned_procedure, prose
from smtui.engine.clock import SystemClock
from smtui.environment import load_environment
from smtui.report.deviations import pinned
from smtui.report.evidence import gather
from smtui.report.first_page import first_page
from smtui.report.found import look_into
from smtui.report.model import Evidence
from smtui.report.unreadable import procedure_of_journal
from smtui.report.write import ReportError, write_bundle, write_edition
from smtui.session.errors import JournalError
from smtui.session.events import Opened
from smtui.session.fold import Fold
from smtui.session.journal import Verdict
from smtui.session.reading import Reading
from smtui.telling.ports import PageLine
from smtui.text import one_line
from smtui.toml_source import SourceError

if TYPE_CHECKING:
    from smtui.checklist.procedure import Heading, Step
    from smtui.cli.surroundings import Surroundings


def export(
    around: Surroundings, session: str, destination: Path, *, replace: bool = False, redact: bool = False
) -> Path:
    """Write the bundle of a session into `destination`; the folder. Raises Failure.

    With `redact` it is the edition for outsiders: other names, and no journal.
    """
    folder = around.store.path(session)
    around.store.finish_replacement(session)
    reading = around.store.read(session)
    evidence = evidence_of(folder, reading, reading.verdict, reading.reason)
    try:
        if redact:
            written = write_edition(destination, _edition(folder, evidence, reading), replace=replace)
        else:
            written = write_bundle(folder, destination, evidence, replace=replace)
    except ReportError as error:
        raise Failure(str(error)) from None
    return written


def note(around: Surroundings, session: str, written: Path) -> str:
    """List the export in the session itself; why that was not possible, or nothing. The bundle is whole either way."""
    try:
        around.store.note_export(session, SystemClock().now(), around.operator.account, str(written))
    except OSError as error:
        return f"this export is not listed in exports.log of the session: {error.strerror}"
    except JournalError as error:
        return f"this export is not listed in exports.log of the session: {one_line(str(error))}"
    return ""


def first_page_of(around: Surroundings, session: str) -> Sequence[PageLine]:
    """What the report of a session would say first if it were written now. Raises Failure."""
    reading = around.store.read(session)
    return tuple(first_page(evidence_of(around.store.path(session), reading, reading.verdict, reading.reason)))


def _edition(folder: Path, evidence: Evidence, reading: Reading) -> Evidence:
    from smtui.report.edition import edition

    try:
        environment = load_environment(folder / PINNED)
    except (SourceError, OSError) as error:
        raise Failure(f"{PINNED} cannot be read ({_why(error)}): nobody knows which names to replace") from None
    return edition(evidence, environment, reading.records)


def evidence_of(folder: Path, reading: Reading, verdict: Verdict, reason: str) -> Evidence:
    """The evidence of a journal and the files beside it, in a session's folder or in a bundle. Raises Failure."""
    if not reading.records or not isinstance(reading.records[0].event, Opened):
        raise Failure(f"{folder.name}: no event of it can be read: {reading.reason}")
    opened, unreadable = reading.records[0].event, []
    try:
        procedure = pinned_procedure(folder, opened)
    except (SourceError, OSError) as error:
        unreadable.append(f"checklist/{opened.checklist}.toml: {_why(error)}")
        procedure = procedure_of_journal(opened, reading.records)
    state = Fold.of(procedure, reading.records).state()
    try:
        tell = prose(folder, state)
    except (SourceError, OSError) as error:
        unreadable.append(f"{PINNED}: {_why(error)}")
        tell = _as_written
    found = look_into(folder, verdict, reason, pinned(reading.records))
    return gather(reading.records, state, found, tell=tell, smtui=smtui.__version__, unreadable=tuple(unreadable))


def _as_written(_: Step | Heading, text: str) -> str:
    """The prose of a step, its references not resolved."""
    return text


def _why(error: SourceError | OSError) -> str:
    """Without the folder, so that the report of a bundle says the same as the one that it holds."""
    if isinstance(error, OSError):
        return error.strerror or type(error).__name__
    return one_line(error.problems[0].text, 300)
