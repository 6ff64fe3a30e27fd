"""A simulated host on the wire, and pywinrm's Protocol to speak to it; independent of smtui's own client."""

from __future__ import annotations

import base64
import json
import os
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from importlib.resources import files
from pathlib import Path

from winrm.exceptions import WinRMOperationTimeoutError
from winrm.protocol import Protocol

from smtui.drill.accounts import Account, write_ntlm_file
from smtui.drill.activity import Activity
from smtui.drill.behaviours.catalogue import SCRIPTS
from smtui.drill.behaviours.framework import Script
from smtui.drill.certificates import Authority
from smtui.drill.faults import Fault, Faults, parse_fault
from smtui.drill.host import SimulatedHost
from smtui.drill.pace import Pace
from smtui.drill.services import ServiceController
from smtui.drill.windows.server import Access, WindowsServer
from smtui.drill.windows.shells import Quotas
from smtui.drill.world import World

ACCOUNT = Account(r"CONTOSO\smadmin", "correct horse")
PACE = Pace(service=0.2, hanging_service=30.0, patience=0.5, reboot=0.1)
SCRIPT_FOLDER = Path(__file__).parents[3] / "checklists" / "scripts"
SWITCHES = ("-NoLogo", "-NoProfile", "-NonInteractive", "-ExecutionPolicy", "Bypass", "-EncodedCommand")
BOOTSTRAP = files("smtui.targets").joinpath("bootstrap.ps1").read_text("utf-8")


def encoded(text: str) -> str:
    return base64.b64encode(text.encode("utf-16-le")).decode()


def script_text(name: str) -> str:
    return (SCRIPT_FOLDER / name).read_text("utf-8")


def eventually(condition: Callable[[], bool], seconds: float = 20.0) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it never came to be"
        time.sleep(0.01)


@dataclass(slots=True)
class Ended:
    exit_code: int
    output: str
    error: str
    fields: dict[str, object] = field(default_factory=dict)


@dataclass(slots=True)
class Running:
    """A script under way; `shell` and `command` find it again."""

    protocol: Protocol
    shell: str
    command: str
    token: str

    def follow(self) -> Ended:
        output, error, exit_code, done = b"", b"", -1, False
        while not done:
            try:
                new_output, new_error, exit_code, done = self.protocol.get_command_output_raw(self.shell, self.command)
            except WinRMOperationTimeoutError:
                continue
            output, error = output + new_output, error + new_error
        return self._read(exit_code, output.decode(), error.decode())

    def close(self) -> None:
        self.protocol.cleanup_command(self.shell, self.command)
        self.protocol.close_shell(self.shell)

    def _read(self, exit_code: int, output: str, error: str) -> Ended:
        marker = f"smtui-result {self.token} "
        framed = [line.removeprefix(marker) for line in output.splitlines() if line.startswith(marker)]
        return Ended(exit_code, output, error, json.loads(framed[-1]) if framed else {})


class Stand:
    """One host, SM02 unless said otherwise, with a certificate for `localhost`."""

    def __init__(
        self,
        folder: Path,
        *,
        host: str = "SM02",
        tls: bool = True,
        basic: bool = False,
        seal_required: bool = False,
        scripts: Mapping[str, Script] = SCRIPTS,
        quotas: Quotas | None = None,
        monotonic: Callable[[], float] = time.monotonic,
        pace: Pace = PACE,
    ) -> None:
        self.world = World.create(folder / "world.sqlite")
        self.controller = ServiceController(self.world)
        self.faults = Faults()
        authority = Authority(folder, self.world.now())
        self.ca_file = authority.ca_file
        write_ntlm_file(folder / "accounts", ACCOUNT)
        os.environ["NTLM_USER_FILE"] = str(folder / "accounts")
        self.activity = Activity(time.monotonic)
        self.server = WindowsServer(
            self.world,
            SimulatedHost(self.world, host, self.controller, pace),
            access=Access(ACCOUNT, authority.issue(["localhost"]) if tls else None, basic, seal_required),
            scripts=scripts,
            faults=self.faults,
            activity=self.activity,
            monotonic=monotonic,
            quotas=quotas,
        )
        self.server.start()
        self._protocols: list[Protocol] = []
        self.endpoint = f"{'https' if tls else 'http'}://localhost:{self.server.port}/wsman"

    def arm(self, *specs: str) -> None:
        for spec in specs:
            self.faults.arm(parse_fault(spec) if isinstance(spec, str) else spec)

    def protocol(
        self,
        *,
        transport: str = "ntlm",
        password: str = ACCOUNT.password,
        endpoint: str = "",
        poll: int = 1,
        wait: int = 5,
    ) -> Protocol:
        protocol = Protocol(
            endpoint or self.endpoint,
            transport=transport,
            username=ACCOUNT.user,
            password=password,
            ca_trust_path=str(self.ca_file),
            operation_timeout_sec=poll,
            read_timeout_sec=wait,
            proxy=None,
        )
        self._protocols.append(protocol)
        return protocol

    def start(
        self, script: str, parameters: Mapping[str, object], token: str, protocol: Protocol | None = None
    ) -> Running:
        """Open a shell, start the bootstrap and give it the script, which may be a name or a text."""
        protocol = protocol or self.protocol()
        text = script_text(script) if script.endswith(".ps1") else script
        shell = protocol.open_shell(codepage=65001)
        arguments = [*SWITCHES, encoded(BOOTSTRAP)]
        command = protocol.run_command(shell, "powershell.exe", arguments, console_mode_stdin=False)
        work = json.dumps({"token": token, "script": text, "parameters": parameters})
        running = Running(protocol, shell, command, token)
        protocol.send_command_input(shell, command, base64.b64encode(work.encode()), end=True)
        return running

    def run(self, script: str, parameters: Mapping[str, object] | None = None, token: str = "token") -> Ended:
        running = self.start(script, parameters or {}, token)
        try:
            return running.follow()
        finally:
            running.close()

    def service(self, name: str, host: str = "SM02") -> str:
        return str(self.world.one("SELECT status FROM services WHERE host = ? AND name = ?", host, name)["status"])

    def effects(self) -> list[tuple[str, str, int]]:
        return [(effect.token, effect.effect, effect.count) for effect in self.world.effects()]

    def close(self) -> None:
        for protocol in self._protocols:
            protocol.transport.close_session()
        self.controller.close()
        self.server.close()
        self.world.close()


__all__ = [
    "ACCOUNT",
    "BOOTSTRAP",
    "PACE",
    "SWITCHES",
    "Ended",
    "Fault",
    "Running",
    "Stand",
    "encoded",
    "eventually",
    "script_text",
]
