"""A session on a real terminal: python -m tests.tui.on_terminal FOLDER [SECONDS [crash|noise|chatter|flood]].

Every run takes SECONDS. It says `ready` in FOLDER/ready once the screen is up. `crash` makes the key F9 raise, `noise`
writes to the descriptors as a C library would, `chatter` makes each run say ten lines a second, `flood` draws
without end.
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
    if sys.argv[3:] == ["flood"]:
        paint_without_end(folder / "stalled")
    return run_session(engine)


def break_on_f9() -> None:
    """Give the session screen a defect."""
    from smtui.tui.screens.session import SessionScreen

    def key_f9(self: SessionScreen) -> None:
        password = SECRET
        raise RuntimeError(len(password))

    SessionScreen.key_f9 = key_f9  # type: ignore[attr-defined]


def paint_without_end(told: Path) -> None:
    """Draw the whole screen again and again; write a file once the loop that draws has stood still for a second."""
    from smtui.tui.screens.session import SessionScreen

    beat = [time.monotonic() + 30]
    mount = SessionScreen.on_mount

    def on_mount(self: SessionScreen) -> None:
        def paint() -> None:
            beat[0] = time.monotonic()
            self.smtui.redraw()

        mount(self)
        self.set_interval(0.01, paint)

    def look() -> None:
        while time.monotonic() - beat[0] < 1.0:
            time.sleep(0.1)
        told.touch()

    SessionScreen.on_mount = on_mount  # type: ignore[method-assign]
    threading.Thread(target=look, daemon=True).start()


def make_noise() -> None:
    """Write as a driver manager or a Kerberos library does."""
    while True:
        os.write(1, b"NOISE-ON-ONE\n")
        os.write(2, b"NOISE-ON-TWO\n")
        time.sleep(0.05)


if __name__ == "__main__":
    end_process(main())
