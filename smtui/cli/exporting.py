"""Puts the evidence of a session together and writes it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import smtui
from smtui.cli.failures import Failure
from smtui.cli.opening import pinned_procedure, prose
from smtui.engine.clock import SystemClock
from smtui.report.evidence import gather
from smtui.report.found import look_into
from smtui.report.write import ReportError, write_bundle
from smtui.session.events import Opened
from smtui.session.fold import Fold

if TYPE_CHECKING:
    from smtui.cli.surroundings import Surroundings


def export(around: Surroundings, session: str, destination: Path, *, replace: bool = False) -> Path:
    """Write the bundle of a session into `destination` and note the export; the folder. Raises Failure."""
    folder = around.store.path(session)
    reading = around.store.read(session)
    if not reading.records or not isinstance(reading.records[0].event, Opened):
        raise Failure(f"{session}: no event of it can be read: {reading.reason}")
    fold = Fold(pinned_procedure(folder, reading.records[0].event))
    for record in reading.records:
        fold.feed(record)
    found = look_into(folder, reading.verdict, reading.reason)
    state = fold.state()
    evidence = gather(reading.records, state, found, tell=prose(folder, state), smtui=smtui.__version__)
    try:
        written = write_bundle(folder, destination, evidence, replace=replace)
    except ReportError as error:
        raise Failure(str(error)) from None
    around.store.note_export(session, SystemClock().now(), around.operator.account, str(written))
    return written
