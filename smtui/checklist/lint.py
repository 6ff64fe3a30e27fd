"""What a checklist file can get wrong by itself; what takes other files is found by `layout`."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from smtui.checklist.conditions import parse_when
from smtui.checklist.lint_actions import check_action, check_expectations
from smtui.checklist.lint_references import check_prose
from smtui.checklist.model import Checklist, Input, InputType, Item, Section
from smtui.checklist.references import WELL_KNOWN_GROUPS, allowed_answers, references_in
from smtui.environment import DATABASE_ROLES, SERVER_ROLES
from smtui.toml_positions import Route
from smtui.toml_shape import Shaper, nearest

WORD = re.compile(r"[a-z][a-z0-9]*(?:-[a-z0-9]+)*")
"""Ids of checklists, sections, items and branches."""

_NAME = re.compile(r"[a-z][a-z0-9]*(?:[-_][a-z0-9]+)*")
"""Names that a reference can say, and names of evidence."""

_RESERVED = ("local", "paths", "environment", *SERVER_ROLES, *DATABASE_ROLES, *WELL_KNOWN_GROUPS)
_MAX_RETRIES = 10
_MAX_APPROVERS = 5


def check(checklist: Checklist, shaper: Shaper) -> None:
    """Refuse what does not fit within the file."""
    types: dict[str, InputType] = {one.name: one.type for one in checklist.inputs if one.name}
    _word(shaper, ("checklist", "id"), checklist.id)
    for key in ("title", "version", "source"):
        _filled(shaper, ("checklist", key), getattr(checklist, key))
    _distinct(shaper, "input", [(one.name, ("input", index)) for index, one in enumerate(checklist.inputs)])
    for index, one in enumerate(checklist.inputs):
        if shaper.full:
            return
        _check_input(one, shaper, ("input", index))
    sections = list(enumerate(checklist.sections))
    if not sections:
        shaper.refuse((), "the checklist has no sections")
    _distinct(shaper, "section", [(section.id, ("section", index)) for index, section in sections])
    for index, section in sections:
        if shaper.full:
            return
        _check_section(section, types, shaper, ("section", index))


def _check_input(one: Input, shaper: Shaper, route: Route) -> None:
    if shaper.given((*route, "name")) and not _NAME.fullmatch(one.name):
        shaper.refuse((*route, "name"), "names are lower case words joined by hyphens or underscores")
    if one.name in _RESERVED:
        shaper.refuse((*route, "name"), f"`{one.name}` has a meaning of its own; call the input otherwise")
    _filled(shaper, (*route, "prompt"), one.prompt)
    if any(references_in(one.prompt)):
        shaper.refuse((*route, "prompt"), "a prompt is shown before anything is answered: it holds no references")
    roles: Mapping[str, Sequence[str]] = {"server": SERVER_ROLES, "database": DATABASE_ROLES}
    if one.role is not None and one.role not in roles.get(one.type, ()):
        known = roles.get(one.type)
        hint = nearest(one.role, known) if known else ""
        shaper.refuse((*route, "role"), f"`{one.role}` is no role of a {one.type}{hint}")
    if (one.type == "choice") != bool(one.choices):
        shaper.refuse((*route, "choices"), "`choices` and the type `choice` belong together")
    if len({choice.casefold() for choice in one.choices}) < len(one.choices):
        shaper.refuse((*route, "choices"), "a choice is named twice")
    allowed = allowed_answers(one)
    if one.default is not None and allowed and one.default not in allowed:
        shaper.refuse((*route, "default"), f"`default` must be one of {', '.join(allowed)}")


def _check_section(section: Section, types: Mapping[str, InputType], shaper: Shaper, route: Route) -> None:
    _word(shaper, (*route, "id"), section.id)
    _filled(shaper, (*route, "title"), section.title)
    for key in ("title", "note"):
        check_prose(getattr(section, key), types, shaper, (*route, key))
    _check_when(section.when, shaper, route)
    if section.include is None:
        if not section.items and not shaper.refused_below(route):
            shaper.refuse(route, f"the section `{section.id}` has no items")
        if section.inputs:
            shaper.refuse((*route, "inputs"), "`inputs` is for a section that includes a checklist")
    else:
        _word(shaper, (*route, "include"), section.include)
        if section.items:
            shaper.refuse((*route, "include"), "a section holds items or includes a checklist, not both")
    _distinct(shaper, "item", [(item.id, (*route, "item", index)) for index, item in enumerate(section.items)])
    for index, item in enumerate(section.items):
        _check_item(item, types, shaper, (*route, "item", index))


def _check_item(item: Item, types: Mapping[str, InputType], shaper: Shaper, route: Route) -> None:
    _word(shaper, (*route, "id"), item.id)
    for key in ("title", "by_hand"):
        _filled(shaper, (*route, key), getattr(item, key))
    for key in ("title", "by_hand", "note", "caution"):
        check_prose(getattr(item, key), types, shaper, (*route, key))
    _check_when(item.when, shaper, route)
    _check_choices(item, types, shaper, route)
    _check_conduct(item, shaper, route)
    for name, prompt in item.confirm.items():
        if not _NAME.fullmatch(name):
            shaper.refuse((*route, "confirm", name), "names are lower case words joined by hyphens or underscores")
        _filled(shaper, (*route, "confirm", name), prompt)
        check_prose(prompt, types, shaper, (*route, "confirm", name))
    if item.run is not None:
        check_action(item.run, types, shaper, (*route, "run"))
    if item.sense is not None:
        check_action(item.sense, types, shaper, (*route, "sense"))
        check_expectations(item.sense, types, shaper, (*route, "sense"), recorded_only=item.run is None)


def _check_choices(item: Item, types: Mapping[str, InputType], shaper: Shaper, route: Route) -> None:
    if item.choose is None:
        return
    if len(item.choose) < 2:
        shaper.refuse((*route, "choose"), "a choice needs two branches at least")
    if item.run is not None or item.sense is not None:
        shaper.refuse((*route, "choose"), "an item that is chosen by a person has neither `run` nor `sense`")
    for branch, title in item.choose.items():
        _word(shaper, (*route, "choose", branch), branch)
        _filled(shaper, (*route, "choose", branch), title)
        check_prose(title, types, shaper, (*route, "choose", branch))


def _check_conduct(item: Item, shaper: Shaper, route: Route) -> None:
    """How an item is carried out: what interrupts it, repeats it, guards it."""
    alone = item.run is None and not shaper.refused((*route, "run"))
    unseen = item.sense is None and not shaper.refused((*route, "sense"))
    faults = (
        ("on_interrupt", item.on_interrupt == "rerun" and not item.idempotent, "`rerun` needs `idempotent = true`"),
        ("on_interrupt", item.on_interrupt == "sense" and unseen, "`sense` is for items that have one"),
        ("on_interrupt", item.on_interrupt is not None and alone, "only an item with `run` is interrupted"),
        ("caution", item.consequential and not item.caution, "a consequential item needs a `caution`"),
        ("retry", not 0 <= item.retry <= _MAX_RETRIES, f"`retry` must be from 0 to {_MAX_RETRIES}"),
        ("retry", item.retry != 0 and alone, "only an item with `run` is tried again"),
        ("retry", item.retry != 0 and item.consequential, "a consequential item is never tried again by itself"),
        ("approve", not 1 <= item.approve <= _MAX_APPROVERS, f"`approve` must be from 1 to {_MAX_APPROVERS}"),
        ("approve", item.approve > 1 and item.choose is not None, "what a branch leads to is approved, not the choice"),
        ("modes", len(set(item.modes)) < len(item.modes), "a mode is named twice"),
        ("sensed_only", item.sensed_only and unseen, "`sensed_only` is for items that have a `sense`"),
        ("requires", len(set(item.requires)) < len(item.requires), "an item is named twice"),
    )
    for key, is_wrong, text in faults:
        if is_wrong:
            shaper.refuse((*route, key), text)


def _check_when(entries: Sequence[str], shaper: Shaper, route: Route) -> None:
    for index, entry in enumerate(entries):
        try:
            when = parse_when(entry)
        except ValueError as error:
            shaper.refuse((*route, "when", index), f"`{entry}` {error}")
        else:
            if when.kind == "value":
                shaper.refuse((*route, "when", index), "must begin with the name of an input or an item")


def _distinct(shaper: Shaper, what: str, names: Sequence[tuple[str, Route]]) -> None:
    seen: dict[str, Route] = {}
    for name, route in names:
        if name and name in seen:
            shaper.refuse(route, f"the {what} `{name}` is there already, in line {shaper.source.line(seen[name])}")
        seen.setdefault(name, route)


def _word(shaper: Shaper, route: Route, name: str) -> None:
    if shaper.given(route) and not WORD.fullmatch(name):
        shaper.refuse(route, f"`{route[-1]}` must be lower case words joined by hyphens")


def _filled(shaper: Shaper, route: Route, text: str) -> None:
    if shaper.given(route) and not text.strip():
        shaper.refuse(route, f"`{route[-1]}` is empty")
