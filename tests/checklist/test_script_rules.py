from __future__ import annotations

import sys
from pathlib import Path

import pytest

from smtui.checklist.library import shipped_folder
from smtui.checklist.powershell_grammar import has_grammar, syntax_faults
from smtui.checklist.script_rules import FRAME, HEAD, faults_of, irreversible_words

SCRIPTS = sorted((shipped_folder() / "scripts").iterdir())


def script(*lines: str) -> str:
    return "\n".join(("# What it does.", HEAD, "", *lines, FRAME, "exit 0", ""))


def reasons(text: str, name: str = "one.ps1") -> list[str]:
    return [f"{fault.line}: {fault.text}" for fault in faults_of(name, text)]


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.name)
def test_a_shipped_script_keeps_every_rule(path: Path) -> None:
    assert faults_of(path.name, path.read_text("utf-8")) == ()


def test_the_smallest_script_is_right() -> None:
    assert reasons(script()) == []
    assert reasons(script().replace("\n", "\r\n")) == []
    assert reasons(script("if ($Parameters.no) {", FRAME, "exit 1", "}")) == []
    assert reasons(script().replace("exit 0", "if ($bad) { exit 1 }\nexit 0")) == []


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("Invoke-Expression $Parameters.name", "makes code of text"),
        ("$x | iex", "makes code of text"),
        ("& ([scriptblock]::Create($x))", "makes code of text"),
        ("$ExecutionContext.InvokeCommand.InvokeScript($x)", "makes code of text"),
        ("cmd /c $x", "reads a value as a command line"),
        ("Start-Process cmd.exe '/c dir'", "reads a value as a command line"),
        ("powershell.exe -EncodedCommand $x", "hides what is run"),
        ("Start-Process powershell.exe -ArgumentList '-enc', $x", "hides what is run"),
        ("Get-CimInstance Win32_Service -Filter \"Name = '$name'\"", "holds a value"),
        ("Get-CimInstance Win32_Service -Filter $filter", "holds a value"),
        ("Get-CimInstance Win32_Service -Filter ('Name = ' + $name)", "holds a value"),
        ("Get-CimInstance -Query ('select ' + $name)", "holds a value"),
        ("Get-ChildItem -Filter 'a' -f $name", "holds a value"),
        ("if ($service.DisplayName -like 'System Center*') { $a = 1 }", "made for people"),
        ("if ($_.Exception.Message -match 'denied') { $a = 1 }", "made for people"),
        ("if ($_.Exception.Message.Contains('denied')) { $a = 1 }", "made for people"),
        ("$service = Get-Service -DisplayName 'System Center*'", "by the name shown"),
    ],
)
def test_a_line_that_breaks_a_rule_is_named(line: str, said: str) -> None:
    (found,) = reasons(script(line))
    assert found.startswith("4: ")
    assert said in found


@pytest.mark.parametrize(
    "line",
    [
        "# Invoke-Expression and cmd /c are not used here",
        "<# iex\n exit\n #>",
        "$text = 'It did not exit'",
        '$text = "the exit code is $LASTEXITCODE"',
        "$files = Get-ChildItem -LiteralPath $folder -Filter '*.mp'",
        "$files = Get-ChildItem -Filter *.mp -LiteralPath $folder",
        "$found = Get-WinEvent -FilterHashtable @{ LogName = $Parameters.log }",
        "[Console]::Out.WriteLine($service.DisplayName)",
        "$process.ExitCode; $code = $process.exit",
        "$path = 'C:\\cmd\\c'",
    ],
)
def test_what_only_looks_like_it_is_let_through(line: str) -> None:
    assert reasons(script(line)) == []


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", f"1: a script begins with `{HEAD}`"),
        (script().replace(HEAD, "param($Token)"), f"2: a script begins with `{HEAD}`"),
        (script().replace("exit 0\n", ""), "4: a script ends with `exit 0`"),
        (script().replace("exit 0", "exit"), "5: `exit` says its code"),
        (script().replace(FRAME, "Write-Output 'done'"), "5: the line before `exit` is the answer"),
        (script("if ($bad) {", "exit 1", "}"), "5: the line before `exit` is the answer"),
        (script().replace(" -Compress", ""), "5: the line before `exit` is the answer"),
    ],
    ids=["empty", "head", "no exit", "no code", "no answer", "no answer on one way", "several lines"],
)
def test_an_answer_is_framed_on_every_way_out(text: str, said: str) -> None:
    assert any(found.startswith(said) for found in reasons(text))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("-- x\nEXEC (@text);", "2: runs text as a statement"),
        ("EXECUTE xp_cmdshell 'dir';", "1: xp_cmdshell"),
        ("SELECT 1\nGO\nSELECT 2", "2: `GO` is no T-SQL"),
    ],
)
def test_a_statement_never_runs_text(text: str, said: str) -> None:
    (found,) = reasons(text, "one.sql")
    assert found.startswith(said)


def test_a_statement_may_speak_of_it() -> None:
    assert (
        reasons("-- EXEC (x)\nSELECT N'EXEC (x)' AS a; EXEC sys.sp_executesql @x, N'@a int', @a = 1;", "one.sql") == []
    )


@pytest.mark.parametrize(
    ("name", "text", "words"),
    [
        ("a.sql", "DROP DATABASE x; delete from dbo.t", ("DROP DATABASE", "delete from dbo")),
        ("a.sql", "RESTORE\n DATABASE @x FROM DISK = ?", ("RESTORE DATABASE",)),
        (
            "a.sql",
            "RESTORE VERIFYONLY FROM DISK = ?; DROP TABLE #t; DELETE #t; -- DROP TABLE x\nSELECT 'DROP TABLE x'",
            (),
        ),
        ("a.ps1", "Remove-Item -LiteralPath $x", ("Remove-Item",)),
        ("a.ps1", "# Remove-Item\n'Remove-Item'; Remove-Variable x", ()),
    ],
)
def test_words_that_cannot_be_taken_back(name: str, text: str, words: tuple[str, ...]) -> None:
    assert irreversible_words(name, text) == words


def test_the_grammar_names_the_line_it_does_not_understand() -> None:
    assert syntax_faults(script()) == ()
    found = syntax_faults(script("if ($a {"))
    assert found
    assert all("no PowerShell" in fault.text for fault in found)


def test_without_the_grammar_nobody_says_that_a_script_parses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "tree_sitter_pwsh", None)
    assert syntax_faults("if ($a {") is None
    assert not has_grammar()
