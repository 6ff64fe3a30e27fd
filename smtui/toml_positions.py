"""Where each value of a TOML text stands, and whether the text stays within bounds that its parser can bear.

This walks the text by tokens as the grammar of TOML 1.0 splits it, without taking values apart. Up to the first syntax
error it sees exactly what the parser sees; from there on it gives up, and the parser says what is wrong.
"""

from __future__ import annotations

import contextlib
import re
import tomllib
from collections.abc import Iterator
from typing import NamedTuple

MAX_KEY_DOTS = 16
MAX_DEPTH = 32
MAX_ENTRIES = 100_000
"""Parts of keys and array elements. A part of a table header may cost the parser a kilobyte: 100 MB at most."""

Route = tuple[str | int, ...]
"""From the root to a value: keys, and indices into arrays."""

_TOKEN = re.compile(
    r"""
    (?P<blank> [ \t]++ | \#[^\n]*+ )
    | (?P<newline> \n (?: [ \t\n]++ | \#[^\n]*+ )*+ )
    | (?P<string>
        \"{3} (?: [^"\\]++ | \\. | "{1,2}+(?!") )*+ "{3,5}
      | '{3} (?: [^']++ | '{1,2}+(?!') )*+ '{3,5}
      | " (?: [^"\\\n]++ | \\[^\n] )*+ "
      | ' [^'\n]*+ '
      )
    | (?P<sign> [\[\]{}=,.] )
    | (?P<bare> [^\s\#"'\[\]{}=,.]++ )
    """,
    re.VERBOSE | re.DOTALL,
)


class TooMuchError(Exception):
    """The text is outside of the bounds; `line` says where."""

    def __init__(self, line: int, text: str) -> None:
        super().__init__(text)
        self.line = line


class _LostError(Exception):
    """Not the grammar of TOML from here on."""


class _Token(NamedTuple):
    kind: str
    text: str
    line: int
    start: int


def positions(text: str) -> dict[Route, int]:
    """The line, from 1, of every key, table and array element; raises TooMuchError.

    `text` has LF line ends. For a text that is no TOML, of what precedes the error.
    """
    walk = _Walk(_tokens(text))
    with contextlib.suppress(_LostError):
        walk.document()
    return walk.lines


def _tokens(text: str) -> Iterator[_Token]:
    position, line = 0, 1
    while position < len(text):
        match = _TOKEN.match(text, position)
        if match is None or match.lastgroup is None:
            break
        if match.lastgroup != "blank":
            yield _Token(match.lastgroup, match[0], line, position)
        line += match[0].count("\n")
        position = match.end()
    yield _Token("end", "", line, len(text))


class _Walk:
    """A recursive descent over the tokens; its depth is bounded by MAX_DEPTH."""

    def __init__(self, tokens: Iterator[_Token]) -> None:
        self.tokens = tokens
        self.lines: dict[Route, int] = {}
        self.table_counts: dict[Route, int] = {}
        """How many tables each array of tables holds so far."""
        self.entries = 0
        self.token = next(tokens)

    def advance(self) -> _Token:
        taken = self.token
        self.token = next(self.tokens, taken)
        return taken

    def expect(self, text: str) -> _Token:
        if self.token.text != text or self.token.kind != "sign":
            raise _LostError
        return self.advance()

    def at(self, *texts: str) -> bool:
        return self.token.kind == "sign" and self.token.text in texts

    def count(self) -> None:
        self.entries += 1
        if self.entries > MAX_ENTRIES:
            raise TooMuchError(self.token.line, f"the file has more than {MAX_ENTRIES:,} keys and list entries")

    def document(self) -> None:
        table: Route = ()
        while self.token.kind != "end":
            if self.token.kind == "newline":
                self.advance()
                continue
            if self.at("["):
                table = self.header()
            else:
                self.pair(table, depth=0)
            if self.token.kind not in ("newline", "end"):
                raise _LostError

    def header(self) -> Route:
        """`[a.b]` or `[[a.b]]`; returns the route of the table that it opens."""
        opening = self.expect("[")
        is_array = self.at("[") and self.token.start == opening.start + 1
        if is_array:
            self.advance()
        keys = self.key()
        self.expect("]")
        if is_array:
            self.expect("]")
        route: Route = ()
        for key in keys[:-1]:
            route = self.latest((*route, key))
            self.lines.setdefault(route, opening.line)
        route = (*route, keys[-1])
        if is_array:
            self.lines.setdefault(route, opening.line)
            count = self.table_counts.get(route, 0)
            self.table_counts[route] = count + 1
            route = (*route, count)
        self.lines[route] = opening.line
        return route

    def latest(self, route: Route) -> Route:
        """The last table so far, where the route leads to an array of tables."""
        count = self.table_counts.get(route, 0)
        return (*route, count - 1) if count else route

    def key(self) -> list[str]:
        keys = [self.key_part()]
        while self.at("."):
            dot = self.advance()
            keys.append(self.key_part())
            if len(keys) > MAX_KEY_DOTS + 1:
                raise TooMuchError(dot.line, f"the key has more than {MAX_KEY_DOTS} dots")
        return keys

    def key_part(self) -> str:
        self.count()
        token = self.advance()
        if token.kind == "bare":
            return token.text
        if token.kind == "string" and not token.text.startswith(('"""', "'''")):
            return _unquoted(token.text)
        raise _LostError

    def pair(self, table: Route, depth: int) -> None:
        line = self.token.line
        route = table
        for key in self.key():
            route = (*route, key)
            self.lines.setdefault(route, line)
        self.expect("=")
        self.value(route, depth)

    def value(self, route: Route, depth: int) -> None:
        if self.at("[", "{") and depth >= MAX_DEPTH:
            raise TooMuchError(self.token.line, f"brackets are nested deeper than {MAX_DEPTH}")
        if self.at("["):
            self.array(route, depth + 1)
        elif self.at("{"):
            self.inline_table(route, depth + 1)
        elif self.token.kind == "string":
            self.advance()
        else:
            self.number_or_date()

    def number_or_date(self) -> None:
        if self.token.kind != "bare":
            raise _LostError
        while self.token.kind == "bare" or self.at("."):  # 1.5, and a date with its time behind a blank
            self.advance()

    def array(self, route: Route, depth: int) -> None:
        self.advance()
        index = 0
        while True:
            self.skip_newlines()
            if self.at("]"):
                break
            self.count()
            self.lines[*route, index] = self.token.line
            self.value((*route, index), depth)
            index += 1
            self.skip_newlines()
            if not self.at("]"):
                self.expect(",")
        self.advance()

    def inline_table(self, route: Route, depth: int) -> None:
        self.advance()
        self.skip_newlines()  # TOML 1.1; a parser of 1.0 refuses them
        while not self.at("}"):
            self.pair(route, depth)
            self.skip_newlines()
            if not self.at("}"):
                self.expect(",")
                self.skip_newlines()
        self.advance()

    def skip_newlines(self) -> None:
        while self.token.kind == "newline":
            self.advance()


def _unquoted(text: str) -> str:
    if text.startswith("'") or "\\" not in text:
        return text[1:-1]
    try:
        value = tomllib.loads(f"key = {text}")["key"]
    except tomllib.TOMLDecodeError:
        raise _LostError from None
    return str(value)
