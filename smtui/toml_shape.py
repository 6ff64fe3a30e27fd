"""From TOML tables to frozen structs, with every error found in one pass and said in the words of the file."""

from __future__ import annotations

import difflib
import functools
import types
from collections.abc import Callable, Iterable, Mapping
from typing import Literal, TypeVar, Union, get_args, get_origin

import msgspec
from msgspec import NODEFAULT, Struct
from msgspec.structs import FieldInfo

from smtui.text import one_line
from smtui.toml_positions import Route
from smtui.toml_source import Problem, TomlSource

MAX_PROBLEMS = 200
"""Nobody reads more, and finding near names costs time that a hostile file must not command."""

S = TypeVar("S", bound=Struct)

_WORDS: Mapping[object, str] = {str: "text", bool: "true or false", int: "a whole number", float: "a number"}
_LARGEST = 2**63 - 1


class Unfit:
    """Stands for a value that was refused; its problem is recorded already."""


UNFIT = Unfit()

Reader = Callable[[object, Route], object]
"""Takes a raw value and its place, returns the field's value or UNFIT."""


def nearest(name: str, known: Iterable[str]) -> str:
    """`; did you mean …?` for the known name most like this one in any case, or nothing."""
    spelt = {one.casefold(): one for one in known}
    found = difflib.get_close_matches(name[:64].casefold(), spelt, n=1)
    return f"; did you mean `{spelt[found[0]]}`?" if found else ""


class Shaper(Struct):
    """Makes structs of one file's tables; what does not fit becomes a problem, and the field a blank of its type."""

    source: TomlSource
    problems: list[Problem] = []
    _refused: set[Route] = set()

    @property
    def full(self) -> bool:
        """Whether no more problems are taken; what is left of the file need not be looked at."""
        return len(self.problems) >= MAX_PROBLEMS

    def given(self, route: Route) -> bool:
        """Whether the file holds a value there to which nothing was objected yet; otherwise it is a blank."""
        return route in self.source.lines and route not in self._refused

    def refused(self, route: Route) -> bool:
        """Whether something was objected to at this very place."""
        return route in self._refused

    def refused_below(self, route: Route) -> bool:
        """Whether something was objected to there or anywhere below."""
        return any(refused[: len(route)] == route for refused in self._refused)

    def refuse(self, route: Route, text: str) -> Unfit:
        """Record what is wrong there."""
        if not self.full:
            self.problems.append(self.source.problem(route, text))
            self._refused.add(route)
        return UNFIT

    def struct(
        self,
        kind: type[S],
        raw: object,
        route: Route,
        readers: Mapping[str, Reader] | None = None,
        names: Mapping[str, str] | None = None,
    ) -> S:
        """The table as a `kind`.

        `readers` read fields that are not written as their type says; `names` maps a field to its key in the file.
        """
        names = names or {}
        table = self.table(raw, route)
        fields = {names.get(info.name, info.name): info for info in _fields(kind)}
        self.known_keys(table, fields, route)
        values: dict[str, object] = {}
        for key, info in fields.items():
            value: object = UNFIT
            if key in table:
                reader = (readers or {}).get(info.name)
                place = (*route, key)
                value = reader(table[key], place) if reader else self.value(info.type, table[key], place)
            elif _required(info) and isinstance(raw, dict):
                self.refuse(route, f"`{key}` is missing")
            if not isinstance(value, Unfit):
                values[info.name] = value
            elif _required(info):
                values[info.name] = _blank(info.type)
        return kind(**values)

    def table(self, raw: object, route: Route) -> Mapping[str, object]:
        """The value if it is a table, an empty one otherwise."""
        if isinstance(raw, dict):
            return raw
        self.refuse(route, f"`{_name(route)}` must be a table, not {_found(raw)}")
        return {}

    def tables(self, raw: object, route: Route) -> list[tuple[object, Route]]:
        """The elements of an array of tables with their places."""
        if isinstance(raw, list):
            return [(element, (*route, index)) for index, element in enumerate(raw)]
        self.refuse(route, f"`{_name(route)}` must be written as [[{_name(route)}]], not {_found(raw)}")
        return []

    def known_keys(self, table: Iterable[str], known: Iterable[str], route: Route) -> None:
        """Refuse the keys that are not known."""
        names = list(known)
        for key in table:
            if key not in names and not self.full:
                self.refuse((*route, key), f"unknown key `{one_line(key, 60)}`{nearest(key, names)}")

    def value(self, kind: object, raw: object, route: Route) -> object:
        """The value as the annotated type `kind`, or UNFIT."""
        origin, arguments = get_origin(kind), get_args(kind)
        if origin in (Union, types.UnionType) and type(None) in arguments:
            return self.value(_without_none(kind), raw, route)
        if origin is Literal:
            return self.choice(arguments, raw, route)
        if origin is tuple:
            return self.sequence(arguments[0], raw, route)
        if origin is dict:
            return self.mapping(arguments[1], raw, route)
        return self.scalar(kind, raw, route)

    def scalar(self, kind: object, raw: object, route: Route) -> object:
        """Text, number or truth value, never converted into each other (but a whole number is a number)."""
        # Written so that nan is refused, too; an integer in hexadecimal may have any length.
        if isinstance(raw, int | float) and not abs(raw) <= _LARGEST:
            return self.refuse(route, f"`{_name(route)}` is no number that can be kept")
        try:
            value: object = msgspec.convert(raw, type=kind)
        except msgspec.ValidationError:
            return self.refuse(route, f"`{_name(route)}` must be {_wanted(kind)}, not {_found(raw)}")
        return value

    def choice(self, allowed: tuple[str, ...], raw: object, route: Route) -> object:
        """One of a few words."""
        if not isinstance(raw, str):
            return self.refuse(route, f"`{_name(route)}` must be text, not {_found(raw)}")
        if raw not in allowed:
            hint = nearest(raw, allowed) or f"; it must be one of {', '.join(allowed)}"
            return self.refuse(route, f"`{_name(route)}` cannot be `{one_line(raw, 60)}`{hint}")
        return raw

    def sequence(self, kind: object, raw: object, route: Route) -> object:
        """A list whose elements are of the type."""
        if not isinstance(raw, list):
            return self.refuse(route, f"`{_name(route)}` must be a list, not {_found(raw)}")
        elements = [self.value(kind, element, (*route, index)) for index, element in enumerate(raw)]
        return UNFIT if any(isinstance(element, Unfit) for element in elements) else tuple(elements)

    def mapping(self, kind: object, raw: object, route: Route) -> object:
        """A table of free names whose values are of the type."""
        if not isinstance(raw, dict):
            return self.refuse(route, f"`{_name(route)}` must be a table, not {_found(raw)}")
        values = {key: self.value(kind, value, (*route, key)) for key, value in raw.items()}
        return UNFIT if any(isinstance(value, Unfit) for value in values.values()) else values


@functools.cache
def _fields(kind: type[Struct]) -> tuple[FieldInfo, ...]:
    """Kept, for it resolves the annotations anew each time."""
    return msgspec.structs.fields(kind)


def _required(info: FieldInfo) -> bool:
    return info.default is NODEFAULT and info.default_factory is NODEFAULT


def _without_none(kind: object) -> object:
    rest = tuple(argument for argument in get_args(kind) if argument is not type(None))
    return rest[0] if len(rest) == 1 else Union[rest]  # noqa: UP007  # made at run time


def _blank(kind: object) -> object:
    if get_origin(kind) is Literal:
        return get_args(kind)[0]
    if get_origin(kind) is tuple:
        return ()
    if isinstance(kind, type) and issubclass(kind, Struct):
        return kind(**{info.name: _blank(info.type) for info in _fields(kind) if _required(info)})
    return "" if kind is str else 0


def _name(route: Route) -> str:
    """The last key, with the index in its list: `roles[2]`, counted from 1."""
    if len(route) > 1 and isinstance(route[-1], int):
        return f"{route[-2]}[{route[-1] + 1}]"
    return str(route[-1]) if route else "the file"


def _wanted(kind: object) -> str:
    return _WORDS.get(kind, "text, a number, true or false")


def _found(raw: object) -> str:
    if isinstance(raw, dict):
        return "a table"
    if isinstance(raw, list):
        return "a list"
    return _WORDS.get(type(raw), "a date or time")
