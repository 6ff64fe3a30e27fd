"""The accounts of the simulated deployment; their passwords live as long as the drill's process."""

from __future__ import annotations

import hmac
import os
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

_PASSWORD_BYTES = 18


@dataclass(frozen=True, slots=True)
class Account:
    """A user and a password; the password hides itself."""

    user: str
    password: str = field(repr=False)

    def admits(self, user: str, password: str) -> bool:
        """Whether these are its own; user names compare without case."""
        right = hmac.compare_digest(password.encode("utf-8", "surrogatepass"), self.password.encode())
        return right and user.casefold() == self.user.casefold()


@dataclass(frozen=True, slots=True)
class Accounts:
    """By their names in the environment file."""

    smadmin: Account
    sqladmin: Account

    @classmethod
    def new(cls, random_text: Callable[[int], str]) -> Accounts:
        """Accounts with fresh passwords; `random_text` is `secrets.token_urlsafe`."""
        return cls(
            smadmin=Account(r"CONTOSO\smadmin", random_text(_PASSWORD_BYTES)),
            sqladmin=Account("smtui", random_text(_PASSWORD_BYTES)),
        )


def write_ntlm_file(path: Path, account: Account) -> None:
    """Write the file (`DOMAIN:USER:PASSWORD`) in which the NTLM acceptor looks accounts up, for this user only.

    The acceptor finds it by the environment variable NTLM_USER_FILE and by no other way.
    """
    domain, _, user = account.user.partition("\\")
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(f"{domain}:{user}:{account.password}\n")
