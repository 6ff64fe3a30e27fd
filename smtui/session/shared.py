"""The folder in which the sessions of a Unix group lie, so that another account can look on, agree and take over."""

from __future__ import annotations

import errno
import grp
import os
import stat
from pathlib import Path

from smtui.session.errors import JournalError
from smtui.session.files import SHARED_FOLDER_MODE, Folder, may_own, sync_folder

USUAL = Path("/var/lib/smtui")
SESSIONS = "sessions"


class SharedFolderError(JournalError):
    """The folder of the group is not as it has to be; the text is one line that says what to do."""


def group_id(name: str) -> int:
    """The number of a group, by its name or its number. Raises SharedFolderError."""
    if name.isdecimal():
        return int(name)
    try:
        return grp.getgrnam(name).gr_gid
    except KeyError:
        raise SharedFolderError(f"state_group: this machine has no group {name!r}") from None


def require_promise(place: Path, group: str) -> int:
    """Look whether sessions can be shared in `place`, changing nothing; the group. Raises SharedFolderError."""
    gid = group_id(group)
    if gid not in {os.getegid(), *os.getgroups()} and os.geteuid() != 0:
        raise SharedFolderError(
            f"this account is not in the group {group}: let root run  usermod -aG {group} ACCOUNT  and log in anew"
        )
    _require_promised(place, gid, group)
    if (place / SESSIONS).exists():
        _require_promised(place / SESSIONS, gid, group)
    return gid


def require_shared(place: Path, group: str) -> Path:
    """The folder of the group's sessions in `place`, made where it is missing. Raises SharedFolderError."""
    gid = require_promise(place, group)
    sessions = place / SESSIONS
    try:
        if not sessions.exists():
            with Folder(place) as folder:
                folder.make_subfolder(SESSIONS).close()
            sync_folder(place)
    except FileExistsError:
        pass  # somebody was faster
    except OSError as error:
        raise SharedFolderError(f"{sessions}: {error.strerror}") from error
    _require_promised(sessions, gid, group)
    return sessions


def usable(place: Path) -> Path | None:
    """The folder of the sessions in `place`, where this account may look into it; None where it may not."""
    sessions = place / SESSIONS
    try:
        with Folder(sessions) as folder:
            return sessions if folder.is_shared else None
    except OSError:
        return None


def _require_promised(path: Path, gid: int, group: str) -> None:
    """Of the group, open to it and to nobody else, and new files get its group too."""
    make = f"let root run  install -d -m 2770 -g {group} {path}"
    try:
        with Folder(path) as folder:
            status = os.fstat(folder.fd)
    except FileNotFoundError:
        raise SharedFolderError(f"the folder {path} for the group {group} is missing: {make}") from None
    except OSError as error:
        if error.errno in (errno.ELOOP, errno.ENOTDIR):
            raise SharedFolderError(f"{path} is a link or no folder: remove it, then {make}") from error
        raise SharedFolderError(f"{path}: {error.strerror}; {make}") from error
    if status.st_gid != gid or stat.S_IMODE(status.st_mode) != SHARED_FOLDER_MODE:
        mode = stat.S_IMODE(status.st_mode)
        raise SharedFolderError(
            f"{path} has group {status.st_gid} and mode {mode:04o}; it must be the group {group} ({gid}) and 2770. "
            f"If it was made for these sessions, let root run  chgrp {group} {path}; chmod 2770 {path}"
        )
    if not may_own(status.st_uid, gid):
        raise SharedFolderError(f"{path} belongs to an account that is not in the group {group}: {make}")
