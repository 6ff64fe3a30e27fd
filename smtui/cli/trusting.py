"""Refuses what nobody accepted, at the two places where foreign code could begin to run."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from smtui.checklist.library import Library, lay_out, pinned_files
from smtui.checklist.model import Mode
from smtui.checklist.procedure import Procedure
from smtui.checklist.trust import commands_fingerprint, environment_commands, fingerprint, is_shipped, local_commands
from smtui.cli.failures import Failure
from smtui.cli.surroundings import Surroundings
from smtui.environment import Environment


def require_trust(
    around: Surroundings, procedure: Procedure, files: Mapping[str, bytes], mode: Mode, path: Path
) -> None:
    """Raise Failure unless the pinned `files` came with smtui or were accepted.

    A drill reaches nothing but simulated hosts, which know only the shipped scripts; there it is about programs on
    this machine alone.
    """
    if mode == "drill" and not local_commands(procedure):
        return
    pinned = {name: data for name, data in files.items() if name.startswith("checklist/")}
    sha256 = fingerprint(pinned)
    if not is_shipped(procedure.checklist.id, sha256) and not around.trust.accepts(sha256):
        raise Failure(
            f"{procedure.checklist.id} did not come with smtui, and nobody has accepted it as it is now; "
            f"read what it runs, and accept it, with: smtui trust {path}"
        )


def require_trust_of_session(around: Surroundings, folder: Path, procedure: Procedure, mode: Mode) -> None:
    """As `require_trust`, of the copy that a session holds: it may come from another person or machine."""
    path = folder / "checklist" / f"{procedure.checklist.id}.toml"
    require_trust(around, procedure, pinned_files(path, Library([path.parent])), mode, path)


def require_trusted_commands(around: Surroundings, environment: Environment, path: Path) -> None:
    """Raise Failure when a deployment file names programs as sources of passwords that nobody accepted."""
    sha256 = commands_fingerprint(environment)
    if sha256 is not None and not around.trust.accepts(sha256):
        names = ", ".join(sorted({arguments[0] for arguments in environment_commands(environment).values()}))
        raise Failure(
            f"{environment.name}: the environment file runs programs for its passwords ({names}), and nobody has "
            f"accepted them; see them, and accept them, with: smtui trust {path}"
        )


def problem_of(around: Surroundings, path: Path, library: Library, mode: Mode) -> str:
    """Why a checklist cannot be begun for want of trust; empty when it can. Raises ChecklistError."""
    try:
        require_trust(around, lay_out(path, library), pinned_files(path, library), mode, path)
    except Failure as failure:
        return str(failure)
    return ""
