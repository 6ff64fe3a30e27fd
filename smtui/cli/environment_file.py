"""A deployment file with the files that it names beside it, as a session pins them."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from msgspec import Struct

from smtui.checklist.model import Mode
from smtui.cli.failures import Failure
from smtui.environment import Environment, load_environment

PINNED = "environment.toml"
"""The session's own copy of the deployment file."""


class EnvironmentFile(Struct, frozen=True):
    """A deployment file as read: what is checked, and what is pinned into a session."""

    mode: Mode
    environment: Environment
    files: Mapping[str, bytes]
    path: Path

    @classmethod
    def read(cls, path: Path) -> EnvironmentFile:
        """Read and check a file, with the CA files that it names beside it."""
        environment = load_environment(path)
        files = {PINNED: path.read_bytes()}
        for name in _relative_ca_files(environment):
            try:
                files[name] = (path.parent / name).read_bytes()
            except OSError as error:
                raise Failure(f"{path}: ca_file {name}: {error.strerror}") from None
        return cls(environment.kind, environment, files, path)


def _relative_ca_files(environment: Environment) -> tuple[str, ...]:
    named = [server.ca_file for server in environment.servers] + [base.ca_file for base in environment.databases]
    relative = {name for name in named if name and not name.startswith("/")}
    for name in relative:
        if ".." in Path(name).parts:
            raise Failure(f"ca_file {name}: give an absolute path, or one beside the environment file")
    return tuple(sorted(relative))
