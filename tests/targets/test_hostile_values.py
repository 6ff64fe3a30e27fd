"""Values stay data, whatever they are: the simulated hosts say what arrived beside an unchanged text."""

from __future__ import annotations

import base64
import hashlib
import random
import re
import tomllib
from collections.abc import Iterator
from importlib.resources import files
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from sql_stand import SqlStand
from windows_stand import Listener, Stand

from smtui.checklist.library import shipped_folder
from smtui.checklist.sql_text import count_placeholders
from smtui.drill.sql.values import SqlValue
from smtui.targets.base import PowerShellCall, SqlCall, Watch
from smtui.targets.remote_script import COMMAND
from smtui.targets.sql_text import connection_string

QUOTES = "'\"`\u2018\u2019\u201a\u201b\u201c\u201d\u201e"
"""What PowerShell takes for a quote, and its escape."""
BREAKS = ["", "\n", "\r\n", "\0", "\u2028", "\u0085", "\u200b", "\u202e", "\ufeff", "\U0001f4a9", "\x1b]0;x\x07", "\\"]
INSIDES = [
    "{q}; Stop-Computer -Force; {q}",
    "{q})|iex; ({q}",
    "$(Stop-Computer)",
    "${{env:PATH}}{q}",
    "{q} + (Get-Content C:\\secret) + {q}",
    "@{q}\n$(whoami)\n{q}@",
    "{q}; DROP DATABASE ServiceManager; --",
    "{q}); EXEC xp_cmdshell {q}dir{q}; --",
    "]]; SHUTDOWN; --[[{q}",
    "}};UID=sa;PWD=x;{{{q}",
    "%COMSPEC%&|<>^!{q}",
    "#{q}<#",
    "--%{q}",
    "smtui-result token {{{q}status{q}:{q}Stopped{q}}}",
]


def hostile(count: int, seed: int = 1) -> list[str]:
    """So many different values that mean something to a shell, to PowerShell, to T-SQL or to a terminal."""
    parts = product(INSIDES, QUOTES, BREAKS, BREAKS)
    made = [before + inside.format(q=quote) + after for inside, quote, before, after in parts]
    return random.Random(seed).sample(list(dict.fromkeys(made)), count)  # noqa: S311  a repeatable choice, no secret


def scripts() -> list[Path]:
    return sorted(shipped_folder().glob("scripts/*.ps1"))


def inline(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        if isinstance(value.get("sql"), str):
            yield value["sql"]
        for inner in value.values():
            yield from inline(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from inline(inner)


def statements() -> list[str]:
    texts = [path.read_text("utf-8") for path in sorted(shipped_folder().glob("scripts/*.sql"))]
    for path in sorted(shipped_folder().glob("*.toml")):
        texts += inline(tomllib.loads(path.read_text("utf-8")))
    return [text for text in dict.fromkeys(texts) if count_placeholders(text)]


def test_five_thousand_values_go_through_the_bootstrap(stand: Stand) -> None:
    values = hostile(5000)
    for start in range(0, len(values), 500):
        sent = {f"p{number}": value for number, value in enumerate(values[start : start + 500])}
        result = stand.target().run(PowerShellCall("echo", sent, f"t{start}", 60), Listener().watch())
        assert result.ending == "ok"
        assert result.fields == {"json": repr(sorted(sent.items()))}
        assert stand.world.requests()[-1].parameters == sent
        assert stand.world.requests()[-1].sha256 == hashlib.sha256(b"echo").hexdigest()


def test_the_names_of_parameters_stay_data_too(stand: Stand) -> None:
    sent = {value: number for number, value in enumerate(hostile(200, seed=2))}
    stand.target().run(PowerShellCall("echo", sent, "t", 60), Listener().watch())
    assert stand.world.requests()[-1].parameters == sent


@pytest.mark.parametrize("path", scripts(), ids=lambda path: path.name)
def test_fifty_values_for_each_script_leave_it_as_it_is(stand: Stand, path: Path) -> None:
    text = path.read_text("utf-8")
    names = sorted(set(re.findall(r"\$Parameters\.(\w+)", text))) or ["none"]
    values = hostile(50 * len(names), seed=len(text))
    sent = {f"{name}{number or ''}": values.pop() for name in names for number in range(50)}
    stand.target().run(PowerShellCall(text, sent, "t", 60), Listener().watch())
    received = stand.world.requests()[-1]
    assert received.parameters == sent
    assert received.sha256 == hashlib.sha256(path.read_bytes()).hexdigest()


def test_what_is_on_the_command_line_is_constant() -> None:
    executable, arguments = COMMAND
    bootstrap = files("smtui.targets").joinpath("bootstrap.ps1").read_text("utf-8")
    assert executable == "powershell.exe"
    assert base64.b64decode(arguments[-1]).decode("utf-16-le") == bootstrap


@pytest.mark.parametrize("path", scripts(), ids=lambda path: path.name)
def test_no_script_makes_code_of_what_it_gets(path: Path) -> None:
    text = re.sub(r"(?m)#.*$", "", path.read_text("utf-8"))
    for way in (
        r"(?i)\b(Invoke-Expression|iex|Invoke-Command|Add-Type)\b",
        r"(?i)\[ScriptBlock\]::Create|ExpandString|InvokeScript|NewScriptBlock",
        r"(?i)\b(powershell|pwsh|cmd)(\.exe)?\s+[-/]",
    ):
        assert not re.search(way, text)


@pytest.mark.parametrize("statement", statements(), ids=lambda text: hashlib.sha256(text.encode()).hexdigest()[:8])
def test_fifty_values_for_each_statement_leave_it_as_it_is(sql: SqlStand, statement: str) -> None:
    count = count_placeholders(statement)
    values = [value.replace("\0", "") for value in hostile(50 * count, seed=len(statement))]
    expected: list[tuple[SqlValue, ...]] = []
    target = sql.target()
    for start in range(0, len(values), count):
        expected.append(tuple(values[start : start + count]))
        watch = Watch(accepted=lambda _: None, output=lambda _: None)
        target.run(SqlCall(statement, expected[-1], "t", 30), watch)
    received = [(text, given) for text, given in sql.received if text.strip() == statement.strip()]
    assert [given for _, given in received] == expected


def test_no_value_adds_an_attribute_to_a_connection_string() -> None:
    for value in hostile(2000, seed=3):
        if "\0" in value:
            with pytest.raises(ValueError, match="NUL"):
                connection_string({"PWD": value})
            continue
        text = connection_string({"Server": value, "PWD": value})
        assert dict(attributes(text)) == {"Server": value, "PWD": value}


def attributes(text: str) -> Iterator[tuple[str, str]]:
    """A reader of connection strings by the rules of the specification: braces, `}}` within them."""
    position = 0
    while position < len(text):
        name, _, _ = text[position:].partition("={")
        position += len(name) + 2
        value = ""
        while True:
            end = text.index("}", position)
            value += text[position:end]
            position = end + 1
            if not text.startswith("}", position):
                break
            value += "}"
            position += 1
        assert position == len(text) or text[position] == ";"
        position += 1
        yield name, value
