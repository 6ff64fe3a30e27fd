"""Every name of another's product in checklists and scripts stands in facts.toml, with the source that it is from."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from typing import Any

import pytest

from smtui.checklist.library import shipped_folder
from smtui.engine.target_logs import ALSO

from .powershell import commands
from .shipped import DATA, SCRIPTS, STATEMENTS

FACTS: list[dict[str, Any]] = tomllib.loads((DATA / "facts.toml").read_text("utf-8"))["fact"]
SOURCES = re.compile(r"SEEN \[[^\]]+\]|\[V\]|vendor: .+|KNOWN")


def _texts(value: Any) -> Iterator[str]:
    """Every string of a TOML file as it is meant, without the escapes that it is written with."""
    match value:
        case str():
            yield value
        case dict():
            yield from (text for inner in value.values() for text in _texts(inner))
        case list():
            yield from (text for inner in value for text in _texts(inner))
        case _:
            pass


_FILES = sorted(shipped_folder().glob("*.toml"))
TOML = "\n".join(text for path in _FILES for text in _texts(tomllib.loads(path.read_text("utf-8"))))
POWERSHELL = "\n".join(path.read_text("utf-8") for path in SCRIPTS)
SQL = "\n".join(re.sub(r"--[^\n]*", "", path.read_text("utf-8")) for path in STATEMENTS)

_VERBS = (
    "Get|Set|New|Start|Stop|Import|Export|Test|Remove|Rename|Join|Split|ConvertTo|ConvertFrom|Where|ForEach|Select"
    "|Sort|Group"
)
_CMDLET = re.compile(rf"\b(?:{_VERBS})-[A-Z][A-Za-z]+\b")
_TABLE = re.compile(r"\b(?:sys|msdb\.dbo|dbo)\.(?:\[[^\]]+\]|\w+)")
_GUID_COLUMN = re.compile(r"\b\w+_[0-9A-F]{8}(?:_[0-9A-F]{4}){3}_[0-9A-F]{12}\b")
_EVENT = re.compile(r"\b[A-Z][\w+]+/\d{4,5}\b")
_SWITCH = re.compile(r"(?<![\w.*])/[A-Z][A-Za-z]+(?=[:\s`])")
_REGISTRY = re.compile(r"HKLM:?\\([^'`*]+)")
_CIM = re.compile(r"\bWin32_\w+")
_TYPE_NAME = re.compile(
    r"-TypeName\s+'?([A-Za-z.]+)|\[((?:IO|Text|Globalization|Security|Net|Diagnostics)\.[A-Za-z.]+)\]"
)


def _spellings(fact: dict[str, Any]) -> Iterator[str]:
    for text in (fact["name"], *fact.get("uses", ())):
        yield text
        yield from re.split(r"[,\s]+|:(?=\w)", text)


KNOWN = {_plain for fact in FACTS for spelling in _spellings(fact) if (_plain := spelling.casefold())}


def _unknown(found: set[str]) -> list[str]:
    return sorted(name for name in found if name.casefold() not in KNOWN)


def test_facts_are_told_once_and_with_a_source() -> None:
    names = [fact["name"] for fact in FACTS]
    assert len(names) == len(set(names))
    for fact in FACTS:
        assert fact["source"], fact["name"]
        assert all(SOURCES.fullmatch(source) for source in fact["source"]), fact


def test_what_was_not_looked_up_is_for_people_only() -> None:
    for fact in FACTS:
        if set(fact["source"]) == {"KNOWN"}:
            assert fact.get("automatic") is False, fact["name"]


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.name)
def test_cmdlets_of_a_script(path: Any) -> None:
    found = {name for name in commands(path.read_text("utf-8")) if _CMDLET.fullmatch(name)}
    assert _unknown(found) == []
    for_people = {fact["name"].casefold() for fact in FACTS if fact.get("automatic") is False}
    assert {name for name in found if name.casefold() in for_people} == set()


def test_cmdlets_in_prose() -> None:
    assert _unknown(set(_CMDLET.findall(TOML))) == []


def test_tables_views_and_procedures() -> None:
    found = {name.replace("[", "").replace("]", "") for name in _TABLE.findall(SQL)}
    assert _unknown(found) == []
    assert _unknown(set(_GUID_COLUMN.findall(SQL + TOML))) == []
    procedures = set(re.findall(r"\bp_[A-Z]\w+", SQL + TOML))
    assert [name for name in procedures if not {name.casefold(), f"dbo.{name}".casefold()} & KNOWN] == []


def test_registry() -> None:
    """Keys in full or as ends that a script puts together; a group's or product's own name may follow."""
    keys = [fact["name"].casefold() for fact in FACTS if fact["kind"] == "registry key"]
    found = {match.strip("\\ ").removeprefix("SOFTWARE\\").casefold() for match in _REGISTRY.findall(POWERSHELL + TOML)}
    unknown = [key for key in found if not any(_meets(key.removeprefix("software\\"), known) for known in keys)]
    assert sorted(unknown) == []


def _meets(key: str, known: str) -> bool:
    """Whether one is the other, or the beginning or end of it at a backslash."""
    shorter, longer = sorted((key, known), key=len)
    return longer == shorter or longer.startswith(shorter + "\\") or longer.endswith("\\" + shorter)


def test_events() -> None:
    events = set(_EVENT.findall(TOML))
    assert events
    assert _unknown(events) == []


def test_events_that_are_copied_from_the_targets_own_logs() -> None:
    assert _unknown(set(ALSO.split())) == []


def test_switches_of_setup_and_tools() -> None:
    assert _unknown(set(_SWITCH.findall(TOML))) == []


def test_classes_and_types() -> None:
    assert _unknown(set(_CIM.findall(POWERSHELL + TOML))) == []
    types = {left or right for left, right in _TYPE_NAME.findall(POWERSHELL)}
    known = {name.partition("[")[0] for name in KNOWN}
    assert sorted(name for name in types if name.casefold() not in known) == []
