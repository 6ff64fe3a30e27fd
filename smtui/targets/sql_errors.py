"""What pyodbc raises, told apart: drivers differ in class and SQLSTATE, so the server's number decides."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final, Literal

from smtui.text import one_line

NOT_SIMULATED: Final = 50404
"""The drill's SQL Server does not know the statement."""

LOGIN_FAILED: Final = frozenset({18456, 18452, 18486, 18487, 18488})
"""Wrong password, untrusted domain, locked, expired, must be changed."""
NO_DATABASE: Final = frozenset({4060, 911, 927, 942, 945, 922, 904})
"""Cannot be opened: missing, being restored, offline, in recovery."""
_LOST: Final = frozenset({"08S01", "08003", "08007", "08S02", "HYT01", "HY117"})
_STOPPED: Final = frozenset({"HYT00", "HY008"})
"""Query timeout, and operation cancelled."""
_STATE: Final = re.compile("[0-9A-Z]{5}")
_NUMBER: Final = re.compile(r"\((-?\d+)\) \(SQL\w+\)")
_PREFIX: Final = re.compile(r"^(?:\[[^\]]*\]\s*)+")
_SUFFIX: Final = re.compile(r"\s*\(-?\d+\) \(SQL\w+\).*$", re.DOTALL)
_DROPPED: Final = ("Communication link failure", "Unexpected EOF", "TCP Provider", "Connection is dead")

Kind = Literal["rejected", "no-database", "server", "lost", "stopped", "local", "no-connection"]
"""`server`: the server says so. `lost`: the connection. `stopped`: by our cancellation or deadline. `local`: pyodbc or
the driver, on this side."""


@dataclass(frozen=True, slots=True)
class SqlTrouble:
    """One failure; `text` is one line."""

    kind: Kind
    text: str
    number: int | None = None


def trouble_at_login(error: Exception) -> SqlTrouble:
    """Why there is no session."""
    state, text, numbers = _parts(error)
    if numbers & NO_DATABASE:
        return SqlTrouble("no-database", _clean(text), min(numbers & NO_DATABASE))
    if numbers & LOGIN_FAILED or state == "28000":
        return SqlTrouble("rejected", _clean(text), min(numbers & LOGIN_FAILED, default=None))
    if "No Kerberos credentials" in text or "SSPI Provider" in text:
        return SqlTrouble("rejected", f"{_clean(text)}; run kinit")
    return SqlTrouble("no-connection", _clean(text))


def trouble_in_statement(error: Exception) -> SqlTrouble:
    """Why a statement did not end well."""
    state, text, _ = _parts(error)
    if state is None:
        return SqlTrouble("local", _clean(text))
    if state in _STOPPED:
        return SqlTrouble("stopped", _clean(text))
    if state in _LOST or any(sign in text for sign in _DROPPED):
        return SqlTrouble("lost", _clean(text))
    number = next((number for number in _ordered(text) if number > 0), None)
    return SqlTrouble("server", _clean(text), number)


def message_text(message: tuple[str, str]) -> str:
    """One of pyodbc's `messages`, without the names of the layers it came through."""
    return _PREFIX.sub("", message[1])


def tells_of_lost_link(message: tuple[str, str]) -> bool:
    """Whether one of pyodbc's `messages`, `('[08S01] (10054)', text)`, is the driver's own word for a broken link."""
    return message[0][1:6] in _LOST


def _parts(error: Exception) -> tuple[str | None, str, frozenset[int]]:
    """SQLSTATE, text and the server's numbers; no SQLSTATE for what pyodbc says itself, which it puts the other way."""
    first, second = (*error.args, None, None)[:2]
    if isinstance(first, str) and isinstance(second, str):
        if _STATE.fullmatch(first):
            return first, second, frozenset(_ordered(second))
        if _STATE.fullmatch(second):
            return None, first, frozenset()
    return None, f"{type(error).__name__}: {error}", frozenset()


def _ordered(text: str) -> list[int]:
    return [int(number) for number in _NUMBER.findall(text)]


def _clean(text: str) -> str:
    """The first message, without prefixes and numbers."""
    first = _PREFIX.sub("", text.partition("] ")[2] if text.startswith("[") else text)
    return one_line(_SUFFIX.sub("", _PREFIX.sub("", first)))
