"""What the engine asks of a target, and what it gets back. One small interface, one module for each protocol."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, Protocol

from smtui.checklist.model import Scalar

Ending = Literal["ok", "failed", "unknown", "not-started", "rejected", "unreachable"]
"""How a call ended, by phase.

`ok`: it ran, exit code 0. `failed`: it ran and says so. `unknown`: it may have run, or may still run.
`not-started`: the other side refused before anything ran. `rejected`: the account was refused. `unreachable`: no
connection. After the last three the call may be made again freely.
"""


@dataclass(frozen=True, slots=True)
class PowerShellCall:
    """A script for a Windows server; `parameters` stay data (base64 JSON on standard input)."""

    script: str
    parameters: Mapping[str, Scalar]
    token: str
    timeout: float


@dataclass(frozen=True, slots=True)
class SqlCall:
    """A statement for a database; `values` are bound to its `?`."""

    statement: str
    values: Sequence[Scalar]
    token: str
    timeout: float


@dataclass(frozen=True, slots=True)
class LocalCall:
    """A program on this machine, as an argument list; no shell."""

    arguments: Sequence[str]
    token: str
    timeout: float


Call = PowerShellCall | SqlCall | LocalCall


@dataclass(frozen=True, slots=True)
class Result:
    """The end of a call. `fields` is the framed JSON object, or the first row of the last result set."""

    ending: Ending
    exit_code: int | None = None
    fields: Mapping[str, Scalar] = field(default_factory=dict)
    rows: int | None = None
    """Rows of the last result set; None where the call is no query."""
    reason: str = ""
    """One line: what happened, what is known of the target's state, what to do next."""
    not_simulated: bool = False


@dataclass(frozen=True, slots=True)
class Settlement:
    """What became of a call whose end was not seen.

    `running`: it goes on. `ended`: its end was seen after all, in `result`. `gone`: it runs no more, its end is not
    known. `never`: it did not begin, and cannot begin any more. `unclear`: that cannot be told; a person decides.
    """

    state: Literal["running", "ended", "gone", "never", "unclear"]
    result: Result | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Identity:
    """Who the other side says it is."""

    name: str
    domain: str
    booted: str
    """ISO 8601, UTC."""


@dataclass(slots=True)
class Watch:
    """How a running call tells of itself, and how it is cancelled. The callbacks come on the call's own thread."""

    accepted: Callable[[Mapping[str, str]], None]
    """Called once the other side took the command, before its output is awaited; the ids find it again."""
    output: Callable[[str], None]
    """Decoded text as it arrives, standard output and error and server messages alike."""
    cancelled: threading.Event = field(default_factory=threading.Event)


class Target(Protocol):
    """One connection to one server, database or this machine; used by one thread at a time."""

    def canary(self) -> Result:
        """One harmless authenticated request: `ok`, `rejected` or `unreachable`."""

    def prepare(self) -> Result:
        """Make the first call fast; nothing of a call runs. `ok`, or what `canary` says."""

    def run(self, call: Call, watch: Watch) -> Result:
        """Make the call and wait for its end, at most `call.timeout` seconds. Never raises for what the wire does."""

    def settle(self, call: Call, remote: Mapping[str, str], watch: Watch) -> Settlement:
        """Find the call again by its ids and see it to its end, or end it. It is never made again."""

    def identify(self) -> Identity:
        """Who the other side is; raises TargetError when it cannot be asked."""

    def close(self) -> None:
        """Leave nothing behind. Never raises."""


class TargetError(Exception):
    """The target cannot be used; the text is one line that says what to do."""
