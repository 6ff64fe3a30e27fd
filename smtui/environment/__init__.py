"""The deployment file (design 5): servers, databases, groups, paths, credentials by name. It holds no secrets."""

from smtui.environment.difference import difference
from smtui.environment.insecure import insecure_ways
from smtui.environment.load import load_environment, parse_environment
from smtui.environment.model import (
    DATABASE_ROLES,
    SERVER_ROLES,
    Credential,
    Database,
    DatabaseRole,
    Environment,
    EnvironmentFileError,
    Server,
    ServerRole,
    Source,
    Transport,
)

__all__ = [
    "DATABASE_ROLES",
    "SERVER_ROLES",
    "Credential",
    "Database",
    "DatabaseRole",
    "Environment",
    "EnvironmentFileError",
    "Server",
    "ServerRole",
    "Source",
    "Transport",
    "difference",
    "insecure_ways",
    "load_environment",
    "parse_environment",
]
