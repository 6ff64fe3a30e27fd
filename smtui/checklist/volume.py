"""A checklist with all that it brings along: its includes and its scripts, read from disk once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Protocol

from msgspec import Struct

from smtui.checklist.lint_actions import check_placeholders
from smtui.checklist.load import ChecklistError, Loaded, load_bytes, read_file
from smtui.checklist.model import Action
from smtui.toml_positions import Route
from smtui.toml_shape import Shaper
from smtui.toml_source import Problem, SourceError, decode_source, read_bounded

MAX_SCRIPT = 256 * 1024
MAX_NESTING = 4
"""Checklists within checklists; a plan of plans is two."""


class Finder(Protocol):
    """Where an included checklist is looked for."""

    def find(self, wanted: str) -> Path:
        """The file of that checklist; raises ChecklistError."""


class Script(Struct, frozen=True):
    """A script file as it is stored and as it is run."""

    path: Path
    data: bytes
    text: str


class Volume(Struct, frozen=True):
    """One checklist file with what it names."""

    loaded: Loaded
    data: bytes
    includes: Mapping[int, Volume]
    """By the index of the section that includes; what could not be read is left out."""
    scripts: Mapping[str, Script]

    @property
    def depth(self) -> int:
        """How many checklists deep it is, itself included."""
        return 1 + max((included.depth for included in self.includes.values()), default=0)


def read_volume(path: Path, finder: Finder) -> tuple[Volume | None, tuple[Problem, ...]]:
    """Read a checklist, its includes and scripts; what is wrong with any of them, all at once."""
    reading = _Reading(finder)
    volume = reading.volume(path, ())
    return volume, tuple(reading.problems)


def all_scripts(volume: Volume) -> tuple[dict[str, Script], tuple[Problem, ...]]:
    """Every script by name, the includes' too.

    A session keeps all files of a procedure together: the problems are scripts of one name that are not the same, and
    checklists of one id.
    """
    scripts: dict[str, Script] = {}
    files: dict[str, str] = {}
    problems: list[Problem] = []
    for part in parts(volume):
        file, checklist_id = part.loaded.source.file, part.loaded.checklist.id
        if files.setdefault(checklist_id, file) != file:
            problems.append(Problem(file, 0, f"has the same id as {files[checklist_id]}"))
        for name, script in part.scripts.items():
            kept = scripts.setdefault(name, script)
            if kept.data != script.data:
                problems.append(Problem(str(script.path), 0, f"differs from {kept.path}, which has the same name"))
    return scripts, tuple(problems)


def parts(volume: Volume) -> Iterator[Volume]:
    """The checklist and every checklist below it, each once."""
    seen: set[str] = set()
    waiting = [volume]
    while waiting:
        part = waiting.pop(0)
        if part.loaded.source.file not in seen:
            seen.add(part.loaded.source.file)
            yield part
            waiting.extend(part.includes.values())


class _Reading(Struct):
    finder: Finder
    problems: list[Problem] = []
    known: dict[Path, Volume] = {}

    def volume(self, path: Path, above: tuple[Path, ...]) -> Volume | None:
        path = path.absolute()
        if path in self.known:
            return self.known[path]
        try:
            data = read_file(path)
            loaded = load_bytes(data, str(path))
        except ChecklistError as error:
            self.problems.extend(error.problems)
            return None
        self.problems.extend(loaded.problems)
        shaper = Shaper(loaded.source)
        includes: dict[int, Volume] = {}
        for index, section in enumerate(loaded.checklist.sections):
            if section.include:
                included = self.include(section.include, shaper, ("section", index, "include"), (*above, path))
                if included is not None:
                    includes[index] = included
        scripts = self.scripts(loaded, path.parent / "scripts", shaper)
        self.problems.extend(shaper.problems)
        volume = Volume(loaded, data, includes, scripts)
        self.known[path] = volume
        return volume

    def include(self, wanted: str, shaper: Shaper, route: Route, above: tuple[Path, ...]) -> Volume | None:
        try:
            path = self.finder.find(wanted).absolute()
        except ChecklistError as error:
            shaper.refuse(route, error.problems[0].text)
            return None
        if path in above:
            shaper.refuse(route, f"`{wanted}` includes itself by this")
            return None
        too_deep = len(above) >= MAX_NESTING
        volume = None if too_deep else self.volume(path, above)
        if too_deep or (volume is not None and len(above) + volume.depth > MAX_NESTING):
            shaper.refuse(route, f"checklists are included more than {MAX_NESTING - 1} deep")
            return None
        if volume is not None and volume.loaded.checklist.id not in ("", wanted):
            shaper.refuse(route, f"the file for `{wanted}` has the id `{volume.loaded.checklist.id}`")
        return volume

    def scripts(self, loaded: Loaded, folder: Path, shaper: Shaper) -> dict[str, Script]:
        scripts: dict[str, Script] = {}
        for action, route in actions(loaded):
            if action.script is None or "/" in action.script:
                continue
            if action.script not in scripts:
                script = read_script(folder / action.script, shaper, (*route, "script"))
                if script is None:
                    continue
                scripts[action.script] = script
            if action.script.endswith(".sql"):
                check_placeholders(scripts[action.script].text, action.values, shaper, (*route, "script"))
        return scripts


def actions(loaded: Loaded) -> Iterator[tuple[Action, Route]]:
    """Every action of the file with its place."""
    for section_index, section in enumerate(loaded.checklist.sections):
        for item_index, item in enumerate(section.items):
            for key, action in (("run", item.run), ("sense", item.sense)):
                if action is not None:
                    yield action, ("section", section_index, "item", item_index, key)


def read_script(path: Path, shaper: Shaper, route: Route) -> Script | None:
    """The script, or None with its problem recorded at the action that names it."""
    try:
        data = read_bounded(path, MAX_SCRIPT)
        return Script(path, data, decode_source(data, str(path)))
    except SourceError as error:
        shaper.refuse(route, f"the script `{path.name}`: {error.problems[0].text}")
        return None
