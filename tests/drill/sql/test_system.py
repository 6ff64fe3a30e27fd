"""What a server answers without a database: expressions, SET, USE, KILL, and what drivers ask of themselves."""

from __future__ import annotations

import datetime as dt
import socket
from collections.abc import Iterator, Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smtui.drill.sql.channel import Channel
from smtui.drill.sql.columns import INT
from smtui.drill.sql.connect_time import connect_time_answer
from smtui.drill.sql.login import Login
from smtui.drill.sql.markers import as_written, placeholders
from smtui.drill.sql.packets import PacketStream
from smtui.drill.sql.replies import Error, Reply, Result, RowCount, Use
from smtui.drill.sql.scalars import UnknownExpression, select_scalars
from smtui.drill.sql.session import Session, Sessions
from smtui.drill.sql.system import System
from smtui.drill.sql.values import SqlValue

NOW = dt.datetime(2026, 1, 31, 23, 59, tzinfo=dt.UTC)
LOGIN = Login("smtui", "secret", "smtui/t1", "jump", "ODBC", "", 4096, 0x74000004, integrated=False)
DATABASES = {"master": 1, "ServiceManager": 5}


class Asked:
    """A system, and the session that asks it."""

    def __init__(self, session: Session, sessions: Sessions) -> None:
        self.session = session
        self.system = System("SQL01", (16, 0, 4135), sessions, lambda: DATABASES, lambda: NOW)

    def replies(self, statement: str, *values: SqlValue) -> list[Reply] | None:
        return self.system.answer(self.session, statement, values)

    def row(self, statement: str, *values: SqlValue) -> Sequence[SqlValue]:
        replies = self.replies(statement, *values)
        assert replies is not None
        [result] = replies
        assert isinstance(result, Result)
        [row] = result.rows
        return row


@pytest.fixture
def asked() -> Iterator[Asked]:
    ours, theirs = socket.socketpair()
    sessions = Sessions()
    channel = Channel(ours, 1.0)
    yield Asked(sessions.open(LOGIN, "ServiceManager", PacketStream(channel), NOW), sessions)
    channel.close()
    theirs.close()


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        ("1", 1),
        ("-1", -1),
        ("9999999999", 9999999999),
        ("'it''s'", "it's"),
        ("N''", ""),
        ("@@SPID", 51),
        ("@@SERVERNAME", "SQL01"),
        ("@@TRANCOUNT", 0),
        ("DB_NAME()", "ServiceManager"),
        ("db_name(1)", "master"),
        ("DB_ID()", 5),
        ("DB_ID('servicemanager')", 5),
        ("DB_ID('nowhere')", None),
        ("APP_NAME()", "smtui/t1"),
        ("HOST_NAME()", "jump"),
        ("SUSER_SNAME()", "smtui"),
        ("SYSTEM_USER", "smtui"),
        ("IS_SRVROLEMEMBER('sysadmin')", 1),
        ("SYSDATETIME()", NOW),
        ("SERVERPROPERTY('ProductVersion')", "16.0.4135.0"),
        ("SERVERPROPERTY('InstanceName')", None),
        ("CAST(SERVERPROPERTY('ServerName') AS nvarchar(128))", "SQL01"),
        ("CAST(SERVERPROPERTY('InstanceName') AS nvarchar(128))", None),
        ("CAST(SERVERPROPERTY('IsClustered') AS int)", 0),
        ("CAST('12' AS int)", 12),
        ("CAST(1 AS nvarchar(max))", "1"),
    ],
)
def test_expressions(asked: Asked, expression: str, value: SqlValue) -> None:
    assert asked.row(f"SELECT {expression}") == [value]
    assert asked.row(f"  select\n{expression} AS a ;") == [value]


def test_several_columns_and_their_names(asked: Asked) -> None:
    replies = asked.replies("SELECT @@SPID AS spid, DB_NAME() [the name], 7")
    assert replies is not None
    assert isinstance(replies[0], Result)
    assert [name for name, _ in replies[0].columns] == ["spid", "the name", ""]


def test_bound_values(asked: Asked) -> None:
    assert asked.row("SELECT @P1, @P2, DB_ID(@P1)", "master", None) == ["master", None, 1]


@pytest.mark.parametrize(
    "statement",
    [
        "",
        ";",
        "SELECT",
        "SELECT name FROM sys.databases",
        "SELECT 1 WHERE 1 = 1",
        "SELECT secret()",
        "SELECT @P1",
        "SELECT 'open",
        "SELECT CAST(1 AS xml)",
        "SELECT - 'a'",
        "SELECT (1)",
        "SELECT 1, ",
        "SELECT " + "-" * 50 + "1",
        "DROP DATABASE ServiceManager",
        "SELECT 1; DROP DATABASE ServiceManager",
        "SET NOCOUNT ON; DROP TABLE x",
        "USE master; EXEC xp_cmdshell",
    ],
)
def test_what_is_more_is_not_known_here(asked: Asked, statement: str) -> None:
    assert asked.replies(statement) is None


def test_set_options(asked: Asked) -> None:
    batch = (
        "SET NOCOUNT ON; SET LANGUAGE us_english;\nSET TRANSACTION ISOLATION LEVEL READ COMMITTED; SET LOCK_TIMEOUT -1"
    )
    assert asked.replies(batch) == [RowCount()] * 4


def test_use(asked: Asked) -> None:
    assert asked.replies("USE [servicemanager]") == [Use("ServiceManager")]
    [error] = asked.replies("use nowhere") or []
    assert isinstance(error, Error)
    assert error.number == 911


def test_kill(asked: Asked) -> None:
    numbers = [(asked.replies(f"KILL {spid}") or [None])[0] for spid in (51, 99)]
    assert [reply.number for reply in numbers if isinstance(reply, Error)] == [6104, 6106]


@given(st.text(alphabet="SELECT sp@P1'(),;-[]N9 _\n", max_size=40))
def test_any_text_is_answered_or_unknown(text: str) -> None:
    try:
        select_scalars(text, [], {"@@spid": lambda _: (INT, 1)})
    except UnknownExpression:
        return


@pytest.mark.parametrize(
    ("statement", "values", "name", "size"),
    [
        ("EXEC [sys].sp_datatype_info_100 @P1, @ODBCVer = @P2", (-9, 4), "nvarchar", 4000),
        ("EXEC sp_datatype_info_100 12,3", (), "varchar", 8000),
        ("exec sp_datatype_info 93, 3", (), "datetime2", 27),
    ],
)
def test_types_that_pyodbc_asks_for(statement: str, values: Sequence[SqlValue], name: str, size: int) -> None:
    answer = connect_time_answer(statement, values)
    assert isinstance(answer, Result)
    assert [(row[0], row[2]) for row in answer.rows] == [(name, size)]
    assert [column for column, _ in answer.columns][2] == "PRECISION"


def test_a_type_that_is_not_known() -> None:
    answer = connect_time_answer("sp_datatype_info_100 999", ())
    assert isinstance(answer, Result)
    assert answer.rows == []


def test_undeclared_parameters() -> None:
    answer = connect_time_answer("EXEC sp_describe_undeclared_parameters @P1", ("EXEC p @P1, @P2, @P1",))
    assert isinstance(answer, Result)
    assert [row[:2] for row in answer.rows] == [(1, "@P1"), (2, "@P2")]
    assert isinstance(connect_time_answer("EXEC sp_describe_undeclared_parameters @P1", (None,)), Error)


@pytest.mark.parametrize(
    ("sent", "written", "count"),
    [
        ("EXEC p @P1", "EXEC p ?", 1),
        ("SELECT @P1, @P2 WHERE a = '@P3 ?'", "SELECT ?, ? WHERE a = '@P3 ?'", 2),
        ('-- it\'s ? @P1\nSELECT [a?@P1], "?", @P1 /* ? */', '-- it\'s ? @P1\nSELECT [a?@P1], "?", ? /* ? */', 1),
        ("SELECT '' , 'it''s ?', @P1", "SELECT '' , 'it''s ?', ?", 1),
        ("SELECT @P1x, @Part", "SELECT @P1x, @Part", 0),
    ],
)
def test_markers(sent: str, written: str, count: int) -> None:
    assert as_written(sent) == written
    assert placeholders(written) == count
