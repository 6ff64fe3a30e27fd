"""loader.ps1 and the host.ps1 that it runs, as far as they are simulated: both are recognised by their digests."""

from __future__ import annotations

import base64
import binascii
import functools
import hashlib
from dataclasses import dataclass, field
from typing import Final

from smtui.drill.windows.powershell import NOT_SIMULATED_EXIT, Bootstrap, digest_of
from smtui.drill.windows.process import Process

_TAIL: Final = 32768
_FAILED_EXIT: Final = 1
_ENDED_EXIT: Final = -1
"""What a process leaves that was ended by somebody on the host."""


@functools.cache
def loader_digest() -> str:
    """SHA-256 of loader.ps1, in the encoding in which it travels."""
    return digest_of("loader.ps1", "utf-16-le")


@functools.cache
def _host_digest() -> str:
    return digest_of("host.ps1", "utf-8")


@functools.cache
def _child_digest() -> str:
    return digest_of("bootstrap.ps1", "utf-16-le")


@dataclass(slots=True)
class PowerShellHost:
    """One host: it runs each frame once, remembers the last one's end, and knows every frame that it saw."""

    bootstrap: Bootstrap
    reads_input: bool = False
    reads_lines: bool = True
    _seen: set[str] = field(default_factory=set)
    _last: tuple[str, str] = ("", "")

    @property
    def held(self) -> float:
        """Seconds for which output waits for more."""
        return self.bootstrap.simulation.host.pace.held

    def is_work(self, line: bytes) -> bool:
        """Whether it is a whole frame to run."""
        return _frame(line) is not None and line.startswith(b"run ")

    def subjects(self, data: bytes) -> tuple[str, ...]:
        """The script's name, and the text values of its parameters."""
        return self.bootstrap.subjects(data.rpartition(b" ")[2])

    def run(self, process: Process) -> int:
        """Take lines until their end."""
        simulation = self.bootstrap.simulation
        if simulation.faults.stands("constrained-language", simulation.host.name):
            _say(process, "The PowerShell host ended, language mode ConstrainedLanguage: Cannot create type.")
            return _FAILED_EXIT
        if not _is_ours(process.next_line(), process.next_line()):
            process.write("stderr", b"not simulated: another host\r\n")
            return NOT_SIMULATED_EXIT
        _say(process, "smtui-ready")
        while (line := process.next_line()) is not None:
            frame = _frame(line)
            runs = line.startswith(b"run ")
            if runs and simulation.faults.take("host-ended", simulation.host.name, self.subjects(line)):
                return _ENDED_EXIT
            if frame is None:
                if line:
                    _say(process, "smtui-torn")
            elif frame not in self._seen:
                self._seen.add(frame)
                if runs:
                    self._run(frame, line.rpartition(b" ")[2], process)
                else:
                    _say(process, f"{frame} never")
            elif self._last[0] == frame:
                _say(process, f"{frame} again {self._last[1]}")
            else:
                _say(process, f"{frame} over")
        return 0

    def _run(self, frame: str, data: bytes, process: Process) -> None:
        tail = bytearray()

        def write(output: bytes) -> None:
            tail.extend(output)
            del tail[:-_TAIL]
            process.write("stdout", output)

        _say(process, f"{frame} begin")
        code = self.bootstrap.act(data, process, write)
        self._last = (frame, f"{code} {base64.b64encode(tail).decode()}")
        _say(process, f"{frame} end {code}")


def _is_ours(host: bytes | None, child: bytes | None) -> bool:
    return _decoded_digest(host) == _host_digest() and _decoded_digest(child) == _child_digest()


def _decoded_digest(line: bytes | None) -> str:
    try:
        return hashlib.sha256(base64.b64decode(line or b"", validate=True)).hexdigest()
    except binascii.Error:
        return ""


def _frame(line: bytes) -> str | None:
    """The frame that a line runs or asks for; None for a line that is not whole."""
    words = line.decode("ascii", "replace").split(" ")
    match words:
        case ["run", frame, length, data] if length == str(len(data)):
            return frame
        case ["ask", frame]:
            return frame
        case _:
            return None


def _say(process: Process, line: str) -> None:
    process.write("stdout", f"{line}\n".encode())
