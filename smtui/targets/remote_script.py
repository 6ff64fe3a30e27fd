"""One script on one Windows server: a connection, a shell and a command of its own, followed to its end.

The constant bootstrap is the command; the script and its parameters go to its standard input. So nothing of the
script runs before the last Send arrived, whatever became of the replies to Create and Command.
"""

from __future__ import annotations

import base64
import json
import math
from collections.abc import Callable
from dataclasses import dataclass
from importlib.resources import files
from typing import Final, Literal

from smtui.targets.base import PowerShellCall, Watch
from smtui.targets.script_output import ScriptOutput
from smtui.targets.wsman import START, Chunk, Endpoint, Wire
from smtui.targets.wsman_errors import BUSY, INVALID_SELECTORS, OPERATION_QUOTA, WireError

BOOTSTRAP: Final = files("smtui.targets").joinpath("bootstrap.ps1").read_text(encoding="ascii")
SWITCHES: Final = ("-NoLogo", "-NoProfile", "-NonInteractive", "-ExecutionPolicy", "Bypass", "-EncodedCommand")
COMMAND: Final = ("powershell.exe", (*SWITCHES, base64.b64encode(BOOTSTRAP.encode("utf-16-le")).decode()))
"""The constant command line; 8191 characters is the most that cmd.exe takes."""
PIECE: Final = 128 * 1024
"""Bytes of standard input in one Send; Windows takes 500 kB envelopes, and this grows by a third."""
IDLE: Final = 7200.0
"""Seconds that a shell waits for its client: Windows' own default, long enough to come back after a crash."""
_CLOSING: Final = 10
"""Seconds for a Send to a command that may have ended."""
STRANGE: Final = 20
"""Answers to Receive that say nothing at all; a server holds a Receive until there is something to say."""
_PAUSE: Final = 0.05


class Stopped(Exception):
    """The command was not followed to its end; the text is one line.

    `gone`: the server does not know it any more. `lost`: it may still run. `cancelled`, `deadline`: asked for by us.
    """

    def __init__(self, kind: Literal["gone", "lost", "cancelled", "deadline"], text: str) -> None:
        super().__init__(text)
        self.kind = kind


@dataclass(frozen=True, slots=True)
class Pace:
    """The clock, and for how many seconds a broken link is tried again before the outcome counts as unknown."""

    clock: Callable[[], float]
    patience: float
    slack: float
    """Seconds that a reply may be late before the link counts as broken."""


class RemoteScript:
    """The conversation about one call; `shell` and `command` are its ids once the server gave them."""

    def __init__(self, endpoint: Endpoint, call: PowerShellCall, watch: Watch, pace: Pace) -> None:
        self._endpoint = endpoint
        self._call = call
        self._watch = watch
        self._pace = pace
        self._until = pace.clock() + call.timeout
        self._wire = Wire(endpoint, pace.slack)
        self._output = ScriptOutput(call.token, watch.output)
        self.result_line = self._output.result_line
        self.shell: str | None = None
        self.command: str | None = None
        self.torn = False
        """Output may have been lost, so a missing result line says nothing about the script."""

    def open(self) -> None:
        """Open a shell; tried twice, because an idle shell changes nothing. Raises WireError."""
        idle = max(IDLE, self._call.timeout + 600)
        try:
            self.shell = self._wire.create(idle, self._seconds())
        except WireError as trouble:
            if trouble.kind not in {"lost", "waiting"}:
                raise
            self._reconnect()
            self.shell = self._wire.create(idle, self._seconds())

    def start(self) -> None:
        """Start the bootstrap; again in a new shell only after the server refused. Raises WireError and Stopped."""
        self._check()
        try:
            self.command = self._wire.command(self._shell(), *COMMAND, self._seconds())
        except WireError as trouble:
            if trouble.fault not in {BUSY, OPERATION_QUOTA, INVALID_SELECTORS}:
                raise
            self.end()
            self._reconnect()
            self.open()
            self.command = self._wire.command(self._shell(), *COMMAND, self._seconds())

    def feed(self) -> None:
        """Give the script to the bootstrap. Raises WireError when it certainly did not get all of it.

        The last piece closes standard input and may be sent again: either the first one arrived, then nobody reads
        the second, or it did not. The pieces before are sent once, for a piece that arrives twice changes the script.
        """
        line = request_of(self._call)
        pieces = [line[i : i + PIECE] for i in range(0, len(line), PIECE)]
        for piece in pieces[:-1]:
            self._wire.send(self._shell(), self._command(), piece, end=False, seconds=self._seconds())
        try:
            self._wire.send(self._shell(), self._command(), pieces[-1], end=True, seconds=self._seconds())
        except WireError as trouble:
            if trouble.kind == "refused":
                raise
            self._reconnect()
            self.close_input(pieces[-1])

    def close_input(self, data: bytes = b"\n") -> None:
        """Close standard input. Harmless when it is closed already; a bootstrap that still waits gives up."""
        try:
            self._wire.send(self._shell(), self._command(), data, end=True, seconds=min(_CLOSING, self._seconds()))
        except WireError:
            self._reconnect()

    def attach(self, shell: str, command: str) -> None:
        """Go on with a command of an earlier connection."""
        self.shell, self.command, self.torn = shell, command, True

    def follow(self) -> int:
        """Pass output on until the command ends; gives its exit code. Raises Stopped."""
        broken_since: float | None = None
        strange = 0
        while True:
            self._check()
            try:
                chunk = self._wire.receive(self._shell(), self._command())
            except WireError as trouble:
                broken_since = self._broken(trouble, broken_since)
                continue
            broken_since = None
            if chunk is None:
                continue
            self._pass_on(chunk)
            if chunk.exit_code is not None:
                self._output.finish()
                return chunk.exit_code
            strange = 0 if chunk.output or chunk.error else strange + 1
            if strange > STRANGE:
                raise Stopped("lost", f"{self._endpoint.place} answers, but not with what WS-Man answers")
            if strange:
                self._watch.cancelled.wait(_PAUSE)

    def peek(self) -> int | None:
        """One Receive: the exit code when the command has ended, None when it runs. Raises WireError."""
        chunk = self._wire.receive(self._shell(), self._command())
        if chunk is None:
            return None
        self._pass_on(chunk)
        return chunk.exit_code

    def end(self) -> bool:
        """Terminate what runs and close the shell; True when the server says that nothing is left."""
        self._output.finish()
        for _ in range(2):
            if self.shell is None:
                return True
            self._terminate(self.shell)
            try:
                self._wire.delete(self.shell)
            except WireError as trouble:
                if not trouble.shell_gone:
                    self._reconnect()
                    continue
            self.shell = None
        return self.shell is None

    def close(self) -> None:
        """Drop the connection; a shell that was not ended stays for `attach`."""
        self._wire.close()

    def _terminate(self, shell: str) -> None:
        """Best effort, once: Delete alone ends the command too."""
        command, self.command = self.command, None
        if command is None:
            return
        try:
            self._wire.signal(shell, command)
        except WireError as trouble:
            if trouble.kind != "refused":
                self._reconnect()

    def _broken(self, trouble: WireError, since: float | None) -> float:
        """Wait a moment and connect anew, as long as patience lasts."""
        now = self._pace.clock()
        since = now if since is None else since
        if trouble.shell_gone:
            raise Stopped("gone", f"{self._endpoint.place} does not know the command any more")
        if trouble.kind == "refused" or now - since >= self._pace.patience:
            raise Stopped("lost", str(trouble))
        self.torn = True
        self._watch.cancelled.wait(min(0.1 + (now - since) / 2, 2.0))
        self._reconnect()
        return since

    def _check(self) -> None:
        if self._watch.cancelled.is_set():
            raise Stopped("cancelled", "cancelled")
        if self._pace.clock() >= self._until:
            raise Stopped("deadline", f"its {self._call.timeout:g} s are over")

    def _seconds(self) -> int:
        """What is left for a request, in whole seconds as WS-Man takes it here."""
        return max(1, min(START, math.ceil(self._until - self._pace.clock())))

    def _reconnect(self) -> None:
        self._wire.close()
        self._wire = Wire(self._endpoint, self._pace.slack)

    def _pass_on(self, chunk: Chunk) -> None:
        self._output.take_output(chunk.output)
        self._output.take_error(chunk.error)

    def _shell(self) -> str:
        if self.shell is None:
            raise RuntimeError("no shell was opened")
        return self.shell

    def _command(self) -> str:
        if self.command is None:
            raise RuntimeError("no command was started")
        return self.command


def request_of(call: PowerShellCall) -> bytes:
    """What the bootstrap reads on its standard input: one line of base64."""
    request = {"token": call.token, "script": call.script, "parameters": dict(call.parameters)}
    return base64.b64encode(json.dumps(request).encode("ascii"))
