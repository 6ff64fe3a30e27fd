"""What pywinrm and the libraries below it raise, as five kinds that say what is known of the request."""

from __future__ import annotations

import http.client
import ssl
from collections.abc import Iterator
from typing import Final, Literal

import requests.exceptions
import urllib3.exceptions
from winrm.exceptions import (
    AuthenticationError,
    WinRMOperationTimeoutError,
    WinRMTransportError,
    WSManFaultError,
)

from smtui.text import one_line

Kind = Literal["rejected", "refused", "waiting", "unreachable", "lost"]
"""`rejected`: the account. `refused`: a WS-Man fault. `waiting`: nothing within the operation's time.
`unreachable`: no connection, so the request did not leave. `lost`: it may have arrived."""

INVALID_SELECTORS: Final = 2150858843
"""The shell or command is not there (0x8033805B)."""
SHELL_QUOTA: Final = 2150859173
"""Too many shells of this user (0x803381A5)."""
OPERATION_QUOTA: Final = 2150859174
"""Too many operations in this shell or of this user (0x803381A6); only a new shell helps."""
BUSY: Final = 170
ACCESS_DENIED: Final = 5

_ADVICE = {
    SHELL_QUOTA: "too many shells of this account are open there; they end by themselves, or restart WinRM",
    OPERATION_QUOTA: "too many operations of this account are open there",
    ACCESS_DENIED: "the account may log on, but this is denied to it; it needs to be a local administrator there",
    BUSY: "the server is busy",
    INVALID_SELECTORS: "the shell is not there any more",
}


class WireError(Exception):
    """A request failed; the text is one line without advice."""

    def __init__(self, kind: Kind, text: str, fault: int | None = None) -> None:
        super().__init__(text)
        self.kind = kind
        self.fault = fault

    @property
    def shell_gone(self) -> bool:
        """The server knows neither the shell nor the command."""
        return self.fault == INVALID_SELECTORS


def classify(error: Exception, action: str, place: str) -> WireError:
    """Tell a failed request by what it says about the request; `action` is its WS-Man name."""
    if isinstance(error, WireError):
        return error
    if isinstance(error, WinRMOperationTimeoutError):
        return WireError("waiting", f"{place} did not finish {action} in its time")
    if isinstance(error, WSManFaultError):
        return _fault(error, place)
    if isinstance(error, AuthenticationError | PermissionError):
        return WireError("rejected", f"{place} refused the account")
    if _is_kerberos(error):
        return WireError("rejected", f"Kerberos gave no way to {place}: {_describe(error)}; run kinit")
    if (text := _no_connection(error)) is not None:
        return WireError("unreachable", f"no connection to {place}: {text}")
    if isinstance(error, WinRMTransportError):
        return WireError("lost", f"{place} answered {action} with HTTP {error.code}, not WS-Man")
    if isinstance(error, requests.exceptions.Timeout):
        return WireError("lost", f"{place} did not answer {action}")
    if isinstance(error, requests.exceptions.ConnectionError | requests.exceptions.ChunkedEncodingError):
        return WireError("lost", f"the connection to {place} broke during {action}: {_describe(error)}")
    return WireError("lost", f"{place} answered {action} with something else than WS-Man: {_describe(error)}")


def _fault(error: WSManFaultError, place: str) -> WireError:
    code = error.wsman_fault_code if error.wsman_fault_code is not None else error.wmierror_code
    advice = _ADVICE.get(code or 0, one_line(str(error.reason).strip()))
    return WireError("refused", f"{place} refused: {advice} (fault {code})", code)


def _no_connection(error: Exception) -> str | None:
    """Why no connection came about, when that is certain."""
    for link in _chain(error):
        if isinstance(link, ssl.SSLCertVerificationError):
            return f"its certificate was not accepted: {link.verify_message or link}; check ca_file and fqdn"
        if isinstance(link, urllib3.exceptions.NameResolutionError):
            return "its name does not resolve; give the server an address in the environment file"
        if isinstance(link, urllib3.exceptions.NewConnectionError):
            return _describe(link)
        if isinstance(link, urllib3.exceptions.ConnectTimeoutError):
            return "nothing answered there in time"
        if isinstance(link, OSError) and "TLS CA certificate bundle" in str(link):
            return f"{one_line(str(link))}; check ca_file"
    return None


def _is_kerberos(error: Exception) -> bool:
    """The Kerberos library is optional, so its types are known by name only."""
    return any("kerberos" in type(link).__module__ or type(link).__name__ == "GSSError" for link in _chain(error))


def _chain(error: BaseException) -> Iterator[BaseException]:
    """The error and what it was made of, innermost last; requests and urllib3 nest by argument, too."""
    seen: set[int] = set()
    queue: list[object] = [error]
    while queue:
        link = queue.pop(0)
        if not isinstance(link, BaseException) or id(link) in seen:
            continue
        seen.add(id(link))
        yield link
        queue += [getattr(link, "reason", None), link.__cause__, link.__context__, *link.args]


def _describe(error: Exception) -> str:
    """The cause in words of people; long texts of requests and urllib3 name objects, not causes."""
    for link in _chain(error):
        if isinstance(link, http.client.RemoteDisconnected):
            return "it was closed without a reply"
        if isinstance(link, http.client.IncompleteRead | urllib3.exceptions.IncompleteRead):
            return "the reply was cut"
        if isinstance(link, OSError) and link.strerror:
            return one_line(link.strerror.lower())
    return one_line(f"{type(error).__name__}: {error}", 120)
