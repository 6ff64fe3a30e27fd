"""What a report says that the targets told of themselves, as frozen values."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from smtui.checklist.model import Scalar
from smtui.report.model_items import OutputFile
from smtui.report.values import Values


class RestoredFact(Values, frozen=True, kw_only=True):
    """What one target told about a backup, a restore, its integrity or its version."""

    what: str
    target: str
    item: str
    source: Literal["a look", "the first look", "the last look", "the end of an attempt"]
    at: datetime
    seq: int
    facts: dict[str, Scalar]
    not_told: tuple[str, ...]
    """What an auditor asks for besides, and the target did not report."""


class Restored(Values, frozen=True, kw_only=True):
    """What came back, as the targets themselves told it."""

    words: str
    facts: tuple[RestoredFact, ...]


class TargetRecord(Values, frozen=True, kw_only=True):
    """One question to a log that the target itself keeps; the window is by the recording machine's clock."""

    log: str
    target: str
    item: str
    start: datetime | None
    end: datetime
    asked: dict[str, Scalar]
    answer: str
    facts: dict[str, Scalar]
    looks: int
    """How often it was asked; the window and the answer are those of the last time."""
    seq: int


class AskedLog(Values, frozen=True, kw_only=True):
    """What a target's own log holds of a window of time, asked apart from the items."""

    log: str
    target: str
    start: datetime
    end: datetime
    answered: bool
    reason: str
    entries: int | None
    """Lines of the log that were copied; None where it did not answer."""
    clock_ahead: float | None
    """Seconds that the target's clock was ahead of this machine's when it was asked, to a second or two."""
    facts: dict[str, Scalar]
    script: str
    script_sha256: str
    asked: datetime
    asked_by: str
    output: OutputFile | None
    seq: int


class TargetRecords(Values, frozen=True, kw_only=True):
    """What the logs of the targets were asked, and what they were not."""

    records: tuple[TargetRecord, ...]
    """By items of the procedure."""
    logs: tuple[AskedLog, ...]
    """The last answer of each log of each target, else the last try."""
    not_asked: tuple[str, ...]
