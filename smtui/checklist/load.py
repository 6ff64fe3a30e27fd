"""From the bytes of a checklist file to a Checklist, or to everything that is wrong with the file at once."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from msgspec import Struct

from smtui.checklist import lint
from smtui.checklist.durations import seconds
from smtui.checklist.model import Action, Checklist, Condition, Input, Item, Section, Sense
from smtui.toml_positions import Route
from smtui.toml_shape import UNFIT, Shaper, Unfit
from smtui.toml_source import Problem, SourceError, TomlSource, parse_toml, read_bounded

_CONDITION_KEYS = ("one_of", "at_least", "at_most", "matches", "absent")


class ChecklistError(SourceError):
    """A checklist cannot be used; `problems` names everything that is wrong with it."""


class _Head(Struct, frozen=True, kw_only=True):
    """The table `[checklist]`."""

    id: str
    title: str
    version: str
    source: str
    applies_to: tuple[str, ...] = ()
    summary: str = ""
    rto: float | None = None
    rpo: float | None = None


class _File(Struct, frozen=True, kw_only=True):
    """The file as it is written."""

    checklist: _Head
    inputs: tuple[Input, ...] = ()
    sections: tuple[Section, ...] = ()


class Loaded(Struct, frozen=True):
    """A checklist with its source. Where `problems` has entries, what they speak of is blank in the checklist."""

    checklist: Checklist
    source: TomlSource
    problems: tuple[Problem, ...]


def load_checklist(path: Path) -> Checklist:
    """Read and check one file by itself, without its includes and scripts; raises ChecklistError."""
    loaded = load_bytes(read_file(path), str(path))
    if loaded.problems:
        raise ChecklistError(loaded.problems)
    return loaded.checklist


def read_file(path: Path) -> bytes:
    """The bytes of a checklist file; raises ChecklistError."""
    try:
        return read_bounded(path)
    except SourceError as error:
        raise ChecklistError(error.problems) from error


@lru_cache(maxsize=64)
def load_bytes(data: bytes, file: str) -> Loaded:
    """Shape and check the bytes of the file named `file`; raises ChecklistError only where they are no TOML.

    The same bytes are read once: a plan includes a checklist in many places, and the home screen lists them all.
    """
    try:
        shaper = Shaper(parse_toml(data, file))
    except SourceError as error:
        raise ChecklistError(error.problems) from error
    checklist = _Shape(shaper).checklist()
    lint.check(checklist, shaper)
    return Loaded(checklist, shaper.source, tuple(sorted(shaper.problems)))


class _Shape(Struct, frozen=True):
    """Reads each kind of table."""

    shaper: Shaper

    def checklist(self) -> Checklist:
        file = self.shaper.struct(
            _File,
            self.shaper.source.tree,
            (),
            readers={"checklist": self.head, "inputs": self.inputs, "sections": self.sections},
            names={"inputs": "input", "sections": "section"},
        )
        head = file.checklist
        return Checklist(
            id=head.id,
            title=head.title,
            version=head.version,
            source=head.source,
            applies_to=head.applies_to,
            summary=head.summary,
            rto=head.rto,
            rpo=head.rpo,
            inputs=file.inputs,
            sections=file.sections,
        )

    def head(self, raw: object, route: Route) -> _Head:
        return self.shaper.struct(_Head, raw, route, readers={"rto": self.duration, "rpo": self.duration})

    def inputs(self, raw: object, route: Route) -> tuple[Input, ...]:
        return tuple(self.shaper.struct(Input, one, place) for one, place in self.shaper.tables(raw, route))

    def sections(self, raw: object, route: Route) -> tuple[Section, ...]:
        return tuple(
            self.shaper.struct(Section, one, place, readers={"items": self.items}, names={"items": "item"})
            for one, place in self.shaper.tables(raw, route)
        )

    def items(self, raw: object, route: Route) -> tuple[Item, ...]:
        readers = {"estimate": self.duration, "run": self.action, "sense": self.sense}
        return tuple(
            self.shaper.struct(Item, one, place, readers=readers) for one, place in self.shaper.tables(raw, route)
        )

    def action(self, raw: object, route: Route) -> Action | Unfit:
        if not isinstance(raw, dict):
            self.shaper.table(raw, route)
            return UNFIT
        return self.shaper.struct(Action, raw, route, readers={"timeout": self.duration}, names={"parameters": "with"})

    def sense(self, raw: object, route: Route) -> Sense | Unfit:
        if not isinstance(raw, dict):
            self.shaper.table(raw, route)
            return UNFIT
        return self.shaper.struct(
            Sense,
            raw,
            route,
            readers={"timeout": self.duration, "expect": self.expect},
            names={"parameters": "with"},
        )

    def expect(self, raw: object, route: Route) -> dict[str, Condition]:
        read = {name: self.condition(value, (*route, name)) for name, value in self.shaper.table(raw, route).items()}
        return {name: value for name, value in read.items() if isinstance(value, Condition)}

    def condition(self, raw: object, route: Route) -> Condition | Unfit:
        """A scalar stands for `equal`."""
        if isinstance(raw, str | bool | int | float):
            checked = self.shaper.value(str | bool | int | float, raw, route)
            return checked if isinstance(checked, Unfit) else Condition(equal=raw)
        table = self.shaper.table(raw, route)
        self.shaper.known_keys(table, _CONDITION_KEYS, route)
        if len(table) != 1 and isinstance(raw, dict):
            return self.shaper.refuse(route, f"needs one of {', '.join(_CONDITION_KEYS)}, and one only")
        known = {key: value for key, value in table.items() if key in _CONDITION_KEYS}
        condition = self.shaper.struct(Condition, known, route)
        return condition if condition != Condition() else UNFIT

    def duration(self, raw: object, route: Route) -> object:
        """`90s`, `5m`, `2h` as seconds."""
        span = seconds(raw) if isinstance(raw, str) else None
        if span is None:
            return self.shaper.refuse(route, f'`{route[-1]}` must be a duration such as "90s", "5m" or "2h"')
        return span
