"""The operator's own settings: `$XDG_CONFIG_HOME/smtui/settings.toml`. Does not import Textual."""

from __future__ import annotations

import difflib
import tomllib
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from smtui.tui.actions import ACTIONS, Registry

THEME_NAMES: Mapping[str, str] = {
    "dark": "textual-dark",
    "light": "textual-light",
    "terminal": "ansi-dark",
    "terminal-light": "ansi-light",
    "high-contrast": "high-contrast",
}
"""Names in the file, and Textual's own."""
_KNOWN = ("theme", "mouse", "ascii", "keys")
_MOST_BYTES = 64 * 1024
_ESCAPE_REMAINS = frozenset(
    ("left_square_bracket", "right_square_bracket", "upper_o", "tilde", "[", "]", "O", "~", *"ABCD")
)
"""What a split escape sequence leaves behind as keys of their own: they must do nothing."""


class SettingsError(Exception):
    """The file cannot be used; the text has one line for each reason."""


@dataclass(frozen=True, slots=True)
class Settings:
    """What the file says; None where it says nothing."""

    theme: str | None = None
    mouse: bool | None = None
    ascii: bool | None = None
    keys: Mapping[str, str] = field(default_factory=dict)
    """By `place.id` of an action; several keys are separated by commas."""


SHIPPED_SETTINGS = Settings()


def load_settings(path: Path) -> Settings:
    """Read the file; without one nothing is set. Raises SettingsError with everything that is wrong."""
    try:
        with path.open("rb") as file:
            data = file.read(_MOST_BYTES + 1)
    except FileNotFoundError:
        return SHIPPED_SETTINGS
    except OSError as error:
        raise SettingsError(f"{path}: {error.strerror}") from None
    if len(data) > _MOST_BYTES:
        raise SettingsError(f"{path}: larger than {_MOST_BYTES // 1024} KiB")
    try:
        values = tomllib.loads(data.decode("utf-8"))
    except (UnicodeDecodeError, tomllib.TOMLDecodeError, RecursionError) as error:
        raise SettingsError(f"{path}: {error}") from None
    problems = list(_problems(values))
    if problems:
        raise SettingsError("\n".join(f"{path}: {problem}" for problem in problems))
    return Settings(values.get("theme"), values.get("mouse"), values.get("ascii"), values.get("keys", {}))


def _problems(values: Mapping[str, object]) -> Iterator[str]:
    for name in values:
        if name not in _KNOWN:
            yield f"unknown setting {name!r}{_nearest(name, _KNOWN)}"
    theme = values.get("theme")
    if theme is not None and theme not in THEME_NAMES:
        yield f"theme {theme!r} is none of {', '.join(THEME_NAMES)}"
    for name in ("mouse", "ascii"):
        if not isinstance(values.get(name, False), bool):
            yield f"{name} is true or false"
    keys = values.get("keys", {})
    if isinstance(keys, dict):
        yield from _key_problems(keys)
    else:
        yield "keys is a table: [keys]"


def _key_problems(keys: Mapping[str, object]) -> Iterator[str]:
    known = {action.name for action in ACTIONS}
    usable: dict[str, str] = {}
    for name, key in keys.items():
        if name not in known:
            yield f'there is no action "{name}"{_nearest(name, known)}; in the file it stands in quotation marks'
        elif not isinstance(key, str) or not key.strip():
            yield f'"{name}" needs a key, as "r" or "f5,ctrl+r"'
        elif barred := set(key.split(",")) & _ESCAPE_REMAINS:
            yield f'"{name}": {", ".join(sorted(barred))} may be left of a key that the link tore apart'
        else:
            usable[name] = key
    yield from _clashes(Registry(usable))


def _clashes(registry: Registry) -> Iterator[str]:
    for place in dict.fromkeys(action.place for action in ACTIONS):
        taken: dict[str, str] = {}
        for action in registry.of(place):
            for key in action.keys:
                if key in taken:
                    yield f'key {key} would mean both "{taken[key]}" and "{action.name}"'
                taken[key] = action.name


def _nearest(name: str, known: Collection[str]) -> str:
    near = difflib.get_close_matches(name, known, 1)
    return f"; did you mean {near[0]!r}?" if near else ""
