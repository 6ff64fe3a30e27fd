"""A checklist and its includes laid out flat: full ids, numbers, and names turned into what they stand for."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Literal

from msgspec import Struct

from smtui.checklist.conditions import STATUSES, When, parse_when
from smtui.checklist.handing import handed_inputs
from smtui.checklist.model import InputType, Item
from smtui.checklist.procedure import Heading, Procedure, Step
from smtui.checklist.references import allowed_answers, whole_reference
from smtui.checklist.volume import Volume, all_scripts
from smtui.toml_positions import Route
from smtui.toml_shape import Shaper, nearest
from smtui.toml_source import Problem

MAX_STEPS = 12_000
"""Far beyond any recovery; includes of includes multiply."""

_MAX_COMPARED = 1000


class _Place(Struct, frozen=True):
    """One inclusion of a checklist; the outermost has an empty prefix."""

    volume: Volume
    shaper: Shaper
    prefix: str
    number: str
    types: Mapping[str, InputType]
    handed: Mapping[str, str] | None
    """Templates for our inputs over the session's own; None for the outermost."""
    when: tuple[_Entry, ...]
    requires: tuple[_Entry, ...]
    """Both those of the including sections."""


class _Entry(Struct, frozen=True):
    """One entry of `when` or `requires` with where it is written."""

    text: str
    route: Route
    place: _Place
    section: str


class _Draft(Struct, frozen=True):
    """An item in its place, the names in it still as they are written."""

    id: str
    number: str
    section: str
    item: Item
    route: Route
    place: _Place
    when: tuple[_Entry, ...]
    requires: tuple[_Entry, ...]


class Layout(Struct):
    """Lays one volume out; `problems` is what is wrong with it."""

    volume: Volume
    problems: tuple[Problem, ...] = ()
    _headings: list[Heading] = []
    _drafts: list[_Draft] = []
    _order: dict[str, int] = {}
    _shapers: dict[str, Shaper] = {}
    _types: Mapping[str, InputType] = {}

    def procedure(self) -> Procedure:
        """The procedure, of use only where `problems` stays empty."""
        self._types = _input_types(self.volume)
        self._lay(_Place(self.volume, self._shaper(self.volume), "", "", self._types, None, (), ()))
        for index, draft in enumerate(self._drafts):
            self._order.setdefault(draft.id, index)
        steps = tuple(self._step(draft) for draft in self._drafts)
        scripts, clashes = all_scripts(self.volume)
        found = [problem for shaper in self._shapers.values() for problem in shaper.problems]
        self.problems = (*clashes, *dict.fromkeys(found))  # what is included twice says everything twice
        texts = {name: script.text for name, script in scripts.items()}
        return Procedure(self.volume.loaded.checklist, tuple(self._headings), steps, texts)

    def _shaper(self, volume: Volume) -> Shaper:
        return self._shapers.setdefault(volume.loaded.source.file, Shaper(volume.loaded.source))

    def _lay(self, place: _Place) -> None:
        for index, section in enumerate(place.volume.loaded.checklist.sections):
            if len(self._drafts) + len(self._headings) > MAX_STEPS:
                place.shaper.refuse((), f"the procedure has more than {MAX_STEPS} steps")
                return
            route: Route = ("section", index)
            number = f"{place.number}{index + 1}"
            heading = place.prefix + section.id
            self._headings.append(
                Heading(
                    heading,
                    number,
                    section.title,
                    section.note,
                    place.handed or {},
                    place.types,
                    place.handed is not None,
                )
            )
            when = place.when + _entries(section.when, (*route, "when"), place, section.id)
            requires = place.requires + _entries(section.requires, (*route, "requires"), place, section.id)
            for number_in_section, item in enumerate(section.items, start=1):
                at = (*route, "item", number_in_section - 1)
                self._drafts.append(
                    _Draft(
                        f"{heading}.{item.id}",
                        f"{number}.{number_in_section}",
                        heading,
                        item,
                        at,
                        place,
                        when + _entries(item.when, (*at, "when"), place, section.id),
                        requires + _entries(item.requires, (*at, "requires"), place, section.id),
                    )
                )
            included = place.volume.includes.get(index)
            if included is not None:
                handed = handed_inputs(
                    section,
                    included.loaded.checklist,
                    place.shaper,
                    route,
                    types=place.types,
                    handed=place.handed,
                )
                self._lay(
                    _Place(
                        included,
                        self._shaper(included),
                        f"{heading}/",
                        f"{number}.",
                        _input_types(included),
                        handed,
                        when,
                        requires,
                    )
                )

    def _step(self, draft: _Draft) -> Step:
        item, place = draft.item, draft.place
        requires = [self._sided(entry, "earlier", draft) for entry in draft.requires]
        conditions = [self._condition(entry, draft) for entry in draft.when]
        return Step(
            id=draft.id,
            number=draft.number,
            section=draft.section,
            item=item,
            requires=tuple(dict.fromkeys(name for name in requires if name)),
            when=tuple(dict.fromkeys(str(condition) for condition in conditions if condition)),
            holds_until=self._named(item.holds_until, "later", draft, "holds_until"),
            undo_of=self._named(item.undo_of, "earlier", draft, "undo_of"),
            inputs=place.handed or {},
            input_types=place.types,
            included=place.handed is not None,
            file=place.volume.loaded.source.file,
            line=place.volume.loaded.source.line(draft.route),
        )

    def _named(self, name: str | None, side: Literal["earlier", "later"], draft: _Draft, key: str) -> str | None:
        return None if name is None else self._target(name, side, draft, (*draft.route, key))

    def _target(self, name: str, side: Literal["earlier", "later"], draft: _Draft, route: Route) -> str | None:
        """The full id of an item that is named by this one, on the right side of it."""
        section = draft.section.removeprefix(draft.place.prefix)
        return self._sided(_Entry(name, route, draft.place, section), side, draft)

    def _sided(self, entry: _Entry, side: Literal["earlier", "later"], draft: _Draft) -> str | None:
        full = self._full(entry.text, entry.place, entry.section, entry.route)
        if full is None:
            return None
        if full == draft.id:
            entry.place.shaper.refuse(entry.route, "an item cannot name itself here")
        elif (self._order[full] < self._order[draft.id]) != (side == "earlier"):
            entry.place.shaper.refuse(entry.route, f"`{entry.text}` must come {side} in the procedure than this item")
        return full

    def _full(self, name: str, place: _Place, section: str, route: Route) -> str | None:
        """A bare name is an item of the same section."""
        full = f"{place.prefix}{name}" if "." in name else f"{place.prefix}{section}.{name}"
        if full in self._order:
            return full
        place.shaper.refuse(route, f"no item is called `{name}`{nearest(name, self._names(place, section))}")
        return None

    def _names(self, place: _Place, section: str) -> Iterable[str]:
        ids = [one.removeprefix(place.prefix) for one in self._order if one.startswith(place.prefix)]
        bare = [one.removeprefix(f"{section}.") for one in ids if one.startswith(f"{section}.")]
        return (bare + ids)[:_MAX_COMPARED]

    def _condition(self, entry: _Entry, draft: _Draft) -> When | None:
        """The condition with the session's own names; None where that cannot be."""
        try:
            when = parse_when(entry.text)
        except ValueError:  # said by lint
            return None
        place = entry.place
        if when.kind == "input" and when.name in place.types:
            return self._input_condition(when, entry)
        full = self._full(when.name, place, entry.section, entry.route)
        if full is None:
            return None
        if self._order[full] >= self._order[draft.id]:
            place.shaper.refuse(entry.route, f"`{when.name}` must come earlier in the procedure")
        branches = self._drafts[self._order[full]].item.choose or {}
        if when.value not in (*STATUSES, *branches):
            hint = nearest(when.value, (*branches, *STATUSES))
            place.shaper.refuse(entry.route, f"`{when.value}` is neither a branch of `{when.name}` nor a status{hint}")
        return When("item", full, when.value)

    def _input_condition(self, when: When, entry: _Entry) -> When | None:
        place = entry.place
        asked = next(one for one in place.volume.loaded.checklist.inputs if one.name == when.name)
        allowed = allowed_answers(asked)
        if allowed and when.value not in allowed:
            text = f"`{when.value}` is no answer to `{when.name}`{nearest(when.value, allowed)}"
            place.shaper.refuse(entry.route, text)
        if place.handed is None:
            return when
        template = place.handed.get(when.name)
        if template is None:  # said where it is included
            return None
        reference = whole_reference(template)
        if reference is None:
            return When("value", template, when.value)
        if reference.field is None and reference.name in self._types:
            return When("input", reference.name, when.value)
        place.shaper.refuse(entry.route, f"`{when.name}` is {template} here, which a condition cannot compare")
        return None


def _entries(texts: tuple[str, ...], route: Route, place: _Place, section: str) -> tuple[_Entry, ...]:
    return tuple(_Entry(text, (*route, index), place, section) for index, text in enumerate(texts))


def _input_types(volume: Volume) -> dict[str, InputType]:
    return {one.name: one.type for one in volume.loaded.checklist.inputs if one.name}
