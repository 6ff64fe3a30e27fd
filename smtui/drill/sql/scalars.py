"""`SELECT` of expressions without a table, such as `SELECT @@SPID AS session_id, DB_NAME()`.

This much T-SQL is read, not looked up by its digest, because clients and people at a prompt write it as they like.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence

from smtui.drill.sql.columns import BIGINT, DATETIME2, INT, NVARCHAR_MAX, ColumnType, nvarchar
from smtui.drill.sql.replies import Result
from smtui.drill.sql.values import SqlValue

Typed = tuple[ColumnType, SqlValue]
Function = Callable[[Sequence[SqlValue]], Typed]
"""A known function or `@@` variable (which takes no arguments), by its name in lower case."""

_TOKEN = re.compile(
    r"""\s*(?:
      (?P<text>N?'(?:[^']|'')*')
    | (?P<number>\d+)
    | (?P<parameter>@P\d+)
    | (?P<name>@@\w+|[A-Za-z_]\w*|\[[^\]]+\])
    | (?P<mark>[(),;-])
    )\s*""",
    re.VERBOSE | re.IGNORECASE,
)
_DEEPEST = 8
_CASTS: Mapping[str, ColumnType] = {"int": INT, "bigint": BIGINT, "datetime2": DATETIME2}


class UnknownExpression(Exception):
    """The statement is no such SELECT, or names what is not known here."""


def select_scalars(statement: str, values: Sequence[SqlValue], functions: Mapping[str, Function]) -> Result:
    """Evaluate such a SELECT; raises UnknownExpression."""
    return _Select(_tokens(statement), values, functions).result()


def _tokens(statement: str) -> list[tuple[str, str]]:
    tokens = []
    position = 0
    while position < len(statement):
        found = _TOKEN.match(statement, position)
        if found is None or found.lastgroup is None:
            raise UnknownExpression(statement[position : position + 20])
        tokens.append((found.lastgroup, found[found.lastgroup]))
        position = found.end()
    return tokens


class _Select:
    """A recursive descent over the tokens of one statement."""

    def __init__(
        self, tokens: Sequence[tuple[str, str]], values: Sequence[SqlValue], functions: Mapping[str, Function]
    ) -> None:
        self._tokens = tokens
        self._position = 0
        self._values = values
        self._functions = functions

    def result(self) -> Result:
        if not self._accept("select"):
            raise UnknownExpression("no SELECT")
        columns: list[tuple[str, ColumnType]] = []
        row: list[SqlValue] = []
        while True:
            kind, value = self._expression(_DEEPEST)
            columns.append((self._alias(), kind))
            row.append(value)
            if not self._accept(","):
                break
        self._accept(";")
        if self._position != len(self._tokens):
            raise UnknownExpression("more than a SELECT of expressions")
        return Result(columns, [row])

    def _next(self) -> tuple[str, str]:
        if self._position == len(self._tokens):
            raise UnknownExpression("the statement ends too early")
        token = self._tokens[self._position]
        self._position += 1
        return token

    def _accept(self, word: str) -> bool:
        if self._position < len(self._tokens) and self._tokens[self._position][1].lower() == word:
            self._position += 1
            return True
        return False

    def _expect(self, word: str) -> None:
        if not self._accept(word):
            raise UnknownExpression(f"{word} is missing")

    def _alias(self) -> str:
        named = self._accept("as")
        if named or (self._position < len(self._tokens) and self._tokens[self._position][0] == "name"):
            return self._next()[1].strip("[]'")
        return ""

    def _expression(self, depth: int) -> Typed:
        if not depth:
            raise UnknownExpression("too deep")
        kind, word = self._next()
        if kind == "text":
            text = word[word.index("'") + 1 : -1].replace("''", "'")
            return nvarchar(max(1, min(len(text), 4000))), text
        if kind == "number":
            return (INT if int(word) < 2**31 else BIGINT), int(word)
        if kind == "parameter":
            return self._parameter(int(word[2:]))
        if word == "-":
            typed, value = self._expression(depth - 1)
            if not isinstance(value, int):
                raise UnknownExpression("minus before no number")
            return typed, -value
        if word.lower() == "cast":
            return self._cast(depth)
        return self._call(word.lower().strip("[]"), depth)

    def _parameter(self, number: int) -> Typed:
        if not 0 < number <= len(self._values):
            raise UnknownExpression(f"@P{number} is not given")
        value = self._values[number - 1]
        if value is None or isinstance(value, str):
            return NVARCHAR_MAX, value
        if isinstance(value, int):
            return BIGINT, value
        raise UnknownExpression(f"@P{number} is a {type(value).__name__}")

    def _call(self, name: str, depth: int) -> Typed:
        function = self._functions.get(name)
        if function is None:
            raise UnknownExpression(name)
        arguments: list[SqlValue] = []
        if self._accept("(") and not self._accept(")"):
            while True:
                arguments.append(self._expression(depth - 1)[1])
                if self._accept(")"):
                    break
                self._expect(",")
        return function(arguments)

    def _cast(self, depth: int) -> Typed:
        self._expect("(")
        _, value = self._expression(depth - 1)
        self._expect("as")
        name = self._next()[1].lower()
        length: str | None = None
        if self._accept("("):
            length = self._next()[1].lower()
            self._expect(")")
        self._expect(")")
        if name in {"nvarchar", "varchar", "sysname"}:
            kind = NVARCHAR_MAX if length == "max" else nvarchar(min(int(length or 128), 4000))
            return kind, None if value is None else str(value)
        if name not in _CASTS:
            raise UnknownExpression(f"CAST to {name}")
        if name != "datetime2" and isinstance(value, str):
            value = int(value)
        return _CASTS[name], value
