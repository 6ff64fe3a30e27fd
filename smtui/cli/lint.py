"""`smtui lint`: everything that is wrong with checklists and their scripts, before anybody runs them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from smtui.checklist.library import Library
    from smtui.checklist.procedure import Procedure
    from smtui.environment import Environment
    from smtui.toml_source import Problem

WRONG = 2
NO_GRAMMAR = "The syntax of PowerShell was not looked at: install tree-sitter and tree-sitter-pwsh for that."


@dataclass(frozen=True)
class Linted:
    """One checklist with what was found."""

    path: Path
    problems: tuple[Problem, ...]


@click.command()
@click.argument("checklists", nargs=-1, metavar="[FILE|ID]...")
@click.option("-e", "--environment", metavar="FILE", help="A deployment that they must fit, too.")
@click.option("--json", "as_json", is_flag=True, help="As JSON, one object.")
def command(checklists: Sequence[str], environment: str | None, as_json: bool) -> int:
    """Say everything that is wrong with checklists, without running anything; with none named, with all of them.

    Ids, references, conditions, scripts and what they must keep: the frame of the answer, no text that becomes code,
    nothing that depends on the language of Windows, and a mark on what cannot be taken back.
    """
    from smtui.checklist.powershell_grammar import has_grammar
    from smtui.cli.surroundings import here
    from smtui.environment import load_environment

    library = here().library
    deployment = load_environment(Path(environment)) if environment else None
    paths = tuple(library.find(one) for one in checklists) or library.paths()
    linted = tuple(Linted(path, _problems(path, library, deployment)) for path in paths)
    notes = () if has_grammar() else (NO_GRAMMAR,)
    if as_json:
        click.echo(json.dumps(_as_object(linted, notes), indent=2))
    else:
        _tell(linted, notes)
    return WRONG if any(one.problems for one in linted) else 0


def _problems(path: Path, library: Library, environment: Environment | None) -> tuple[Problem, ...]:
    from smtui.checklist.review import review

    found = review(path, library)
    if environment is None or found.procedure is None:
        return found.problems
    return (*found.problems, *_misfits(found.procedure, path, environment))


def _misfits(procedure: Procedure, path: Path, environment: Environment) -> tuple[Problem, ...]:
    """What the deployment lacks, with the answers that suggest themselves; what is free text is taken as answered."""
    from smtui.checklist.fit import misfits
    from smtui.cli.questions import suggested
    from smtui.toml_source import Problem

    offered = suggested(procedure, environment)
    chosen = ("server", "database", "group")
    free = {one.name: "…" for one in procedure.checklist.inputs if one.type not in chosen}
    unanswered = [one for one in procedure.checklist.inputs if one.type in chosen and one.name not in offered]
    if unanswered:
        said = "nothing in the environment is left to answer it with"
        return tuple(Problem(str(path), 0, f"input `{one.name}` ({one.prompt}): {said}") for one in unanswered)
    return misfits(procedure, environment, free | offered)


def _tell(linted: Sequence[Linted], notes: Sequence[str]) -> None:
    problems = tuple(dict.fromkeys(problem for one in linted for problem in one.problems))
    for problem in problems:
        click.echo(str(problem))
    for note in notes:
        click.echo(note, err=True)
    wrong = sum(1 for one in linted if one.problems)
    if problems:
        click.echo(f"{_count(len(problems), 'problem')} in {wrong} of {_count(len(linted), 'checklist')}")
    else:
        click.echo(f"{_count(len(linted), 'checklist')}: nothing is wrong")


def _count(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"


def _as_object(linted: Sequence[Linted], notes: Sequence[str]) -> dict[str, object]:
    return {
        "ok": not any(one.problems for one in linted),
        "notes": list(notes),
        "checklists": [
            {
                "file": str(one.path),
                "problems": [
                    {"file": problem.file, "line": problem.line, "text": problem.text} for problem in one.problems
                ],
            }
            for one in linted
        ],
    }
