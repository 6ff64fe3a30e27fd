"""Passwords from the terminal: asked for before a screen takes it, once in a program's life."""

from __future__ import annotations

import getpass
import sys
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from smtui.environment import Environment
    from smtui.secrets.keyring import Keyring


def ask_password(prompt: str) -> str:
    """Read a password without echo; EOFError where there is no terminal to read it from."""
    if not sys.stdin.isatty():
        raise EOFError("no terminal")
    return getpass.getpass(prompt)


class Passwords:
    """Answers that were given to prompts; while a screen has the terminal nothing more is asked."""

    def __init__(self) -> None:
        self._answers: dict[str, str] = {}
        self._open = False

    def ask(self, prompt: str) -> str:
        """The answer to a prompt; EOFError when it was not given before the screen opened."""
        if prompt not in self._answers and self._open:
            self._answers[prompt] = ask_password(prompt)
        if prompt not in self._answers:
            raise EOFError("the screen has the terminal")
        return self._answers[prompt]

    def ask_now(
        self, environment: Environment, environ: Mapping[str, str], keyring: Keyring, say: Callable[[str], None]
    ) -> None:
        """Obtain every account that the deployment uses; those that cannot be had are named, by hand goes on."""
        from smtui.secrets.credentials import Credentials

        credentials = Credentials(environment, ask=self.ask, environ=environ, drill_accounts={}, keyring=keyring)
        self._open = True
        try:
            credentials.get_all(lambda text: say(f"smtui: {text}"))
        finally:
            self._open = False
