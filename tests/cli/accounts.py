"""Several accounts of one machine: real ones to the kernel, by numbers that need no entry in /etc/passwd."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from .conftest import Program

GROUP = 4242
OPERATOR, SECOND, THIRD, STRANGER = 4001, 4002, 4003, 4004
NEEDS_ROOT = pytest.mark.skipif(
    os.geteuid() != 0 or shutil.which("setpriv") is None, reason="other accounts are taken on by root alone (setpriv)"
)


def seat(smtui: Program, folder: Path, uid: int, *groups: int) -> Program:
    """The program under another account, with a home of its own."""
    home = folder / f"home-{uid}"
    home.mkdir()
    os.chown(home, uid, uid)
    listed = ",".join(str(group) for group in groups)
    # The interpreter and the sources may lie where only root looks: reading is allowed everywhere, writing is not.
    may_read = ("--inh-caps", "+dac_read_search", "--ambient-caps", "+dac_read_search")
    who = ("--reuid", str(uid), "--regid", str(uid), *(("--groups", listed) if listed else ("--clear-groups",)))
    environ = {
        **smtui.environ,
        "HOME": str(home),
        "XDG_STATE_HOME": str(home / "state"),
        "XDG_CONFIG_HOME": str(home / "config"),
        "SMTUI_SHARED": str(folder / "shared"),
        "PYTHONDONTWRITEBYTECODE": "1",
    }
    return replace(smtui, home=home, environ=environ, prefix=("setpriv", *who, *may_read))


@contextmanager
def umask(mask: int) -> Iterator[None]:
    """Under another umask, which what is started then inherits."""
    before = os.umask(mask)
    try:
        yield
    finally:
        os.umask(before)
