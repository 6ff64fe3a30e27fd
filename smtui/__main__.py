"""The program: `smtui` and `python -m smtui`."""

from __future__ import annotations

import os
import sys

DEFECT = 70
"""Exit code of a defect in smtui itself."""


def main() -> None:
    """Run the command line and end the process; threads that still wait for a target do not hold it up."""
    from smtui.hardening import harden

    harden()
    from smtui.cli.quick import quick_answer

    code = DEFECT
    try:
        answered = quick_answer(sys.argv[1:])
        code = _parsed() if answered is None else answered
    finally:
        for stream in (sys.stdout, sys.stderr):
            try:
                stream.flush()
            except (OSError, ValueError):
                continue
        os._exit(code)


def _parsed() -> int:
    from smtui.cli.main import commands

    return commands()


if __name__ == "__main__":
    main()
