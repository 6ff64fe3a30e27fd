"""One automatic item over WinRM, run and looked at, beside two commands of other clients; 20 ms for a round trip.

    python -m tests.benchmarks.winrm_item

All of them log on by NTLM over TLS to the same simulated host, through the same link. The others keep their client
object between commands. Each side's commands do next to nothing, so what is measured is the way there and back.
Ansible is run as a program; what two of its `raw` tasks take is the difference between a play of many and one of few.
"""

from __future__ import annotations

import itertools
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from pypsrp.client import Client
from winrm import Session

from smtui.checklist.library import Library, lay_out
from smtui.checklist.references import scope_of
from smtui.engine.clock import Operator, SystemClock
from smtui.engine.core import Engine
from smtui.engine.recorder import Recorder
from smtui.engine.runner import Workshop
from smtui.environment import Credential, Environment, Server
from smtui.secrets.credentials import Account, Credentials
from smtui.secrets.redaction import Redactor
from smtui.secrets.secret import Secret
from smtui.session.events import Opened
from smtui.session.fold import Fold
from smtui.session.store import Store
from smtui.targets.connect import connector
from tests.benchmarks import page
from tests.benchmarks.making import ROOT
from tests.benchmarks.rows import STATED, Figure, Row, faster, in_turn, ratio, speedup, taken_in_turn, timed
from tests.drill.windows.windows_support import ACCOUNT

ROUND_TRIP = 0.02
ROUNDS, PLAYS, TASKS = 21, 3, 10
PATIENCE = 60.0
HEAD = '[checklist]\nid = "c"\ntitle = "C"\nversion = "1"\nsource = "benchmark"\n[[section]]\nid = "s"\ntitle = "S"\n'
LOOK = 'on = "management-server", script = "service-status.ps1", with = { name = "OMSDK" }'
ITEM = f"""[[section.item]]
id = "i%d"
title = "An item"
by_hand = "By hand."
run = {{ {LOOK} }}
sense = {{ {LOOK}, expect = {{ status = "Running" }} }}
"""


@dataclass(frozen=True, slots=True)
class Host:
    """A simulated host in a process of its own."""

    port: int
    ca_file: str


@contextmanager
def _host(folder: Path) -> Iterator[Host]:
    command = (sys.executable, "-m", "tests.benchmarks.slow_host", str(folder), str(ROUND_TRIP))
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        port, ca_file = process.stdout.readline().split()
        yield Host(int(port), ca_file)  # Popen closes its standard input, which ends it


class Recovery:
    """A session of many items on one server."""

    def __init__(self, folder: Path, host: Host, *, hosted: bool) -> None:
        folder.mkdir()
        shutil.copytree(ROOT / "checklists" / "scripts", folder / "scripts")
        (folder / "c.toml").write_text(HEAD + "".join(ITEM % number for number in range(4 * ROUNDS)), "utf-8")
        server = Server(
            name="SM02", fqdn="localhost", address="127.0.0.1", port=host.port, roles=("management-server",),
            transport="ntlm", ca_file=host.ca_file, credential="admin", host_process=hosted,
        )  # fmt: skip
        environment = Environment(
            name="Contoso", kind="drill", management_group="SM", servers=(server,),
            credentials={"admin": Credential(user=ACCOUNT.user, sources=("drill",))},
        )  # fmt: skip
        procedure = lay_out(folder / "c.toml", Library([folder]))
        opened = Opened(
            format=1, session="s", checklist="c", title="C", version="1", mode="drill", environment="Contoso",
            files=(), smtui="0", machine="here", boot_id="b",
        )  # fmt: skip
        operator = Operator("op@here", "local")
        file = Store(folder / "sessions").create("s", opened, {}, operator.stamp(SystemClock()))
        recorder = Recorder(file, Fold.of(procedure, file.records), SystemClock(), operator)
        redactor, tokens = Redactor(), itertools.count()
        credentials = Credentials(
            environment,
            ask=input,
            environ={},
            drill_accounts={"admin": Account(ACCOUNT.user, Secret(ACCOUNT.password))},
            redactor=redactor,
        )
        workshop = Workshop(
            environment=environment,
            scope_of=lambda step: scope_of(step, procedure, environment, recorder.state.inputs),
            connect=connector(environment, credentials, odbc_libraries=None, environ={}),
            redactor=redactor,
            new_output=file.new_output,
            new_token=lambda: f"token{next(tokens)}",
        )
        self._engine = Engine(recorder, workshop, release=file.release)
        self._items = iter(procedure.by_id)

    def item(self) -> None:
        """Run the next one, and look at it."""
        item = next(self._items)
        self._engine.run(item)
        if not self._engine.idle.wait(PATIENCE) or self._engine.state.items[item].grade != "verified":
            raise RuntimeError(f"{item} is {self._engine.state.items[item]}")

    def close(self) -> None:
        self._engine.drain(PATIENCE)
        self._engine.close()


def measure(scratch: Path) -> Iterator[Figure]:
    """Everybody in turn with ours."""
    with ExitStack() as stack:
        host = stack.enter_context(_host(scratch / "host"))
        ours = stack.enter_context(closing(Recovery(scratch / "kept", host, hosted=True)))
        each = stack.enter_context(closing(Recovery(scratch / "each", host, hosted=False)))
        session = Session(
            f"https://localhost:{host.port}/wsman", auth=(ACCOUNT.user, ACCOUNT.password), transport="ntlm",
            ca_trust_path=host.ca_file, server_cert_validation="validate", proxy=None,
        )  # fmt: skip
        client = stack.enter_context(
            Client(
                "localhost",
                username=ACCOUNT.user,
                password=ACCOUNT.password,
                port=host.port,
                auth="ntlm",
                cert_validation=host.ca_file,
                no_proxy=True,
            )
        )
        first = timed(ours.item)
        what, wanted = "an automatic item over WinRM, 20 ms round trip", faster(3)
        twice = partial(_twice, lambda: session.run_ps("hostname"))
        yield speedup(what, "two `pywinrm` `Session.run_ps`", wanted, in_turn(ours.item, twice, times=ROUNDS))
        twice = partial(_twice, lambda: client.execute_cmd("hostname"))
        yield speedup(what, "two `pypsrp` `execute_cmd`", wanted, in_turn(ours.item, twice, times=ROUNDS))
        yield from _beside_ansible(scratch, host, ours)
        yield ratio("the same, a shell for each script", "the same, kept", STATED,
                    in_turn(each.item, ours.item, times=ROUNDS // 2))  # fmt: skip
        yield Figure("the first item on a server", "", STATED, (first,), unit=" ms")


def _beside_ansible(scratch: Path, host: Host, ours: Recovery) -> Iterator[Figure]:
    """Nothing where ansible-core is not installed; its dependency group is `bench`."""
    program = Path(sys.executable).with_name("ansible-playbook")
    if not program.exists():
        print("ansible-core is not installed: bin/bench does it", file=sys.stderr)
        return
    (scratch / "hosts.json").write_text(json.dumps(_inventory(host)), "utf-8")
    for tasks in (0, TASKS):
        task = {"ansible.builtin.raw": "hostname", "failed_when": False}
        play = {"hosts": "all", "gather_facts": False, "tasks": [task] * (2 + tasks)}
        (scratch / f"play{tasks}.json").write_text(json.dumps([play]), "utf-8")
    environ = {
        **os.environ, "ANSIBLE_HOME": str(scratch / "ansible"), "ANSIBLE_LOCALHOST_WARNING": "0",
        "LC_ALL": "C.UTF-8", "no_proxy": "*",
    }  # fmt: skip

    def play(tasks: int) -> None:
        command = (str(program), "-i", str(scratch / "hosts.json"), str(scratch / f"play{tasks}.json"))
        subprocess.run(command, env=environ, cwd=scratch, stdout=subprocess.DEVNULL, check=True)

    def two() -> float:
        return (timed(partial(play, TASKS)) - timed(partial(play, 0))) * 2 / TASKS

    pairs = taken_in_turn(lambda: timed(ours.item), two, times=PLAYS, warm_up=0)
    yield speedup("an automatic item over WinRM, 20 ms round trip", "two `raw` tasks of ansible-core", faster(3), pairs)


def _inventory(host: Host) -> dict[str, object]:
    variables = {
        "ansible_connection": "winrm", "ansible_host": "localhost", "ansible_port": host.port,
        "ansible_user": ACCOUNT.user, "ansible_password": ACCOUNT.password, "ansible_winrm_transport": "ntlm",
        "ansible_winrm_ca_trust_path": host.ca_file,
    }  # fmt: skip
    return {"all": {"hosts": {"sm02": variables}}}


def _twice(act: object) -> None:
    for _ in range(2):
        act()  # type: ignore[operator]


ROW = Row(
    "winrm-item",
    measure,
    asserted="two requests for each script, which travel together (`tests/targets/test_winrm_hosted.py`)",
)

if __name__ == "__main__":
    with tempfile.TemporaryDirectory(prefix=".bench-", dir=Path.cwd()) as folder:
        print(page.HEADING)
        for figure in measure(Path(folder)):
            print(page.line(figure), flush=True)
