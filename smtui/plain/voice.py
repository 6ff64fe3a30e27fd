"""Speaks lines and listens to lines."""

from __future__ import annotations

import textwrap
import time
from collections.abc import Callable, Sequence
from typing import TextIO

from smtui.telling.prose import unmarked, unwrap
from smtui.text import visible

WIDTH = 78
"""Columns that prose is wrapped to; commands and output are never wrapped."""
QUIET = 0.3
"""Seconds after a grave question before which nobody can have read it; what came earlier was typed ahead."""


class Silence(Exception):
    """Nobody answers any more: the input has ended."""


class Voice:
    """A pair of streams. Every foreign text is made safe here, and nothing depends on colour, place or redrawing."""

    def __init__(
        self, source: TextIO, sink: TextIO, *, echo: bool, forget_typed: Callable[[], None] | None = None
    ) -> None:
        """`echo` repeats each answer, for inputs that no terminal shows; `forget_typed` drops what was typed ahead."""
        self._source, self._sink = source, sink
        self._echo, self._forget_typed = echo, forget_typed

    def say(self, text: str = "", *, indent: int = 0) -> None:
        """Prose, wrapped; lists keep their lines. Raises Silence when nobody is there to hear it."""
        for line in unwrap(visible(unmarked(text))).split("\n") if text.strip() else [""]:
            head = " " * (indent + len(line) - len(line.lstrip()))
            wrapped = textwrap.wrap(
                line.strip(), WIDTH, initial_indent=head, subsequent_indent=head,
                break_long_words=False, break_on_hyphens=False,
            )  # fmt: skip
            for part in wrapped or [""]:
                self._write(part + "\n")

    def exactly(self, text: str, *, indent: int = 4) -> None:
        """A command or output: not wrapped, so that it can be copied."""
        for line in visible(text.rstrip()).expandtabs(4).split("\n"):
            self._write(f"{' ' * indent}{line}".rstrip() + "\n")

    def ask(self, prompt: str, *, grave: bool = False) -> str:
        """One line of answer. A grave question takes none that was typed before it could be read.

        Raises Silence at the end of the input.
        """
        while True:
            if grave and self._forget_typed is not None:
                self._forget_typed()
            self._write(f"{visible(prompt, multiline=False)} ")
            asked = time.monotonic()
            answer = self._read()
            if not grave or self._forget_typed is None or time.monotonic() - asked >= QUIET:
                return answer
            self.say("That came before the question could be read, and was not taken.")

    def choose(self, prompt: str, options: Sequence[str]) -> int | None:
        """Number one of some options, from 0; None for an empty answer."""
        for number, option in enumerate(options, 1):
            self.say(f"{number}. {option}", indent=2)
        while True:
            answer = self.ask(prompt)
            if not answer:
                return None
            if answer.isdecimal() and 1 <= int(answer) <= len(options):
                return int(answer) - 1
            self.say(f"Please answer with a number from 1 to {len(options)}.")

    def _read(self) -> str:
        try:
            line = self._source.readline()
        except (OSError, UnicodeDecodeError) as error:
            raise Silence(str(error)) from None
        if not line:
            self._write("\n")
            raise Silence("the input has ended")
        answer = line.strip()
        if self._echo:
            self._write(f"{visible(answer, multiline=False)}\n")
        return answer

    def _write(self, text: str) -> None:
        try:
            self._sink.write(text)
            self._sink.flush()
        except (OSError, ValueError) as error:
            raise Silence(str(error)) from None
