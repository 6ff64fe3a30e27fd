"""From an item's action to the calls that carry it out: one for each target, values resolved and still data."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath

from smtui.checklist.model import Action, Scalar
from smtui.checklist.procedure import Procedure
from smtui.checklist.references import Place, Scope, resolve, targets_of
from smtui.targets.base import Call, LocalCall, PowerShellCall, SqlCall


@dataclass(frozen=True, slots=True)
class Prepared:
    """An action with its references resolved, not yet bound to an attempt."""

    places: tuple[Place, ...]
    name: str
    """The script's file name; empty for a statement or command that stands in the checklist itself."""
    text: str
    """Script or statement; empty for a command."""
    parameters: Mapping[str, Scalar]
    values: tuple[Scalar, ...]
    arguments: tuple[str, ...]
    timeout: float

    def call(self, token: str) -> Call:
        """The call of one attempt."""
        if self.arguments:
            return LocalCall(arguments=self.arguments, token=token, timeout=self.timeout)
        if self.is_sql:
            return SqlCall(statement=self.text, values=self.values, token=token, timeout=self.timeout)
        return PowerShellCall(script=self.text, parameters=self.parameters, token=token, timeout=self.timeout)

    @property
    def is_sql(self) -> bool:
        """Whether it is T-SQL rather than PowerShell."""
        return not self.arguments and PurePosixPath(self.name).suffix.lower() != ".ps1"

    def digest(self, place: Place) -> str:
        """SHA-256 over canonical JSON of all that decides what happens; secrets are never part of it."""
        facts = {
            "arguments": list(self.arguments),
            "parameters": dict(self.parameters),
            "target": [place.kind, place.name],
            "text_sha256": hashlib.sha256(self.text.encode()).hexdigest(),
            "values": list(self.values),
        }
        canonical = json.dumps(facts, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        return hashlib.sha256(canonical.encode("utf-8", "backslashreplace")).hexdigest()

    def shown(self) -> str:
        """The exact command for a person to read or copy: values first, then the whole text."""
        if self.arguments:
            return json.dumps(list(self.arguments), ensure_ascii=False)
        lines = [self.name] if self.name else []
        if self.parameters:
            lines += [f"{name} = {json.dumps(value, ensure_ascii=False)}" for name, value in self.parameters.items()]
        for number, value in enumerate(self.values, 1):
            lines.append(f"?{number} = {json.dumps(value, ensure_ascii=False)}")
        return "\n".join([*lines, "", self.text.rstrip("\n")] if lines else [self.text.rstrip("\n")])


def prepare(action: Action, procedure: Procedure, scope: Scope) -> Prepared:
    """Resolve an action; ReferenceError_ when something is not known yet, such as an input not given."""
    name = action.script or ""
    return Prepared(
        places=targets_of(action.on, scope),
        name=name,
        text=procedure.scripts[name] if name else action.sql or "",
        parameters={key: _scalar(value, scope) for key, value in action.parameters.items()},
        values=tuple(_scalar(value, scope) for value in action.values),
        arguments=tuple(str(_scalar(part, scope)) for part in action.command or ()),
        timeout=action.timeout,
    )


def _scalar(template: Scalar, scope: Scope) -> Scalar:
    """A resolved value; the names of a group are joined, as no transport carries lists."""
    value = resolve(template, scope) if isinstance(template, str) else template
    return ", ".join(value) if isinstance(value, tuple) else value
