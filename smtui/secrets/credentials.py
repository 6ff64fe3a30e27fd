"""Accounts by name: where the password of each one comes from. It is held in memory only, and asked for once."""

from __future__ import annotations

import os
import stat
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from smtui.environment import Credential, Environment, Source
from smtui.secrets.encodings import SHORTEST
from smtui.secrets.keyring import Keyring, KeyringError
from smtui.secrets.redaction import Redactor
from smtui.secrets.secret import Secret

_NO_PASSWORD: Final = ""


class CredentialError(Exception):
    """An account cannot be used; the text is one line that says what to do."""


@dataclass(frozen=True, slots=True)
class Account:
    """Who logs on. `password` is empty where a Kerberos ticket does it."""

    user: str
    password: Secret


class Credentials:
    """The accounts of a deployment. Every password is known to `redactor` before anyone gets it."""

    def __init__(
        self,
        environment: Environment,
        ask: Callable[[str], str],
        environ: Mapping[str, str],
        drill_accounts: Mapping[str, Account],
        *,
        redactor: Redactor | None = None,
        keyring: Keyring | None = None,
    ) -> None:
        """`ask` prompts for a password without echo and raises CredentialError or EOFError where nobody can answer.

        `keyring` serves the sources `vault` and `command`; without one they have nothing.
        """
        self.redactor = redactor or Redactor()
        self._environment = environment
        self._ask = ask
        self._environ = environ
        self._drill_accounts = drill_accounts
        self._keyring = keyring
        self._accounts: dict[str, Account] = {}
        self._lock = threading.Lock()
        """Held while asking, so that targets that start together ask once."""

    def get(self, name: str) -> Account:
        """The account of that name, from the first of its sources that has it; raises CredentialError."""
        with self._lock:
            if name not in self._accounts:
                self._accounts[name] = self._obtain(name)
            return self._accounts[name]

    def get_all(self, say: Callable[[str], None]) -> None:
        """Get every account that the deployment uses; what cannot be had is said in one line, and asked for later.

        Done before the first host answers, for only passwords that are known are kept out of the records.
        """
        servers, databases = self._environment.servers, self._environment.databases
        named = [one.credential for one in servers] + [one.credential for one in databases]
        for name in dict.fromkeys(name for name in named if name):
            try:
                self.get(name)
            except CredentialError as error:
                say(str(error))

    def forget(self, name: str) -> None:
        """Ask again next time: the password was wrong."""
        with self._lock:
            self._accounts.pop(name, None)
            credential = self._environment.credentials.get(name)
            if self._keyring is not None and credential is not None and credential.command:
                self._keyring.forget_command(credential.command)

    def _obtain(self, name: str) -> Account:
        credential = self._environment.credentials.get(name)
        if credential is None:
            raise CredentialError(f"the environment file has no [credentials.{name}]; add it")
        tried: list[str] = []
        for source in credential.sources:
            account = self._from(source, name, credential)
            if account is not None:
                return self._guarded(name, account)
            tried.append(f"environment ({credential.variable})" if source == "environment" else source)
        raise CredentialError(
            f"no password for {credential.user}: {', '.join(tried)} had none; "
            f"give [credentials.{name}] a source that has it, such as prompt"
        )

    def _guarded(self, name: str, account: Account) -> Account:
        password = account.password.reveal()
        if password and len(password) < SHORTEST:
            raise CredentialError(
                f"the password of {name} has fewer than {SHORTEST} characters, too few to keep it out of the records; "
                "use an account with a longer one"
            )
        if password:
            self.redactor.add(password)
        return account

    def _from(self, source: Source, name: str, credential: Credential) -> Account | None:
        if source == "drill":
            return self._drill_accounts.get(name)
        if source == "kerberos":
            return Account(credential.user, Secret(_NO_PASSWORD)) if self._has_ticket() else None
        if source == "systemd":
            return _account(credential, self._from_systemd(name))
        if source == "environment":
            return _account(credential, self._environ.get(credential.variable or ""))
        if source == "prompt":
            return _account(credential, self._prompt(credential))
        return _account(credential, self._from_keyring(source, name, credential))

    def _from_keyring(self, source: Source, name: str, credential: Credential) -> str | None:
        if self._keyring is None:
            return None
        try:
            if source == "vault":
                return self._keyring.from_vault(name, self._ask)
            environ = without_passwords(self._environ, self._environment)
            return self._keyring.from_command(credential.command or (), environ)
        except KeyringError as error:
            raise CredentialError(f"[credentials.{name}], source {source}: {error}") from None

    def _prompt(self, credential: Credential) -> str | None:
        try:
            return self._ask(f"Password of {credential.user}: ") or None
        except EOFError:
            return None

    def _has_ticket(self) -> bool:
        """Whether there is a ticket file; caches of other kinds say so by their name and are believed."""
        kind, colon, rest = self._environ.get("KRB5CCNAME", "").partition(":")
        if colon and kind.upper() not in {"FILE", "DIR"}:
            return True
        return Path((rest if colon else kind) or f"/tmp/krb5cc_{os.getuid()}").exists()  # noqa: S108  Kerberos' default  # nosec B108

    def _from_systemd(self, name: str) -> str | None:
        """`LoadCredential=NAME:...` puts it into a folder that only this service can read."""
        folder = self._environ.get("CREDENTIALS_DIRECTORY")
        if not folder or Path(name).name != name:
            return None
        path = Path(folder) / name
        try:
            mode = path.stat().st_mode
            if not stat.S_ISREG(mode):
                return None
            return path.read_text(encoding="utf-8").rstrip("\r\n") or None
        except FileNotFoundError:
            return None
        except (OSError, UnicodeDecodeError) as error:
            raise CredentialError(f"{path} cannot be read: {error}") from error


def _account(credential: Credential, password: str | None) -> Account | None:
    return None if password is None else Account(credential.user, Secret(password))


def without_passwords(environ: Mapping[str, str], environment: Environment) -> dict[str, str]:
    """What programs that smtui starts may inherit: every variable but those that hold a password."""
    hidden = {credential.variable for credential in environment.credentials.values()}
    return {name: value for name, value in environ.items() if name not in hidden}
