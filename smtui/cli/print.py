"""`smtui print`: a checklist on paper, for the day on which nothing else works."""

from __future__ import annotations

from pathlib import Path

import click


@click.command()
@click.argument("checklist")
@click.option(
    "--format", "form", type=click.Choice(["markdown", "html"]), default="markdown", help="Default: markdown."
)
@click.option("--output", "output", metavar="FILE", help="Where to write it; default: standard output.")
@click.option("-e", "--environment", "environment", metavar="FILE", help="Print the names of this deployment.")
@click.option("--input", "inputs", multiple=True, metavar="NAME=VALUE", help="With -e: answer a question.")
def command(checklist: str, form: str, output: str | None, environment: str | None, inputs: tuple[str, ...]) -> int:
    """Print CHECKLIST with boxes to tick, lines to write on, and its commands in an appendix.

    The HTML is one page without scripts, to be printed on A4. What has no name yet stands in < >.
    """
    from smtui.checklist.fit import misfits
    from smtui.checklist.library import lay_out, pinned_files
    from smtui.checklist.trust import fingerprint
    from smtui.cli.run import pairs
    from smtui.cli.surroundings import here
    from smtui.environment import load_environment
    from smtui.report.html import html_of
    from smtui.report.markdown import markdown_of
    from smtui.report.paper import paper_of
    from smtui.report.paper_names import Names

    library = here().library
    path = library.find(checklist)
    procedure = lay_out(path, library)
    answers = pairs(inputs, "--input")
    if answers and environment is None:
        raise click.UsageError("--input goes with -e.")
    known = {one.name for one in procedure.checklist.inputs}
    for name in answers.keys() - known:
        raise click.UsageError(f"--input {name}: the checklist has no such question; it asks {', '.join(known)}.")
    deployment = load_environment(Path(environment)) if environment else None
    document = paper_of(Names(procedure, deployment, answers), fingerprint(pinned_files(path, library)))
    text = html_of(document, []) if form == "html" else markdown_of(document)
    if output is None:
        click.echo(text, nl=False)
    else:
        Path(output).write_text(text, "utf-8")
    if deployment is not None:
        for said in dict.fromkeys(problem.text for problem in misfits(procedure, deployment, answers)):
            click.echo(f"left open: {said}", err=True)
    return 0
