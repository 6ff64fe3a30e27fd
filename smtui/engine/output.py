"""What an attempt prints, on its way: redacted, kept as head and tail, told. A disk that refuses disturbs nothing."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final, Protocol

from smtui.engine.news import Output
from smtui.engine.recorder import Recorder
from smtui.secrets.redaction import Redactor
from smtui.session.errors import OutputLost
from smtui.session.head_and_tail import KEPT, HeadAndTail

TAIL: Final = 64 * 1024
"""Characters of the latest output that are kept for the screen."""


class OutputFile(Protocol):
    """A file under `outputs/` that is durable once closed."""

    def write(self, text: str) -> None:
        """Add text."""

    def close(self) -> tuple[str, int]:
        """Make it durable; its SHA-256 and its length in bytes."""


@dataclass(frozen=True, slots=True)
class Stored:
    """What became of an output on disk."""

    name: str | None = None
    sha256: str | None = None
    size: int | None = None
    left_out: int = 0
    """Bytes between head and tail that were not stored."""
    lines_left_out: int = 0
    lost: str = ""
    """Why it is not there in full: then it has no digest."""


class Stream:
    """One output from the target's thread to file and screen."""

    def __init__(
        self,
        item: str,
        target: str,
        name: str,
        *,
        open_file: Callable[[str], OutputFile],
        recorder: Recorder,
        redactor: Redactor,
    ) -> None:
        self._item, self._target, self._name, self._recorder = item, target, name, recorder
        self._lost = ""
        try:
            self._file: OutputFile | None = open_file(name)
        except OutputLost as lost:
            self._file, self._lost = None, str(lost)
        self._redaction = redactor.stream()  # one of its own: a secret may be cut by a chunk's border
        self._shortened = HeadAndTail()
        self._tail = ""
        self._before_tail = 0

    @property
    def tail(self) -> str:
        """The latest of it, for the screen; where that is not all, its first line says so."""
        if not self._before_tail:
            return self._tail
        kept = f"{KEPT >> 20} MiB"
        where = f"outputs/{self._name} has the first and the last {kept} of it"
        return f"[… {self._before_tail:,} characters stand before this; {where} …]\n{self._tail}"

    def take(self, text: str) -> None:
        """Called on the target's thread as text arrives."""
        self._pass(self._redaction.feed(text))

    def close(self) -> Stored:
        """Store the rest of it, durably."""
        self._pass(self._redaction.finish())
        if self._file is None:
            return Stored(lost=self._lost)
        self._file.write(self._shortened.finish())
        try:
            sha256, size = self._file.close()
        except OutputLost as lost:
            return Stored(lost=str(lost))
        return Stored(self._name, sha256, size, self._shortened.left_out, self._shortened.lines_left_out)

    def _pass(self, clean: str) -> None:
        if not clean:
            return
        if self._file is not None and (head := self._shortened.feed(clean)):
            self._file.write(head)
        tail = self._tail + clean
        self._before_tail += max(0, len(tail) - TAIL)
        self._tail = tail[-TAIL:]
        self._recorder.tell(Output(self._item, self._target, clean))


class LiveOutputs:
    """The streams of each item's latest round, by target; targets begin theirs on threads of their own."""

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._rounds: dict[str, tuple[int, dict[str, Stream]]] = {}

    def begin(self, item: str, target: str, number: int, stream: Stream) -> None:
        """Of a new round only what belongs to it is kept."""
        with self._guard:
            known, streams = self._rounds.get(item, (number, {}))
            if known != number:
                streams = {}
            streams[target] = stream
            self._rounds[item] = (number, streams)

    def tails(self, item: str) -> Mapping[str, str]:
        """The latest of each target, in the order of their names."""
        with self._guard:
            _, streams = self._rounds.get(item, (0, {}))
            return {target: streams[target].tail for target in sorted(streams)}
