"""cmd.exe, as far as it is simulated: a handful of programs, and the way into PowerShell."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from smtui.drill.windows.powershell import Bootstrap, OtherPowerShell, Simulation, bootstrap_digest, encoded_command
from smtui.drill.windows.powershell_host import PowerShellHost, loader_digest
from smtui.drill.windows.process import Job, Process, Stream

LONGEST_LINE = 8191
"""Characters that cmd.exe takes."""


@dataclass(frozen=True, slots=True)
class Printed:
    """A program whose whole behaviour is its output."""

    name: str
    stream: Stream
    text: str
    exit_code: int
    reads_input: bool = False
    reads_lines: bool = False
    held: float = 0.0

    def subjects(self, data: bytes) -> tuple[str, ...]:  # noqa: ARG002  # its input is not read
        """What a fault may name."""
        return (self.name,)

    def is_work(self, line: bytes) -> bool:  # noqa: ARG002  # its input is not read
        """It works from the start."""
        return False

    def run(self, process: Process) -> int:
        """Print."""
        if self.text:
            process.write(self.stream, f"{self.text}\r\n".encode(process.line.encoding, "replace"))
        return self.exit_code


def prepare(line: str, environment: Mapping[str, str], simulation: Simulation) -> Job:
    """What a command line means on a host."""
    if len(line) > LONGEST_LINE:
        return Printed("cmd", "stderr", "The command line is too long.", 1)
    name, _, rest = line.strip().partition(" ")
    name = name.casefold().removesuffix(".exe")
    if name == "powershell":
        match encoded_command(line):
            case digest if digest == bootstrap_digest():
                return Bootstrap(simulation)
            case digest if digest == loader_digest():
                return PowerShellHost(Bootstrap(simulation))
            case _:
                return OtherPowerShell(line)
    identity = simulation.host.identity()
    variables = {"COMPUTERNAME": identity.name, "USERDNSDOMAIN": identity.domain.upper(), **environment}
    if name == "echo":
        return Printed(name, "stdout", _expand(rest, variables), 0)
    if name == "hostname":
        return Printed(name, "stdout", identity.name, 0)
    if name == "ipconfig":
        host = f"   Host Name . . . . . . . . . . . . : {identity.name}"
        suffix = f"   Primary Dns Suffix  . . . . . . . : {identity.domain}"
        return Printed(name, "stdout", f"\r\nWindows IP Configuration\r\n\r\n{host}\r\n{suffix}", 0)
    if name == "exit":
        code = re.fullmatch(r"(?:/b\s+)?(-?[0-9]{1,10})?", rest.strip(), re.IGNORECASE)
        return Printed(name, "stdout", "", int(code[1] or 0) if code else 0)
    unknown = f"'{name}' is not recognized as an internal or external command,\r\noperable program or batch file."
    return Printed(name, "stderr", unknown, 1)


def _expand(text: str, variables: Mapping[str, str]) -> str:
    """Percent signs as cmd.exe reads them: without case; an unknown name stays as it is."""
    folded = {name.casefold(): value for name, value in variables.items()}
    return re.sub(r"%([^%]+)%", lambda found: folded.get(found[1].casefold(), found[0]), text)
