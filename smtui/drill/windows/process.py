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

    @property
    def reads_lines(self) -> bool:
        """Whether each line of standard input may be work of its own; it begins with `Process.next_line`."""

    @property
    def held(self) -> float:
        """Seconds for which output waits for more."""

    def subjects(self, data: bytes) -> tuple[str, ...]:
        """What a fault may name: the script in the input or line, the values of its parameters."""

    def is_work(self, line: bytes) -> bool:
        """Whether a line begins work."""

    def run(self, process: Process) -> int:
        """Do it, on the process's own thread; the exit code. May raise CallEnded."""


class Process:
    """One running command."""

    def __init__(self, line: CommandLine, job: Job, process_id: str) -> None:
        self.id = chosen_id(process_id)
        self.line = line
        self.ended = threading.Event()
        self.subjects: tuple[str, ...] = () if job.reads_input or job.reads_lines else job.subjects(b"")
        self._job = job
        self._state = threading.Condition()
        self._output: deque[tuple[Stream, bytes]] = deque()
        self._exit_code: int | None = None
        self._input = bytearray()
        self._input_closed = False
        self._waits_for_line = False
        self._at_work = False
        """A line began work whose output is not received yet."""
        threading.Thread(target=self._live, name=f"process-{self.id[:8]}", daemon=True).start()

    @property
    def done(self) -> bool:
        """Whether it has ended; output may be left."""
        return self._exit_code is not None

    @property
    def working(self) -> bool:
        """Whether it has all it needs to do its work, and has begun or ended it."""
        if self._job.reads_lines:
            return self._at_work
        return self._input_closed or not self._job.reads_input

    @property
    def _rests(self) -> bool:
        """Whether it waits for a line, and none is there."""
        return self._waits_for_line and b"\n" not in self._input

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
                if self._job.reads_lines:
                    self._look_for_work(len(data))
                elif end and self._job.reads_input:
                    self.subjects = self._job.subjects(bytes(self._input))
                self._input_closed = end
            self._state.notify_all()

    def next_line(self) -> bytes | None:
        """The next line of standard input without its end, None at the end; raises CallEnded."""
        with self._state:
            self._waits_for_line = True
            self._state.notify_all()
            self._state.wait_for(lambda: b"\n" in self._input or self._input_closed or self.ended.is_set())
            if self.ended.is_set():
                raise CallEnded
            self._waits_for_line = False
            line, found, rest = self._input.partition(b"\n")
            if not found:
                return None
            self._input = rest
            return bytes(line)

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

    def await_work(self, seconds: float, client_there: Callable[[], bool]) -> bool:
        """Wait until it works, has output or has ended; False when that did not come in time."""
        with self._state:
            return self._await(lambda: self.working or bool(self._output), seconds, client_there)

    def receive(self, seconds: float, most_bytes: int, client_there: Callable[[], bool]) -> Output | None:
        """Wait for output or the end; None when neither came in time or the client went away."""
        with self._state:
            if not self._await(lambda: bool(self._output), seconds, client_there):
                return None
            if self._job.held:
                self._hold_back(self._job.held)
            chunks = tuple(self._take(most_bytes))
            if self._rests and not self._output:
                self._at_work = False
            return Output(chunks, None if self._output else self._exit_code)

    def give_back(self, output: Output) -> None:
        """Put output back that could not be sent."""
        with self._state:
            self._output.extendleft(reversed(output.chunks))

    def _await(self, there: Callable[[], bool], seconds: float, client_there: Callable[[], bool]) -> bool:
        waited = 0.0
        while not (there() or self.done):
            if waited >= seconds or not client_there():
                return False
            slice_ = min(_LOOK_AROUND, seconds - waited)
            self._state.wait(slice_)
            waited += slice_
        return client_there()

    def _hold_back(self, seconds: float) -> None:
        """Until it rests, or nothing was written for a moment."""
        before = -1
        while before != len(self._output) and not (self._rests or self.done):
            before = len(self._output)
            self._state.wait_for(lambda: self._rests or self.done, seconds)

    def _look_for_work(self, fresh: int) -> None:
        """Whether one of the lines that are whole by the last so many bytes begins work."""
        start = self._input.rfind(b"\n", 0, len(self._input) - fresh) + 1
        for line in bytes(self._input[start:]).split(b"\n")[:-1]:
            if self._job.is_work(line):
                self.subjects, self._at_work = self._job.subjects(line), True

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
