"""Short ways to say what a behaviour answers: one row with names, an error of THROW, a message of RAISERROR."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime

from smtui.drill.sql.columns import BIGINT, ColumnType, nvarchar
from smtui.drill.sql.replies import Error, Flush, Info, Reply, Result, RowCount
from smtui.drill.sql.values import SqlValue
from smtui.drill.world import Database, World

_TEXT = nvarchar(4000)


def one_row(**fields: SqlValue) -> Result:
    """A result set of one row; numbers are bigint, everything else nvarchar."""
    return Result([(name, _type(value)) for name, value in fields.items()], [tuple(fields.values())])


def thrown(number: int, text: str) -> Error:
    """As `THROW number, text, 1`."""
    return Error(text, number, 16, 1)


def no_object(name: str) -> Error:
    """A table that this database does not have."""
    return Error(f"Invalid object name '{name}'.", 208)


def told(text: str) -> Iterator[Reply]:
    """As `RAISERROR (text, 0, 1) WITH NOWAIT`."""
    yield Info(text, 50000)
    yield RowCount()
    yield Flush()


def same(given: SqlValue, name: str) -> bool:
    """Names compare without case, as the collation does."""
    return isinstance(given, str) and given.casefold() == name.casefold()


def database_named(world: World, server: str, name: SqlValue) -> Database | None:
    """A database of an instance by a name that came as a value."""
    return next((one for one in world.databases(server) if same(name, one.name)), None)


def moment(text: SqlValue, now: datetime) -> datetime | None:
    """As `TRY_CONVERT(datetime2(0), text, 126)`, with `now` for the server's own time; its clock is UTC here."""
    if text == "now":
        return now.replace(microsecond=0)
    try:
        return datetime.fromisoformat(str(text)).replace(tzinfo=UTC, microsecond=0)
    except ValueError:
        return None


def iso(at: datetime) -> str:
    """As `CONVERT(nvarchar(19), at, 126)`."""
    return f"{at:%Y-%m-%dT%H:%M:%S}"


def listed(names: Sequence[str]) -> str:
    """Names with commas, `none` for none of them."""
    return ", ".join(names) or "none"


def minutes_between(earlier: datetime, later: datetime) -> int:
    """As `DATEDIFF(MINUTE, ...)`: borders of minutes that were crossed."""
    return round(
        (later.replace(second=0, microsecond=0) - earlier.replace(second=0, microsecond=0)).total_seconds() / 60
    )


def _type(value: SqlValue) -> ColumnType:
    return BIGINT if isinstance(value, int) else _TEXT
