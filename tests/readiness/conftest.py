"""Surveys of a simulated deployment in which exactly one thing is wrong."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from datetime import UTC, datetime
from pathlib import Path

import msgspec
import pytest
from msgspec.structs import replace

from smtui.checklist.library import shipped_folder
from smtui.checklist.procedure import Procedure
from smtui.drill.deployment import Options, deployed
from smtui.drill.faults import Faults, parse_fault
from smtui.environment import Environment, load_environment
from smtui.readiness.model import Report
from smtui.readiness.surroundings import Around
from smtui.readiness.survey import SCRIPTS, survey
from smtui.secrets.credentials import Account, Credentials
from smtui.secrets.secret import Secret
from smtui.targets.connect import connector

ENVIRONMENT = load_environment(Path(__file__).parents[2] / "smtui" / "drill" / "environment.toml")

Change = Callable[[Around], Around]


def nobody(prompt: str) -> str:
    raise EOFError


def loopback(name: str) -> Sequence[str]:
    return ("127.0.0.1",)


def around(environment: Environment, accounts: dict[str, Account], state_home: Path, driver: str | None) -> Around:
    credentials = Credentials(environment, nobody, {}, accounts)
    return Around(
        environment=environment,
        connect=connector(environment, credentials, odbc_libraries=None, odbc_driver=driver),
        scripts={name: (shipped_folder() / "scripts" / name).read_text("utf-8") for name in SCRIPTS},
        resolve=loopback,
        now=lambda: datetime.now(UTC),
        state_home=state_home,
    )


class Surveyor:
    """Surveys of one simulated deployment."""

    def __init__(self, environment: Environment, accounts: dict[str, Account], state_home: Path) -> None:
        self.environment, self.accounts, self.state_home = environment, accounts, state_home

    def __call__(
        self,
        procedure: Procedure | None = None,
        *,
        driver: str | None = os.environ.get("SMTUI_ODBC_DRIVER"),
        change: Change = lambda one: one,
    ) -> Report:
        """A survey, of the surroundings that `change` makes of the usual ones."""
        return survey(change(around(self.environment, self.accounts, self.state_home, driver)), procedure)


Simulated = Callable[..., AbstractContextManager[Surveyor]]


@pytest.fixture
def simulated(tmp_path: Path) -> Simulated:
    """A deployment with these faults; a context manager."""

    @contextmanager
    def run(*specs: str) -> Iterator[Surveyor]:
        faults = Faults([parse_fault(spec) for spec in specs])
        environ: dict[str, str] = {}
        number = len(list(tmp_path.glob("*.sqlite")))
        world = deployed(tmp_path / f"{number}.sqlite", environ, Options(faults=faults))
        with pytest.MonkeyPatch.context() as patch, world as deployment:
            patch.setenv("NTLM_USER_FILE", environ["NTLM_USER_FILE"])
            ready = msgspec.to_builtins(deployment.ready())
            accounts = {name: Account(one["user"], Secret(one["password"])) for name, one in ready["accounts"].items()}
            yield Surveyor(ENVIRONMENT.overlaid(ready), accounts, tmp_path)

    return run


def with_server(environment: Environment, name: str, **fields: object) -> Environment:
    """The environment with one server changed."""
    servers = tuple(replace(one, **fields) if one.name == name else one for one in environment.servers)
    return replace(environment, servers=servers)
