"""What goes wrong on purpose: `--fault KIND[:HOST[:SUBJECT]][*TIMES]`, armed once for each time it shall happen.

HOST is a server of the deployment; SUBJECT is the name of a script or statement (with or without its ending) or the
value of one of its parameters (`OMSDK`), or several of these that must all fit (`service-stop+OMSDK`). Left out, any
matches. `slow` takes its seconds first: `slow:2.5:SM02`.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Literal, get_args

FaultKind = Literal[
    "reply-lost",
    "accept-lost",
    "reset",
    "reboot",
    "hang",
    "login-rejected",
    "effect-lost",
    "not-listening",
    "sql-cut",
    "restore-aborted",
    "sql-login-rejected",
    "service-hangs-stopping",
    "slow",
]

MEANINGS: dict[FaultKind, str] = {
    "reply-lost": "the work starts, and the reply that says so is lost (the connection closes)",
    "accept-lost": "the command is accepted, and the reply with its id is lost",
    "reset": "the connection is reset while output is awaited; the work goes on",
    "reboot": "the host restarts while output is awaited: shells and processes are gone, services start by their type",
    "hang": "the host does not answer, and the work goes on",
    "login-rejected": "a Windows login is refused with 401",
    "effect-lost": "a script or statement answers as if done, and nothing has changed",
    "not-listening": "nothing listens at the host's port, as long as the drill runs",
    "sql-cut": "the SQL connection is cut in the middle of a statement",
    "restore-aborted": "a RESTORE ends half way with an error",
    "sql-login-rejected": "a SQL login is refused with error 18456",
    "service-hangs-stopping": "a service stays in StopPending for a long time",
    "slow": "a script or statement takes so many seconds longer",
}

_BEFORE_ANY_SCRIPT: frozenset[FaultKind] = frozenset({"accept-lost", "login-rejected", "not-listening"})
_SECONDS = re.compile(r"[0-9]{1,4}(?:\.[0-9]{1,3})?")
_SPEC = re.compile(r"(?P<kind>[a-z-]+)(?P<rest>(?::[^:*]+)*)(?:\*(?P<times>[1-9][0-9]{0,3}))?")


class FaultError(ValueError):
    """The specification cannot be read; the text is one line."""


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault, and where it strikes."""

    kind: FaultKind
    host: str | None = None
    subject: str | None = None
    times: int = 1
    seconds: float = 0.0

    def strikes(self, host: str, subjects: Collection[str]) -> bool:
        """Whether it is meant for this host and one of these names (of the script, of values of its parameters)."""
        if self.host is not None and self.host.casefold() != host.casefold():
            return False
        return self.subject is None or set(self.subject.casefold().split("+")) <= _names(subjects)


def parse_fault(spec: str) -> Fault:
    """Read one SPEC; raises FaultError."""
    found = _SPEC.fullmatch(spec)
    kind = next((kind for kind in get_args(FaultKind) if found is not None and found["kind"] == kind), None)
    if found is None or kind is None:
        raise FaultError(
            f"{spec!r} is no fault; it is KIND[:HOST[:SUBJECT]][*TIMES] with a kind of {', '.join(MEANINGS)}"
        )
    parts = found["rest"].split(":")[1:]
    seconds = 0.0
    if kind == "slow":
        if not parts or _SECONDS.fullmatch(parts[0]) is None:
            raise FaultError(f"{spec!r}: slow takes its seconds first, as in slow:2.5:SM02")
        seconds = float(parts.pop(0))
    if len(parts) > 2:
        raise FaultError(f"{spec!r}: nothing comes after HOST and SUBJECT but *TIMES")
    host, subject = (*parts, None, None)[:2]
    if subject is not None and kind in _BEFORE_ANY_SCRIPT:
        raise FaultError(f"{spec!r}: {kind} strikes before any script is known, so it takes no SUBJECT")
    if host is None and kind == "not-listening":
        raise FaultError(f"{spec!r}: not-listening takes the HOST that shall be silent")
    return Fault(kind, host, subject, int(found["times"] or 1), seconds)


class Faults:
    """The armed faults of one drill; used by every thread that could meet one."""

    def __init__(self, faults: Iterable[Fault] = ()) -> None:
        self._lock = threading.Lock()
        self._armed = [(fault, fault.times) for fault in faults]

    def arm(self, fault: Fault) -> None:
        """Add one while the drill runs."""
        with self._lock:
            self._armed.append((fault, fault.times))

    def take(self, kind: FaultKind, host: str, subjects: Collection[str] = ()) -> Fault | None:
        """The fault that strikes now, if any; it is used up by one."""
        with self._lock:
            for index, (fault, left) in enumerate(self._armed):
                if left and fault.kind == kind and fault.strikes(host, subjects):
                    self._armed[index] = (fault, left - 1)
                    return fault
        return None

    def spent(self) -> bool:
        """Whether every armed fault has struck as often as it should."""
        with self._lock:
            return not any(left for _, left in self._armed)


def _names(subjects: Collection[str]) -> set[str]:
    names = {subject.casefold() for subject in subjects}
    return names | {name.rpartition(".")[0] for name in names if name.endswith((".ps1", ".sql"))}
