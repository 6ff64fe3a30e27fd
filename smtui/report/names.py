"""Which names a report must not show to outsiders, and what stands in their place, the same everywhere."""

from __future__ import annotations

import ipaddress
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass

from smtui.environment.model import Environment
from smtui.report.approvals import ROLE
from smtui.report.model import Evidence
from smtui.session.events import (
    ApprovalWithdrawn,
    Approved,
    Confirmed,
    Judged,
    Opened,
    Record,
    Resumed,
    Sensed,
    Started,
    TakenOver,
)

_COMMON = frozenset({
    *("root", "administrator", "admin", "system", "local", "sa", "localhost"),
    *("yes", "no", "ok", "done", "none", "true", "false"),
})  # fmt: skip
"""Accounts, hosts and answers of every deployment: they tell nothing, and are words besides."""

_PATTERNS = (
    ("PATH", r"\\\\[A-Za-z0-9._$-]+(?:\\[^\s\\\"'<>|,;:*?]+)*"),
    ("ACCOUNT", r"[A-Za-z0-9][A-Za-z0-9._+-]*@[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?"),
    ("ACCOUNT", r"S-1-5-21(?:-\d+){3,4}"),
    ("ADDRESS", r"\d{1,3}(?:\.\d{1,3}){3}"),
    ("ADDRESS", r"(?:[0-9A-Fa-f]{0,4}:){2,7}[0-9A-Fa-f]{0,4}"),
)
_BEFORE, _AFTER = r"(?<![A-Za-z0-9])", r"(?![A-Za-z0-9])"


@dataclass(frozen=True, slots=True)
class Known:
    """Names of one thing."""

    kind: str
    names: tuple[str, ...]


class Replacer:
    """Replaces every known name, and what looks like an account, an address or a share, by `KIND-NUMBER`."""

    def __init__(self, known: Iterable[Known]) -> None:
        self._labels: dict[str, str] = {}
        self._numbers: Counter[str] = Counter()
        domains: list[str] = []
        for thing in known:
            label = ""
            for name in thing.names:
                lower = name.casefold().strip()
                if len(lower) < 2 or lower in _COMMON or lower in self._labels:
                    continue
                label = label or self._new(thing.kind)
                self._labels[lower] = label
                if thing.kind == "DOMAIN":
                    domains.append(re.escape(lower))
        self._pattern = re.compile("|".join(self._alternatives(domains)), re.IGNORECASE)

    def __call__(self, text: str) -> str:
        """The text without the names."""
        return self._pattern.sub(self._replaced, text)

    @property
    def counts(self) -> dict[str, int]:
        """How many things of each kind have got another name."""
        return dict(sorted(self._numbers.items()))

    def _alternatives(self, domains: list[str]) -> Iterator[str]:
        for number, (kind, pattern) in enumerate(_PATTERNS):
            yield f"(?P<{kind}_{number}>{_BEFORE}{pattern}{_AFTER})"
        if domains:
            either = "|".join(domains)
            yield rf"(?P<ACCOUNT_9>{_BEFORE}(?:{either})\\[A-Za-z0-9._$-]+)"
            yield rf"(?P<SERVER_9>{_BEFORE}(?:[A-Za-z0-9-]+\.)+(?:{either}){_AFTER})"
        names = "|".join(re.escape(name) for name in sorted(self._labels, key=len, reverse=True))
        yield f"{_BEFORE}(?P<KNOWN>{names or '(?!)'}){_AFTER}"

    def _replaced(self, match: re.Match[str]) -> str:
        name, kind = match[0].casefold(), str(match.lastgroup).partition("_")[0]
        if name in self._labels:
            return self._labels[name]
        if kind == "ADDRESS" and not _is_address(name):
            return match[0]
        self._labels[name] = self._new(kind)
        return self._labels[name]

    def _new(self, kind: str) -> str:
        self._numbers[kind] += 1
        return f"{kind}-{self._numbers[kind]}"


def known_names(environment: Environment, evidence: Evidence, records: Iterable[Record]) -> tuple[Known, ...]:
    """The names of a deployment and of a session, in an order that does not change."""
    return (*_of_environment(environment), *_of_session(evidence), *_of_records(records))


def _of_environment(environment: Environment) -> Iterator[Known]:
    yield Known("DEPLOYMENT", (environment.name,))
    yield Known("MANAGEMENT-GROUP", (environment.management_group,))
    for server in environment.servers:
        yield Known("SERVER", (server.name, server.fqdn, *([server.address] if server.address else [])))
    for server in environment.servers:
        labels = server.fqdn.split(".")
        yield Known("DOMAIN", tuple(".".join(labels[at:]) for at in range(1, max(len(labels) - 1, 1))))
    for database in environment.databases:
        yield Known("DATABASE", (database.name,))
        yield Known("SERVER", (*([database.address] if database.address else []), database.server))
        yield Known("INSTANCE", (database.instance or "",))
    for path in environment.paths.values():
        yield Known("PATH", (path,))
    for credential in environment.credentials.values():
        yield from _account(credential.user)


def _of_session(evidence: Evidence) -> Iterator[Known]:
    yield Known("MACHINE", (evidence.header.machine,))
    yield Known("TICKET", (evidence.header.ticket or "",))
    yield Known("PERSON", (evidence.summary.accepted_by or "",))
    yield Known("PERSON", (evidence.summary.declared_by or "",))
    for person in evidence.people:
        is_account = person.role in ("operator", ROLE)
        yield from _account(person.name) if is_account else (Known("PERSON", (person.name,)),)
        yield Known("PLACE", (person.origin,))
    for finding in evidence.findings:
        yield Known("PERSON", (finding.owner,))


def _of_records(records: Iterable[Record]) -> Iterator[Known]:
    for record in records:
        match record.event:
            case Opened(machine=machine) | Resumed(machine=machine):
                yield Known("MACHINE", (machine,))
                yield from _account(getattr(record.event, "before", None) or "")
            case TakenOver(holder=holder):
                yield from _account(holder)
            case Approved(approver=approver) | ApprovalWithdrawn(approver=str(approver)):
                yield from _account(approver)
            case Judged(judge=judge):
                yield Known("PERSON", (judge,))
            case Confirmed(evidence=typed):
                # Mostly a person's name or a number; what it is, nobody knows.
                yield from (Known("TYPED", (text,)) for text in typed.values() if len(text.strip()) > 2)
            case Started(target=target) | Sensed(target=target) if " " not in target:
                yield Known("SERVER", (target,))  # it may have been in the environment once
            case _:
                pass


def _account(user: str) -> Iterator[Known]:
    r"""`DOMAIN\user`, `user@host` or `user`: the account under all its names, and its domain."""
    domain, backslash, name = user.partition("\\")
    if backslash:
        yield Known("DOMAIN", (domain,))
        yield Known("ACCOUNT", (user, name))
        return
    name, at, host = user.partition("@")
    yield Known("ACCOUNT", (user, name))
    if at:
        yield Known("MACHINE", (host,))


def _is_address(text: str) -> bool:
    with suppress(ValueError):
        ipaddress.ip_address(text)
        return text.count(":") == 0 or "::" in text or text.count(":") == 7
    return False
