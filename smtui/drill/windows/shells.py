"""The remote shells of one host: they outlive connections, and end when deleted, idle too long or at a restart."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field

from smtui.drill.windows.process import CommandLine, Job, Process
from smtui.drill.windows.soap import WsManFault, new_id, no_command, no_shell, too_many_operations, too_many_shells

DEFAULT_IDLE = 7200.0
"""Seconds without a request after which Windows deletes a shell."""


@dataclass(frozen=True, slots=True)
class Quotas:
    """Limits per user, with Windows' defaults (learn.microsoft.com/windows/win32/winrm/quotas)."""

    shells: int = 30
    operations: int = 1500
    envelope: int = 500 * 1024
    """MaxEnvelopeSizekb in bytes: of a request."""


@dataclass(slots=True)
class Shell:
    """One remote shell."""

    id: str
    environment: dict[str, str]
    encoding: str
    idle_timeout: float
    last_used: float
    processes: dict[str, Process] = field(default_factory=dict)


class Shells:
    """All shells of one host; used by the threads of all its connections."""

    def __init__(self, quotas: Quotas, monotonic: Callable[[], float]) -> None:
        self._quotas = quotas
        self._monotonic = monotonic
        self._lock = threading.Lock()
        self._shells: dict[str, Shell] = {}

    def __len__(self) -> int:
        with self._lock:
            return len(self._shells)

    def create(self, environment: dict[str, str], encoding: str, idle_timeout: float) -> Shell:
        """A new shell; raises WsManFault at the quota."""
        self.expire()
        with self._lock:
            if len(self._shells) >= self._quotas.shells:
                raise self.full()
            shell = Shell(new_id(), environment, encoding, idle_timeout, self._monotonic())
            self._shells[shell.id] = shell
            return shell

    def full(self) -> WsManFault:
        """That the account has as many shells as it may."""
        return too_many_shells(self._quotas.shells)

    def use(self, shell_id: str) -> Shell:
        """A shell by its id; raises WsManFault."""
        self.expire()
        with self._lock:
            shell = self._shells.get(shell_id.upper())
            if shell is None:
                raise no_shell(shell_id)
            shell.last_used = self._monotonic()
            return shell

    def start(self, shell_id: str, text: str, job: Job, process_id: str) -> Process:
        """Start a command in a shell, under the id that the client chose, if it did; raises WsManFault."""
        shell = self.use(shell_id)
        with self._lock:
            if sum(len(shell.processes) for shell in self._shells.values()) >= self._quotas.operations:
                raise too_many_operations(self._quotas.operations)
            process = Process(CommandLine(text, shell.environment, shell.encoding), job, process_id)
            shell.processes[process.id] = process
            return process

    def process(self, shell_id: str, process_id: str) -> Process:
        """A command by its ids; raises WsManFault."""
        shell = self.use(shell_id)
        with self._lock:
            process = shell.processes.get(process_id.upper())
        if process is None:
            raise no_command()
        return process

    def forget(self, shell_id: str, process: Process) -> None:
        """End a command and drop what it left; the answer to the signal `terminate`."""
        process.end()
        with self._lock:
            shell = self._shells.get(shell_id.upper())
            if shell is not None:
                shell.processes.pop(process.id, None)

    def delete(self, shell_id: str) -> None:
        """Delete a shell and end its commands; raises WsManFault."""
        self._end(self.use(shell_id))

    def clear(self) -> None:
        """Everything ends, as at a restart."""
        with self._lock:
            shells = list(self._shells.values())
        for shell in shells:
            self._end(shell)

    def expire(self) -> None:
        """Delete the shells that nobody used for their idle time."""
        now = self._monotonic()
        with self._lock:
            idle = [shell for shell in self._shells.values() if now - shell.last_used > shell.idle_timeout]
        for shell in idle:
            self._end(shell)

    def working(self) -> bool:
        """Whether a command runs that does not just wait for its input."""
        with self._lock:
            processes = [process for shell in self._shells.values() for process in shell.processes.values()]
        return any(process.working and not process.done for process in processes)

    def _end(self, shell: Shell) -> None:
        with self._lock:
            self._shells.pop(shell.id, None)
        for process in list(shell.processes.values()):
            process.end()
