"""`smtui run`: a checklist without a terminal."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from smtui.cli.declaring import Declaration, declaring
from smtui.cli.failures import Failure

if TYPE_CHECKING:
    from smtui.cli.headless import Mandate
    from smtui.engine.core import Engine

_UNITS = {"s": 1.0, "m": 60.0, "h": 3600.0}
DRILLS_ONLY = (
    "--confirm-by-hand and --fault exist in drills only; elsewhere name each item with --confirm or --authorise"
)


@click.command()
@click.argument("checklist")
@click.option("--drill", "drill", is_flag=True, help="On the simulated deployment of this machine.")
@click.option("-e", "--environment", "environment", metavar="FILE", help="On the real deployment of this file.")
@click.option("--input", "inputs", multiple=True, metavar="NAME=VALUE", help="Answer a question of the checklist.")
@click.option("--choose", multiple=True, metavar="ITEM=BRANCH", help="Take a branch at an item.")
@click.option("--confirm", multiple=True, metavar="ITEM=REASON", help="A hand item was done; the words for the record.")
@click.option("--authorise", multiple=True, metavar="ITEM=TARGET", help="Allow an item that cannot be taken back.")
@click.option("--break-glass", multiple=True, metavar="ITEM=REASON", help="Do an item without its second person.")
@click.option(
    "--approval-timeout", metavar="DURATION", default="30m", help="How long a second person is waited for [30m]."
)
@click.option("--confirm-by-hand", metavar="REASON", help="In drills: confirm all hand items, authorise all others.")
@click.option("--fault", "faults", multiple=True, metavar="SPEC", help="In drills: what goes wrong (see smtui drill).")
@click.option("--state-group", metavar="GROUP", help="In drills: share the session with a Unix group.")
@click.option("--session", metavar="ID", help="Go on with this session instead of opening a new one.")
@click.option("--take-over", metavar="REASON", help="With --session: ask the program that has it open to let it go.")
@click.option("--from", "mirror", metavar="DIR", help="With --session: go on from its copy in this mirror folder.")
@click.option("--ticket", help="Number of the incident or change, for the record.")
@click.option("--scenario", help="What is being recovered from, for the record.")
@declaring
def command(  # noqa: PLR0917  one parameter for each option
    checklist: str,
    drill: bool,
    environment: str | None,
    inputs: tuple[str, ...],
    choose: tuple[str, ...],
    confirm: tuple[str, ...],
    authorise: tuple[str, ...],
    break_glass: tuple[str, ...],
    approval_timeout: str,
    confirm_by_hand: str | None,
    faults: tuple[str, ...],
    state_group: str | None,
    session: str | None,
    take_over: str | None,
    mirror: str | None,
    ticket: str | None,
    scenario: str | None,
    declaration: Declaration,
) -> int:
    """Work through CHECKLIST (an id or a file) and stop at the first item that needs a person (exit code 3).

    Hand items are confirmed one by one with --confirm; only in drills --confirm-by-hand does all of them. An item that
    takes a second person is waited for (smtui approve); --break-glass does without them, and --confirm-by-hand too.
    """
    from smtui.checklist.library import lay_out
    from smtui.cli.beginning import Opening
    from smtui.cli.deployment import check_faults, drill_file
    from smtui.cli.environment_file import EnvironmentFile
    from smtui.cli.headless import COMPLETE, WITH_EXCEPTIONS, Mandate, check_names
    from smtui.cli.looking import mode_of, read_state, verdict_of
    from smtui.cli.mirroring import fetch
    from smtui.cli.opening import resume, start
    from smtui.cli.prompting import ask_password
    from smtui.cli.questions import suggested
    from smtui.cli.surroundings import here
    from smtui.cli.taking import held_by_nobody

    if session is None and drill == (environment is not None):
        raise click.UsageError("Say where: --drill, or -e FILE for a real deployment.")
    mandate = Mandate(
        confirm=pairs(confirm, "--confirm"),
        authorise=pairs(authorise, "--authorise"),
        choose=pairs(choose, "--choose"),
        break_glass=pairs(break_glass, "--break-glass"),
        approval_timeout=_seconds(approval_timeout, "--approval-timeout"),
        rehearsal=confirm_by_hand or "",
    )
    answers = pairs(inputs, "--input")
    around = here()
    rehearsed = bool(confirm_by_hand or faults)
    check_faults(faults)
    if session is not None:
        if mirror is not None:
            fetch(around, session, mirror)
        if (verdict := verdict_of(around, session)) is not None:
            click.echo(f"{session} is {verdict} already; nothing is left to do. Its evidence: smtui report {session}")
            return COMPLETE if verdict == "complete" else WITH_EXCEPTIONS
        check_names(mandate, read_state(around, session)[0].procedure)
        if rehearsed and mode_of(around, session) != "drill":
            raise Failure(DRILLS_ONLY)
        with held_by_nobody(around, session, click.echo, take_over) as taken_over:
            engine = resume(around, session, ask_password, faults, taken_over)
    else:
        if rehearsed and not drill:
            raise Failure(DRILLS_ONLY)
        if state_group and not drill:
            raise Failure("--state-group is for drills; elsewhere the environment file says it (state_group)")
        file = drill_file() if drill else EnvironmentFile.read(Path(environment or ""))
        procedure = lay_out(around.library.find(checklist), around.library)
        check_names(mandate, procedure)
        given = {**suggested(procedure, file.environment), **answers} if drill else answers
        opening = Opening(
            file, given, faults, ticket=ticket, scenario=scenario, declaration=declaration, group=state_group
        )
        engine = start(around, checklist, opening, ask_password)
    return _see_through(engine, mandate)


def _see_through(engine: Engine, mandate: Mandate) -> int:
    """Work until a person is needed or a signal comes, and give the session back; the exit code."""
    from smtui.cli.headless import Interruption, resume_hint, work
    from smtui.cli.lines import Lines
    from smtui.cli.signals import Signals
    from smtui.telling.risks import told_risks

    lines, signals = Lines(), Signals()

    def tell(name: str) -> None:
        lines.say(f"stopped: ended by {name}")
        lines.say(resume_hint(engine.state.session))
        lines.finish()

    signals.install(engine.leave, tell)
    lines.say(_banner(engine.state.mode, engine.state.environment, engine.state.session))
    if engine.state.insecure:
        lines.say(told_risks(engine.state.insecure))
    try:
        return work(engine, mandate, lines.say, Interruption(engine, signals))
    finally:
        engine.drain()
        engine.close()
        lines.finish()


def pairs(options: tuple[str, ...], name: str) -> dict[str, str]:
    """`NAME=VALUE` options as a mapping; a usage error names the one that is not."""
    found: dict[str, str] = {}
    for option in options:
        key, equals, value = option.partition("=")
        if not equals or not key.strip() or not value.strip():
            raise click.UsageError(f"{name} {option}: write NAME=VALUE, both not empty.")
        found[key.strip()] = value.strip()
    return found


def _seconds(text: str, option: str) -> float:
    """A duration as checklists write it, `90s`, `30m`, `2h`, in seconds."""
    number, unit = text[:-1], text[-1:]
    if not (number.isascii() and number.isdecimal() and len(number) <= 6 and unit in _UNITS):
        raise click.UsageError(f"{option} {text}: write a duration as 90s, 30m or 2h.")
    return float(number) * _UNITS[unit]


def _banner(mode: str, environment: str, session: str) -> str:
    what = {"drill": "DRILL ON SIMULATED HOSTS", "exercise": "EXERCISE", "recovery": "RECOVERY"}[mode]
    return f"{what}: {environment}, session {session}"
