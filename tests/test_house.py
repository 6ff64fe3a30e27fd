"""Rules of the house that no tool checks: what commands import, what is documented, what files may hold."""

from __future__ import annotations

import ast
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import click
import pytest

from smtui.checklist.library import Library, pinned_files, shipped_folder
from smtui.cli.main import COMMANDS, root
from smtui.environment import parse_environment
from smtui.session.events import Opened, Stamp
from smtui.session.store import Store, pinned_lines

HOUSE = Path(__file__).parents[1]
SOURCES = sorted((HOUSE / "smtui").rglob("*.py"))
HEAVY = ("textual", "rich", "winrm", "pyodbc", "cryptography", "requests", "spnego", "smtui.drill", "smtui.tui")
"""What a command may import only when it needs it."""

MOST_LINES = 400
REFERENCE = HOUSE / "docs" / "commands.md"

_PROBE = """
import sys
from smtui.cli.main import commands
code = commands(sys.argv[1:])
heavy = {heavy!r}
print("\\nimported:", *sorted(name for name in heavy if name in sys.modules))
sys.exit(code)
"""


@pytest.fixture
def session(tmp_path: Path) -> str:
    """A session of the shipped procedure that was only opened."""
    library = Library([shipped_folder()])
    path = library.find("promote-management-server")
    environment = (HOUSE / "smtui" / "drill" / "environment.toml").read_bytes()
    files = {**pinned_files(path, library), "environment.toml": environment}
    store = Store(tmp_path / "state" / "smtui" / "sessions")
    at = datetime(2026, 3, 1, tzinfo=UTC)
    first = Opened(
        format=1,
        session="one",
        checklist="promote-management-server",
        title="Promote",
        version="1.0",
        mode="exercise",
        environment="Contoso",
        files=pinned_lines(files),
        smtui="0.1.0",
        machine="here",
        boot_id="b",
    )
    store.create("one", first, files, Stamp(at=at, boottime=0.0, by="a@b", origin="local")).release()
    return "one"


@pytest.mark.parametrize(
    "arguments",
    [
        ("--version",),
        ("--help",),
        ("sessions",),
        ("sessions", "--json"),
        ("checklists",),
        ("show", "one"),
        ("show", "one", "--json"),
        ("report", "one", "--output", "evidence"),
    ],
    ids=" ".join,
)
def test_a_command_imports_nothing_heavy_that_it_does_not_need(
    arguments: tuple[str, ...], session: str, tmp_path: Path
) -> None:
    done = subprocess.run(
        [sys.executable, "-c", _PROBE.format(heavy=HEAVY), *arguments],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(HOUSE), "XDG_STATE_HOME": str(tmp_path / "state")},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.splitlines()[-1] == "imported:"


def commands() -> Iterator[tuple[str, click.Command]]:
    context = click.Context(root)
    for name in root.list_commands(context):
        command = root.get_command(context, name)
        assert command is not None
        yield name, command
        if isinstance(command, click.Group):
            yield from ((f"{name} {inner}", found) for inner, found in command.commands.items())


@pytest.mark.parametrize(("name", "command"), list(commands()), ids=[name for name, _ in commands()])
def test_every_command_and_option_has_help(name: str, command: click.Command) -> None:
    assert command.help
    assert COMMANDS.get(name, ".").endswith(".")
    for parameter in command.params:
        if isinstance(parameter, click.Option):
            assert parameter.help, f"{name} {parameter.opts[0]}"


def test_the_command_reference_is_what_the_program_says() -> None:
    """Write it anew with SMTUI_WRITE_DOCS=1."""
    parts = ["# Commands", "", "Made from the program's own help by a test; do not edit.", "", _help("smtui", root)]
    parts += [_help(f"smtui {name}", command) for name, command in commands()]
    text = "\n".join(parts)
    if os.environ.get("SMTUI_WRITE_DOCS"):
        REFERENCE.write_text(text, "utf-8")
    again = "SMTUI_WRITE_DOCS=1 bin/test tests/test_house.py"
    assert REFERENCE.read_text("utf-8") == text, f"{REFERENCE.name} is out of date; to write it anew: {again}"


def _help(name: str, command: click.Command) -> str:
    context = click.Context(command, info_name=name, max_content_width=100, terminal_width=100)
    return f"## {name}\n\n```text\n{command.get_help(context)}\n```\n"


def test_every_exit_code_of_the_help_stands_in_the_readme() -> None:
    readme = (HOUSE / "README.md").read_text("utf-8")
    for code in ("0", "1", "2", "3", "4", "70", "75"):
        assert f"| {code} |" in readme


@pytest.mark.parametrize(
    "name",
    [
        "README.md",
        "CONTRIBUTING.md",
        "SECURITY.md",
        "CHANGELOG.md",
        *sorted(str(path.relative_to(HOUSE)) for path in (HOUSE / "docs").glob("*.md")),
    ],
)
def test_every_link_and_path_in_the_documents_leads_somewhere(name: str) -> None:
    document = HOUSE / name
    text = document.read_text("utf-8")
    for target in re.findall(r"\]\(([^)#\s]+)", text):
        if "://" not in target:
            assert (document.parent / target).exists(), target
    for path in re.findall(r"`((?:smtui|bin|tests|docs|checklists|screenshots)/[A-Za-z0-9_./-]+)`", text):
        assert (HOUSE / path).exists(), path


def _examples(document: str) -> list[str]:
    return re.findall(r"^```toml\n(.*?)^```", (HOUSE / document).read_text("utf-8"), re.MULTILINE | re.DOTALL)


def test_the_environment_of_the_readme_can_be_used() -> None:
    (example,) = _examples("README.md")
    assert parse_environment(example.encode(), "README.md").management_group == "SM_Contoso"


@pytest.mark.parametrize("source", SOURCES, ids=lambda path: str(path.relative_to(HOUSE)))
def test_a_module_is_read_in_one_sitting(source: Path) -> None:
    assert len(source.read_text("utf-8").splitlines()) <= MOST_LINES


def test_nothing_is_left_to_do_in_the_sources() -> None:
    marker = re.compile(r"\b(?:TO" r"DO|FIX" r"ME|XX" r"X)\b")
    found = [
        f"{path.relative_to(HOUSE)}: {line.strip()}"
        for folder in ("smtui", "tests", "bin", "checklists")
        for path in sorted((HOUSE / folder).rglob("*"))
        if path.suffix in (".py", ".toml", ".ps1", ".sql", ".css", ".tcss", "") and path.is_file()
        for line in path.read_text("utf-8").splitlines()
        if marker.search(line)
    ]
    assert found == []


def test_rooms_import_one_way() -> None:
    linter = Path(sys.executable).with_name("lint-imports")
    done = subprocess.run([linter, "--no-cache"], cwd=HOUSE, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stdout


_SHOWS = {
    "Static",
    "Label",
    "Button",
    "Checkbox",
    "RadioButton",
    "Markdown",
    "Collapsible",
    "TabPane",
    "Tab",
    "notify",
    "update",
    "set_label",
}
"""Whatever parses markup in its text: Textual's widgets, and the methods that give them new text."""


@pytest.mark.parametrize("source", [path for path in SOURCES if "tui" in path.parts], ids=lambda path: path.name)
def test_no_text_is_put_together_into_markup(source: Path) -> None:
    for node in ast.walk(ast.parse(source.read_text("utf-8"))):
        if isinstance(node, ast.Call) and _name(node.func) in _SHOWS:
            plain = any(
                keyword.arg == "markup" and isinstance(keyword.value, ast.Constant) and keyword.value.value is False
                for keyword in node.keywords
            )
            composed = [argument for argument in node.args if isinstance(argument, ast.JoinedStr | ast.BinOp)]
            assert plain or not composed, f"{source.name}:{node.lineno}: give it Content or Text, or markup=False"


def _name(function: ast.expr) -> str:
    if isinstance(function, ast.Attribute):
        return function.attr
    return function.id if isinstance(function, ast.Name) else ""
