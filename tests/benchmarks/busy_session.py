"""The session screen on a terminal: python -m tests.benchmarks.busy_session FOLDER [waits|pours].

`waits`: an item runs and its server says nothing. `pours`: it says lines as fast as they are taken.
"""

from __future__ import annotations

import sys
from pathlib import Path

from smtui.tui.launch import run_session
from smtui.tui.terminal import end_process
from tests.tui.pictures import prepared

ITEM = "prepare.stop-configuration"


def main() -> int:
    """Show it until the terminal is closed."""
    plan = prepared(Path(sys.argv[1]))
    if busy := sys.argv[2:]:
        plan.world.gate.clear()
        plan.world.pours = busy == ["pours"]
        plan.engine.run(ITEM)
    return run_session(plan.engine)


if __name__ == "__main__":
    end_process(main())
