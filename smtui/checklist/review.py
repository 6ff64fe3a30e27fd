"""Everything that can be said of a checklist before anybody runs it, scripts and their rules included."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from smtui.checklist.layout import Layout
from smtui.checklist.library import Library
from smtui.checklist.model import Action
from smtui.checklist.powershell_grammar import syntax_faults
from smtui.checklist.procedure import Procedure
from smtui.checklist.script_rules import Fault, faults_of, irreversible_words
from smtui.checklist.volume import Script, Volume, actions, parts, read_volume
from smtui.toml_positions import Route
from smtui.toml_source import Problem


@dataclass(frozen=True, slots=True)
class Review:
    """What was found in one checklist, in what it includes and in their scripts."""

    problems: tuple[Problem, ...]
    procedure: Procedure | None
    """None where the checklist cannot be laid out."""


def review(path: Path, library: Library) -> Review:
    """All that is wrong with a checklist, at once; raises nothing for what is wrong with its files."""
    volume, problems = read_volume(path, library.beside(path))
    if volume is None:
        return Review(problems, None)
    layout = Layout(volume)
    procedure = layout.procedure()
    found = {*problems, *layout.problems}
    usable = not found
    for part in parts(volume):
        found.update(_unmarked(part))
        found.update(_statements(part))
        for script in part.scripts.values():
            found.update(Problem(str(script.path), fault.line, fault.text) for fault in _faults(script))
    return Review(tuple(sorted(found)), procedure if usable else None)


def _faults(script: Script) -> Iterator[Fault]:
    yield from faults_of(script.path.name, script.text)
    if script.path.suffix == ".ps1":
        yield from syntax_faults(script.text) or ()


def _statements(part: Volume) -> Iterator[Problem]:
    """What T-SQL breaks that stands in the checklist itself."""
    for action, route in actions(part.loaded):
        for fault in faults_of("", action.sql or ""):
            yield part.loaded.source.problem((*route, "sql"), fault.text)


def _unmarked(part: Volume) -> Iterator[Problem]:
    """Items that run what cannot be taken back, are not marked so, and have no item that undoes them."""
    sections = part.loaded.checklist.sections
    undone = {
        name if "." in name else f"{section.id}.{name}"
        for section in sections
        for item in section.items
        if (name := item.undo_of) is not None
    }
    for section_index, section in enumerate(sections):
        for item_index, item in enumerate(section.items):
            if item.run is None or item.consequential or f"{section.id}.{item.id}" in undone:
                continue
            if words := irreversible_words(item.run.script or "", _text(item.run, part)):
                route: Route = ("section", section_index, "item", item_index, "run")
                said = f"runs `{words[0]}`, which cannot be taken back: say `consequential = true` and a `caution`"
                yield part.loaded.source.problem(route, said)


def _text(action: Action, part: Volume) -> str:
    if action.sql is not None:
        return action.sql
    script = part.scripts.get(action.script or "")
    return script.text if script else ""
