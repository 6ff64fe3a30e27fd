"""A session on a real terminal, for tests: python -m tests.tui.on_terminal FOLDER [SECONDS [crash|noise|chatter]].

Every run takes SECONDS. It says `ready` in FOLDER/ready once the screen is up. `crash` makes the key F9 raise, `noise`
writes to the descriptors as a C library would, `chatter` makes each run say ten lines a second.
"""

from __future__ import annotations

import os
import sys
import threading
import time
from pathlib import Path

from smtui.tui.launch import run_session
from smtui.tui.terminal import end_process
from tests.tui.recovery import recovery

SECRET = "hunter2-do-not-show"


def main() -> int:
    folder = Path(sys.argv[1])
    seconds = float(sys.argv[2]) if len(sys.argv) > 2 else 0.0
    plan = recovery(folder / "sessions")
    engine = plan.engine
    for item in ("database-online", "workflow-server", "target-role"):
        engine.sense(f"baseline.{item}")
        plan.wait()
    if seconds:
        plan.world.gate.clear()
        plan.world.slow = seconds
    plan.world.chatter = sys.argv[3:] == ["chatter"]
    if sys.argv[3:] == ["crash"]:
        break_on_f9()
    if sys.argv[3:] == ["noise"]:
        threading.Thread(target=make_noise, daemon=True).start()
    return run_session(engine)


def break_on_f9() -> None:
    """Give the session screen a defect."""
    from smtui.tui.screens.session import SessionScreen

    def key_f9(self: SessionScreen) -> None:
        password = SECRET
        raise RuntimeError(len(password))

    SessionScreen.key_f9 = key_f9  # type: ignore[attr-defined]


def make_noise() -> None:
    """Write as a driver manager or a Kerberos library does."""
    while True:
        os.write(1, b"NOISE-ON-ONE\n")
        os.write(2, b"NOISE-ON-TWO\n")
        time.sleep(0.05)


if __name__ == "__main__":
    end_process(main())
