"""What goes wrong on the command line, as one line that says what to do, and an exit code."""

from __future__ import annotations

import os
import sys

USAGE, NOT_NOW, DEFECT = 2, 3, 70


class Failure(Exception):
    """A command cannot go on; the text is for the user."""

    def __init__(self, text: str, exit_code: int = USAGE) -> None:
        super().__init__(text)
        self.exit_code = exit_code


def told(error: Exception) -> int:
    """Say on standard error what went wrong, in one line where users can mend it; the exit code."""
    if isinstance(error, BrokenPipeError):  # whoever read has read enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    text, code = (str(error), error.exit_code) if isinstance(error, Failure) else describe(error)
    sys.stderr.write(f"smtui: {text}\n")
    return code


def describe(error: BaseException) -> tuple[str, int]:
    """The line and the exit code for an exception that reached the top."""
    from smtui.checklist.load import ChecklistError
    from smtui.checklist.trust import TrustFileError
    from smtui.engine.decisions import Refused
    from smtui.own_files import OwnFileError
    from smtui.secrets.credentials import CredentialError
    from smtui.secrets.vault import VaultError
    from smtui.session.errors import JournalError
    from smtui.targets.base import TargetError
    from smtui.text import visible
    from smtui.toml_source import SourceError

    if isinstance(error, (ChecklistError, SourceError)):
        return "\n".join(visible(str(problem)) for problem in error.problems), USAGE
    if isinstance(error, Refused):
        return visible(str(error)), NOT_NOW
    if isinstance(error, (CredentialError, TargetError, JournalError, OwnFileError, TrustFileError, VaultError)):
        return visible(str(error)), USAGE
    if isinstance(error, OSError) and error.filename is not None:
        return f"{visible(str(error.filename))}: {error.strerror}", USAGE
    return _defect(error), DEFECT


def _defect(error: BaseException) -> str:
    """Where it happened, without the values of any variable: they may be secrets."""
    import traceback

    frames = traceback.extract_tb(error.__traceback__)
    places = " < ".join(f"{frame.filename.rpartition('smtui/')[2]}:{frame.lineno}" for frame in reversed(frames[-4:]))
    return (
        f"this is a defect of smtui: {type(error).__name__} at {places}. The session on disk is safe; please report it."
    )
