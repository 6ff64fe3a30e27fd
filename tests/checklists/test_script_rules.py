"""Rules that every shipped script keeps: no text becomes code, one framed line, an exit code that is said."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from .powershell import commands, errors, nodes, told
from .shipped import SCRIPTS, STATEMENTS

FRAMED = "[Console]::Out.WriteLine('smtui-result ' + $Token + ' ' + (ConvertTo-Json -InputObject $result -Compress))"
_FORBIDDEN_COMMANDS = {"invoke-expression", "iex", "cmd", "cmd.exe", "invoke-command", "start-job", "add-type"}


@pytest.fixture(params=SCRIPTS, ids=lambda path: path.name)
def text(request: pytest.FixtureRequest) -> str:
    path: Path = request.param
    return path.read_text("utf-8")


def test_it_parses(text: str) -> None:
    assert errors(text) == []


def test_it_takes_token_and_parameters(text: str) -> None:
    code = [line for line in text.splitlines() if line.strip() and not line.startswith("#")]
    assert code[0] == "param([string] $Token, $Parameters)"
    assert text.startswith("#"), "a script says first what it does"


def test_it_ends_with_an_explicit_exit_code(text: str) -> None:
    assert text.splitlines()[-1] in {"exit 0", "exit 1"}


def test_each_way_out_frames_one_line(text: str) -> None:
    """The framed line stands right before every `exit`, but for a second `exit` that only chooses the code."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    exits = [index for index, line in enumerate(lines) if re.search(r"\bexit \d", line)]
    assert exits
    for index in exits:
        before = lines[index - 1]
        assert before == FRAMED or re.fullmatch(r"if \(.*\) \{ exit \d \}", before), lines[index]
    assert text.count("'smtui-result '") == text.count(FRAMED)


def test_it_calls_nothing_that_makes_code_of_text(text: str) -> None:
    assert {name.casefold() for name in commands(text)} & _FORBIDDEN_COMMANDS == set()
    assert "scriptblock]::create" not in text.casefold()
    assert not re.search(r"\bcmd(?:\.exe)?\s+/c", text, re.IGNORECASE)
    assert not [told(node) for node in nodes(text) if node.type == "command_invokation_operator"]


def test_no_filter_holds_a_value(text: str) -> None:
    for line in text.splitlines():
        found = re.search(r"-Filter\s+(\S+)", line)
        assert found is None or (found[1].startswith("'") and "$" not in line.partition("-Filter")[2].split(" -")[0])


def test_nothing_displayed_is_compared(text: str) -> None:
    """Names for people are translated: services, statuses and errors are compared by what programs call them."""
    assert "DisplayName -eq" not in text
    assert not re.search(r"\.Message\s+-(?:eq|like|match)", text)


@pytest.mark.parametrize("path", STATEMENTS, ids=lambda path: path.name)
def test_statements_build_text_of_quoted_names_only(path: Path) -> None:
    """Dynamic T-SQL is run by sp_executesql; names get into it by QUOTENAME, values as its parameters."""
    text = re.sub(r"--[^\n]*", "", path.read_text("utf-8"))
    assert path.read_text("utf-8").startswith("--"), "a statement says first what it does"
    assert not re.search(r"EXEC(?:UTE)?\s*\(", text, re.IGNORECASE)
    for built in re.findall(r"@statement\s*(?:nvarchar\(\d+\)\s*)?=\s*(N'[^;]*);", text):
        for part in re.split(r"\s\+\s", built):
            assert re.fullmatch(r"N'[^']*'|QUOTENAME\(@\w+\)|@quoted", part.strip()), built


@pytest.mark.parametrize("path", STATEMENTS, ids=lambda path: path.name)
def test_statements_never_replace_or_drop(path: Path) -> None:
    text = re.sub(r"--[^\n]*|N?'(?:[^']|'')*'", "", path.read_text("utf-8"))
    assert not re.search(r"\bWITH\s+REPLACE\b|,\s*REPLACE\b|\bNEW_BROKER\b|\bDROP\b|\bTRUNCATE\b", text, re.IGNORECASE)
    assert not re.search(r"\bDELETE\s+(?:FROM\s+)?(?!#)\w", text, re.IGNORECASE)
