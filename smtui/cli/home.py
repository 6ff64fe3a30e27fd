"""The commands that open the screens."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import click

from smtui.checklist.library import lay_out
from smtui.cli.deployment import PINNED, EnvironmentFile
from smtui.cli.desk import LocalDesk
from smtui.cli.failures import Failure
from smtui.cli.opening import Opening, resume, start
from smtui.cli.prompting import Passwords
from smtui.cli.questions import questions
from smtui.cli.surroundings import Surroundings, here
from smtui.cli.trusting import require_trusted_commands
from smtui.engine.core import Engine
from smtui.environment import load_environment
from smtui.tui.launch import run_app
from smtui.tui.terminal import refusal


def open_home(environment: str | None) -> int:
    """The home screen, for the deployment of a file where one is given."""
    file = EnvironmentFile.read(Path(environment)) if environment else None
    return on_screen(file)


def on_screen(
    file: EnvironmentFile | None,
    *,
    checklist: str | None = None,
    answers: Mapping[str, str] | None = None,
    faults: Sequence[str] = (),
    ticket: str | None = None,
    scenario: str | None = None,
) -> int:
    """The home screen; or a new session at once, when everything that its checklist asks is answered."""
    around = here()
    _need_screen(around)
    passwords = Passwords()
    if file is not None and file.mode != "drill":
        require_trusted_commands(around, file.environment, file.path)
        passwords.ask_now(file.environment, around.environ, around.keyring, click.echo)
    around.keyring.screen_opens()
    desk = LocalDesk(around, file, passwords.ask, faults)
    engine: Engine | None = None
    if checklist is not None and file is not None and _all_answered(around, checklist, file, answers or {}):
        opening = Opening(file, answers or {}, faults, ticket=ticket, scenario=scenario)
        engine = desk.keep(start(around, checklist, opening, passwords.ask))
    try:
        return run_app(desk, first=engine, checklist=checklist if engine is None else None)
    finally:
        desk.close()


def resumed(session: str) -> int:
    """One session, where it was."""
    around = here()
    _need_screen(around)
    passwords = Passwords()
    pinned = around.store.path(session) / PINNED
    environment = load_environment(pinned)
    if environment.kind != "drill":
        require_trusted_commands(around, environment, pinned)
        passwords.ask_now(environment, around.environ, around.keyring, click.echo)
    around.keyring.screen_opens()
    desk = LocalDesk(around, None, passwords.ask)
    engine = desk.keep(resume(around, session, passwords.ask))
    try:
        return run_app(desk, first=engine)
    finally:
        desk.close()


def _need_screen(around: Surroundings) -> None:
    """Refuse before anything is made or asked when no screen can be shown. Raises Failure."""
    reason = refusal(around.environ)
    if reason is not None:
        raise Failure(reason.removeprefix("smtui: "))


def _all_answered(around: Surroundings, checklist: str, file: EnvironmentFile, answers: Mapping[str, str]) -> bool:
    procedure = lay_out(around.library.find(checklist), around.library)
    return all(question.name in answers for question in questions(procedure, file.environment))
