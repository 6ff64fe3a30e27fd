"""What a recovery takes from shares: key backups, pack exports, permission scripts, seen from one server."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from smtui.checklist.model import Scalar
from smtui.environment import Server
from smtui.readiness.accounts import Accounts
from smtui.readiness.model import Finding
from smtui.readiness.surroundings import Around
from smtui.targets.base import PowerShellCall, TargetError, Watch

SCRIPT: Final = "readiness-files.ps1"
_SECONDS: Final = 120.0


@dataclass(frozen=True, slots=True)
class _Kept:
    """What is kept under one path of the environment file."""

    check: str
    what: str
    oldest: int
    """Hours."""
    mend: str
    review: bool = False


_KEPT: Final[Mapping[str, _Kept]] = {
    "encryption_key_sm": _Kept(
        "key-backup", "the key backup of the management server", 366 * 24, "back the key up anew (SecureStorageBackup)"
    ),
    "encryption_key_dw": _Kept(
        "key-backup", "the key backup of the data warehouse server", 366 * 24, "back the key up anew"
    ),
    "packs": _Kept("pack-export", "the export of the management packs", 31 * 24, "export the unsealed packs anew"),
    "permission_scripts": _Kept(
        "permission-script", "the permission scripts", 366 * 24, "script logins and permissions anew", review=True
    ),
}
"""A key backup and permissions are proven by the yearly exercise; unsealed packs change with every customisation."""


@dataclass(frozen=True, slots=True)
class Seen:
    """What was found, and of which paths something was proven at all."""

    findings: tuple[Finding, ...] = ()
    proven: frozenset[str] = frozenset()


def look(servers: Sequence[Server], around: Around, accounts: Accounts) -> Seen:
    """Ask the first management server that answers; where it does not get to a share, nothing is said of that."""
    paths = {name: path for name, path in around.environment.paths.items() if name in _KEPT and path.startswith("\\\\")}
    candidates = sorted(servers, key=lambda one: not {"management-server", "workflow-server"} & set(one.roles))
    for server in candidates if paths else ():
        answers = {name: _ask(server, path, _KEPT[name].review, around, accounts) for name, path in paths.items()}
        known = {name: fields for name, fields in answers.items() if fields is not None}
        if known:
            readable = {name: fields for name, fields in known.items() if fields.get("readable") is True}
            findings = (found for name, fields in readable.items() for found in _judged(name, paths[name], fields))
            return Seen(tuple(findings), frozenset(readable))
    return Seen()


def _ask(server: Server, path: str, review: bool, around: Around, accounts: Accounts) -> Mapping[str, Scalar] | None:
    try:
        target = around.connect_server(server.name)
    except TargetError:
        return None  # said of the server itself
    try:
        admitted = accounts.admit(server.credential or "the Kerberos ticket", server.name, target.canary)
        if admitted is None or admitted.ending != "ok":
            return None
        call = PowerShellCall(around.script(SCRIPT), {"path": path, "review": review}, "readiness", _SECONDS)
        result = target.run(call, Watch(accepted=lambda _: None, output=lambda _: None))
        return result.fields if result.ending == "ok" else None
    finally:
        target.close()


def _judged(name: str, path: str, fields: Mapping[str, Scalar]) -> Iterator[Finding]:
    kept, age = _KEPT[name], fields.get("newest_hours")
    if fields.get("there") is not True or not fields.get("files") or fields.get("empty") == fields.get("files"):
        yield Finding(f"{kept.check}-missing", path, f"{kept.what}: nothing is there", kept.mend)
        return
    if isinstance(age, int) and age > kept.oldest:
        yield Finding(f"{kept.check}-old", path, f"{kept.what}: {age // 24} days old", kept.mend)
    if kept.review and not fields.get("logins"):
        yield Finding(f"{kept.check}-logins", path, f"{kept.what}: no login and no user is in them", kept.mend)
    if kept.review and fields.get("drops"):
        text = f"{kept.what}: {fields['drops']} statements begin with DROP"
        yield Finding(f"{kept.check}-drop", path, text, "script permissions only, without DROP")
