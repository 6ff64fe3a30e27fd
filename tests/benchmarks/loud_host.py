"""A simulated Windows host whose script prints very much: python -m tests.benchmarks.loud_host FOLDER MEGABYTES.

It says in FOLDER/ready.json how it is reached, and ends with its standard input.
"""

from __future__ import annotations

import hashlib
import json
import sys
import time
from collections.abc import Mapping
from pathlib import Path

from smtui.drill.accounts import Account
from smtui.drill.activity import Activity
from smtui.drill.behaviours.framework import Call, Script, ScriptResult
from smtui.drill.certificates import Authority
from smtui.drill.faults import Faults
from smtui.drill.host import SimulatedHost
from smtui.drill.pace import Pace
from smtui.drill.services import ServiceController
from smtui.drill.windows.server import Access, WindowsServer
from smtui.drill.world import World

ACCOUNT = Account(r"CONTOSO\smadmin", "correct horse")
FQDN = "sm02.contoso.test"
SCRIPT = "much"
PIECE = "".join(f"{line:07} what a script has to say about one of very many objects\r\n" for line in range(1000))


def main(folder: Path, megabytes: int) -> None:
    """Serve until nobody wants it any more. Basic over TLS: what is measured is output, not sealing."""

    def print_much(_host: SimulatedHost, _parameters: Mapping[str, object], call: Call) -> ScriptResult:
        for _ in range(megabytes * 2**20 // len(PIECE)):
            call.write(PIECE)
        return ScriptResult({"status": "done"})

    world = World.create(folder / "world.sqlite")
    controller = ServiceController(world)
    authority = Authority(folder, world.now())
    certificate = authority.issue([FQDN])
    script = Script(SCRIPT, hashlib.sha256(SCRIPT.encode()).hexdigest(), print_much)
    server = WindowsServer(
        world,
        SimulatedHost(world, "SM02", controller, Pace()),
        access=Access(ACCOUNT, certificate, basic=True),
        scripts={script.sha256: script},
        faults=Faults(),
        activity=Activity(time.monotonic),
        monotonic=time.monotonic,
    )
    server.start()
    part = folder / "ready.part"
    part.write_text(json.dumps({"port": server.port, "ca_file": str(authority.ca_file)}))
    part.replace(folder / "ready.json")
    sys.stdin.read()
    server.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
