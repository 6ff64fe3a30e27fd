"""What is wrong gets one clear line that says what to do; what was recorded before stays."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from smtui.cli.deployment import DRILL_ENVIRONMENT
from smtui.cli.failures import Failure
from smtui.cli.looking import mode_of
from smtui.cli.surroundings import Surroundings

from .conftest import LIMIT, Program

PASSWORDS = {"SM_PASSWORD": "smadmin", "SQL_PASSWORD": "sqladmin"}


@dataclass(frozen=True)
class Lab:
    """Simulated hosts reached through an environment file as real ones are."""

    ready: dict[str, Any]
    folder: Path
    process: subprocess.Popen[bytes]

    def environment(self, text: str | None = None) -> Path:
        """Write the environment file."""
        path = self.folder / "lab.toml"
        path.write_text(text or self.text())
        return path

    def text(self) -> str:
        """The drill's own environment as a file for an exercise, with addresses and password variables."""
        text = DRILL_ENVIRONMENT.read_text().replace('kind = "drill"', 'kind = "exercise"')
        for name, at in self.ready["servers"].items():
            text = text.replace(f'name = "{name}"\n', f'name = "{name}"\n{self._reach(at)}', 1)
        for name, at in self.ready["sql"].items():
            reach = f'server = "{name}"\n{self._reach(at)}'
            text = re.sub(rf'server = "{name}"\n(port = \d+\n)?', reach.replace("\\", "\\\\"), text)
        for variable, name in PASSWORDS.items():
            text = re.sub(
                rf'(\[credentials\.{name}\]\nuser = [^\n]+\nsources = )\["drill"\]',
                rf'\1["environment"]\nvariable = "{variable}"',
                text,
            )
        return text

    def _reach(self, at: dict[str, Any]) -> str:
        return f'address = "{at["address"]}"\nport = {at["port"]}\nca_file = "{self.ready["ca_file"]}"\n'

    def variables(self) -> dict[str, str]:
        """The passwords as environment variables."""
        return {variable: self.ready["accounts"][name]["password"] for variable, name in PASSWORDS.items()}


@pytest.fixture
def lab(tmp_path: Path) -> Iterator[Lab]:
    folder = tmp_path / "lab"
    folder.mkdir()
    ready = folder / "ready.json"
    command = [sys.executable, "-m", "smtui.drill", "--world", str(folder / "world.sqlite"), "--ready", str(ready)]
    process = subprocess.Popen(command, stdin=subprocess.DEVNULL)
    deadline = time.monotonic() + LIMIT
    while not ready.exists():
        assert process.poll() is None
        assert time.monotonic() < deadline
        time.sleep(0.02)
    yield Lab(json.loads(ready.read_bytes()), folder, process)
    process.terminate()
    process.wait()


RUN = ("run", "promote-management-server", "--input", "promoted=SM02", "--input", "former=SM01")
TOLD = ("--confirm", "baseline.announce=told")


def line(text: str) -> str:
    """The only line of a message."""
    lines = text.strip().splitlines()
    assert len(lines) == 1, text
    assert "Traceback" not in text
    return lines[0]


def test_a_lab_is_reached_as_real_hosts_are(smtui: Program, lab: Lab) -> None:
    done = smtui(*RUN, *TOLD, "-e", str(lab.environment()), code=3, **lab.variables())
    items = smtui.items(smtui.session())
    assert items["baseline.target-identity"]["status"] == "done", done.stdout
    assert items["baseline.workflow-server"]["status"] == "done", done.stdout
    assert smtui.json("show", smtui.session())["mode"] == "exercise"


def test_a_checklist_that_is_not_there(smtui: Program) -> None:
    assert "promote-management-server" in line(smtui("run", "promote-managment-server", "--drill", code=2).stderr)


def test_an_environment_file_that_is_not_there(smtui: Program) -> None:
    assert "nowhere.toml" in line(smtui(*RUN, "-e", "nowhere.toml", code=2).stderr)


def test_an_environment_file_that_is_broken(smtui: Program, tmp_path: Path) -> None:
    broken = tmp_path / "broken.toml"
    broken.write_text('[environment]\nname = "x\n')
    assert re.search(r"broken\.toml:2", line(smtui(*RUN, "-e", str(broken), code=2).stderr))


def test_every_mistake_of_an_environment_file_at_once(smtui: Program, lab: Lab) -> None:
    text = (
        lab.text()
        .replace('credential = "smadmin"', 'credental = "smadmin"')
        .replace('server = "SQL01"', 'server = "SQL9"')
    )
    told = smtui(*RUN, "-e", str(lab.environment(text)), code=2).stderr
    assert "credential" in told
    assert "SQL9" in told
    assert all(re.search(r"lab\.toml:\d+", one) for one in told.strip().splitlines())


def test_a_server_that_is_not_in_the_environment(smtui: Program) -> None:
    told = line(smtui("run", "promote-management-server", "--drill", "--input", "promoted=SM99", code=2).stderr)
    assert "SM99" in told
    assert "SM02" in told


def test_a_data_warehouse_server_cannot_be_promoted(smtui: Program) -> None:
    told = smtui("run", "promote-management-server", "--drill", "--input", "promoted=DW01", code=2).stderr
    assert "DW01" in line(told)


def test_a_wrong_password_is_tried_twice_and_no_more(smtui: Program, lab: Lab) -> None:
    environ = {**lab.variables(), "SM_PASSWORD": "not-the-password"}
    done = smtui(*RUN, *TOLD, "-e", str(lab.environment()), code=3, **environ)
    session = smtui.session()
    assert "refused the account" in done.stdout
    assert "not-the-password" not in done.stdout + done.stderr + smtui.journal(session)
    assert smtui.items(session)["baseline.announce"]["status"] == "done"
    again = ("run", "promote-management-server", "--session", session)
    smtui(*again, code=3, **lab.variables())
    assert smtui.items(session)["baseline.target-identity"]["status"] == "done"


def test_no_password_at_all(smtui: Program, lab: Lab) -> None:
    done = smtui(*RUN, *TOLD, "-e", str(lab.environment()), code=3)
    assert "environment (SM_PASSWORD) had none" in done.stdout


def test_a_host_that_is_down(smtui: Program) -> None:
    done = smtui("run", "promote-management-server", "--drill", "--fault", "not-listening:SM02", *TOLD, code=3)
    assert "SM02" in done.stdout
    assert smtui.items(smtui.session())["baseline.target-identity"]["status"] == "todo"


def test_a_certificate_of_another_name(smtui: Program, lab: Lab) -> None:
    text = lab.text().replace("sm02.contoso.test", "sm92.contoso.test")
    done = smtui(*RUN, *TOLD, "-e", str(lab.environment(text)), code=3, **lab.variables())
    assert "certificate" in done.stdout
    assert "sm92.contoso.test" in done.stdout


def test_a_database_that_is_missing(smtui: Program, lab: Lab) -> None:
    text = lab.text().replace('name = "ServiceManager"', 'name = "ServiceManger"')
    done = smtui(*RUN, *TOLD, "-e", str(lab.environment(text)), code=None, **lab.variables())
    assert done.returncode in (1, 3)
    assert "ServiceManger" in done.stdout


def test_no_odbc_driver_manager(smtui: Program) -> None:
    done = smtui(
        "run", "promote-management-server", "--drill", *TOLD, code=3, SMTUI_ODBC_DRIVER="/nowhere/libmsodbcsql.so"
    )
    assert "/nowhere/libmsodbcsql.so" in done.stdout
    assert smtui.items(smtui.session())["baseline.target-role"]["status"] == "done"


def test_a_session_that_is_not_there(smtui: Program) -> None:
    none = line(smtui("show", "2026-01-01T0000Z-x", code=2).stderr)
    assert none == f"smtui: there is no session 2026-01-01T0000Z-x; there are none in {smtui.sessions}"
    smtui("run", "promote-management-server", "--drill", code=3)
    for command in (("show",), ("run", "promote-management-server", "--session")):
        assert line(smtui(*command, "nosuch", code=2).stderr).endswith(f"nosuch; there are: {smtui.session()}")


def test_a_journal_that_cannot_be_read_is_named_with_the_reason(smtui: Program) -> None:
    smtui("run", "promote-management-server", "--drill", code=3)
    session = smtui.session()
    journal = smtui.sessions / session / "session.toml"
    journal.rename(journal.with_name("elsewhere"))
    journal.mkdir()
    rehearsed = ("run", "promote-management-server", "--session", session, "--confirm-by-hand", "rehearsal")
    assert line(smtui(*rehearsed, code=2).stderr).endswith("session.toml: not a regular file")
    around = Surroundings(environ=smtui.environ, home=smtui.home, prefix=Path(sys.prefix))
    with pytest.raises(Failure, match=r"session\.toml: not a regular file"):
        mode_of(around, session)


def test_flags_for_drills_are_refused_for_real_deployments(smtui: Program, lab: Lab) -> None:
    done = smtui(*RUN, "-e", str(lab.environment()), "--confirm-by-hand", "no", code=2, **lab.variables())
    assert "drills only" in line(done.stderr)
    assert not smtui.sessions.exists() or not list(smtui.sessions.iterdir())


@pytest.mark.parametrize(
    ("options", "word"),
    [
        (("--confirm", "baseline.anounce=told"), "baseline.announce"),
        (("--authorise", "promote.promotion=SQL01"), "promote.promote"),
        (("--choose", "no.such=way"), "no such item"),
        (("--fault", "bogus"), "effect-lost"),
        (("--fault", "reset:NOSUCH"), "SM02"),
    ],
)
def test_a_slip_on_the_command_line_makes_no_session(smtui: Program, options: tuple[str, ...], word: str) -> None:
    told = smtui("run", "promote-management-server", "--drill", *options, code=2).stderr
    assert word in line(told)
    assert not smtui.sessions.exists()
