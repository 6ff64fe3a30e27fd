"""`smtui new`: the beginning of something of one's own."""

from __future__ import annotations

from pathlib import Path

import click

from smtui.cli.failures import Failure


@click.group()
def command() -> None:
    """Write the beginning of a checklist of your own."""


@command.command()
@click.argument("checklist_id", metavar="ID")
@click.option(
    "--output", "output", metavar="DIR", help="Where to write it; default: $XDG_CONFIG_HOME/smtui/checklists."
)
def checklist(checklist_id: str, output: str | None) -> int:
    """Write a checklist called ID with comments, an item by hand, an automatic item and its scripts.

    It is right as it is, so that smtui lint tells what you change. Nothing that is there already is overwritten.
    """
    from smtui.checklist.lint import WORD
    from smtui.checklist.starter import starter_files
    from smtui.cli.surroundings import here

    around = here()
    if not WORD.fullmatch(checklist_id):
        raise Failure(f"{checklist_id!r} is no id: write lower case words joined by hyphens, such as restart-portal")
    for path in around.library.paths():
        if path.stem == checklist_id:
            raise Failure(f"{checklist_id} is the id of {path}; yours would take its place")
    folder = Path(output) if output else around.config_home / "smtui" / "checklists"
    files = {folder / name: text for name, text in starter_files(checklist_id).items()}
    _write(files)
    for path in files:
        click.echo(path)
    named = checklist_id if output is None else folder / f"{checklist_id}.toml"
    click.echo(f"Read it, change it, and look at it with: smtui lint {named}")
    return 0


def _write(files: dict[Path, str]) -> None:
    """All of them or, where one is in the way, none."""
    for path in files:
        if path.exists() or path.is_symlink():
            raise Failure(f"{path} is there already; nothing was written")
    for path, text in files.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("x", encoding="utf-8") as file:
            file.write(text)
