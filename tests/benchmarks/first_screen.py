"""How long until the first screen is painted, beside an empty Textual app in the same run.

    python -m tests.benchmarks.first_screen [RUNS]

Both run on a pseudo-terminal of 80x24; the clock stops when a text of theirs has been written to it.
"""

from __future__ import annotations

import os
import pty
import select
import signal
import statistics
import sys
import tempfile
import time
from pathlib import Path

EMPTY = """
from textual.app import App
from textual.widgets import Static
class Empty(App):
    def compose(self):
        yield Static("painted")
Empty().run()
"""
LIMIT = 30.0


def first_paint(command: list[str], text: bytes, environ: dict[str, str]) -> float:
    """Milliseconds from the start of a program until it has written `text` to its terminal."""
    began = time.monotonic()
    pid, terminal = pty.fork()
    if pid == 0:
        os.execvpe(command[0], command, environ)  # noqa: S606  a program of this folder, no shell
    seen = b""
    try:
        while text not in seen:
            if not select.select([terminal], [], [], LIMIT)[0]:
                raise TimeoutError(f"{command} painted nothing: {seen[-300:]!r}")
            seen += os.read(terminal, 65536)
        return (time.monotonic() - began) * 1000
    finally:
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)
        os.close(terminal)


def main(runs: int) -> None:
    """Print medians and their ratio."""
    with tempfile.TemporaryDirectory() as home:
        environ = {**os.environ, "HOME": home, "XDG_STATE_HOME": f"{home}/state", "TERM": "xterm-256color"}
        environ.pop("SSH_CONNECTION", None)
        environment = Path(home) / "lab.toml"
        environment.write_text('[environment]\nname = "Lab"\nkind = "exercise"\nmanagement_group = "G"\n')
        programs = {
            "empty Textual app": ([sys.executable, "-c", EMPTY], b"painted"),
            "smtui, home screen": ([sys.executable, "-m", "smtui", "-e", str(environment)], b"Begin with"),
        }
        times: dict[str, list[float]] = {name: [] for name in programs}
        for _ in range(runs):
            for name, (command, text) in programs.items():
                times[name].append(first_paint(command, text, environ))
    medians = {name: statistics.median(values) for name, values in times.items()}
    for name, median in medians.items():
        print(f"{name:22} {median:6.0f} ms  (of {runs}, from {min(times[name]):.0f} to {max(times[name]):.0f})")
    empty, home_screen = medians.values()
    print(f"{'ratio':22} {home_screen / empty:6.2f}")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 11)
