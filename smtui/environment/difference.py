"""What changed between two deployments, in lines that a person reads and the journal keeps."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from smtui.environment.model import Environment


def difference(before: Environment, after: Environment) -> tuple[str, ...]:
    """One line for each addition, removal and changed value; none when nothing that counts has changed."""
    old, new = _parts(before), _parts(after)
    lines = [f"{part} removed" for part in old if part not in new]
    for part, values in new.items():
        if part not in old:
            lines.append(f"{part} added: {_listed(values)}")
            continue
        for key in sorted(old[part].keys() | values.keys()):
            earlier, later = old[part].get(key), values.get(key)
            if earlier != later:
                lines.append(f"{part}: {key} {_text(earlier)} -> {_text(later)}")
    return tuple(lines)


def _parts(environment: Environment) -> dict[str, Mapping[str, object]]:
    """Everything that is compared, by what people call it."""
    top = {key: getattr(environment, key) for key in ("name", "kind", "management_group", "mirror", "state_group")}
    parts: dict[str, Mapping[str, object]] = {"environment": top}
    parts |= {f"server {server.name}": msgspec.structs.asdict(server) for server in environment.servers}
    parts |= {f"database {database.role}": msgspec.structs.asdict(database) for database in environment.databases}
    parts |= {f"group {name}": {"members": members} for name, members in environment.groups.items()}
    parts |= {f"path {name}": {"path": path} for name, path in environment.paths.items()}
    parts |= {
        f"credential {name}": msgspec.structs.asdict(credential) for name, credential in environment.credentials.items()
    }
    return parts


def _listed(values: Mapping[str, object]) -> str:
    return ", ".join(f"{key} {_text(value)}" for key, value in values.items() if value is not None)


def _text(value: object) -> str:
    if value is None:
        return "(none)"
    if isinstance(value, tuple):
        return " ".join(str(part) for part in value) or "(none)"
    return str(value)
