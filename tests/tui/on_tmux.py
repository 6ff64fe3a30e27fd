"""A terminal that outlives its viewers: smtui under tmux, driven by what the screen shows."""

from __future__ import annotations

import re
import subprocess
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

BOUND = 60.0
"""Seconds after which a screen that does not come is a failure."""


@dataclass(frozen=True)
class Tmux:
    """A server of its own, on a socket of its own."""

    socket: Path

    def __call__(self, *arguments: str) -> str:
        done = subprocess.run(
            ["tmux", "-S", str(self.socket), "-f", "/dev/null", *arguments],
            capture_output=True, text=True, check=True, timeout=30,
        )  # fmt: skip
        return done.stdout

    def start(self, command: Sequence[str], environment: dict[str, str], size: tuple[int, int]) -> None:
        """Run a command in a detached window."""
        given = [part for name, value in environment.items() for part in ("-e", f"{name}={value}")]
        # tmux 3.3a sometimes misses the end of a child and never tells its code: a shell around it writes that down.
        noting = ["sh", "-c", 'ended=$1; shift; "$@"; echo $? >"$ended.new"; mv "$ended.new" "$ended"', "sh"]
        self("new-session", "-d", "-x", str(size[0]), "-y", str(size[1]), *given, *noting, str(self._ended), *command)
        self("set-option", "-g", "remain-on-exit", "on")

    def screen(self) -> str:
        """What a person sees now; lines that tmux wrapped are as the program drew them."""
        return self("capture-pane", "-p")

    def press(self, *keys: str) -> None:
        """Keys by tmux's names, or text."""
        self("send-keys", *keys)

    def type(self, text: str) -> None:
        """Text, letter by letter as it is."""
        self("send-keys", "-l", text)

    def until(self, met: Callable[[str], bool]) -> str:
        """The first screen of which something is so."""
        deadline = time.monotonic() + BOUND
        while True:
            shown = self.screen()
            if met(shown):
                return shown
            assert time.monotonic() < deadline, f"it did not come to that:\n{shown}"
            time.sleep(0.05)

    def sees(self, *texts: str) -> str:
        """The first screen that shows all of these texts, wrapped or not."""
        return self.until(lambda shown: all(text in " ".join(shown.split()) for text in texts))

    def still(self, quiet: float) -> str:
        """The first screen that stays as it is for so many seconds: what was asked has been there long enough."""
        shown, since = self.screen(), time.monotonic()
        deadline = since + BOUND
        while time.monotonic() - since < quiet:
            time.sleep(0.05)
            now = self.screen()
            if now != shown:
                shown, since = now, time.monotonic()
            assert since < deadline
        return shown

    def exit_code(self) -> int:
        """The exit code of the program, once it has ended."""
        deadline = time.monotonic() + BOUND
        while not self._ended.exists():
            assert time.monotonic() < deadline, self.screen()
            time.sleep(0.05)
        return int(self._ended.read_text())

    @property
    def _ended(self) -> Path:
        return self.socket.with_suffix(".ended")

    def end(self) -> None:
        """End the server, and with it whatever still runs in it."""
        subprocess.run(["tmux", "-S", str(self.socket), "kill-server"], capture_output=True, check=False, timeout=30)


def keys_shown(screen: str) -> dict[str, str]:
    """The last line of the screen, taken apart: label to key."""
    last = screen.rstrip("\n").splitlines()[-1]
    return {label: key for key, label in re.findall(r"(?:^|(?<= )) ?(\S+) ((?:[A-Z][a-z]+(?: [a-z]+)*))(?= |$)", last)}
