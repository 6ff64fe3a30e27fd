"""Where this process stands: folders, operator, environment variables; read once and passed on."""

from __future__ import annotations

import os
import pwd
import sys
from collections.abc import Mapping
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec import Struct

if TYPE_CHECKING:
    from smtui.checklist.library import Library
    from smtui.checklist.trust import TrustList
    from smtui.engine.clock import Operator
    from smtui.secrets.keyring import Keyring
    from smtui.session.store import Store


class Surroundings(Struct, frozen=True, dict=True):
    """Everything that is read from the outside of the process."""

    environ: Mapping[str, str]
    home: Path
    prefix: Path
    """Folder of the Python environment that runs smtui."""

    @cached_property
    def state_home(self) -> Path:
        """`$XDG_STATE_HOME`, or its default."""
        return self._xdg("XDG_STATE_HOME", self.home / ".local" / "state")

    @cached_property
    def config_home(self) -> Path:
        """`$XDG_CONFIG_HOME`, or its default."""
        return self._xdg("XDG_CONFIG_HOME", self.home / ".config")

    def _xdg(self, name: str, default: Path) -> Path:
        value = self.environ.get(name, "")
        return Path(value) if value.startswith("/") else default

    @cached_property
    def store(self) -> Store:
        """The sessions of this user, and those of a group where there is a folder for them."""
        from smtui.session.shared import usable
        from smtui.session.store import Store

        holder = {"host": os.uname().nodename, "account": self.operator.account.partition("@")[0]}
        return Store(self.state_home / "smtui" / "sessions", holder=holder, shared=usable(self.shared))

    def store_for(self, group: str | None) -> Store:
        """The same, ready for a new session of that group. Raises SharedFolderError where its folder is not."""
        if group is not None:
            from smtui.session.shared import require_shared

            self.store.shared = require_shared(self.shared, group)
        return self.store

    @cached_property
    def shared(self) -> Path:
        """Where the sessions of a group lie; `$SMTUI_SHARED` names another place."""
        from smtui.session.shared import USUAL

        named = self.environ.get("SMTUI_SHARED", "")
        return Path(named) if named.startswith("/") else USUAL

    @cached_property
    def library(self) -> Library:
        """The shipped checklists, and the site's own before them."""
        from smtui.checklist.library import Library, shipped_folder

        own = self.config_home / "smtui" / "checklists"
        return Library([*([own] if own.is_dir() else []), shipped_folder()])

    @cached_property
    def trust(self) -> TrustList:
        """What this user accepted besides the shipped checklists."""
        from smtui.checklist.trust import TrustList

        return TrustList(self.config_home / "smtui" / "trusted.toml")

    @cached_property
    def vault(self) -> Path:
        """The vault of this user; `$SMTUI_VAULT` names another one."""
        named = self.environ.get("SMTUI_VAULT", "")
        return Path(named) if named.startswith("/") else self.config_home / "smtui" / "vault"

    @cached_property
    def keyring(self) -> Keyring:
        """What vault and commands gave to this process."""
        from smtui.secrets.keyring import Keyring

        return Keyring(self.vault, self.environ)

    @cached_property
    def operator(self) -> Operator:
        """Who sits here, as the environment tells it."""
        from smtui.engine.clock import Operator

        try:
            account = pwd.getpwuid(os.getuid()).pw_name
        except KeyError:
            account = str(os.getuid())
        connection = (self.environ.get("SSH_CONNECTION") or self.environ.get("SSH_CLIENT") or "").split()
        origin = connection[0] if connection else "local"
        return Operator(account=f"{account}@{os.uname().nodename}", origin=origin, uid=os.geteuid())

    @cached_property
    def odbc_libraries(self) -> Path | None:
        """Where `bin/setup` unpacked the ODBC driver manager, if it had to."""
        named = self.environ.get("SMTUI_ODBC_LIBRARIES")
        folder = Path(named) if named else self.prefix / "lib" / "odbc"
        return folder if folder.is_dir() else None


def here() -> Surroundings:
    """The surroundings of this process."""
    return Surroundings(environ=os.environ, home=Path.home(), prefix=Path(sys.prefix))
