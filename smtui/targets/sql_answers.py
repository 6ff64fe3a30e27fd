"""What a statement answers, read to its end: messages as they come, and the first row of the last result set."""

from __future__ import annotations

import datetime as dt
import decimal
import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from smtui.checklist.model import Scalar
from smtui.targets.framing import scalars
from smtui.targets.odbc import Cursor
from smtui.targets.sql_errors import message_text, tells_of_lost_link

_BATCH: Final = 500
"""Rows held in memory at a time."""


class LinkLostError(Exception):
    """Microsoft's driver may tell of a lost link in a message alone, and then end the answer as if it were whole."""


@dataclass(frozen=True, slots=True)
class Answer:
    """The first row of the last result set with columns, and how many rows that has; None where there was none."""

    fields: Mapping[str, Scalar]
    rows: int | None


def read_answer(cursor: Cursor, output: Callable[[str], None]) -> Answer:
    """Read every result set to its end: a RESTORE is aborted when one is left unread.

    Raises what pyodbc raises, and LinkLostError.
    """
    answer = Answer({}, None)
    while True:
        pass_messages(cursor, output)
        if cursor.description is not None:
            answer = _one_set(cursor)
        if not cursor.nextset():
            pass_messages(cursor, output)
            return answer


def read_rows(cursor: Cursor) -> list[dict[str, Scalar]]:
    """The first rows of the current result set, each by column."""
    return [_fields(cursor, row) for row in cursor.fetchmany(_BATCH)]


def pass_messages(cursor: Cursor, output: Callable[[str], None]) -> None:
    """Pass on what the server said with the latest answer; LinkLostError when the driver says that the link is gone."""
    for message in cursor.messages or ():
        if tells_of_lost_link(message):
            raise LinkLostError(message_text(message))
        output(message_text(message).rstrip("\n") + "\n")


def _one_set(cursor: Cursor) -> Answer:
    first: dict[str, Scalar] = {}
    rows = 0
    while batch := cursor.fetchmany(_BATCH):
        if not rows:
            first = _fields(cursor, batch[0])
        rows += len(batch)
    return Answer(first, rows)


def _fields(cursor: Cursor, row: Sequence[object]) -> dict[str, Scalar]:
    names = [
        str(column[0]).lower() or f"column_{number}" for number, column in enumerate(cursor.description or (), start=1)
    ]
    return scalars({name: _plain(value) for name, value in zip(names, row, strict=True)})


def _plain(value: object) -> object:
    """Values of SQL Server as JSON has them; dates as ISO 8601, without a zone where the server tells none."""
    if isinstance(value, dt.datetime | dt.date | dt.time):
        return value.isoformat()
    if isinstance(value, decimal.Decimal):
        return int(value) if value == value.to_integral_value() else str(value)
    if isinstance(value, bytes | bytearray):
        return "0x" + value.hex().upper()
    if isinstance(value, uuid.UUID):
        return str(value)
    return value
