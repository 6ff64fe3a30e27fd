"""One long-lived PowerShell on a server: a shell, the command that runs host.ps1, and the two connections to it.

Input and output travel on a connection each, as the answer to a Receive comes only with output: so that a script and
the wait for what it says leave together. Shell and command belong to no connection and outlive both.
"""

from __future__ import annotations

import base64
import threading
from collections.abc import Callable
from importlib.resources import files
from typing import Final

from smtui.targets.host_frames import READY
from smtui.targets.remote_script import BOOTSTRAP, IDLE, PIECE, SWITCHES
from smtui.targets.wsman import Chunk, Endpoint, Wire
from smtui.targets.wsman_errors import WireError

_LOADER: Final = files("smtui.targets").joinpath("loader.ps1").read_text(encoding="ascii")
_HOST: Final = files("smtui.targets").joinpath("host.ps1").read_text(encoding="ascii")
COMMAND: Final = ("powershell.exe", (*SWITCHES, base64.b64encode(_LOADER.encode("utf-16-le")).decode()))
HELLO: Final = b"%s\n%s\n" % (base64.b64encode(_HOST.encode()), base64.b64encode(BOOTSTRAP.encode("utf-16-le")))
"""The first two lines of standard input: the host's own text, and what each child runs."""
_STALE: Final = 100.0
"""Seconds after which an idle connection is not relied on; HTTP.sys drops it after 120 by default."""


class PowerShellHost:
    """Used by one thread at a time, but for the connection that brings input, which another may use for one frame."""

    def __init__(self, endpoint: Endpoint, slack: float, clock: Callable[[], float]) -> None:
        """`slack` is that of Pace."""
        self._endpoint = endpoint
        self._slack = slack
        self._clock = clock
        self._used = clock()
        self._input = Wire(endpoint, slack)
        self._output: Wire | None = None
        self._greeting: threading.Thread | None = None
        self._single = False
        self._hello = HELLO
        self._logged_on = False
        self.shell = ""
        self.command = ""
        self.sender: threading.Thread | None = None
        """Who may still use the connection for input; it is waited for."""
        self.ready = False
        """Whether host.ps1 has said that it takes frames; without that none ever began."""

    @property
    def paired(self) -> bool:
        """Whether output has a connection of its own, so that input may leave while output is awaited."""
        return self._output is not None

    def open(self, seconds: int) -> None:
        """Open a shell; tried twice, because an idle shell changes nothing. Raises WireError."""
        try:
            self.shell = self._input.create(IDLE, seconds)
        except WireError as trouble:
            if trouble.kind not in {"lost", "waiting"}:
                raise
            self.reconnect_input()
            self.shell = self._input.create(IDLE, seconds)

    def start(self, seconds: int) -> None:
        """Start host.ps1; what it is comes with the first input. Raises WireError."""
        self._logged_on = True
        self.command = self._input.command(self.shell, *COMMAND, seconds)

    def attach(self, shell: str, command: str) -> None:
        """Go on with a host that an earlier program started and gave its text."""
        self.shell, self.command, self._hello, self.ready = shell, command, b"", True

    def refresh(self) -> None:
        """Drop connections that have been idle for too long; a call may be made as on new ones."""
        self._await_sender()
        if self._clock() - self._used > _STALE:
            self.close()
            self.reconnect_input()
        self._used = self._clock()

    def await_ready(self, seconds: float) -> None:
        """Give the host its text ahead of the first frame, and wait until it takes frames. Raises WireError."""
        until, said = self._clock() + seconds, b""
        if self._hello:
            self.send(b"", max(1, int(seconds)))
        elif not self._logged_on:
            self._input.greet()
            self._logged_on = True
        while not self.ready and self._clock() < until:
            chunk = self.receive()
            if chunk is None:
                continue
            said += chunk.output
            self.ready = READY in said
            if chunk.exit_code is not None:
                raise WireError("refused", f"the PowerShell host did not start: exit code {chunk.exit_code}")

    def pair(self, *, wait: bool = False) -> None:
        """Log the second connection on, in the background and once; the account was let in a moment ago."""
        if self._output is None and not self._single and (self._greeting is None or not self._greeting.is_alive()):
            self._greeting = threading.Thread(target=self._greet, name="winrm-output", daemon=True)
            self._greeting.start()
        if wait and self._greeting is not None:
            self._greeting.join()

    def send(self, line: bytes, seconds: int) -> None:
        """Write to standard input. Raises WireError; a line that arrived in part is closed by the next one."""
        data = self._hello + line
        for i in range(0, len(data), PIECE):
            self._input.send(self.shell, self.command, data[i : i + PIECE], end=False, seconds=seconds)
        self._logged_on = True
        self._hello = b""

    def receive(self) -> Chunk | None:
        """Output since the last time; None when nothing came for a moment. Raises WireError."""
        self._used = self._clock()
        return (self._output or self._input).receive(self.shell, self.command)

    def reconnect_input(self) -> None:
        """Replace the connection for input, and for output where that is the same."""
        self._input.close()
        self._input = Wire(self._endpoint, self._slack)
        self._logged_on = False

    def reconnect_output(self) -> None:
        """Replace the connection for output."""
        if self._output is None:
            self.reconnect_input()
        else:
            self._output.close()
            self._output = Wire(self._endpoint, self._slack)

    def end(self) -> bool:
        """Terminate what runs and close the shell; True when the server says that nothing is left."""
        self._await_sender()
        for _ in range(2):
            if not self.shell:
                return True
            self._terminate()
            try:
                self._input.delete(self.shell)
            except WireError as trouble:
                if not trouble.shell_gone:
                    self.reconnect_input()
                    continue
            self.shell = ""
        return not self.shell

    def close(self) -> None:
        """Drop the connections; a shell that was not ended stays for `attach`."""
        self._await_sender()
        if self._greeting is not None:
            self._greeting.join()  # bounded by the time-outs of its one request
            self._greeting = None
        self._input.close()
        if self._output is not None:
            self._output.close()
            self._output = None

    def _await_sender(self) -> None:
        if self.sender is not None:
            self.sender.join()  # bounded by the time-outs of its request
            self.sender = None

    def _greet(self) -> None:
        wire = Wire(self._endpoint, self._slack)
        try:
            wire.greet()
        except WireError as trouble:  # then both go on sharing one connection
            self._single = trouble.kind == "rejected"
            wire.close()
        else:
            self._output = wire

    def _terminate(self) -> None:
        """Best effort, once: Delete alone ends the command too."""
        command, self.command = self.command, ""
        if not command:
            return
        try:
            self._input.signal(self.shell, command)
        except WireError as trouble:
            if trouble.kind != "refused":
                self.reconnect_input()
