"""What a behaviour yields while a statement runs, in the order in which the client sees it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from smtui.drill.sql.columns import ColumnType
from smtui.drill.sql.values import SqlValue


@dataclass(frozen=True, slots=True)
class Result:
    """A result set; columns are name and type."""

    columns: Sequence[tuple[str, ColumnType]]
    rows: Sequence[Sequence[SqlValue]]


@dataclass(frozen=True, slots=True)
class RowCount:
    """The end of a statement without a result set; -1 tells no count, as after DDL, SET or PRINT."""

    count: int = -1


@dataclass(frozen=True, slots=True)
class Info:
    """A message of severity 10 or less. It ends no statement: yield RowCount after a PRINT."""

    text: str
    number: int = 0
    severity: int = 0
    state: int = 1
    procedure: str = ""
    line: int = 1


@dataclass(frozen=True, slots=True)
class Error:
    """A message of severity 11 or more; it ends its statement, from 20 on the connection too."""

    text: str
    number: int = 50000
    severity: int = 16
    state: int = 1
    procedure: str = ""
    line: int = 1


@dataclass(frozen=True, slots=True)
class Use:
    """The session works in another database from now on."""

    database: str


@dataclass(frozen=True, slots=True)
class Return:
    """The return status of the procedure."""

    status: int


@dataclass(frozen=True, slots=True)
class Flush:
    """Send what has been yielded so far now, as `RESTORE ... WITH STATS` does with its progress."""


@dataclass(frozen=True, slots=True)
class Drop:
    """Cut the connection without a word.

    With `unnoticed` only the client's side ends, as when a firewall forgets the link: the statement goes on, its
    session stays listed, and what it yields from now on reaches nobody.
    """

    unnoticed: bool = False


Reply = Result | RowCount | Info | Error | Use | Return | Flush | Drop
