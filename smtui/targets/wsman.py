"""One WS-Man connection on pywinrm's `Protocol`, with the phases apart and every failure of the wire in one type.

pywinrm lets parser, socket, index and assertion errors through and retries nothing; which request was on its way
decides what is known of the target's state, so each request is its own method here.
"""

from __future__ import annotations

import math
import ssl
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final, TypeVar
from urllib.parse import urlsplit

from requests.adapters import HTTPAdapter
from winrm.protocol import Protocol

from smtui.environment import Transport
from smtui.targets.wsman_errors import WireError, classify

if TYPE_CHECKING:
    from requests import PreparedRequest, Response
    from requests.adapters import _HostParams, _PoolKwargs  # private to the stubs, but part of a public signature

_T = TypeVar("_T")

CONNECT_TIMEOUT: Final = 10.0
"""Seconds for TCP and TLS."""
POLL: Final = 2
"""Seconds that the server holds a Receive without output; how late a cancellation is noticed."""
START: Final = 60
"""Seconds for Create, Command and Send on a server under load: giving up on them early leaves shells behind."""
_END: Final = 10
_IDENTIFY: Final = (
    '<s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope" '
    'xmlns:i="http://schemas.dmtf.org/wbem/wsman/identity/1/wsmanidentity.xsd">'
    "<s:Header/><s:Body><i:Identify/></s:Body></s:Envelope>"
)
"""WS-Man's own ping (DSP0226 11), which `Test-WSMan` sends; it changes nothing."""


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Where a Windows server is reached, and who it must prove to be: TLS is checked against `fqdn`."""

    fqdn: str
    address: str
    port: int
    transport: Transport
    user: str
    password: str
    ca_file: Path | None = None
    tls: bool = True
    """False: HTTP with every message sealed by NTLM, Kerberos or CredSSP; with basic in the clear."""
    verify: bool = True
    """False: whoever answers is believed. The environment file accepts that in so many words."""
    certificate: tuple[Path, Path] | None = None
    """For the transport `certificate`: certificate and key, PEM."""

    def __repr__(self) -> str:
        return f"Endpoint({self.place})"

    @property
    def place(self) -> str:
        """For messages: `sm02.contoso.test` or `sm02.contoso.test (127.0.0.1:5986)`."""
        return self.fqdn if self.address == self.fqdn else f"{self.fqdn} ({_host(self.address)}:{self.port})"

    @property
    def url(self) -> str:
        """Built here: pywinrm's own parser loses IPv6 addresses and ports."""
        name = self.fqdn if self.tls else self.address
        return f"{'https' if self.tls else 'http'}://{_host(name)}:{self.port}/wsman"


def _host(name: str) -> str:
    return f"[{name}]" if ":" in name else name


@dataclass(frozen=True, slots=True)
class Chunk:
    """One answer to Receive; `exit_code` is None while the command runs."""

    output: bytes
    error: bytes
    exit_code: int | None


class Wire:
    """One authenticated connection, for one thread.

    After any WireError of the kind `lost` it must be dropped for a new one: sealed messages cannot survive a
    reconnection (pywinrm would send the old sealed body again).
    """

    def __init__(self, endpoint: Endpoint, slack: float) -> None:
        """`slack` is how many seconds a reply may be late after the server's own time is over."""
        self._endpoint = endpoint
        self._slack = slack
        self._adapter = _AddressAdapter(endpoint.address, endpoint.fqdn)
        self._protocol = Protocol(
            endpoint.url,
            transport=endpoint.transport,
            username=endpoint.user or None,  # Kerberos then takes the ticket's own
            password=endpoint.password,
            ca_trust_path=str(endpoint.ca_file or _system_authorities()),
            cert_pem=str(endpoint.certificate[0]) if endpoint.certificate else None,
            cert_key_pem=str(endpoint.certificate[1]) if endpoint.certificate else None,
            server_cert_validation="validate" if endpoint.verify else "ignore",
            kerberos_hostname_override=endpoint.fqdn,
            message_encryption="auto" if endpoint.tls or endpoint.transport == "basic" else "always",
            operation_timeout_sec=START,
            read_timeout_sec=START + 1,  # replaced request by request
            proxy=None,
        )
        self._prepared = False

    def greet(self) -> None:
        """Log on, and keep the connection from being idle."""
        self._exchange("Identify", _END, lambda: self._protocol.send_message(_IDENTIFY))

    def create(self, idle: float, seconds: int = START) -> str:
        """Open a shell that ends by itself after `idle` seconds without a client; gives its id."""
        return self._exchange(
            "Create", seconds, lambda: str(self._protocol.open_shell(codepage=65001, idle_timeout=f"PT{int(idle)}S"))
        )

    def command(self, shell: str, executable: str, arguments: tuple[str, ...], seconds: int = START) -> str:
        """Start a command that reads a pipe as standard input; gives its id."""
        return self._exchange(
            "Command",
            seconds,
            lambda: str(self._protocol.run_command(shell, executable, arguments, console_mode_stdin=False)),
        )

    def send(self, shell: str, command: str, data: bytes, *, end: bool, seconds: int = START) -> None:
        """Write to the command's standard input, and close it with `end`."""
        self._exchange("Send", seconds, lambda: self._protocol.send_command_input(shell, command, data, end=end))

    def receive(self, shell: str, command: str) -> Chunk | None:
        """Output since the last time; None when nothing came within POLL seconds."""
        try:
            output, error, code, done = self._exchange(
                "Receive", POLL, lambda: self._protocol.get_command_output_raw(shell, command)
            )
        except WireError as trouble:
            if trouble.kind == "waiting":
                return None
            raise
        return Chunk(output, error, code if done else None)

    def signal(self, shell: str, command: str) -> None:
        """Terminate the command."""
        self._exchange("Signal", _END, lambda: self._protocol.cleanup_command(shell, command))

    def delete(self, shell: str) -> None:
        """Close the shell; every process in it ends."""
        self._exchange("Delete", _END, lambda: self._protocol.close_shell(shell, close_session=False))

    def close(self) -> None:
        """Drop the connection."""
        self._protocol.transport.close_session()
        self._adapter.close()

    def _exchange(self, action: str, seconds: int, request: Callable[[], _T]) -> _T:
        self._protocol.operation_timeout_sec = seconds
        self._adapter.read_timeout = seconds + self._slack
        self._protocol.transport.read_timeout_sec = math.ceil(seconds + self._slack)
        try:
            self._prepare()
            return request()
        except Exception as error:  # pywinrm lets dozens of types through; every one becomes a WireError
            raise classify(error, action, self._endpoint.place) from error

    def _prepare(self) -> None:
        if self._prepared:
            return
        session = self._protocol.transport.build_session()
        session.trust_env = False  # no proxy, no .netrc, no CA bundle of the environment
        session.max_redirects = 0  # WS-Man never redirects; whatever does must not get the message
        session.mount("https://", self._adapter)  # HTTP needs none, and its sealed connection is open already
        self._prepared = True


def _system_authorities() -> str:
    """What this machine trusts, where a company's own authority is installed; requests would take Mozilla's list."""
    paths = ssl.get_default_verify_paths()
    return paths.cafile or paths.capath or "/etc/ssl/certs"


class _AddressAdapter(HTTPAdapter):
    """Connects to an address while TLS, `Host` and Kerberos keep the server's name."""

    def __init__(self, address: str, name: str) -> None:
        self._address = address
        self._name = name
        self.read_timeout: float = START
        super().__init__(pool_connections=1, pool_maxsize=1)

    def init_poolmanager(self, connections: int, maxsize: int, block: bool = False, **pool_kwargs: object) -> None:
        """TLS names and checks the server by its name."""
        super().init_poolmanager(connections, maxsize, block, server_hostname=self._name, **pool_kwargs)

    def build_connection_pool_key_attributes(
        self, request: PreparedRequest, verify: bool | str, cert: str | tuple[str, str] | None = None
    ) -> tuple[_HostParams, _PoolKwargs]:
        """TCP goes to the address."""
        host_params, pool_kwargs = super().build_connection_pool_key_attributes(request, verify, cert)
        host_params["host"] = self._address
        return host_params, pool_kwargs

    def send(  # noqa: PLR0917  the signature of requests
        self,
        request: PreparedRequest,
        stream: bool = False,
        timeout: float | tuple[float, float] | tuple[float, None] | None = None,  # noqa: ARG002  see below
        verify: bool | str = True,
        cert: bytes | str | tuple[bytes | str, bytes | str] | None = None,
        proxies: Mapping[str, str] | None = None,
    ) -> Response:
        """Send with the timeouts of the phase; pywinrm has one number for all, and for connecting and reading."""
        request.headers["Host"] = urlsplit(str(request.url)).netloc
        return super().send(request, stream, (CONNECT_TIMEOUT, self.read_timeout), verify, cert, proxies)
