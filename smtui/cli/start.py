"""`smtui start`: a session on a real deployment."""

from __future__ import annotations

from pathlib import Path

import click

from smtui.cli.declaring import Declaration, declaring


@click.command()
@click.argument("checklist", required=False)
@click.option("-e", "--environment", "environment", metavar="FILE", required=True, help="The deployment.")
@click.option("--input", "inputs", multiple=True, metavar="NAME=VALUE", help="Answer a question of the checklist.")
@click.option("--ticket", help="Number of the incident or change, for the record.")
@click.option("--scenario", help="What is being recovered from, for the record.")
@click.option("--plain", is_flag=True, help="As a dialogue of lines: for screen readers, serial consoles, scripts.")
@declaring
def command(  # noqa: PLR0917  one parameter for each option
    checklist: str | None,
    environment: str,
    inputs: tuple[str, ...],
    ticket: str | None,
    scenario: str | None,
    plain: bool,
    declaration: Declaration,
) -> int:
    """Start CHECKLIST on the deployment of FILE; without CHECKLIST the home screen opens.

    Questions that --input leaves open are asked on the screen. Passwords are asked for before it opens.
    """
    from smtui.cli.environment_file import EnvironmentFile
    from smtui.cli.home import on_screen
    from smtui.cli.run import pairs

    file = EnvironmentFile.read(Path(environment))
    answers = pairs(inputs, "--input")
    return on_screen(
        file,
        plain=plain,
        checklist=checklist,
        answers=answers,
        ticket=ticket,
        scenario=scenario,
        declaration=declaration,
    )
