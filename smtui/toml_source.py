"""TOML files from outside: read with bounds, parsed, and every value's line remembered.

The standard parser is not bounded: one dotted key of 40,000 parts takes gigabytes, deep nesting ends in RecursionError.
So the text is looked through first, which also yields the lines that messages name.
"""

from __future__ import annotations

import os
import re
import stat
import tomllib
from collections.abc import Mapping
from pathlib import Path

from msgspec import Struct

from smtui.text import one_line, visible
from smtui.toml_positions import Route, TooMuchError, positions

MAX_BYTES = 2 * 1024 * 1024
MAX_LINE = 64 * 1024

_AT_LINE = re.compile(r" ?\(at (?:line (\d+), column \d+|end of document)\)$")

Table = Mapping[str, object]


class Problem(Struct, frozen=True, order=True):
    """One thing that is wrong with a file; `str()` is `file:line: text`."""

    file: str
    line: int
    """From 1; 0 means the file as a whole."""
    text: str

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}" if self.line else self.file
        return f"{one_line(place)}: {visible(self.text, multiline=False)}"


class SourceError(Exception):
    """A file cannot be used; `problems` names everything that is wrong with it at once."""

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        super().__init__(problems)
        self.problems = problems

    def __str__(self) -> str:
        return "\n".join(str(problem) for problem in self.problems)


class TomlSource(Struct, frozen=True):
    """A parsed TOML file that knows where its values stand."""

    file: str
    tree: Table
    lines: Mapping[Route, int]

    def line(self, route: Route) -> int:
        """The line of the value, or of the nearest table around it; 1 when nothing around it is known."""
        for length in range(len(route), 0, -1):
            if found := self.lines.get(route[:length]):
                return found
        return 1

    def problem(self, route: Route, text: str) -> Problem:
        """What is wrong at the value."""
        return Problem(self.file, self.line(route), text)


def read_bounded(path: Path, limit: int = MAX_BYTES) -> bytes:
    """The bytes of a regular file of at most `limit` bytes; raises SourceError for anything else, and never blocks."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC | os.O_NOCTTY)
        with open(descriptor, "rb") as file:  # noqa: PTH123  # a descriptor, not a path
            if not stat.S_ISREG(os.fstat(descriptor).st_mode):
                raise SourceError((Problem(str(path), 0, "is not a regular file"),))
            data = file.read(limit + 1)
    except (OSError, ValueError) as error:  # ValueError: a NUL in the path
        reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        raise SourceError((Problem(str(path), 0, f"cannot be read: {reason}"),)) from error
    if len(data) > limit:
        raise SourceError((Problem(str(path), 0, f"is larger than {limit:,} bytes"),))
    return data


def decode_source(data: bytes, file: str) -> str:
    """Strict UTF-8, with or without the byte order mark that Windows editors write; raises SourceError."""
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise SourceError((Problem(file, line, f"byte 0x{data[error.start]:02x} is not UTF-8"),)) from error


def parse_toml(data: bytes, file: str) -> TomlSource:
    """Parse the bytes of the file named `file`; raises SourceError, whatever the bytes are."""
    if len(data) > MAX_BYTES:
        raise SourceError((Problem(file, 0, f"is larger than {MAX_BYTES:,} bytes"),))
    for number, line in enumerate(data.split(b"\n"), start=1):
        if len(line) > MAX_LINE:
            raise SourceError((Problem(file, number, f"the line is longer than {MAX_LINE:,} bytes"),))
    # The parser takes CR LF as LF; so do the positions.
    text = decode_source(data, file).replace("\r\n", "\n")
    try:
        lines = positions(text)
        tree = tomllib.loads(text)
    except TooMuchError as error:
        raise SourceError((Problem(file, error.line, str(error)),)) from error
    except ValueError as error:  # besides TOMLDecodeError, of integers with more than 4,300 digits
        raise SourceError((_syntax_problem(str(error), text, file),)) from error
    return TomlSource(file, tree, lines)


def load_toml(path: Path) -> TomlSource:
    """Read and parse the file; raises SourceError."""
    return parse_toml(read_bounded(path), str(path))


def _syntax_problem(message: str, text: str, file: str) -> Problem:
    if "integer string conversion" in message:
        return Problem(file, 0, "holds a number that is too long")
    found = _AT_LINE.search(message)
    if found is None:
        return Problem(file, 0, message)
    line = int(found[1]) if found[1] else text.count("\n") + 1
    return Problem(file, line, f"not valid TOML: {message[: found.start()]}")
