"""What the drivers ask of themselves: at a connect, and before they bind a NULL."""

from __future__ import annotations

import re
from collections.abc import Sequence

from smtui.drill.sql.columns import INT, SMALLINT, ColumnType, nvarchar
from smtui.drill.sql.replies import Error, Reply, Result
from smtui.drill.sql.values import SqlValue

_PROCEDURE = re.compile(
    r"\s*(?:exec(?:ute)?\s+)?(?:\[?sys\]?\.)?\[?"
    r"(?P<name>sp_datatype_info(?:_90|_100)?|sp_describe_undeclared_parameters)\]?\s*(?P<rest>.*)",
    re.IGNORECASE | re.DOTALL,
)
_MARKER = re.compile(r"@P\d+", re.IGNORECASE)
_NAME = nvarchar(128)
_WORD = nvarchar(32)

_TYPE_COLUMNS: tuple[tuple[str, ColumnType], ...] = (
    ("TYPE_NAME", _NAME),
    ("DATA_TYPE", SMALLINT),
    ("PRECISION", INT),
    ("LITERAL_PREFIX", _WORD),
    ("LITERAL_SUFFIX", _WORD),
    ("CREATE_PARAMS", _WORD),
    ("NULLABLE", SMALLINT),
    ("CASE_SENSITIVE", SMALLINT),
    ("SEARCHABLE", SMALLINT),
    ("UNSIGNED_ATTRIBUTE", SMALLINT),
    ("MONEY", SMALLINT),
    ("AUTO_INCREMENT", SMALLINT),
    ("LOCAL_TYPE_NAME", _NAME),
    ("MINIMUM_SCALE", SMALLINT),
    ("MAXIMUM_SCALE", SMALLINT),
    ("SQL_DATA_TYPE", SMALLINT),
    ("SQL_DATETIME_SUB", SMALLINT),
    ("NUM_PREC_RADIX", INT),
    ("INTERVAL_PRECISION", SMALLINT),
    ("USERTYPE", SMALLINT),
)
_SIZED_TYPES = {
    12: ("varchar", 8000, "'", "'", "max length"),
    -9: ("nvarchar", 4000, "N'", "'", "max length"),
    -3: ("varbinary", 8000, "0x", None, "max length"),
}
"""By the ODBC number of a type: the three whose greatest size pyodbc wants to know before anything else."""

_TIMESTAMPS = {11, 93}
"""ODBC 2 and 3 have a number each for the fourth."""

_DESCRIPTION_COLUMNS: tuple[tuple[str, ColumnType], ...] = (
    ("parameter_ordinal", INT),
    ("name", _NAME),
    ("suggested_system_type_id", INT),
    ("suggested_system_type_name", nvarchar(256)),
    ("suggested_max_length", SMALLINT),
)


def connect_time_answer(statement: str, values: Sequence[SqlValue]) -> Reply | None:
    """The answer to such a question; None for anything else."""
    found = _PROCEDURE.fullmatch(statement)
    if found is None:
        return None
    if found["name"].lower() == "sp_describe_undeclared_parameters":
        return _undeclared_parameters(values)
    if values:
        return _datatype_info(values[0])
    number = re.match(r"-?\d+", found["rest"])
    return _datatype_info(int(number[0]) if number else 0)


def _datatype_info(code: SqlValue) -> Result:
    if code in _TIMESTAMPS:
        row = ("datetime2", 93, 27, "'", "'", "scale", 1, 0, 3, None, 0, None, "datetime2", 0, 7, 9, 3, None, None, 0)
        return Result(_TYPE_COLUMNS, [row])
    if not isinstance(code, int) or code not in _SIZED_TYPES:
        return Result(_TYPE_COLUMNS, [])
    name, size, prefix, suffix, creation = _SIZED_TYPES[code]
    head = (name, code, size, prefix, suffix, creation, 1, 0, 3, None, 0, None, name)
    return Result(_TYPE_COLUMNS, [(*head, None, None, code, None, None, None, 0)])


def _undeclared_parameters(values: Sequence[SqlValue]) -> Reply:
    """Every parameter as `nvarchar(4000)`: what the procedures of Service Manager take."""
    statement = values[0] if values else None
    if not isinstance(statement, str):
        return Error("The undeclared parameters of NULL cannot be described.", 11526)
    names = dict.fromkeys(_MARKER.findall(statement))
    rows = [(number, name, 231, "nvarchar(4000)", 8000) for number, name in enumerate(names, start=1)]
    return Result(_DESCRIPTION_COLUMNS, rows)
