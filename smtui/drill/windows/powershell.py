"""PowerShell, as far as it is simulated: the constant bootstrap, and scripts that are known by their digest.

The bootstrap is recognised by the digest of its whole text, a script by the digest of the text on standard input.
Everything else is answered "not simulated", never guessed at.
"""

from __future__ import annotations

import base64
import binascii
import functools
import hashlib
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib.resources import files
from typing import Final

import msgspec

from smtui.checklist.model import Scalar
from smtui.drill.behaviours.framework import Call, Script, ScriptError, ScriptResult
from smtui.drill.faults import Faults
from smtui.drill.host import SimulatedHost
from smtui.drill.windows.process import Process
from smtui.drill.world import Request, World

NOT_SIMULATED_EXIT: Final = 64
_FAILED_EXIT: Final = 1
_ENCODED = re.compile(r"(?i)-e(?:nc|ncodedcommand|c)?\s+([A-Za-z0-9+/=]+)\s*$")


class Work(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What the bootstrap finds on its standard input."""

    token: str
    script: str
    parameters: dict[str, Scalar]


@dataclass(frozen=True, slots=True)
class Simulation:
    """What a script runs against."""

    world: World
    host: SimulatedHost
    faults: Faults
    scripts: Mapping[str, Script]
    """By SHA-256 of the text."""


@functools.cache
def bootstrap_digest() -> str:
    """SHA-256 of the bootstrap as it is packaged, in the encoding in which it travels."""
    return digest_of("bootstrap.ps1", "utf-16-le")


def digest_of(name: str, encoding: str) -> str:
    """SHA-256 of a text that smtui sends ahead of its scripts."""
    return _digest(files("smtui.targets").joinpath(name).read_text("utf-8"), encoding)


def encoded_command(line: str) -> str | None:
    """The digest of the script in -EncodedCommand, if the command line has one."""
    found = _ENCODED.search(line)
    if found is None:
        return None
    try:
        return hashlib.sha256(base64.b64decode(found[1], validate=True)).hexdigest()
    except binascii.Error:
        return None


@dataclass(frozen=True, slots=True)
class Bootstrap:
    """A PowerShell that runs the bootstrap, and the script on its standard input."""

    simulation: Simulation
    reads_input: bool = True
    reads_lines: bool = False
    held: float = 0.0

    def is_work(self, line: bytes) -> bool:  # noqa: ARG002  # it works at the end of its input
        """No line begins work."""
        return False

    def subjects(self, data: bytes) -> tuple[str, ...]:
        """The script's name, and the text values of its parameters."""
        try:
            work = _read(data)
        except ValueError:
            return ()
        script = self.simulation.scripts.get(_digest(work.script, "utf-8"))
        return (script.name if script else "", *(value for value in work.parameters.values() if isinstance(value, str)))

    def run(self, process: Process) -> int:
        """Run the script, and frame its result."""
        if self.simulation.faults.stands("constrained-language", self.simulation.host.name):
            process.read_input()
            refused = "The script was not started, language mode ConstrainedLanguage: Cannot create type."
            process.write("stdout", _console(refused))
            return _FAILED_EXIT
        return self.act(process.read_input(), process, lambda data: process.write("stdout", data))

    def act(self, data: bytes, process: Process, write: Callable[[bytes], None]) -> int:
        """Run the script in `data`; gives its exit code."""
        try:
            work = _read(data)
        except ValueError as error:
            write(_console(f"The script was not started, language mode FullLanguage: {error}"))
            return _FAILED_EXIT
        result = self._act(work, process, write)
        fields = json.dumps(dict(result.fields), ensure_ascii=False, separators=(",", ":"))
        write(_console(f"smtui-result {work.token} {fields}"))
        return result.exit_code

    def _act(self, work: Work, process: Process, write: Callable[[bytes], None]) -> ScriptResult:
        simulation = self.simulation
        sha256 = _digest(work.script, "utf-8")
        script = simulation.scripts.get(sha256)
        simulation.world.record(
            Request(
                target=simulation.host.name, kind="powershell", name=script.name if script else "", sha256=sha256,
                token=work.token, parameters=work.parameters,
            )
        )  # fmt: skip
        if script is None:
            return ScriptResult({"not_simulated": True, "sha256": sha256}, NOT_SIMULATED_EXIT)
        call = Call(
            world=simulation.world, faults=simulation.faults, target=simulation.host.name, token=work.token,
            subjects=process.subjects, ended=process.ended,
            write=lambda text: write(_console(text)),
        )  # fmt: skip
        try:
            slow = call.fault("slow")
            if slow is not None:
                call.wait(slow.seconds)
            return script.act(simulation.host, work.parameters, call)
        except ScriptError as error:
            return ScriptResult({"error": str(error), "error_id": error.error_id}, _FAILED_EXIT)


@dataclass(frozen=True, slots=True)
class OtherPowerShell:
    """A PowerShell whose script is not ours."""

    line: str
    reads_input: bool = False
    reads_lines: bool = False
    held: float = 0.0

    def is_work(self, line: bytes) -> bool:  # noqa: ARG002  # its input is not read
        """It works from the start."""
        return False

    def subjects(self, data: bytes) -> tuple[str, ...]:  # noqa: ARG002  # its input is not read
        """What a fault may name."""
        return ("powershell",)

    def run(self, process: Process) -> int:
        """Say that it is not simulated, except for two cmdlets that public test suites start."""
        written = re.search(r"(?i)-command\s+write-host\s+(.*)$", self.line)
        if written is not None:
            process.write("stdout", f"{written[1]}\n".encode(process.line.encoding, "replace"))
            return 0
        slept = re.search(r"(?i)-command\s+start-sleep\s+-s\s+([0-9]{1,4})$", self.line)
        if slept is not None:
            return 0 if not process.ended.wait(int(slept[1])) else _FAILED_EXIT
        sha256 = encoded_command(self.line) or hashlib.sha256(self.line.encode()).hexdigest()
        process.write("stderr", f"not simulated: {sha256}\r\n".encode())
        return NOT_SIMULATED_EXIT


def _read(data: bytes) -> Work:
    """Decode standard input, lone surrogates replaced; raises ValueError (msgspec's and binascii's errors are ones)."""
    request = json.dumps(json.loads(base64.b64decode(data.strip(), validate=True)), ensure_ascii=False)
    return msgspec.json.decode(request.encode("utf-8", "replace"), type=Work)


def _console(line: str) -> bytes:
    """A line as the bootstrap's console writes it: UTF-8, a lone surrogate replaced."""
    return f"{line}\r\n".encode("utf-8", "replace")


def _digest(text: str, encoding: str) -> str:
    return hashlib.sha256(text.encode(encoding, "surrogatepass")).hexdigest()
