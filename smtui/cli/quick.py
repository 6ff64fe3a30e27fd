"""The shortest questions, answered without the library that parses command lines: loading it takes longer than they do.

Only these exact forms come here. Everything else, help among it, is for `smtui.cli.main`, which says the same to these.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence

from smtui import __version__


def quick_answer(arguments: Sequence[str]) -> int | None:
    """The exit code of what was answered; None for what has to be parsed."""
    lines = _lines(arguments)
    if lines is None:
        return None
    try:
        sys.stdout.writelines(f"{line}\n" for line in lines)
        sys.stdout.flush()
    except Exception as error:  # noqa: BLE001  the last resort, as in smtui.cli.main: told in one line
        from smtui.cli.failures import told

        return told(error)
    return 0


def _lines(arguments: Sequence[str]) -> Iterator[str] | None:
    match arguments:
        case ["--version"]:
            return iter([f"smtui, version {__version__}"])
        case ["sessions"] | ["sessions", "--json"]:
            from smtui.cli.listing import listed

            return listed(as_json="--json" in arguments)
        case ["show", session] | ["show", session, "--json"] if not session.startswith("-"):
            from smtui.cli.showing import shown

            return shown(session, as_json="--json" in arguments)
    return None
