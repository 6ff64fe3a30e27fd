"""A small checklist whose steps are programs of this machine, for an exercise without any server."""

from __future__ import annotations

import json
import re
from pathlib import Path

from .conftest import Program

HEAD = (
    '[checklist]\nid = "three"\ntitle = "Three"\nversion = "1"\nsource = "test"\n[[section]]\nid = "s"\ntitle = "S"\n'
)
ENVIRONMENT = '[environment]\nname = "Lab"\nkind = "exercise"\nmanagement_group = "G"\n'


def write(smtui: Program, folder: Path, *commands: list[str], more: str = "", last: str = "") -> tuple[str, ...]:
    """Lay the checklist down, accepted, and its environment; the arguments of a run.

    `more` are lines of the environment's table, `last` lines of the last item.
    """
    items = [
        f'[[section.item]]\nid = "i{number}"\ntitle = "Step {number}"\nby_hand = "By hand."\n'
        f'run = {{ on = "local", command = {json.dumps(command)}, timeout = "60s" }}\n'
        for number, command in enumerate(commands, 1)
    ]
    checklist, environment = folder / "three.toml", folder / "lab.toml"
    checklist.write_text(HEAD + "".join(items) + last)
    environment.write_text(ENVIRONMENT + more)
    trust(smtui, checklist)
    return "run", str(checklist), "-e", str(environment)


def trust(smtui: Program, checklist: Path) -> None:
    """Accept a checklist as it is."""
    digest = re.search("sha256 ([0-9a-f]{64})", smtui("trust", str(checklist), code=None).stdout)
    assert digest
    smtui("trust", str(checklist), "--digest", digest[1])


def shell(line: str, *arguments: object) -> list[str]:
    """A command that runs a line of shell."""
    return ["/bin/sh", "-c", line, "sh", *(str(argument) for argument in arguments)]
