"""The tokens of one reply, in which only the very last end of a statement says that nothing follows."""

from __future__ import annotations

from collections.abc import Callable

from smtui.drill.sql.tokens import Command, Done, Status, done

_SEND_FROM = 256 * 1024


class ReplyBuffer:
    """Collects tokens; `send` is called with what goes out, and whether it ends the reply."""

    def __init__(self, send: Callable[[bytes, bool], None]) -> None:
        self._send = send
        self._tokens = bytearray()
        self._held: tuple[Done, Status, int, Command] | None = None

    def add(self, token: bytes) -> None:
        """Append a token."""
        self._release(Status.MORE)
        self._tokens += token
        if len(self._tokens) > _SEND_FROM:
            self.flush()

    def end_statement(
        self, kind: Done, status: Status = Status.FINAL, count: int = 0, command: Command = Command.OTHER
    ) -> None:
        """Append the end of a statement; whether it is the last is known later."""
        self._release(Status.MORE)
        self._held = kind, status, count, command

    def flush(self) -> None:
        """Send what is there; the reply goes on."""
        self._release(Status.MORE)
        if self._tokens:
            self._send(bytes(self._tokens), False)
            self._tokens.clear()

    def finish(self) -> None:
        """Send the end of the reply; a DONE is added where the last token is none."""
        if self._held is None:
            self._held = Done.BATCH, Status.FINAL, 0, Command.OTHER
        self._release(Status.FINAL)
        self._send(bytes(self._tokens), True)
        self._tokens.clear()

    def break_off(self) -> None:
        """Forget what is not sent yet, and acknowledge the client's attention.

        The error before the acknowledgement makes a driver report the cancel: a lone acknowledgement looks like
        success to Microsoft's driver.
        """
        self._held = None
        ends = done(Done.BATCH, Status.ERROR) + done(Done.BATCH, Status.ATTENTION)
        self._send(ends, True)
        self._tokens.clear()

    def _release(self, more: Status) -> None:
        if self._held is not None:
            kind, status, count, command = self._held
            self._tokens += done(kind, status | more, count, command)
            self._held = None
