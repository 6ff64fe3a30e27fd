"""What a program's life obtains from a vault and from commands: one passphrase, each command run once."""

from __future__ import annotations

import subprocess
import threading
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Final

from smtui.secrets.secret import Secret
from smtui.secrets.vault import NoVault, VaultError, VaultNotOpened, read_bytes, unseal

PROMPT: Final = "Passphrase of the vault: "
_AGAIN: Final = "That did not open it. Passphrase of the vault, try {} of 3: "
_TRIES: Final = 3
_CREDENTIAL: Final = "smtui-vault"
"""Name of the systemd credential that may hold the passphrase, for runs without a person."""
_SECONDS: Final = 120.0
_MOST_OUTPUT: Final = 64 * 1024

Ask = Callable[[str], str]
"""Prompts without echo; raises EOFError where nobody can answer."""


class KeyringError(Exception):
    """A source could not give a password; the text is one line that says what to do, without what was read."""


class Keyring:
    """Passwords by name of the credential, for as long as the program lives. May be used by several threads."""

    def __init__(self, vault: Path, environ: Mapping[str, str]) -> None:
        self.vault = vault
        self._environ = environ
        self._entries: dict[str, Secret] | None = None
        self._outputs: dict[tuple[str, ...], Secret] = {}
        self._lock = threading.Lock()
        self._screen = False

    def screen_opens(self) -> None:
        """From now on a screen has the terminal: commands are cut off from it."""
        self._screen = True

    def from_vault(self, name: str, ask: Ask) -> str | None:
        """The password of that name; None when the vault has none, is not there, or nobody can be asked to open it.

        Raises KeyringError.
        """
        with self._lock:
            if self._entries is None:
                try:
                    self._entries, _ = open_vault(self.vault, ask, self._environ)
                except (NoVault, EOFError):
                    return None
                except VaultError as error:
                    raise KeyringError(str(error)) from None
            found = self._entries.get(name)
        return found.reveal() if found else None

    def from_command(self, arguments: Sequence[str], environ: Mapping[str, str]) -> str | None:
        """The first line that a program prints, None when it prints none; raises KeyringError. No shell.

        `environ` is what the program gets.
        """
        key = tuple(arguments)
        with self._lock:
            if key not in self._outputs:
                line = self._run(key, environ)
                if not line:
                    return None
                self._outputs[key] = Secret(line)
            return self._outputs[key].reveal()

    def forget_command(self, arguments: Sequence[str]) -> None:
        """Run it again next time: what it gave was wrong."""
        with self._lock:
            self._outputs.pop(tuple(arguments), None)

    def _run(self, arguments: tuple[str, ...], environ: Mapping[str, str]) -> str:
        program = arguments[0]
        try:
            done = subprocess.run(
                arguments,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL if self._screen else None,
                env=dict(environ),
                timeout=_SECONDS,
                start_new_session=self._screen,  # without a controlling terminal nothing can be drawn over the screen
                check=False,
            )
        except subprocess.TimeoutExpired:
            raise KeyringError(f"{program} gave no password within {_SECONDS:g} s and was ended") from None
        except (OSError, ValueError) as error:
            reason = error.strerror if isinstance(error, OSError) else "an argument holds a NUL"
            raise KeyringError(f"{program} cannot be run: {reason}") from None
        if done.returncode != 0:
            raise KeyringError(f"{program} ended with exit code {done.returncode} and gave no password")
        if len(done.stdout) > _MOST_OUTPUT:
            raise KeyringError(f"{program} printed more than a password")
        try:
            return done.stdout.decode("utf-8").partition("\n")[0].rstrip("\r")
        except UnicodeDecodeError:
            raise KeyringError(f"what {program} printed is not UTF-8") from None


def open_vault(path: Path, ask: Ask, environ: Mapping[str, str]) -> tuple[dict[str, Secret], Secret]:
    """The passwords in the vault, and its passphrase: a systemd credential, or the answer of a person with three tries.

    Raises VaultError, and EOFError where there is nobody to ask.
    """
    data = read_bytes(path)
    given = _passphrase_of_service(environ)
    if given is not None:
        return unseal(data, given), given
    for attempt in range(1, _TRIES + 1):
        passphrase = Secret(ask(PROMPT if attempt == 1 else _AGAIN.format(attempt)))
        try:
            return unseal(data, passphrase), passphrase
        except VaultNotOpened:
            if attempt == _TRIES:
                raise
    raise VaultNotOpened


def _passphrase_of_service(environ: Mapping[str, str]) -> Secret | None:
    """`LoadCredential=smtui-vault:...` of systemd."""
    folder = environ.get("CREDENTIALS_DIRECTORY")
    if not folder:
        return None
    try:
        text = (Path(folder) / _CREDENTIAL).read_text("utf-8")
    except FileNotFoundError:
        return None
    except (OSError, UnicodeDecodeError):
        raise VaultError(f"the systemd credential {_CREDENTIAL} cannot be read") from None
    return Secret(text.rstrip("\r\n"))
