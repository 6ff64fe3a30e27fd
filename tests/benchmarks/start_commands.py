"""Small commands beside an interpreter that does nothing."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from smtui.session.store import Store
from tests.benchmarks.making import make_session
from tests.benchmarks.rows import Figure, Row, at_most, in_turn, ratio

SESSIONS, EVENTS, ROUNDS = 20, 100, 25


def measure(scratch: Path) -> Iterator[Figure]:
    """As they are installed: through the entry point."""
    store = Store(scratch / "state" / "smtui" / "sessions")
    names = [f"2025-11-22T10{number:02}Z-promote-management-server" for number in range(SESSIONS)]
    for name in names:
        make_session(store, name, EVENTS)
    environ = {**os.environ, "XDG_STATE_HOME": str(scratch / "state")}
    smtui = str(Path(sys.executable).with_name("smtui"))

    def run(*command: str) -> None:
        subprocess.run(command, env=environ, stdout=subprocess.DEVNULL, check=True)

    for arguments, of in (
        (("--version",), ""),
        (("show", names[0]), f" of {EVENTS} events"),
        (("sessions",), f" with {SESSIONS} sessions of {EVENTS} events"),
    ):
        pairs = in_turn(
            lambda arguments=arguments: run(smtui, *arguments), lambda: run(sys.executable, "-c", "pass"), times=ROUNDS
        )
        yield ratio(f"`smtui {arguments[0]}`{of}", "`python -c pass`", at_most(6), pairs)


LIMIT = """\
`smtui show` lays the pinned checklist out anew, each time. Measured by `time.process_time` and `-X importtime`, of
96 ms (10 of them the bare interpreter's) 13 are the start of the program, 40 load msgspec, pathlib, hashlib, typing
and the modules of the session, 17 those of the checklist, and 17 are work: TOML with the place of each value, every
check, the layout, and the seals of 100 events. It was 250 ms: click, dataclasses (which load inspect) and
everything that writes or acts are not loaded any more. The libraries alone are half of what is left; msgspec loads
typing_extensions, and that loads inspect. To go further takes a cache of checklists that were laid out before, and
what is shown of a session should rest on its own files."""
ROW = Row(
    "start-commands",
    measure,
    limit=LIMIT,
    asserted="no Textual, pywinrm, pyodbc, cryptography is imported (`tests/test_house.py`)",
)
