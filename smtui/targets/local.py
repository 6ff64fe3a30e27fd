"""A program on this machine: an argument list in a process session of its own.

It is started behind a gate: a constant shell line that waits for one newline and then becomes the program, under the
same process id. So nothing of it runs before its ids are on record: smtui's end, in whatever way, closes the gate for
good. The arguments are never read as shell text.

What runs is found again by process id and start time. The exit code of a program that outlives smtui is nobody's to
read, so `settle` follows it to its end and then says `gone`; a wrapper that wrote the code down would be one more
thing that a kill can hit.
"""

from __future__ import annotations

import codecs
import contextlib
import errno
import io
import os
import selectors
import shutil
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
"""Field 22 of /proc/PID/stat, in clock ticks since the machine was booted."""


_GATE: Final = 'read -r _ && exec "$@" </dev/null'
_SHELL: Final = "/bin/sh"


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

    def prepare(self) -> Result:
        """Nothing is kept between calls."""
        return Result("ok")

    def run(self, call: Call, watch: Watch) -> Result:
        """Run the program and pass its output on until it and everything that writes to it has ended."""
        arguments = _arguments(call)
        if watch.cancelled.is_set():
            return Result("not-started", reason="cancelled before it began; nothing ran")
        until = self._clock() + call.timeout
        environ = dict(os.environ if self._environ is None else self._environ)
        try:
            _check_program(arguments[0], environ)
            process = self._behind_the_gate(arguments, environ)
        except (OSError, ValueError) as error:
            return Result("not-started", reason=f"{arguments[0]} cannot be started: {_why(error)}; nothing ran")
        with process:
            ids = self._ids(process.pid)
            try:
                watch.accepted(ids)
                _open_gate(process)
                stopped = self._follow(process, watch, until)
            except BaseException:
                self._end(ids)  # also one that still waits behind the gate
                raise
            if stopped:
                self._end(ids)
            return self._result(process, stopped)

    def settle(self, call: Call, remote: Mapping[str, str], watch: Watch) -> Settlement:
        """Follow a program of an earlier smtui to its end; ended here when cancelled or when its time is over."""
        ids = {name: remote[name] for name in ("pid", "start_time", "boot_id") if name in remote}
        if len(ids) < 3 or not ids["pid"].isdecimal():
            return Settlement("unclear", reason="no process id was recorded; look for the program by hand")
        until = self._clock() + call.timeout
        while self._runs(ids):
            if watch.cancelled.wait(_POLL) or self._clock() >= until:
                self._end(ids)
                return Settlement("gone", reason=f"process {ids['pid']} was still running and has been ended")
        return Settlement("gone", reason=f"process {ids['pid']} runs no more; its exit code is not known")

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
        """What no other process has, ended or not; raises OSError when there is none of that number."""
        stat = (self._proc / str(pid) / "stat").read_text(encoding="utf-8", errors="replace")
        boot_id = (self._proc / "sys/kernel/random/boot_id").read_text(encoding="ascii").strip()
        return {"pid": str(pid), "start_time": _fields(stat)[_START_TIME], "boot_id": boot_id}

    def _runs(self, ids: Mapping[str, str]) -> bool:
        """Whether exactly this process is there and has not ended."""
        try:
            stat = (self._proc / ids["pid"] / "stat").read_text(encoding="utf-8", errors="replace")
            return self._ids(int(ids["pid"])) == ids and _fields(stat)[0] != "Z"
        except OSError:
            return False

    def _behind_the_gate(self, arguments: list[str], environ: dict[str, str]) -> subprocess.Popen[bytes]:
        gate = _GATE if "PWD" in environ else f"unset PWD; {_GATE}"  # the shell would add it
        return subprocess.Popen(
            [_SHELL, "-c", gate, "sh", *arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            env=environ,
            start_new_session=True,
        )

    def _follow(self, process: subprocess.Popen[bytes], watch: Watch, until: float) -> str:
        """Pass output on until the end; gives why the program must be stopped, nothing when it ended by itself."""
        utf8 = codecs.getincrementaldecoder("utf-8")(errors="backslashreplace")
        decoder = io.IncrementalNewlineDecoder(utf8, translate=True)
        pipe = _pipe(process)
        with selectors.DefaultSelector() as selector:
            selector.register(pipe, selectors.EVENT_READ)
            ended = False
            while not ended or process.poll() is None:
                if watch.cancelled.is_set():
                    return "cancelled"
                if self._clock() >= until:
                    return "its time is over"
                if ended:
                    watch.cancelled.wait(_POLL)
                elif selector.select(_POLL):
                    data = os.read(pipe, _READ)
                    ended = not data
                    _show(watch, decoder.decode(data, final=ended))
        return ""

    def _end(self, ids: Mapping[str, str]) -> None:
        """End the whole process group: ask, wait a moment, kill."""
        group = int(ids["pid"])
        _signal(group, signal.SIGTERM)
        until = self._clock() + self._grace
        while self._runs(ids) and self._clock() < until:
            time.sleep(_POLL / 2)
        _signal(group, signal.SIGKILL)

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


def _check_program(name: str, environ: Mapping[str, str]) -> None:
    """Raise OSError where the gate's shell would find nothing to become."""
    if not name:
        raise ValueError("the command is empty")
    if shutil.which(name, path=environ.get("PATH", os.defpath)) is None:
        number = errno.EACCES if "/" in name and Path(name).exists() else errno.ENOENT
        raise OSError(number, os.strerror(number))


def _open_gate(process: subprocess.Popen[bytes]) -> None:
    """Let the program run; one that was killed behind the gate tells so by its exit code."""
    if process.stdin is None:
        raise ValueError("standard input is no pipe")
    with contextlib.suppress(BrokenPipeError):
        process.stdin.write(b"\n")
        process.stdin.close()


def _pipe(process: subprocess.Popen[bytes]) -> int:
    if process.stdout is None:
        raise ValueError("standard output is no pipe")
    return process.stdout.fileno()


def _fields(stat: str) -> list[str]:
    """Of /proc/PID/stat, from the third on: the second, the name, may hold blanks and brackets."""
    return stat.rpartition(")")[2].split()


def _show(watch: Watch, text: str) -> None:
    if text:
        watch.output(text)


def _signal(group: int, number: signal.Signals) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.killpg(group, number)


def _why(error: OSError | ValueError) -> str:
    return one_line(error.strerror.lower() if isinstance(error, OSError) and error.strerror else str(error))
