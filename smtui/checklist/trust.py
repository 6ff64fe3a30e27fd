"""Checklists are code: one that did not ship runs only after a person accepted exactly its bytes.

What is accepted is a digest over the checklist, everything that it includes and every script, so that any change of
any of them takes the trust away by itself. Where the files lie is remembered for people only.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

import msgspec

from smtui.checklist.library import Library, pinned_files, shipped_folder
from smtui.checklist.load import ChecklistError
from smtui.checklist.model import Action
from smtui.checklist.procedure import Procedure
from smtui.environment import Environment
from smtui.own_files import read_own, replace_own

_LIMIT: Final = 1 << 20
_DIGITS: Final = 8
"""So many digits of a digest name it."""
_HEAD: Final = "# What smtui may run for this user besides the shipped checklists; smtui trust writes it.\n"


class Trusted(msgspec.Struct, frozen=True, kw_only=True):
    """One acceptance."""

    sha256: str
    what: str
    """Id of the checklist, or the name of the deployment whose commands were accepted."""
    path: str
    """Where it lay then."""
    at: datetime
    by: str


class _File(msgspec.Struct, frozen=True):
    trusted: tuple[Trusted, ...] = ()


class TrustFileError(Exception):
    """The list of what is trusted cannot be read; the text is one line that says what to do."""


@dataclass(frozen=True, slots=True)
class TrustList:
    """The file of one user's acceptances; read anew each time, for another smtui may have written it."""

    path: Path

    def entries(self) -> tuple[Trusted, ...]:
        """All acceptances, oldest first. Raises TrustFileError and OwnFileError."""
        data = read_own(self.path, _LIMIT)
        if data is None:
            return ()
        try:
            return msgspec.toml.decode(data, type=_File).trusted
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
            raise TrustFileError(
                f"{self.path} cannot be read ({type(error).__name__}); look at it, or remove it and trust anew"
            ) from None

    def accepts(self, sha256: str) -> bool:
        """Whether exactly these bytes were accepted."""
        return any(entry.sha256 == sha256 for entry in self.entries())

    def add(self, entry: Trusted) -> None:
        """Accept, durably."""
        self._write((*(one for one in self.entries() if one.sha256 != entry.sha256), entry))

    def remove(self, wanted: str) -> tuple[Trusted, ...]:
        """Take back what is called so, lay there or begins with this digest; gives what was taken back."""
        entries = self.entries()
        gone = tuple(
            one
            for one in entries
            if wanted in {one.what, one.path} or (len(wanted) >= 8 and one.sha256.startswith(wanted))
        )
        if gone:
            self._write(tuple(one for one in entries if one not in gone))
        return gone

    def _write(self, entries: tuple[Trusted, ...]) -> None:
        import tomli_w

        tables = [msgspec.structs.asdict(entry) for entry in entries]
        replace_own(self.path, (_HEAD + tomli_w.dumps({"trusted": tables})).encode("utf-8", "backslashreplace"))


def fingerprint(files: Mapping[str, bytes]) -> str:
    """One digest over the names and bytes of the pinned files of a procedure."""
    lines = (f"{hashlib.sha256(data).hexdigest()}  {name}\n" for name, data in sorted(files.items()))
    return hashlib.sha256(b"smtui-checklist\n" + "".join(lines).encode()).hexdigest()


def is_shipped(checklist_id: str, sha256: str) -> bool:
    """Whether smtui came with exactly this; a shipped plan that takes a part from elsewhere did not."""
    library = Library([shipped_folder()])
    try:
        return fingerprint(pinned_files(library.find(checklist_id), library)) == sha256
    except ChecklistError:
        return False


def local_commands(procedure: Procedure) -> tuple[str, ...]:
    """Ids of the items that run a program on this machine, which a drill does not simulate."""
    return tuple(
        step.id
        for step in procedure.steps
        if any(one is not None and one.on == "local" for one in (step.item.run, step.item.sense))
    )


def commands_shown(procedure: Procedure) -> Iterator[str]:
    """Everything that the procedure can run, for a person to read: each item's actions, then each script in full."""
    for step in procedure.steps:
        run, sense = step.item.run, step.item.sense
        if run is None and sense is None:
            continue
        yield f"{step.number} {step.id}: {step.item.title}"
        for word, action in (("runs", run), ("looks by", sense)):
            if action is not None:
                yield from (f"    {line}" for line in _action_shown(word, action))
    for name, text in sorted(procedure.scripts.items()):
        yield ""
        yield f"--- {name}, sha256 {hashlib.sha256(text.encode()).hexdigest()}"
        yield from text.splitlines()


def commands_fingerprint(environment: Environment) -> str | None:
    """One digest over the programs that a deployment file names as sources of passwords; None when it names none."""
    named = environment_commands(environment)
    if not named:
        return None
    return hashlib.sha256(b"smtui-commands\n" + json.dumps(named, sort_keys=True).encode()).hexdigest()


def environment_commands(environment: Environment) -> dict[str, tuple[str, ...]]:
    """Those programs with their arguments, by name of the credential."""
    return {name: one.command for name, one in environment.credentials.items() if one.command is not None}


def _is_meant(entry: Trusted, wanted: str) -> bool:
    return wanted in {entry.what, entry.path} or (len(wanted) >= _DIGITS and entry.sha256.startswith(wanted))


def _action_shown(word: str, action: Action) -> Iterator[str]:
    what = "a local program" if action.command is not None else action.script or "T-SQL"
    yield f"{word} {what} on {action.on}"
    if action.command is not None:
        yield json.dumps(action.command, ensure_ascii=False)
    if action.sql is not None:
        yield from action.sql.splitlines()
    for name, value in action.parameters.items():
        yield f"{name} = {json.dumps(value, ensure_ascii=False)}"
    if action.values:
        yield f"values {json.dumps(action.values, ensure_ascii=False)}"
