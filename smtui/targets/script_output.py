"""What a running script writes, bytes in and text out: its result line taken out, its errors made readable."""

from __future__ import annotations

import codecs
import io
from collections.abc import Callable

from smtui.targets.clixml import ErrorText
from smtui.targets.framing import ResultLine


class ScriptOutput:
    """Decodes both streams of one script across the borders of chunks, and passes on what may be shown."""

    def __init__(self, token: str, show: Callable[[str], None]) -> None:
        self._show_text = show
        self._output = _decoder()
        self._error = _decoder()
        self._error_text = ErrorText()
        self.result_line = ResultLine(token)

    def take_output(self, data: bytes) -> None:
        """Standard output."""
        self._show(self.result_line.feed(self._output.decode(data)))

    def take_error(self, data: bytes) -> None:
        """Standard error."""
        self._show(self._error_text.feed(self._error.decode(data)))

    def finish(self) -> None:
        """Both streams are over; may be said twice."""
        self._show(self.result_line.feed(self._output.decode(b"", final=True)) + self.result_line.finish())
        self._show(self._error_text.feed(self._error.decode(b"", final=True)) + self._error_text.finish())

    def _show(self, text: str) -> None:
        if text:
            self._show_text(text)


def result_in(token: str, output: bytes) -> ResultLine:
    """The result line in the last part of an output."""
    taken = ScriptOutput(token, lambda _: None)
    taken.take_output(output)
    taken.finish()
    return taken.result_line


def _decoder() -> io.IncrementalNewlineDecoder:
    """UTF-8, a byte order mark dropped, line ends as LF."""
    utf8 = codecs.getincrementaldecoder("utf-8-sig")(errors="backslashreplace")
    return io.IncrementalNewlineDecoder(utf8, translate=True)
