"""The scripts that save, compare and add the error messages of an instance, and read a permission script."""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Mapping

from smtui.checklist.model import Scalar
from smtui.drill.behaviours.framework import Call, Script, ScriptError, ScriptResult, script
from smtui.drill.behaviours.parameters import text
from smtui.drill.host import SimulatedHost

_SAVED = re.compile(
    r"@msgnum\s*=\s*(?P<number>\d+)\s*,\s*@severity\s*=\s*(?P<severity>\d+)\s*,"
    r"\s*@msgtext\s*=\s*N'(?P<text>(?:[^']|'')*)'\s*,\s*@lang\s*=\s*'(?P<language>[^']*)'",
    re.IGNORECASE,
)
_LEFT_OUT = re.compile(r"/\*.*?\*/|--[^\r\n]*|N?'(?:[^']|'')*'", re.IGNORECASE | re.DOTALL)
_OBJECT = r"(?:DATABASE|TABLE|PROC(?:EDURE)?|VIEW|FUNCTION|TYPE|INDEX|TRIGGER|ASSEMBLY|SERVICE|QUEUE)"
_DESTRUCTIVE = re.compile(
    rf"(?P<allowed>\b(?:GRANT|DENY)\s+)?\b(?:DROP\s+\w+|(?:CREATE|ALTER)\s+{_OBJECT}\b|TRUNCATE\s+TABLE"
    r"|(?:DELETE|UPDATE)\s+(?!ON\b)[\[\w]|RESTORE\s+\w+)",
    re.IGNORECASE,
)
_USE = re.compile(r"\bUSE\s+(?:\[(?P<quoted>[^\]]+)\]|(?P<plain>\w+))", re.IGNORECASE)
_PERMISSION = re.compile(
    r"\b(?:CREATE\s+(?:LOGIN|USER|ROLE)|ALTER\s+ROLE|GRANT\s+\w+|sp_addrolemember)\b", re.IGNORECASE
)
_Key = tuple[int, str]


@script("messages-save.ps1", sha256="9cc1b4f53ddadf1f93b679df67c5becf4e7766ae634bd360b1409a06acdc6184")
def save(host: SimulatedHost, parameters: Mapping[str, Scalar], call: Call) -> ScriptResult:
    """Every message of the instance into a file, as calls of sp_addmessage."""
    rows = call.world.all("SELECT * FROM instance_messages WHERE server = ? ORDER BY number, language", host.name)
    calls = [
        f"EXEC sp_addmessage\n\t@msgnum = {row['number']},\n\t@severity = {row['severity']},\n"
        f"\t@msgtext = N'{str(row['text']).replace(chr(39), chr(39) * 2)}',\n\t@lang = '{row['language']}',\n"
        "\t@with_log = 'FALSE';\nGO\n"
        for row in rows
    ]
    written = "".join(calls)
    with call.changing("messages saved"):
        host.write_file(text(parameters, "path"), written)
    return ScriptResult({"saved": len(rows), "path": text(parameters, "path"), "sha256": _digest(written)})


@script("messages-compare.ps1", sha256="998c0b4b0f2d47ebb0098e57385f58747b43be841516b4b08b33ed3f69313542")
def compare(host: SimulatedHost, parameters: Mapping[str, Scalar], call: Call) -> ScriptResult:
    """By number and language; another text is a conflict. Without the file nothing else can be told."""
    if host.file(text(parameters, "path")) is None:
        call.write(f"There is no file {text(parameters, 'path')}")
        return ScriptResult({"saved": 0})
    saved, there = _saved(host, parameters), _there(host, call)
    missing = [key for key in saved if key not in there]
    conflicts = [key for key, wording in saved.items() if key in there and there[key] != wording]
    for key in missing:
        call.write(f"missing: {key[0]}/{key[1]}")
    for key in conflicts:
        call.write(f"another text: {key[0]}/{key[1]}")
    fields: dict[str, Scalar] = {"saved": len(saved), "there": len(there)}
    return ScriptResult({**fields, "missing": len(missing), "conflicts": len(conflicts)})


@script("messages-add.ps1", sha256="c128a80b5d358f37f9382ac0888fdd34549d5807a15252de1b8f335df938907c")
def add(host: SimulatedHost, parameters: Mapping[str, Scalar], call: Call) -> ScriptResult:
    """Those that are missing, and no other."""
    saved, there = _saved(host, parameters), _there(host, call)
    missing = {key: wording for key, wording in saved.items() if key not in there}
    if missing:
        with call.changing("messages added"):
            for (number, language), wording in missing.items():
                call.world.do(
                    "INSERT INTO instance_messages VALUES (?, ?, ?, 16, ?)", host.name, number, language, wording
                )
    for number, language in missing:
        call.write(f"Added {number} {language}")
    return ScriptResult({"saved": len(saved), "added": len(missing)})


@script("permission-script-review.ps1", sha256="eb2146bfe55902c62644cc7f968e7e797c604e45ad1aacb05780595679bc10cb")
def review(host: SimulatedHost, parameters: Mapping[str, Scalar], call: Call) -> ScriptResult:
    """Counts what would do harm and what the script is kept for, outside of comments and texts."""
    whole = _read(host, parameters)
    bare = _LEFT_OUT.sub(" ", whole)
    kinds = Counter(
        re.sub(r"\s+", " ", found[0]).upper() for found in _DESTRUCTIVE.finditer(bare) if not found["allowed"]
    )
    shown = [f"{kind} x{count}" for kind, count in kinds.items()]
    for line in shown:
        call.write(f"refused: {line}")
    used = [found["quoted"] or found["plain"] for found in _USE.finditer(bare)]
    elsewhere = [name for name in used if name.casefold() != text(parameters, "database").casefold()]
    return ScriptResult(
        {
            "path": text(parameters, "path"), "bytes": len(whole.encode()), "sha256": _digest(whole),
            "destructive": kinds.total(), "destructive_kinds": ", ".join(shown[:40]),
            "elsewhere": len(elsewhere), "elsewhere_names": ", ".join(sorted(set(elsewhere))),
            "permissions": len(_PERMISSION.findall(bare)),
        }
    )  # fmt: skip


def _read(host: SimulatedHost, parameters: Mapping[str, Scalar]) -> str:
    path = text(parameters, "path")
    found = host.file(path)
    if found is None:
        raise ScriptError(f"Could not find file '{path}'.", "FileNotFoundException")
    return found


def _saved(host: SimulatedHost, parameters: Mapping[str, Scalar]) -> dict[_Key, str]:
    matches = _SAVED.finditer(_read(host, parameters))
    return {(int(one["number"]), one["language"]): one["text"].replace("''", "'") for one in matches}


def _there(host: SimulatedHost, call: Call) -> dict[_Key, str]:
    rows = call.world.all("SELECT number, language, text FROM instance_messages WHERE server = ?", host.name)
    return {(int(row["number"]), str(row["language"])): str(row["text"]) for row in rows}


def _digest(written: str) -> str:
    return hashlib.sha256(written.encode()).hexdigest().upper()


MESSAGES: tuple[Script, ...] = (save, compare, add, review)
