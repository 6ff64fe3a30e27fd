"""A process made to be killed: writes a session, or finishes one, and says on standard output what was acknowledged.

usage: victim.py ROOT (record | finish | change | approve) [early]

`change` opens a session and replaces its environment; `approve` leaves the word of a second person.

`early` is a planted defect: it acknowledges before the event is written.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeVar

from msgspec.structs import replace

from smtui.session.errors import JournalError, JournalHalted, OutputLost
from smtui.session.events import Completed, Ended, EnvironmentChanged, Event, Opened, Stamp, Started
from smtui.session.inbox import Word
from smtui.session.recording import SessionFile
from smtui.session.store import Store, pinned_lines

T = TypeVar("T")
SESSION = "s"
ITEMS = 3
STAMP = Stamp(at=datetime(2025, 11, 22, 10, 41, 7, tzinfo=UTC), boottime=12.5, by="ada", origin="10.0.0.7")
PINNED = {"checklist/scripts/a.ps1": b"#" * 3000}
OPENED = Opened(
    format=1,
    session=SESSION,
    checklist="p",
    title="Promote",
    version="1",
    mode="drill",
    environment="Contoso",
    files=pinned_lines(PINNED),
    smtui="1",
    machine="m",
    boot_id="b",
)
ENVIRONMENT = {"environment.toml": b"old\n" * 300}
CHANGED = {"environment.toml": b"new\n" * 400, "ca/new.pem": b"certificate\n" * 100}
WORD = Word(
    decision="approved",
    session=SESSION,
    code="K7Q-M2P",
    request="0" * 64,
    deed_sha256="1" * 64,
    at=STAMP.at,
    host="m",
    origin="local",
)
PATIENCE = 3
"""How often a refused step is tried again; one fault must never need more than that."""


def say(*words: object) -> None:
    """One line, unbuffered, so that it cannot outrun the disk."""
    os.write(1, (" ".join(str(word) for word in words) + "\n").encode())


def insist(act: Callable[[], T]) -> T:
    """Do it again after a refusal, as the cause may be gone; stop the program in order if it is not."""
    for _ in range(PATIENCE):
        try:
            return act()
        except JournalHalted as halted:
            say("HALTED", halted)
    sys.exit(75)


class Recorder:
    """Appends and acknowledges."""

    def __init__(self, session: SessionFile, *, early: bool) -> None:
        self._session = session
        self._early = early

    def append(self, event: Event) -> None:
        """Durable, then acknowledged."""
        if self._early:
            say("ACK", self._session.records[-1].seq + 1, "?")
        record = insist(lambda: self._session.append(event, STAMP))
        say("ACK", record.seq, record.sha256)

    def item(self, number: int) -> None:
        """One attempt with its output."""
        token = f"t{number}"
        name = f"{number:06}-a.txt"
        started = Started(item="a.b", attempt=number, target="SM01", token=token, action_sha256="0" * 64, output=name)
        self.append(started)
        digest, size = None, None
        try:
            output = self._session.new_output(name)
            for line in range(3):
                output.write(f"line {line} of attempt {number}\r\n")
            digest, size = output.close()
        except OutputLost as lost:
            say("LOST", lost)
        ended = Ended(
            item="a.b",
            target="SM01",
            token=token,
            outcome="ok",
            output_sha256=digest,
            output_bytes=size,
            reason="x" * 700,
        )
        self.append(ended)


def create(store: Store, opened: Opened = OPENED, files: Mapping[str, bytes] = PINNED) -> SessionFile:
    """A new session; one that got its name before the sync of that name failed is taken over."""
    try:
        return store.create(SESSION, opened, files, STAMP)
    except JournalHalted:
        raise
    except JournalError:
        return store.open(SESSION)


def change(store: Store) -> None:
    """Open a session and replace its environment, with a file that comes with it."""
    opened = replace(OPENED, files=pinned_lines(ENVIRONMENT))
    session = insist(lambda: create(store, opened, ENVIRONMENT))
    say("ACK", session.records[-1].seq, session.records[-1].sha256)
    authority, environment = (line.partition("  ")[0] for line in pinned_lines(CHANGED))
    event = EnvironmentChanged(
        reason="moved", sha256=environment, difference=("a -> b",), files=(f"{authority}  ca/new.pem",)
    )
    record = insist(lambda: session.change_environment(CHANGED, event, STAMP))
    say("ACK", record.seq, record.sha256)
    session.release()
    say("DONE")


def approve(store: Store) -> None:
    """Leave a word for the holder of the session."""
    try:
        store.say(SESSION, WORD)
    except JournalError as refused:
        say("HALTED", refused)
        sys.exit(75)
    say("SAID")
    say("DONE")


def main(root: Path, mode: str, *, early: bool) -> None:
    """Write or finish the session."""
    store = Store(root)
    if mode == "change":
        change(store)
        return
    if mode == "approve":
        approve(store)
        return
    session = insist(lambda: create(store) if mode == "record" else store.open(SESSION))
    say("ACK", session.records[-1].seq, session.records[-1].sha256)
    recorder = Recorder(session, early=early)
    if session.torn:
        recorder.append(session.torn)
    done = sum(isinstance(record.event, Ended) for record in session.records)
    for number in range(done + 1, ITEMS + 1):
        recorder.item(number)
    if mode == "finish":
        recorder.append(Completed(verdict="complete"))
    session.release()
    say("DONE")


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2], early="early" in sys.argv[3:])
