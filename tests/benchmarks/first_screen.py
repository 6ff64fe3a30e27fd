"""How long until the first screen is painted, beside an empty Textual app.

Both run on a pseudo-terminal of 80x24; the clock stops when a text of theirs has been written to it.
"""

from __future__ import annotations

import os
import pty
import select
import signal
import sys
import time
import tomllib
from collections.abc import Iterator
from pathlib import Path

from tests.benchmarks.making import many_items
from tests.benchmarks.rows import STATED, Figure, Row, Wanted, at_most, ratio, taken_in_turn, timed

EMPTY = """
from textual.app import App
from textual.widgets import Static
class Empty(App):
    def compose(self):
        yield Static("painted")
Empty().run()
"""
ITEMS, ROUNDS, LIMIT = 10_000, 15, 60.0
TIMES_EMPTY, TIMES_LOAD = 1.3, 1.2


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


def measure(scratch: Path) -> Iterator[Figure]:
    """The home screen with the shipped checklists and plans; then with one of 10,000 items beside them."""
    environment = scratch / "lab.toml"
    environment.write_text('[environment]\nname = "Lab"\nkind = "exercise"\nmanagement_group = "G"\n')
    environ = {**os.environ, "HOME": str(scratch), "TERM": "xterm-256color", "XDG_STATE_HOME": str(scratch / "state")}
    environ |= {"XDG_CONFIG_HOME": str(scratch / "config"), "XDG_CACHE_HOME": str(scratch / "cache")}
    environ.pop("SSH_CONNECTION", None)
    ours = [str(Path(sys.executable).with_name("smtui")), "-e", str(environment)]

    def empty() -> float:
        return first_paint([sys.executable, "-c", EMPTY], b"painted", environ)

    def home(text: bytes = b"Begin with") -> float:
        return first_paint(ours, text, environ)

    peer = "an empty Textual app"
    yield ratio(
        "`smtui` to its first painted screen", peer, at_most(TIMES_EMPTY), taken_in_turn(home, empty, times=ROUNDS)
    )
    listed = taken_in_turn(lambda: home(b"items,"), empty, times=ROUNDS // 3)
    yield ratio("the same until all checklists and plans are listed", peer, STATED, listed)
    own = scratch / "config" / "smtui" / "checklists" / "many.toml"
    own.parent.mkdir(parents=True)
    own.write_text(many_items(ITEMS))

    def beside() -> float:
        return TIMES_EMPTY * empty() + TIMES_LOAD * timed(lambda: tomllib.loads(own.read_text()))

    yield ratio(
        f"the first painted screen with a checklist of {ITEMS:,} items",
        f"{TIMES_EMPTY} x the empty app and {TIMES_LOAD} x `tomllib.load` of the file",
        Wanted("≤ 1x", most=1.0),
        taken_in_turn(home, beside, times=ROUNDS // 3),
    )


LIMIT_SHOWN = """\
Four fifths of an empty App's start are imports of Textual and rich; smtui cannot go below them. By `-X importtime`
it adds 32 ms of its own modules (125 before; the engine, the targets and all other screens are loaded later), 9 ms
for click and msgspec, 10 ms for the keyring and what it loads; then it reads the deployment file, takes the
terminal, and paints a full screen instead of a word."""
ROW = Row("first-screen", measure, limit=LIMIT_SHOWN)
