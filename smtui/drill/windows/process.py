"""One command of a remote shell: a thread that reads standard input and writes output, which is kept until received.

It depends on no connection: it goes on when the client is gone, and ends early only by a signal, by the deletion of its
shell or by a restart of the host.
"""

from __future__ import annotations

import logging
import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, Protocol

from smtui.drill.behaviours.framework import CallEnded
from smtui.drill.windows.soap import chosen_id

Stream = Literal["stdout", "stderr"]
CONTROL_C_EXIT = -1073741510
"""STATUS_CONTROL_C_EXIT, the exit code of a program that was ended."""
_DEFECT_EXIT = 255
_LOOK_AROUND = 0.1
"""Seconds between two looks whether the client that waits for output is still there."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class CommandLine:
    """What was asked to run, where and with which environment."""

    text: str
    environment: dict[str, str]
    encoding: str


@dataclass(frozen=True, slots=True)
class Output:
    """What one Receive carries away."""

    chunks: tuple[tuple[Stream, bytes], ...]
    exit_code: int | None
    """None while the command runs or output is left."""


class Job(Protocol):
    """What a command line turned out to be."""

    @property
    def reads_input(self) -> bool:
        """Whether its work begins only at the end of standard input."""

    def subjects(self, data: bytes) -> tuple[str, ...]:
        """What a fault may name: the script in the input, the values of its parameters."""

    def run(self, process: Process) -> int:
        """Do it, on the process's own thread; the exit code. May raise CallEnded."""


class Process:
    """One running command."""

    def __init__(self, line: CommandLine, job: Job, process_id: str) -> None:
        self.id = chosen_id(process_id)
        self.line = line
        self.ended = threading.Event()
        self.subjects: tuple[str, ...] = () if job.reads_input else job.subjects(b"")
        self._job = job
        self._state = threading.Condition()
        self._output: deque[tuple[Stream, bytes]] = deque()
        self._exit_code: int | None = None
        self._input = bytearray()
        self._input_closed = False
        threading.Thread(target=self._live, name=f"process-{self.id[:8]}", daemon=True).start()

    @property
    def done(self) -> bool:
        """Whether it has ended; output may be left."""
        return self._exit_code is not None

    @property
    def working(self) -> bool:
        """Whether it has all it needs to do its work, and has begun or ended it."""
        return self._input_closed or not self._job.reads_input

    def write(self, stream: Stream, data: bytes) -> None:
        """Add output; called by what runs."""
        with self._state:
            self._output.append((stream, data))
            self._state.notify_all()

    def feed(self, data: bytes, *, end: bool) -> None:
        """Add standard input; what comes after its end is dropped, as by a closed pipe."""
        with self._state:
            if not self._input_closed:
                self._input += data
                if end:
                    self.subjects = self._job.subjects(bytes(self._input)) if self._job.reads_input else self.subjects
                    self._input_closed = True
            self._state.notify_all()

    def read_input(self) -> bytes:
        """Standard input to its end; raises CallEnded."""
        with self._state:
            self._state.wait_for(lambda: self._input_closed or self.ended.is_set())
            if self.ended.is_set():
                raise CallEnded
            return bytes(self._input)

    def end(self) -> None:
        """End it from outside."""
        self.ended.set()
        with self._state:
            self._state.notify_all()

    def receive(self, seconds: float, most_bytes: int, client_there: Callable[[], bool]) -> Output | None:
        """Wait for output or the end; None when neither came in time or the client went away."""
        with self._state:
            waited = 0.0
            while not (self._output or self.done):
                if waited >= seconds or not client_there():
                    return None
                slice_ = min(_LOOK_AROUND, seconds - waited)
                self._state.wait(slice_)
                waited += slice_
            if not client_there():
                return None
            chunks = tuple(self._take(most_bytes))
            return Output(chunks, None if self._output else self._exit_code)

    def give_back(self, output: Output) -> None:
        """Put output back that could not be sent."""
        with self._state:
            self._output.extendleft(reversed(output.chunks))

    def _take(self, most_bytes: int) -> list[tuple[Stream, bytes]]:
        taken: list[tuple[Stream, bytes]] = []
        while self._output and most_bytes > 0:
            stream, data = self._output.popleft()
            if len(data) > most_bytes:
                self._output.appendleft((stream, data[most_bytes:]))
                data = data[:most_bytes]
            taken.append((stream, data))
            most_bytes -= len(data)
        return taken

    def _live(self) -> None:
        try:
            exit_code = self._job.run(self)
        except CallEnded:
            exit_code = CONTROL_C_EXIT
        except Exception as defect:  # noqa: BLE001  # a defect of a behaviour is its process's failure, never the host's
            _log.exception("process %s", self.id)
            self.write("stderr", f"defect of the simulation: {defect!r}\r\n".encode())
            exit_code = _DEFECT_EXIT
        with self._state:
            self._exit_code = exit_code
            self._state.notify_all()
