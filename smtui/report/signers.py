"""Whose key is that: OpenSSH's allowed_signers files (ssh-keygen(1), ALLOWED SIGNERS), and lists of revoked keys."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from smtui.report.ssh_keys import PublicKey, SignatureError, from_base64
from smtui.report.sshsig import NAMESPACE

_LARGEST = 4 * 1024 * 1024
_PRINCIPALS = re.compile(r'(?:"([^"]*)"|(\S+))[ \t]+')
_OPTION = re.compile(r'([A-Za-z-]+)(?:="((?:[^"\\]|\\.)*)")?')
_KEY = re.compile(r"([a-z0-9@.-]+)[ \t]+([A-Za-z0-9+/=]+)(?:[ \t].*)?")
_TIME = re.compile(r"(\d{8})(\d{4})?(\d{2})?(Z?)")


class SignersError(Exception):
    """A file of signers cannot be used; the text is one line that says where and why."""


@dataclass(frozen=True, slots=True)
class Line:
    """A line of an allowed_signers file: who may sign with which key, what for, and when."""

    number: int
    principals: str
    key: PublicKey
    authority: bool = False
    """The key signs certificates, not evidence."""
    namespaces: str | None = None
    after: datetime | None = None
    before: datetime | None = None


@dataclass(frozen=True, slots=True)
class Signers:
    """Who may sign, and which keys may not any more."""

    lines: Sequence[Line]
    revoked: frozenset[bytes] = frozenset()

    def judge(self, principal: str, key: PublicKey, at: datetime) -> None:
        """Raise SignatureError unless the key is one of `principal`'s, good for evidence at that time."""
        if key.blob in self.revoked:
            raise SignatureError(f"its key {key.fingerprint} is revoked")
        lines = [line for line in self.lines if matches(principal, line.principals)]
        if not lines:
            raise SignatureError(f"the list of signers has no {principal}")
        fitting = [line for line in lines if line.key == key and not line.authority]
        if not fitting:
            raise SignatureError(f"its key {key.fingerprint} is none of those that the list of signers has")
        reasons = [reason for line in fitting if (reason := _why_not(line, at))]
        if len(reasons) == len(fitting):
            raise SignatureError(reasons[0])


def read_signers(path: Path, revoked: Path | None = None) -> Signers:
    """Read an allowed_signers file and a list of revoked public keys; SignersError, OSError."""
    lines = tuple(_line(number, text, path) for number, text in _texts(path))
    gone = frozenset(_revoked(number, text, revoked) for number, text in _texts(revoked)) if revoked else frozenset()
    return Signers(lines, gone)


def signers_line(principal: str, key: PublicKey) -> str:
    """The line of an allowed_signers file that lets `principal` sign evidence with `key`."""
    return f'{principal} namespaces="{NAMESPACE}" {key.line}'


def matches(name: str, patterns: str) -> bool:
    """Whether one of the patterns (`*`, `?`, commas between) fits and none of the negated ones (`!`)."""
    fits = False
    for pattern in patterns.split(","):
        wanted = "".join({"*": ".*", "?": "."}.get(char, re.escape(char)) for char in pattern.removeprefix("!"))
        if re.fullmatch(wanted, name, re.DOTALL):
            if pattern.startswith("!"):
                return False
            fits = True
    return fits


def _why_not(line: Line, at: datetime) -> str:
    if line.namespaces is not None and not matches(NAMESPACE, line.namespaces):
        return f"its key may not sign for {NAMESPACE} (line {line.number} of the list of signers)"
    if line.after is not None and at < line.after:
        return f"its key is not good before {line.after:%Y-%m-%d %H:%M:%S} UTC"
    if line.before is not None and at > line.before:
        return f"its key expired at {line.before:%Y-%m-%d %H:%M:%S} UTC"
    return ""


def _texts(path: Path) -> list[tuple[int, str]]:
    with path.open("rb") as file:
        data = file.read(_LARGEST + 1)
    if len(data) > _LARGEST:
        raise SignersError(f"{path}: it is too large for a list of keys")
    if data.startswith(b"SSHKRL\n\0"):
        raise SignersError(f"{path}: binary revocation lists are read by ssh-keygen alone; use VERIFY.txt with it")
    try:
        lines = data.decode("utf-8").split("\n")
    except UnicodeDecodeError:
        raise SignersError(f"{path}: it is no text") from None
    return [
        (number, text)
        for number, line in enumerate(lines, 1)
        if (text := line.strip(" \t\r")) and not text.startswith("#")
    ]


def _revoked(number: int, text: str, path: Path) -> bytes:
    found = _KEY.fullmatch(text)
    if found is None:
        raise SignersError(f"{path}:{number}: this is no public key")
    return _key(found, path, number).blob


def _line(number: int, text: str, path: Path) -> Line:
    found = _PRINCIPALS.match(text)
    if found is None:
        raise SignersError(f"{path}:{number}: a line is: principals, options, type of key, key")
    rest = text[found.end() :]
    options: dict[str, str] = {}
    if not _KEY.fullmatch(rest):
        options, rest = _options(rest, f"{path}:{number}")
    key = _KEY.fullmatch(rest)
    if key is None:
        raise SignersError(f"{path}:{number}: there is no public key in this line")
    after, before = (_time(options.get(name), f"{path}:{number}") for name in ("valid-after", "valid-before"))
    if after and before and after >= before:
        raise SignersError(f"{path}:{number}: valid-before is not after valid-after")
    return Line(
        number=number,
        principals=found[1] if found[1] is not None else found[2],
        key=_key(key, path, number),
        authority="cert-authority" in options,
        namespaces=options.get("namespaces"),
        after=after,
        before=before,
    )


def _options(text: str, place: str) -> tuple[dict[str, str], str]:
    """The options at the beginning, by name in lower case, and what follows them."""
    options: dict[str, str] = {}
    while True:
        found = _OPTION.match(text)
        name = found[1].lower() if found else ""
        if found is None or name in options or (found[2] is None) != (name == "cert-authority"):
            raise SignersError(f"{place}: its options cannot be read")
        if name not in ("cert-authority", "namespaces", "valid-after", "valid-before"):
            raise SignersError(f"{place}: the option {name!r} is not known")
        options[name] = re.sub(r"\\(.)", r"\1", found[2] or "")
        text = text[found.end() :]
        if not text.startswith(","):
            return options, text.lstrip(" \t")
        text = text[1:]


def _time(text: str | None, place: str) -> datetime | None:
    """`YYYYMMDD[HHMM[SS]]`, in the zone of this machine unless it ends in Z, as UTC."""
    if text is None:
        return None
    found = _TIME.fullmatch(text)
    if found is None or (found[3] and not found[2]):
        raise SignersError(f"{place}: {text!r} is no time; write YYYYMMDDHHMMSSZ")
    try:
        local = datetime.strptime(f"{found[1]}{found[2] or '0000'}{found[3] or '00'}+0000", "%Y%m%d%H%M%S%z")
    except ValueError:
        raise SignersError(f"{place}: {text!r} is no time; write YYYYMMDDHHMMSSZ") from None
    return local if found[4] else local.replace(tzinfo=None).astimezone(UTC)


def _key(found: re.Match[str], path: Path, number: int) -> PublicKey:
    try:
        return from_base64(found[1], found[2])
    except SignatureError as error:
        raise SignersError(f"{path}:{number}: {error}") from None
