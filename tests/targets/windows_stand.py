"""A simulated host whose scripts are made up by the test, behind a link that can break, and smtui's target for it."""

from __future__ import annotations

import hashlib
import threading
import time
from collections.abc import Callable, Mapping, MutableMapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from faulty_link import FaultyLink

from smtui.drill.accounts import Account, write_ntlm_file
from smtui.drill.activity import Activity
from smtui.drill.behaviours.framework import Call, Script, ScriptError, ScriptResult
from smtui.drill.certificates import Authority
from smtui.drill.faults import Faults
from smtui.drill.host import SimulatedHost
from smtui.drill.pace import Pace
from smtui.drill.services import ServiceController
from smtui.drill.windows.server import Access, WindowsServer
from smtui.drill.windows.shells import Quotas
from smtui.drill.world import World
from smtui.targets.base import PowerShellCall, Watch
from smtui.targets.winrm import WinRmTarget
from smtui.targets.wsman import Endpoint

ACCOUNT = Account(r"CONTOSO\smadmin", "correct horse")
WAITED = 20.0
"""Seconds after which a test gives a wait up; far beyond what any of them takes."""


@dataclass(slots=True)
class Listener:
    """What a call told of itself."""

    remote: dict[str, str] = field(default_factory=dict)
    text: str = ""
    cancelled: threading.Event = field(default_factory=threading.Event)
    heard: threading.Event = field(default_factory=threading.Event)

    def watch(self) -> Watch:
        return Watch(accepted=self.remote.update, output=self._hear, cancelled=self.cancelled)

    def _hear(self, text: str) -> None:
        self.text += text
        self.heard.set()


class Stand:
    """One host and one link to it. Scripts: `work` changes the world, `wait` until `release`, and some more."""

    def __init__(
        self,
        folder: Path,
        environ: MutableMapping[str, str],
        *,
        basic: bool,
        quotas: Quotas,
        pace: Pace,
        kerberos: str = "",
    ) -> None:
        self.world = World.create(folder / "world.sqlite")
        self.release = threading.Event()
        self.faults = Faults()
        self.basic = basic
        write_ntlm_file(folder / "accounts", ACCOUNT)
        environ["NTLM_USER_FILE"] = str(folder / "accounts")
        authority = Authority(folder, self.world.now())
        certificate = authority.issue(["sm02.contoso.test"])
        self._controller = ServiceController(self.world)
        self.server = WindowsServer(
            self.world,
            SimulatedHost(self.world, "SM02", self._controller, pace),
            access=Access(ACCOUNT, basic=basic, kerberos=kerberos),
            scripts=self._scripts(),
            faults=self.faults,
            activity=Activity(time.monotonic),
            monotonic=time.monotonic,
            quotas=quotas,
        )
        self.server.start()
        self.link = FaultyLink(self.server.port, certificate.certificate, certificate.key)
        self.endpoint = Endpoint(
            fqdn="sm02.contoso.test",
            address="127.0.0.1",
            port=self.link.port,
            transport="basic" if basic else "ntlm",
            user=ACCOUNT.user,
            password=ACCOUNT.password,
            ca_file=authority.ca_file,
        )

    def close(self) -> None:
        self.release.set()
        self.link.close()
        self.server.close()
        self._controller.close()
        self.world.close()

    def target(
        self, *, hosted: bool = False, clock: Callable[[], float] = time.monotonic, **other: object
    ) -> WinRmTarget:
        """Impatient, so that broken links are given up soon; `other` replaces parts of the endpoint."""
        endpoint = replace(self.endpoint, **other)
        return WinRmTarget(endpoint, "identity", hosted=hosted, clock=clock, patience=0.5, slack=0.5)

    def executed(self) -> int:
        """How often a script ran, whichever."""
        return len(self.world.requests())

    def effects(self) -> int:
        return sum(effect.count for effect in self.world.effects())

    def _scripts(self) -> Mapping[str, Script]:
        acts = {
            "work": self._work,
            "wait": self._wait,
            "echo": _echo,
            "fail": _fail,
            "much": _much,
            "identity": _identity,
        }
        made = [Script(name, hashlib.sha256(name.encode()).hexdigest(), act) for name, act in acts.items()]
        return {script.sha256: script for script in made}

    def _work(self, _host: SimulatedHost, _parameters: Mapping[str, object], call: Call) -> ScriptResult:
        with call.changing("worked"):
            pass
        call.write("working")
        return ScriptResult({"status": "Stopped"})

    def _wait(self, _host: SimulatedHost, _parameters: Mapping[str, object], call: Call) -> ScriptResult:
        with call.changing("worked"):
            pass
        call.write("waiting")
        while not self.release.is_set():
            call.wait(0.01)
        return ScriptResult({"status": "Stopped"})


def _echo(host: SimulatedHost, parameters: Mapping[str, object], call: Call) -> ScriptResult:
    return ScriptResult({"json": repr(sorted(parameters.items()))})


def _fail(host: SimulatedHost, parameters: Mapping[str, object], call: Call) -> ScriptResult:
    raise ScriptError("Cannot find any service with service name 'nope'.", "NoServiceFoundForGivenName")


def _much(host: SimulatedHost, parameters: Mapping[str, object], call: Call) -> ScriptResult:
    for _ in range(40):
        call.write("ü" * 50_000)
    return ScriptResult({"status": "done"})


def _identity(host: SimulatedHost, parameters: Mapping[str, object], call: Call) -> ScriptResult:
    return ScriptResult({"name": "SM02", "domain": "contoso.test", "booted": "2026-01-02T03:04:05Z"})


def call(script: str = "work", timeout: float = WAITED, **parameters: str | bool | int | float) -> PowerShellCall:
    return PowerShellCall(script, parameters, "t0ken", timeout)


def running(work: Callable[[], object]) -> threading.Thread:
    thread = threading.Thread(target=work, daemon=True)
    thread.start()
    return thread
