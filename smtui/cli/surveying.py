"""Looks over a deployment for the command and for the screens: the same checks, told in the same words."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from smtui.checklist.library import shipped_folder
from smtui.checklist.procedure import Procedure
from smtui.cli.deployment import Deployment, reach, running_hosts
from smtui.cli.environment_file import PINNED, EnvironmentFile
from smtui.cli.looking import read_state
from smtui.cli.opening import Ask
from smtui.cli.surroundings import Surroundings
from smtui.cli.trusting import require_trusted_commands
from smtui.environment import load_environment
from smtui.readiness.model import Report
from smtui.readiness.network import addresses_of
from smtui.readiness.surroundings import Around
from smtui.readiness.survey import SCRIPTS, Told, survey
from smtui.secrets.credentials import Credentials
from smtui.targets.connect import connector
from smtui.telling.ports import Readiness, Shortcoming


@contextmanager
def of_file(around: Surroundings, file: EnvironmentFile, faults: Sequence[str] = ()) -> Iterator[Deployment]:
    """The deployment of a file; simulated hosts live as long as it is looked at."""
    if file.mode != "drill":
        require_trusted_commands(around, file.environment, file.path)
        yield Deployment(file.mode, file.environment, file.environment.located(file.path.parent))
        return
    with _simulated(file.path, faults) as deployment:
        yield deployment


@contextmanager
def of_session(folder: Path) -> Iterator[Deployment]:
    """The deployment of a session as it is reached now. A drill whose hosts have ended is given others to look at."""
    environment = load_environment(folder / PINNED)
    if environment.kind != "drill" or running_hosts(folder) is not None:
        yield reach(folder, environment.kind)
        return
    with _simulated(folder / PINNED, ()) as deployment:
        yield deployment


@contextmanager
def _simulated(file: Path, faults: Sequence[str]) -> Iterator[Deployment]:
    folder = Path(tempfile.mkdtemp(prefix="smtui-check-"))
    try:
        shutil.copyfile(file, folder / PINNED)
        yield reach(folder, "drill", checklist="", faults=faults)
    finally:
        shutil.rmtree(folder)  # the simulated hosts end when their world is gone


def look_over(
    around: Surroundings,
    deployment: Deployment,
    procedure: Procedure | None,
    ask: Ask,
    told: Told = lambda *_: None,
) -> Report:
    """All checks, or those of what a procedure may touch; `told` hears of each look that is over."""
    credentials = Credentials(
        deployment.reached,
        ask=ask,
        environ=around.environ,
        drill_accounts=deployment.accounts,
        keyring=around.keyring,
    )
    connect = connector(
        deployment.reached,
        credentials,
        odbc_libraries=around.odbc_libraries,
        odbc_driver=around.environ.get("SMTUI_ODBC_DRIVER"),
    )
    folder = shipped_folder() / "scripts"
    return survey(
        Around(
            environment=deployment.reached,
            connect=connect,
            scripts={name: (folder / name).read_text("utf-8") for name in SCRIPTS},
            resolve=addresses_of,
            now=lambda: datetime.now(UTC),
            state_home=around.state_home,
            shared=around.shared,
            last_exercise=_last_exercise(around, deployment.environment.name),
        ),
        procedure,
        told,
    )


def readiness_of(
    around: Surroundings, of: EnvironmentFile | str, ask: Ask, told: Told, faults: Sequence[str]
) -> Readiness:
    """What a screen shows of a deployment: of a file, or of a session by its id, then of what its items touch."""
    if isinstance(of, str):
        procedure = read_state(around, of)[0].procedure
        with of_session(around.store.path(of)) as deployment:
            report = look_over(around, deployment, procedure, ask, told)
    else:
        with of_file(around, of, faults) as deployment:
            report = look_over(around, deployment, None, ask, told)
    found = (Shortcoming(one.check, one.subject, one.text, one.remedy, one.level) for one in report.findings)
    return Readiness(report.ready, report.at, report.looked_at, tuple(found))


def _last_exercise(around: Surroundings, environment: str) -> datetime | None:
    """When an exercise of this deployment was last completed by this user."""
    for session in around.store.ids():
        brief = around.store.brief(session)
        opened, last = brief.opened, brief.last
        if opened is None or last is None or opened.mode != "exercise" or opened.environment != environment:
            continue
        if brief.completed:
            return last.stamp.at
    return None
