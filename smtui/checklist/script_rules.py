"""Rules that every script keeps, so that no text becomes code, every answer is framed, and no language matters.

They look at the text without comments, and where it matters without the insides of strings. Whether PowerShell can be
read at all is asked of a grammar, `powershell_grammar`, where that is installed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

_POWERSHELL = re.compile(
    r"""
      <\#.*?(?:\#>|\Z)                        # a comment of several lines
    | (?<![^\s;(){}|,&])\#[^\n]*              # a comment to the end of the line; `a#b` is a word
    | @'[ \t]*\n.*?(?:\n'@|\Z)                # texts of several lines
    | @"[ \t]*\n.*?(?:\n"@|\Z)
    | '(?:[^']|'')*+(?:'|\Z)
    | "(?:[^"`]|`.|"")*+(?:"|\Z)
    """,
    re.VERBOSE | re.DOTALL,
)
_STATEMENT = re.compile(r"--[^\n]*|/\*.*?(?:\*/|\Z)|N?'(?:[^']|'')*+(?:'|\Z)", re.DOTALL)

_HEAD = re.compile(r"param\(\s*\[string\]\s*\$Token\s*,\s*\$Parameters\s*\)", re.IGNORECASE)
HEAD = "param([string] $Token, $Parameters)"
FRAME = "[Console]::Out.WriteLine('smtui-result ' + $Token + ' ' + (ConvertTo-Json -InputObject $result -Compress))"
_FRAMED = re.compile(r"\[Console\]::Out\.WriteLine\(.*smtui-result .*\$Token\b.*-Compress\b", re.IGNORECASE)
_EXIT = re.compile(r"(?<![\w$.:-])exit\b(?!\s*=)[ \t]*(\S*)", re.IGNORECASE)
_ONLY_CODE = re.compile(r"if \(.*\) \{ exit \d+ \}", re.IGNORECASE)

_COMPARED = r"\s+-[ci]?(?:not)?(?:match|like|eq|ne|contains|in)\b|\.(?:Contains|StartsWith|EndsWith|IndexOf)\("
_SHOWN = r"(?:DisplayName|LevelDisplayName|Message|Description)"

_FORBIDDEN = (
    (r"(?<![\w-])(?:Invoke-Expression|iex)(?![\w-])", "Invoke-Expression makes code of text"),
    (r"\[(?:System\.Management\.Automation\.)?ScriptBlock\]::Create", "[scriptblock]::Create makes code of text"),
    (r"\.(?:InvokeScript|NewScriptBlock|ExpandString)\(", "`$ExecutionContext` makes code of text here"),
    (r"(?<![\w.-])cmd(?:\.exe)?\W{1,4}[/-][ck]\b", "`cmd /c` reads a value as a command line; call the program itself"),
    (r"-e(?:nc?|nco\w*)\b", "-EncodedCommand hides what is run"),
)
"""Looked for in the insides of strings too, for a string may be handed to a program."""

_TRANSLATED = (
    (
        rf"\.{_SHOWN}(?:{_COMPARED})",
        "compares text made for people, which is translated: compare names, numbers or codes",
    ),
    (r"Get-Service\s[^|;\n]*-DisplayName\b", "finds a service by the name shown to people: use its own name"),
)

_FILTER = re.compile(r"-(?:Filter|Query|FilterXPath)(?:[ \t]+|:[ \t]*)", re.IGNORECASE)
_LITERAL = re.compile(r"'(?:[^']|'')*'(?!\s*(?:\+|-f\b|-replace\b))|\"[^\"$]*\"(?!\s*(?:\+|-f\b))|[\w*.?]+(?![\w(])")

_GONE_BY_POWERSHELL = re.compile(
    r"(?<![\w-])(?:Remove-(?:Item|ItemProperty|Computer|LocalUser|SCSM\w+|SCManagement\w+|Wmi\w+|Cim\w+)"
    r"|Clear-(?:Content|Item|ItemProperty|Disk|EventLog|RecycleBin)|Format-Volume|Initialize-Disk)(?![\w-])",
    re.IGNORECASE,
)
_GONE_BY_STATEMENT = re.compile(
    r"\b(?:DROP\s+(?!TABLE\s+(?:IF\s+EXISTS\s+)?\#)\w+|TRUNCATE\s+TABLE|DELETE\s+(?:TOP\s*\(\w+\)\s*)?(?:FROM\s+)?(?!\#|@)[\w\[]+"
    r"|RESTORE\s+(?:DATABASE|LOG))",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True, order=True)
class Fault:
    """What is wrong in one line of a script."""

    line: int
    """From 1."""
    text: str


def faults_of(name: str, text: str) -> tuple[Fault, ...]:
    """Everything that a script of that name breaks, by line; a `.ps1` is PowerShell, all else T-SQL."""
    text = text.replace("\r\n", "\n")
    found = _powershell(text) if name.endswith(".ps1") else _statement(text)
    return tuple(sorted(set(found)))


def irreversible_words(name: str, text: str) -> tuple[str, ...]:
    """What it says that cannot be taken back once it is run: `Remove-Item`, `DROP TABLE`, `RESTORE DATABASE`."""
    powershell = name.endswith(".ps1")
    bare = _bare(_POWERSHELL if powershell else _STATEMENT, text.replace("\r\n", "\n"))
    pattern = _GONE_BY_POWERSHELL if powershell else _GONE_BY_STATEMENT
    return tuple(dict.fromkeys(" ".join(match[0].split()) for match in pattern.finditer(bare)))


def _powershell(text: str) -> Iterator[Fault]:
    code = _without_comments(_POWERSHELL, text)
    bare = _bare(_POWERSHELL, text)
    written = code.splitlines()
    head = re.search(r"\S", code)
    if head is None or not _HEAD.match(code, head.start()):
        yield Fault(1 if head is None else _line(code, head.start()), f"a script begins with `{HEAD}`")
    yield from _ways_out(code, bare)
    for pattern, reason in _FORBIDDEN:
        yield from _each(pattern, code, reason)
    for pattern, reason in _TRANSLATED:
        yield from (fault for fault in _each(pattern, bare, reason) if not _is_of_product(written[fault.line - 1]))
    for match in _FILTER.finditer(code):
        if bare.startswith(match[0], match.start()) and not _LITERAL.match(code, match.end()):
            yield Fault(
                _line(code, match.start()),
                f"`{match[0].strip()}` holds a value, which may be read as part of the filter: compare in Where-Object",
            )


def _is_of_product(line: str) -> bool:
    """Names of installed products are the same in every language."""
    return "\\Uninstall\\" in line


def _ways_out(code: str, bare: str) -> Iterator[Fault]:
    """Every `exit` says its code, stands right after the framed line, and one of them ends the script."""
    lines = [(number, line) for number, line in enumerate(bare.splitlines(), start=1) if line.strip()]
    written = code.splitlines()
    if not lines or not _EXIT.match(lines[-1][1].strip()):
        yield Fault(lines[-1][0] if lines else 1, "a script ends with `exit 0`: without it nobody knows how it ended")
    for index, (number, line) in enumerate(lines):
        found = _EXIT.search(line)
        if found is None:
            continue
        if not re.match(r"\d|\$", found[1]):
            yield Fault(number, "`exit` says its code: `exit 0`, or `exit 1` when it failed")
        before = index
        while before and (before == index or _ONLY_CODE.fullmatch(lines[before][1].strip())):
            before -= 1
        framed = _FRAMED.search(written[number - 1]) or _FRAMED.search(written[lines[before][0] - 1])
        if not framed and not _ONLY_CODE.fullmatch(line.strip()):
            yield Fault(number, f"the line before `exit` is the answer, framed: `{FRAME}`")


def _statement(text: str) -> Iterator[Fault]:
    bare = _bare(_STATEMENT, text)
    yield from _each(r"\bEXEC(?:UTE)?\s*\(", bare, "runs text as a statement: use sp_executesql with parameters")
    yield from _each(r"\bxp_cmdshell\b", bare, "xp_cmdshell makes a command line of text")
    yield from _each(r"^[ \t]*GO[ \t]*$", bare, "`GO` is no T-SQL but a word of some tools: one file is one batch")


def _each(pattern: str, text: str, reason: str) -> Iterator[Fault]:
    found = re.finditer(pattern, text, re.IGNORECASE | re.MULTILINE)
    return (Fault(_line(text, match.start()), reason) for match in found)


def _line(text: str, position: int) -> int:
    return text.count("\n", 0, position) + 1


def _without_comments(pattern: re.Pattern[str], text: str) -> str:
    """The same text at the same places, its comments blank."""
    return pattern.sub(lambda match: _filled(match[0], " ") if _is_comment(match[0]) else match[0], text)


def _bare(pattern: re.Pattern[str], text: str) -> str:
    """The same, and every string nothing but quotes."""
    return pattern.sub(lambda match: _filled(match[0], " " if _is_comment(match[0]) else "'"), text)


def _is_comment(piece: str) -> bool:
    return piece.startswith(("#", "<#", "--", "/*"))


def _filled(piece: str, filling: str) -> str:
    return re.sub(r"[^\n]", filling, piece)
