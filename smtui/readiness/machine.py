"""This machine: room for sessions, whose folder it is, the last exercise; and what only a person can see."""

from __future__ import annotations

import shutil
from collections.abc import Collection, Iterator, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Final

from smtui.environment import Database, Environment
from smtui.own_files import OwnFileError, require_own_folder
from smtui.readiness.model import Finding
from smtui.readiness.surroundings import Around
from smtui.session.shared import SharedFolderError, require_promise

SUBJECT: Final = "this machine"
_ROOM: Final = 1 << 30
"""Bytes. A session needs a few MiB, its outputs up to 8 MiB each; a full disk halts a recovery."""
_YEAR: Final = timedelta(days=365)

_BY_HAND: Final = {
    "encryption_key_sm": (
        "key-backup",
        "the key backup of the management server: there, its password known, not older than the server",
    ),
    "encryption_key_dw": ("key-backup", "the key backup of the data warehouse server, likewise"),
    "packs": ("pack-export", "the export of the unsealed management packs: there, and not older than the last change"),
    "permission_scripts": ("permission-script", "the permission scripts: with logins, without DROP"),
    "media": ("media", "the installation media: of the version and update that is installed"),
}
"""Shares that a remote logon cannot read on (the second hop), so that nothing is proven about them from here."""


def look(around: Around) -> Iterator[Finding]:
    """What stands in the way here."""
    folder = _existing(around.state_home)
    free = shutil.disk_usage(folder).free
    if free < _ROOM:
        text = f"{folder} has {free >> 20} MiB left"
        yield Finding("state-folder-space", SUBJECT, text, "make room, or let XDG_STATE_HOME name a folder with more")
    try:
        require_own_folder(folder)
    except OwnFileError as error:
        yield Finding("state-folder-unsafe", SUBJECT, str(error), "sessions hold what was done with which account")
    if around.environment.state_group is not None:
        try:
            require_promise(around.shared, around.environment.state_group)
        except SharedFolderError as error:
            yield Finding("state-group", SUBJECT, str(error), "until then no session of this deployment can begin")
    last = around.last_exercise
    if around.environment.kind != "drill" and (last is None or around.now() - last > _YEAR):
        when = "no exercise was ever completed here" if last is None else f"the last exercise was {last:%Y-%m-%d}"
        yield Finding("no-exercise", SUBJECT, when, 'hold one on real hosts in an isolated lab: kind = "exercise"')


def by_hand(environment: Environment, databases: Sequence[Database], proven: Collection[str] = ()) -> Iterator[Finding]:
    """What a person has to look at, for nothing can be proven about it from here; `proven`: paths that were seen."""
    for path, (check, what) in _BY_HAND.items():
        if path in environment.paths and (path not in proven or check == "key-backup"):
            yield Finding(check, environment.paths[path], what, level="by-hand")
    for database in databases:
        if database.encrypt == "optional":
            text = 'encrypt = "optional": passwords and data may travel in clear'
            yield Finding("encryption", f"{database.name} on {database.server}", text, level="by-hand")


def _existing(path: Path) -> Path:
    while not path.is_dir() and path != path.parent:
        path = path.parent
    return path
