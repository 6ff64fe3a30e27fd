"""The eight simulated servers of the drill, and an engine that works on them."""

from __future__ import annotations

import itertools
import os
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from msgspec.structs import replace

from smtui.checklist.library import Library, lay_out, shipped_folder
from smtui.checklist.references import scope_of
from smtui.cli.deployment import DRILL_ENVIRONMENT, end_hosts, start_hosts
from smtui.engine.clock import Operator, SystemClock
from smtui.engine.core import Engine
from smtui.engine.recorder import Recorder
from smtui.engine.runner import Workshop
from smtui.environment import Environment, load_environment
from smtui.secrets.credentials import Account, Credentials
from smtui.secrets.redaction import Redactor
from smtui.secrets.secret import Secret
from smtui.session.events import InputGiven, Opened
from smtui.session.fold import Fold
from smtui.session.store import Store
from smtui.targets.connect import connector
from tests.benchmarks.making import STAMP, opened

ALL = "all-management-servers"
LIMIT = 120.0
"""Seconds after which something counts as hung."""


@contextmanager
def simulated(folder: Path, *faults: str) -> Iterator[tuple[Environment, Mapping[str, Account]]]:
    """The deployment as it is reached now; the group of all management servers has every server."""
    folder.mkdir()
    shutil.copyfile(DRILL_ENVIRONMENT, folder / "environment.toml")
    ready = start_hosts(folder, faults, "", {})
    try:
        environment = load_environment(folder / "environment.toml").overlaid(ready)
        environment = replace(environment, groups={ALL: tuple(server.name for server in environment.servers)})
        accounts = {name: Account(one["user"], Secret(one["password"])) for name, one in ready["accounts"].items()}
        yield environment, accounts
    finally:
        end_hosts(int(ready["pid"]))


@contextmanager
def engine_on(
    environment: Environment, accounts: Mapping[str, Account], folder: Path, checklist: str, answers: Mapping[str, str]
) -> Iterator[Engine]:
    """A session of a checklist, given as TOML with the id `c`, that may name the shipped scripts."""
    place = folder / "checklist"
    place.mkdir(parents=True)
    (place / "c.toml").write_text(checklist)
    (place / "scripts").symlink_to(shipped_folder() / "scripts")
    procedure = lay_out(place / "c.toml", Library([place]))
    first: Opened = opened("c")
    file = Store(folder / "sessions").create("c", first, {}, STAMP)
    recorder = Recorder(file, Fold.of(procedure, file.records), SystemClock(), Operator("ada@jump01", "local"))
    for name, value in answers.items():
        recorder.append(InputGiven(name=name, value=value))
    redactor, tokens = Redactor(), itertools.count(1)
    credentials = Credentials(environment, ask=input, environ={}, drill_accounts=accounts, redactor=redactor)
    workshop = Workshop(
        environment=environment,
        scope_of=lambda step: scope_of(step, procedure, environment, recorder.state.inputs),
        connect=connector(environment, credentials, odbc_libraries=None, environ=dict(os.environ)),
        redactor=redactor,
        new_output=file.new_output,
        new_token=lambda: f"{next(tokens):016x}",
    )
    engine = Engine(recorder, workshop, release=file.release)
    try:
        yield engine
    finally:
        engine.close()


def wait(engine: Engine) -> None:
    """Until nothing runs."""
    if not engine.idle.wait(LIMIT):
        raise TimeoutError("the engine hangs")


def remove(folder: Path) -> None:
    """What one round left."""
    subprocess.run(["rm", "-rf", str(folder)], check=True)
