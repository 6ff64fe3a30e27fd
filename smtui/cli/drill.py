"""`smtui drill`: practise on a simulated deployment."""

from __future__ import annotations

import click

from smtui.cli.declaring import Declaration, declaring

FIRST = "promote-management-server"


@click.command()
@click.argument("checklist", required=False)
@click.option(
    "--fault", "faults", multiple=True, metavar="SPEC", help="What goes wrong: KIND[:HOST[:SUBJECT]][*TIMES]."
)
@click.option("--state-group", metavar="GROUP", help="Share the session with a Unix group, to practise as two persons.")
@click.option("--plain", is_flag=True, help="As a dialogue of lines: for screen readers, serial consoles, scripts.")
@declaring
def command(
    checklist: str | None, faults: tuple[str, ...], state_group: str | None, plain: bool, declaration: Declaration
) -> int:
    """Open CHECKLIST on simulated hosts on this machine, in the state from which it makes sense.

    Without CHECKLIST unfinished drills are offered on the home screen; where there are none, the promotion of a
    management server opens. Faults are the awkward things that really happen: effect-lost, reboot, restore-aborted,
    wrong-key, script-drops, warehouse-ahead and many more; docs/drill.md lists all of them.
    """
    from smtui.checklist.library import lay_out
    from smtui.cli.deployment import drill_file
    from smtui.cli.home import on_screen
    from smtui.cli.questions import suggested
    from smtui.cli.surroundings import here

    around = here()
    file = drill_file()
    begin = checklist or (None if _unfinished_drills() else FIRST)
    if begin is None:
        return on_screen(file, plain=plain, faults=faults, declaration=declaration, group=state_group)
    answers = suggested(lay_out(around.library.find(begin), around.library), file.environment)
    return on_screen(
        file,
        plain=plain,
        checklist=begin,
        answers=answers,
        faults=faults,
        declaration=declaration,
        group=state_group,
    )


def _unfinished_drills() -> bool:
    from smtui.cli.surroundings import here

    store = here().store
    for session in store.ids():
        brief = store.brief(session)
        if brief.opened and brief.opened.mode == "drill" and not brief.completed:
            return True
    return False
