"""What is said to the PowerShell host on a server, and what of its output belongs to which script.

`host.ps1` says what the lines mean. They are told from output by the name of the frame, which nobody can guess and no
script gets to know, so no output can pass for one.
"""

from __future__ import annotations

import base64
import binascii
import secrets
from dataclasses import dataclass
from typing import Final, Literal

READY: Final = b"smtui-ready\n"
TORN: Final = b"smtui-torn\n"
_LONGEST_LINE: Final = 1 << 20
"""Bytes of a line of the host; its own are at most 90 kB."""
_NOISE: Final = 4096
"""Bytes kept of what comes before a frame: what a PowerShell says that did not start."""


class FrameError(Exception):
    """The host says what no host says; the text is one line."""


@dataclass(frozen=True, slots=True)
class Answer:
    """How a frame ended. `never`: it was not begun and cannot begin any more. `over`: it ended, how is forgotten."""

    kind: Literal["end", "again", "never", "over"]
    code: int = 0
    tail: bytes = b""
    """With `again`: the last part of the script's standard output, at least its last 32 KiB."""


def new_frame() -> str:
    """A name for one script in a host: 128 random bits."""
    return f"smtui-{secrets.token_hex(16)}"


def run_line(frame: str, request: bytes) -> bytes:
    """Run a request once. The line end before it closes whatever arrived in part."""
    return b"\nrun %s %d %s\n" % (frame.encode(), len(request), request)


def ask_line(frame: str) -> bytes:
    """Ask how a frame ended, and bar it where it never arrived."""
    return b"\nask %s\n" % frame.encode()


class FrameReader:
    """Takes the host's standard output for one frame; what comes before the frame begins is another's."""

    def __init__(self, frame: str, *, begun: bool = False) -> None:
        """`begun`: an earlier program may have taken the beginning."""
        self._mark = f"{frame} ".encode()
        self._held = b""
        self._begun = begun
        self.output = b""
        """Standard output since the last `feed`."""
        self.error = b""
        """Standard error since the last `feed`."""
        self.noise = b""
        """What came before the frame, at most its end."""
        self.answers: list[Answer] = []

    @property
    def torn(self) -> bool:
        """Whether the host got a frame in part; forgotten once asked."""
        torn = TORN in self.noise
        self.noise = self.noise.replace(TORN, b"")
        return torn

    def feed(self, data: bytes) -> None:
        """Take what arrived; raises FrameError."""
        self.output = self.error = b""
        self._held += data
        while (start := self._held.find(self._mark)) >= 0:
            end = self._held.find(b"\n", start + len(self._mark))
            if end < 0:
                break
            self._pass(self._held[:start])
            line, self._held = self._held[start + len(self._mark) : end], self._held[end + 1 :]
            self._take(line)
        if start < 0:
            start = self._possible_mark()
        if len(self._held) - start > _LONGEST_LINE:
            raise FrameError("the PowerShell host sends a line without an end")
        self._pass(self._held[:start])
        self._held = self._held[start:]

    def _possible_mark(self) -> int:
        """Where a line of the host may begin at the end of what is there, else its length."""
        for size in range(min(len(self._mark) - 1, len(self._held)), 0, -1):
            if self._mark.startswith(self._held[-size:]):
                return len(self._held) - size
        return len(self._held)

    def _pass(self, data: bytes) -> None:
        if self._begun:
            self.output += data
        else:
            self.noise = (self.noise + data)[-_NOISE:]

    def _take(self, line: bytes) -> None:
        word, _, rest = line.partition(b" ")
        try:
            match word:
                case b"begin":
                    self._begun = True
                case b"error":
                    self.error += base64.b64decode(rest, validate=True)
                case b"end":
                    self.answers.append(Answer("end", int(rest)))
                    self._begun = False
                case b"again":
                    code, _, tail = rest.partition(b" ")
                    self.answers.append(Answer("again", int(code), base64.b64decode(tail, validate=True)))
                case b"never":
                    self.answers.append(Answer("never"))
                case b"over":
                    self.answers.append(Answer("over"))
                case _:
                    raise FrameError("the PowerShell host says what is not known here; is another version there?")
        except (binascii.Error, ValueError) as error:
            raise FrameError("the PowerShell host sends a line that cannot be read") from error
