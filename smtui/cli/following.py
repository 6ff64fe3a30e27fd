"""A session as lines while another program works on it: events as they come, live output under them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

from smtui.report.words import item_of, words_of
from smtui.session.events import Ended, Record, Started
from smtui.session.follow import Follower
from smtui.text import decode, one_line, visible

PAUSE = 0.25
"""Seconds between two looks; whoever follows sees an event within a second."""
_MOST = 1 << 16


class Onlooker:
    """Hands out lines for what is new since the last look. Writes nothing, takes no lock."""

    def __init__(self, folder: Path) -> None:
        """OSError when the journal cannot be opened."""
        self._folder = folder
        self._follower = Follower(folder)
        self._outputs: dict[str, _Tail] = {}
        self.records: list[Record] = []
        """Every event so far."""

    def look(self) -> Iterator[str]:
        """The new lines; JournalDamaged when the journal is not what it was."""
        for record in self._follower.poll():
            self.records.append(record)
            match record.event:
                case Started():
                    yield line(record)
                    self._outputs[record.event.token] = _Tail(self._folder / "outputs" / record.event.output)
                case Ended():
                    if (tail := self._outputs.pop(record.event.token, None)) is not None:
                        yield from tail.lines(final=True)
                    yield line(record)
                case _:
                    yield line(record)
        for tail in self._outputs.values():
            yield from tail.lines()

    def skip(self) -> None:
        """Pass over what is there already."""
        for _ in self.look():
            continue

    def close(self) -> None:
        """Give the descriptors back."""
        self._follower.close()


def line(record: Record) -> str:
    """One event: time (UTC), account, item, words."""
    item = item_of(record.event)
    about = f"{item}: " if item else ""
    return one_line(f"{record.stamp.at:%H:%M:%S} {record.stamp.by}  {about}{words_of(record.event)}", 600)


class _Tail:
    """A file that grows."""

    def __init__(self, path: Path) -> None:
        self._path, self._offset, self._rest = path, 0, b""

    def lines(self, *, final: bool = False) -> Iterator[str]:
        """Whole lines that are new; with `final` the rest too."""
        while data := self._read():
            *whole, self._rest = (self._rest + data).split(b"\n")
            yield from (f"    | {visible(decode(one), multiline=False)}" for one in whole)
        if self._rest and (final or len(self._rest) > _MOST):
            yield f"    | {visible(decode(self._rest), multiline=False)}"
            self._rest = b""

    def _read(self) -> bytes:
        with suppress(OSError), self._path.open("rb") as file:
            file.seek(self._offset)
            data = file.read(_MOST)
            self._offset += len(data)
            return data
        return b""


def until(done: Callable[[], bool], onlooker: Onlooker, say: Callable[[str], None], pause: Callable[[], None]) -> None:
    """Say what is new until `done`, which is asked after each look; what came in between is said, too."""
    over = False
    while True:
        for text in onlooker.look():
            say(text)
        if over:
            return
        over = done()
        if not over:
            pause()
