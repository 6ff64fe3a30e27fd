"""How a behaviour stands for a script or a statement: found by the SHA-256 of the text, run with its values.

A behaviour changes the world only inside `Call.changing`, which counts the effect under the attempt's token in the same
transaction, or, when the fault `effect-lost` strikes, takes both back while the behaviour answers as if done.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

from smtui.checklist.model import Scalar
from smtui.drill.faults import Fault, FaultKind, Faults
from smtui.drill.host import SimulatedHost
from smtui.drill.sql.replies import Reply
from smtui.drill.sql.values import SqlValue
from smtui.drill.world import Database, World


class CallEnded(Exception):
    """The process, or the connection of the statement, was ended from outside."""


class ScriptError(Exception):
    """An error that the script does not catch; the bootstrap frames it and exits with 1."""

    def __init__(self, text: str, error_id: str) -> None:
        super().__init__(text)
        self.error_id = error_id


@dataclass(frozen=True, slots=True)
class Underway:
    """A statement that tells how far it is."""

    spid: int
    text: str
    """As `RESTORE DATABASE, 60 %`."""


@dataclass(slots=True)
class Call:
    """One running script or statement, as its behaviour sees it."""

    world: World
    faults: Faults
    target: str
    """Name of the host."""
    token: str
    """Token of the attempt; empty where the client told none."""
    subjects: Collection[str]
    """What a fault's SUBJECT may name: the script, the values of its parameters."""
    write: Callable[[str], None]
    """Sends live output: a line on standard output, or a message of the server."""
    ended: threading.Event = field(default_factory=threading.Event)
    _effect_lost: bool | None = None

    def wait(self, seconds: float) -> None:
        """Let simulated time pass; raises CallEnded when the call is ended meanwhile."""
        if self.ended.wait(seconds):
            raise CallEnded

    def go_on(self) -> None:
        """Raises CallEnded when the call has been ended; asked before anything is changed."""
        if self.ended.is_set():
            raise CallEnded

    def progress(self, command: str, percent: int) -> None:
        """Let others see how far it is; an empty command ends that. A script has nobody to tell."""

    def restores_elsewhere(self) -> Sequence[Underway]:
        """Restores that run in other sessions of the instance."""
        return ()

    def fault(self, kind: FaultKind) -> Fault | None:
        """The fault of this kind that strikes this call, if any; asking uses it up."""
        return self.faults.take(kind, self.target, self.subjects)

    def effect_lost(self) -> bool:
        """Whether this call's effects are lost; decided at its first effect, so that mere looks use no fault up."""
        if self._effect_lost is None:
            self._effect_lost = self.fault("effect-lost") is not None
        return self._effect_lost

    @contextmanager
    def changing(self, effect: str) -> Iterator[None]:
        """A transaction on the world that counts one effect; raises CallEnded."""
        lost = self.effect_lost()
        with self.world.change() as change:
            self.go_on()
            yield
            if lost:
                change.abandon()
            else:
                self.world.effect(self.token, effect, self.target)


@dataclass(frozen=True, slots=True)
class ScriptResult:
    """What a script frames in its last line, and its exit code."""

    fields: Mapping[str, Scalar | None]
    exit_code: int = 0


ScriptAct = Callable[[SimulatedHost, Mapping[str, Scalar], Call], ScriptResult]
StatementAct = Callable[[Database, Sequence[SqlValue], Call], Iterator[Reply]]


@dataclass(frozen=True, slots=True)
class Script:
    """The behaviour of one script, and the digest of the text that it was written for."""

    name: str
    sha256: str
    act: ScriptAct


@dataclass(frozen=True, slots=True)
class Statement:
    """The behaviour of one SQL text, and the digest of the exact text that it was written for."""

    name: str
    """File name, or the text itself where it stands in the checklist."""
    sha256: str
    act: StatementAct


def script(name: str, *, sha256: str) -> Callable[[ScriptAct], Script]:
    """Make a function the behaviour of the script with this digest."""
    return lambda act: Script(name, sha256, act)


def statement(name: str, *, sha256: str) -> Callable[[StatementAct], Statement]:
    """Make a function the behaviour of the SQL text with this digest."""
    return lambda act: Statement(name, sha256, act)
