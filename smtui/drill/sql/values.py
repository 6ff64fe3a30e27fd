"""What a value of SQL Server is in Python."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from uuid import UUID

SqlValue = None | bool | int | float | Decimal | str | bytes | dt.datetime | dt.date | dt.time | UUID
"""NULL is None; `datetimeoffset` is a datetime that knows its zone, `datetime2` one that does not."""

SQL_EPOCH = dt.datetime(1900, 1, 1)  # noqa: DTZ001 - SQL Server's datetime has no zone
"""Day 0 of `datetime`, whose clock ticks 300 times a second."""

DATETIME_TICKS = 300

CALENDAR_EPOCH = dt.datetime(1, 1, 1)  # noqa: DTZ001 - nor has datetime2
"""Day 0 of `date`, `datetime2` and `datetimeoffset`."""
