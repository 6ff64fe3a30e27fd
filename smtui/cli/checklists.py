"""`smtui checklists`: what can be started."""

from __future__ import annotations

import json

import click


@click.command()
@click.option("--json", "as_json", is_flag=True, help="As JSON, a list of objects.")
def command(as_json: bool) -> int:
    """List the shipped checklists and the site's own."""
    from smtui.checklist.library import lay_out
    from smtui.cli.surroundings import here
    from smtui.text import one_line

    library = here().library
    rows = []
    for checklist in library.listing():
        procedure = lay_out(library.find(checklist.id), library)
        rows.append(
            {
                "id": checklist.id,
                "title": checklist.title,
                "version": checklist.version,
                "source": checklist.source,
                "summary": " ".join(checklist.summary.split()),
                "rto_seconds": checklist.rto,
                "inputs": [{"name": one.name, "type": one.type, "prompt": one.prompt} for one in checklist.inputs],
                "items": len(procedure.steps),
                "automatic": sum(1 for step in procedure.steps if step.item.run is not None),
            }
        )
    if as_json:
        click.echo(json.dumps(rows, indent=2))
        return 0
    for row in rows:
        click.echo(f"{row['id']}  (version {row['version']}, {row['items']} items, {row['automatic']} automatic)")
        click.echo(f"    {one_line(str(row['title']))}")
    return 0
