"""A program on this machine: an argument list, no shell, in a process session of its own.

What runs is found again by process id and start time. The exit code of a program that outlives smtui is nobody's to
read, so `settle` follows it to its end and then says `gone`; a wrapper that wrote the code down would be one more
thing that a kill can hit.
"""

from __future__ import annotations

import codecs
import io
import os
import selectors
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from smtui.targets.base import Call, Identity, LocalCall, Result, Settlement, TargetError, Watch
from smtui.text import one_line

_POLL: Final = 0.1
_READ: Final = 64 * 1024
_GRACE: Final = 5.0
"""Seconds between SIGTERM and SIGKILL."""
_START_TIME: Final = 19
"""Field 22 of /proc/PID/stat, counted behind the name, which may hold blanks and brackets."""


class LocalTarget:
    """This machine."""

    def __init__(
        self,
        environ: Mapping[str, str] | None = None,
        *,
        proc: Path = Path("/proc"),
        clock: Callable[[], float] = time.monotonic,
        grace: float = _GRACE,
    ) -> None:
        """`environ` is what programs get, None for smtui's own; `grace` the seconds that they have to end."""
        self._environ = environ
        self._proc = proc
        self._clock = clock
        self._grace = grace

    def canary(self) -> Result:
        """This machine is always there."""
        return Result("ok")

    def run(self, call: Call, watch: Watch) -> Result:
        """Run the program and pass its output on until it and everything that writes to it has ended."""
        arguments = _arguments(call)
        if watch.cancelled.is_set():
            return Result("not-started", reason="cancelled before it began; nothing ran")
        until = self._clock() + call.timeout
        try:
            process = subprocess.Popen(
                arguments,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                env=None if self._environ is None else dict(self._environ),
                start_new_session=True,
            )
        except (OSError, ValueError) as error:
            return Result("not-started", reason=f"{arguments[0]} cannot be started: {_why(error)}; nothing ran")
        with process:
            try:
                watch.accepted(self._ids(process.pid))
                stopped = self._follow(process, watch, until)
            except BaseException:
                self._end(process.pid, process)
                raise
            return self._result(process, stopped)

    def settle(self, call: Call, remote: Mapping[str, str], watch: Watch) -> Settlement:
        """Follow a program of an earlier smtui to its end; ended here when cancelled or when its time is over."""
        pid, ids = remote.get("pid", ""), dict(remote)
        if not pid.isdecimal() or "start_time" not in remote or "boot_id" not in remote:
            return Settlement("unclear", reason="no process id was recorded; look for the program by hand")
        until = self._clock() + call.timeout
        while self._ids(int(pid)) == ids:
            if watch.cancelled.wait(_POLL) or self._clock() >= until:
                self._end(int(pid), None)
                return Settlement("gone", reason=f"process {pid} was still running and has been ended")
        return Settlement("gone", reason=f"process {pid} runs no more; its exit code is not known")

    def identify(self) -> Identity:
        """Host name and boot time of this machine."""
        name, _, domain = socket.getfqdn().partition(".")
        try:
            lines = (self._proc / "stat").read_text(encoding="ascii").splitlines()
            booted = next(int(line.split()[1]) for line in lines if line.startswith("btime "))
        except (OSError, StopIteration) as error:
            raise TargetError(f"this machine does not say when it was booted: {error}") from error
        return Identity(name, domain, datetime.fromtimestamp(booted, UTC).isoformat())

    def close(self) -> None:
        """Nothing is held between calls."""

    def _ids(self, pid: int) -> dict[str, str]:
        """What no other process has; without a start time for one that has ended."""
        ids = {"pid": str(pid), "boot_id": (self._proc / "sys/kernel/random/boot_id").read_text().strip()}
        try:
            fields = (self._proc / str(pid) / "stat").read_text(encoding="utf-8", errors="replace")
        except OSError:
            return ids
        state, *rest = fields.rpartition(")")[2].split()
        return ids if state == "Z" else {**ids, "start_time": rest[_START_TIME - 1]}

    def _follow(self, process: subprocess.Popen[bytes], watch: Watch, until: float) -> str:
        """Pass output on until the end; gives why the program was stopped, nothing when it ended by itself."""
        decoder = io.IncrementalNewlineDecoder(
            codecs.getincrementaldecoder("utf-8")(errors="backslashreplace"), translate=True
        )
        with selectors.DefaultSelector() as selector:
            selector.register(_pipe(process), selectors.EVENT_READ)
            while True:
                if selector.select(_POLL):
                    data = os.read(_pipe(process).fileno(), _READ)
                    _show(watch, decoder.decode(data, final=not data))
                    if not data:
                        break
                stopped = "cancelled" if watch.cancelled.is_set() else "its time is over"
                if watch.cancelled.is_set() or self._clock() >= until:
                    self._end(process.pid, process)
                    return stopped
        return "" if self._waited(process, watch, until) else "its time is over"

    def _waited(self, process: subprocess.Popen[bytes], watch: Watch, until: float) -> bool:
        """Wait for a program that has closed its output; ends it when cancelled or when its time is over."""
        while process.poll() is None:
            if watch.cancelled.wait(_POLL) or self._clock() >= until:
                self._end(process.pid, process)
                return False
        return True

    def _end(self, pid: int, process: subprocess.Popen[bytes] | None) -> None:
        """End the whole process group: ask, wait a moment, kill."""
        before = self._ids(pid)
        if not _signalled(pid, signal.SIGTERM):
            return
        until = self._clock() + self._grace
        while self._clock() < until:
            if process is not None:
                process.poll()
            if self._ids(pid) != before:
                break
            time.sleep(_POLL / 2)
        _signalled(pid, signal.SIGKILL)

    def _result(self, process: subprocess.Popen[bytes], stopped: str) -> Result:
        code = process.wait()
        if stopped:
            return Result("unknown", code, reason=f"{stopped}; the program was ended; look at what it did until then")
        if code == 0:
            return Result("ok", 0)
        how = f"was ended by {signal.Signals(-code).name}" if code < 0 else f"ended with exit code {code}"
        return Result("failed", code, reason=f"the program {how}; see the output")


def _arguments(call: Call) -> list[str]:
    if not isinstance(call, LocalCall):
        raise TypeError(f"{type(call).__name__} is not for this machine")
    return list(call.arguments)


def _pipe(process: subprocess.Popen[bytes]) -> io.BufferedReader:
    if not isinstance(process.stdout, io.BufferedReader):
        raise TypeError("standard output is no pipe")
    return process.stdout


def _show(watch: Watch, text: str) -> None:
    if text:
        watch.output(text)


def _signalled(group: int, number: signal.Signals) -> bool:
    try:
        os.killpg(group, number)
    except ProcessLookupError:
        return False
    return True


def _why(error: OSError | ValueError) -> str:
    return one_line(error.strerror.lower() if isinstance(error, OSError) and error.strerror else str(error))
