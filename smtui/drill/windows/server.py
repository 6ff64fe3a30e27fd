"""One simulated Windows host on the wire."""

from __future__ import annotations

import ssl
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from smtui.drill.accounts import Account
from smtui.drill.activity import Activity
from smtui.drill.behaviours.framework import Script
from smtui.drill.certificates import CertificateFiles
from smtui.drill.faults import Faults
from smtui.drill.host import SimulatedHost
from smtui.drill.windows.authentication import Login
from smtui.drill.windows.commands import prepare
from smtui.drill.windows.http import HttpServer, Listening
from smtui.drill.windows.powershell import Simulation
from smtui.drill.windows.process import Job
from smtui.drill.windows.shells import Quotas, Shells
from smtui.drill.windows.wsman import RemoteShellService
from smtui.drill.world import World


@dataclass(frozen=True, slots=True)
class Access:
    """How a host may be spoken to."""

    account: Account
    certificate: CertificateFiles | None = None
    """None: plain HTTP, for the tests of the endpoint itself."""
    basic: bool = False
    seal_required: bool = False
    kerberos: str = ""
    """The full name for which Kerberos tickets are taken, by the system's GSSAPI; empty: none are."""


class WindowsServer:
    """A host with its shells, its scripts and its listener; it serves from `start` to `close`."""

    def __init__(
        self,
        world: World,
        host: SimulatedHost,
        *,
        access: Access,
        scripts: Mapping[str, Script],
        faults: Faults,
        activity: Activity,
        monotonic: Callable[[], float],
        quotas: Quotas | None = None,
    ) -> None:
        """Bind a free port of 127.0.0.1; raises OSError."""
        quotas = quotas or Quotas()
        self.host = host
        self.shells = Shells(quotas, monotonic)
        simulation = Simulation(world, host, faults, scripts)

        def job(line: str, environment: Mapping[str, str]) -> Job:
            return prepare(line, environment, simulation)

        def login() -> Login:
            return Login(
                access.account,
                lambda: faults.take("login-rejected", host.name) is not None,
                basic=access.basic,
                kerberos=access.kerberos,
            )

        service = RemoteShellService(host, self.shells, faults, job, self.restart)
        self._http = HttpServer(
            Listening(
                answer=service.answer, new_login=login, activity=activity, tls=_tls(access.certificate),
                seal_required=access.seal_required, most_bytes=quotas.envelope,
            )
        )  # fmt: skip

    @property
    def port(self) -> int:
        """Where it listens."""
        return self._http.port

    def start(self) -> None:
        """Serve until closed."""
        self._http.start()

    def close(self) -> None:
        """Stop listening; every command ends."""
        self._http.close()
        self.shells.clear()

    def restart(self) -> None:
        """Restart the host: commands and shells are gone, connections drop, services start by their type."""
        self._http.go_offline(self.host.pace.reboot)  # first: a host that goes down answers nobody
        self.shells.clear()
        self.host.reboot()


def _tls(certificate: CertificateFiles | None) -> ssl.SSLContext | None:
    if certificate is None:
        return None
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate.certificate, certificate.key)
    return context
