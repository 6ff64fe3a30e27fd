"""Puts the evidence of a session together and writes it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import smtui
from smtui.cli.failures import Failure
from smtui.cli.looking import PINNED, pinned_procedure, prose
from smtui.engine.clock import SystemClock
from smtui.environment import load_environment
from smtui.report.deviations import pinned
from smtui.report.evidence import gather
from smtui.report.first_page import first_page
from smtui.report.found import look_into
from smtui.report.model import Evidence
from smtui.report.write import ReportError, write_bundle, write_edition
from smtui.session.errors import JournalError
from smtui.session.events import Opened
from smtui.session.fold import Fold
from smtui.session.journal import Verdict
from smtui.session.reading import Reading
from smtui.telling.ports import PageLine
from smtui.text import one_line

if TYPE_CHECKING:
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

    return edition(evidence, load_environment(folder / PINNED), reading.records)


def evidence_of(folder: Path, reading: Reading, verdict: Verdict, reason: str) -> Evidence:
    """The evidence of a journal and the files beside it, in a session's folder or in a bundle. Raises Failure."""
    if not reading.records or not isinstance(reading.records[0].event, Opened):
        raise Failure(f"{folder.name}: no event of it can be read: {reading.reason}")
    state = Fold.of(pinned_procedure(folder, reading.records[0].event), reading.records).state()
    found = look_into(folder, verdict, reason, pinned(reading.records))
    return gather(reading.records, state, found, tell=prose(folder, state), smtui=smtui.__version__)
