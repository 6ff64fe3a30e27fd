from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smtui.targets.sql_errors import trouble_at_login, trouble_in_statement
from smtui.targets.sql_text import connection_string, wants_master

TEXTS = st.text(st.characters(exclude_characters="\0"))


def parsed(text: str) -> dict[str, str]:
    """An ODBC connection string, read by its grammar: braces around each value, `}}` for `}` within."""
    found: dict[str, str] = {}
    position = 0
    while position < len(text):
        match = re.compile(r"(\w+)=\{((?:[^}]|\}\})*)\}(;|$)", re.DOTALL).match(text, position)
        assert match is not None
        found[match[1]] = match[2].replace("}}", "}")
        position = match.end()
    return found


@given(st.dictionaries(st.sampled_from(["UID", "PWD", "Server", "APP"]), TEXTS))
def test_no_value_adds_an_attribute(attributes: dict[str, str]) -> None:
    assert parsed(connection_string(attributes)) == attributes


def test_a_nul_would_end_the_string() -> None:
    with pytest.raises(ValueError, match="PWD"):
        connection_string({"PWD": "a\0b"})


@pytest.mark.parametrize(
    ("statement", "answer"),
    [
        ("USE master; RESTORE DATABASE x", True),
        ("  -- why\n/* and\nhow */ use [master]\nRESTORE", True),
        ("USE masters", False),
        ("SELECT 1 -- USE master", False),
        ("/* USE master */ SELECT 1", False),
        ("", False),
    ],
)
def test_what_a_statement_says_of_its_database(statement: str, answer: bool) -> None:
    assert wants_master(statement) is answer


class Odbc(Exception):
    pass


MS = "[Microsoft][ODBC Driver 18 for SQL Server]"
AT_LOGIN = "(SQLDriverConnect)"


@pytest.mark.parametrize(
    ("state", "text", "kind"),
    [
        ("28000", f"[28000] {MS}[SQL Server]Login failed for user 'x'. (18456) {AT_LOGIN}", "rejected"),
        ("42000", f"[42000] [FreeTDS][SQL Server]Login failed for user 'x'. (18456) {AT_LOGIN}", "rejected"),
        ("42000", f"[42000] {MS}[SQL Server]Cannot open database (4060) {AT_LOGIN}; (18456) {AT_LOGIN}", "no-database"),
        ("HY000", f"[HY000] {MS}SSPI Provider: No Kerberos credentials available (458752) {AT_LOGIN}", "rejected"),
        ("HYT00", f"[HYT00] {MS}Login timeout expired (0) {AT_LOGIN}", "no-connection"),
    ],
)
def test_why_there_is_no_session(state: str, text: str, kind: str) -> None:
    trouble = trouble_at_login(Odbc(state, text))
    assert trouble.kind == kind
    assert "[" not in trouble.text


@pytest.mark.parametrize(
    ("error", "kind", "number"),
    [
        (Odbc("40001", "[40001] [M][O][SQL Server]deadlock victim (1205) (SQLExecDirectW)"), "server", 1205),
        (Odbc("08S01", "[08S01] [M][O]Communication link failure (0) (SQLExecDirectW)"), "lost", None),
        (Odbc("01000", "[01000] [FreeTDS]Unexpected EOF from the server (20017) (SQLExecDirectW)"), "lost", None),
        (Odbc("HYT00", "[HYT00] [M][O]Query timeout expired (0) (SQLExecDirectW)"), "stopped", None),
        (Odbc("HY008", "[HY008] [M][O]Operation canceled (0) (SQLExecDirectW)"), "stopped", None),
        (Odbc("The SQL contains 0 parameter markers, but 1 parameters were supplied", "HY000"), "local", None),
        (Odbc("ODBC SQL type -16 is not yet supported", "HY106"), "local", None),
        (UnicodeEncodeError("utf-16-le", "\ud800", 0, 1, "surrogates not allowed"), "local", None),
    ],
)
def test_why_a_statement_did_not_end_well(error: Exception, kind: str, number: int | None) -> None:
    trouble = trouble_in_statement(error)
    assert (trouble.kind, trouble.number) == (kind, number)
