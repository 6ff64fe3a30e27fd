"""The commands that open the screens."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import click

from smtui.cli.declaring import NOTHING, Declaration
from smtui.cli.desk import LocalDesk
from smtui.cli.prompting import Passwords
from smtui.cli.surroundings import Surroundings, here

if TYPE_CHECKING:  # the home screen is painted before sessions and checklists are read, or what reads them is loaded
    from collections.abc import Mapping, Sequence

    from smtui.cli.beginning import Opening
    from smtui.cli.environment_file import EnvironmentFile
    from smtui.engine.core import Engine
    from smtui.environment import Environment
    from smtui.telling.ports import Desk, EnginePort


def open_home(environment: str | None, *, plain: bool = False) -> int:
    """The home screen, for the deployment of a file where one is given."""
    file: EnvironmentFile | None = None
    if environment:
        from smtui.cli.environment_file import EnvironmentFile

        file = EnvironmentFile.read(Path(environment))
    return on_screen(file, plain=plain)


def on_screen(
    file: EnvironmentFile | None,
    *,
    plain: bool = False,
    checklist: str | None = None,
    answers: Mapping[str, str] | None = None,
    faults: Sequence[str] = (),
    ticket: str | None = None,
    scenario: str | None = None,
    declaration: Declaration = NOTHING,
    group: str | None = None,
) -> int:
    """The home screen; or a new session at once, when everything that its checklist asks is answered.

    With `plain` all of it is a dialogue of lines.
    """
    around = here()
    show = _show(around, plain=plain)
    passwords = Passwords()
    if file is not None and file.mode != "drill":
        _obtain_passwords(around, file.environment, file.path, passwords)
    around.keyring.screen_opens()
    opening: Opening | None = None
    if file is not None:
        from smtui.cli.beginning import Opening

        opening = Opening(
            file, answers or {}, faults, ticket=ticket, scenario=scenario, declaration=declaration, group=group
        )
    desk = LocalDesk(around, file, passwords.ask, faults, opening)
    engine: Engine | None = None
    if (
        checklist is not None
        and file is not None
        and opening is not None
        and _all_answered(around, checklist, file, answers or {})
    ):
        from smtui.cli.opening import start

        engine = desk.keep(start(around, checklist, opening, passwords.ask))
    try:
        return show(desk, first=engine, checklist=checklist if engine is None else None)
    finally:
        desk.close()


def resumed(session: str, *, plain: bool = False, take_over: str | None = None, mirror: str | None = None) -> int:
    """One session, where it was; with `mirror`, a folder, from its copy there.

    One that another program ends is waited for; `take_over` asks it to.
    """
    from smtui.cli.environment_file import PINNED
    from smtui.cli.looking import verdict_of
    from smtui.cli.opening import resume
    from smtui.cli.taking import held_by_nobody
    from smtui.environment import load_environment

    around = here()
    show = _show(around, plain=plain)
    if mirror is not None:
        from smtui.cli.mirroring import fetch

        fetch(around, session, mirror)
    verdict = verdict_of(around, session)
    passwords = Passwords()
    pinned = around.store.path(session) / PINNED
    environment = load_environment(pinned)
    if environment.kind != "drill":
        _obtain_passwords(around, environment, pinned, passwords)
    around.keyring.screen_opens()
    desk = LocalDesk(around, None, passwords.ask)
    if verdict is not None:
        return show(desk, first=desk.view(session))
    with held_by_nobody(around, session, click.echo, take_over) as taken_over:
        engine = desk.keep(resume(around, session, passwords.ask, taken_over=taken_over))
    try:
        return show(desk, first=engine)
    finally:
        desk.close()


def _obtain_passwords(around: Surroundings, environment: Environment, path: Path, passwords: Passwords) -> None:
    """Before the screen has the terminal; nothing is loaded for a deployment without accounts."""
    if environment.credentials:
        from smtui.cli.trusting import require_trusted_commands

        require_trusted_commands(around, environment, path)
        passwords.ask_now(environment, around.environ, around.keyring, click.echo)


class Show(Protocol):
    """What a session is opened for: screens or lines."""

    def __call__(self, desk: Desk, *, first: EnginePort | None = None, checklist: str | None = None) -> int:
        """Show the desk, over it the session `first` or the questions of `checklist`; the exit code."""


def _show(around: Surroundings, *, plain: bool) -> Show:
    """Refuses before anything is made or asked when no screen can be shown. Raises Failure."""
    if plain:
        from smtui.cli.dialogue import run_dialogue

        return run_dialogue
    from smtui.cli.failures import Failure
    from smtui.tui.launch import run_app
    from smtui.tui.settings import SettingsError, load_settings
    from smtui.tui.terminal import refusal

    reason = refusal(around.environ)
    if reason is not None:
        raise Failure(reason.removeprefix("smtui: "))
    try:
        settings = load_settings(around.config_home / "smtui" / "settings.toml")
    except SettingsError as error:
        raise Failure(str(error)) from None
    return partial(run_app, settings=settings)


def _all_answered(around: Surroundings, checklist: str, file: EnvironmentFile, answers: Mapping[str, str]) -> bool:
    from smtui.checklist.library import lay_out
    from smtui.cli.questions import questions

    procedure = lay_out(around.library.find(checklist), around.library)
    return all(question.name in answers for question in questions(procedure, file.environment))
