"""The target against the drill's TDS server, over pyodbc and Microsoft's driver; nothing is replaced by a mock."""

from __future__ import annotations

import datetime as dt
import decimal
import os
import threading
import uuid
from collections.abc import Callable, Sequence

import pytest
from sql_stand import PASSWORD, WAITED, SqlStand
from windows_stand import Listener, running

from smtui.drill.sql.columns import (
    BIT,
    DATE,
    DATETIME,
    FLOAT,
    INT,
    NVARCHAR_MAX,
    SQL_VARIANT,
    UNIQUEIDENTIFIER,
    ColumnType,
    nvarchar,
    varbinary,
)
from smtui.drill.sql.columns import (
    decimal as decimal_column,
)
from smtui.drill.sql.replies import Drop, Error, Flush, Info, Reply, RowCount
from smtui.drill.sql.replies import Result as Rows
from smtui.drill.sql.session import Session
from smtui.drill.sql.values import SqlValue
from smtui.targets.base import Result, Settlement, SqlCall, TargetError

STATEMENT = "EXEC work ?"


def call(statement: str = STATEMENT, *values: str | bool | int | float, timeout: float = WAITED) -> SqlCall:
    return SqlCall(statement, values, "t0ken", timeout)


def answering(*replies: Reply) -> Callable[[Session, Sequence[SqlValue]], object]:
    return lambda _session, _values: iter(replies)


def run(sql: SqlStand, listener: Listener, statement: str, *values: str | int, timeout: float = WAITED) -> Result:
    return sql.target().run(call(statement, *values, timeout=timeout), listener.watch())


def settle(sql: SqlStand, listener: Listener, timeout: float = WAITED) -> Settlement:
    return sql.target().settle(call("WAIT", timeout=timeout), listener.remote, listener.watch())


def test_a_statement_runs_with_bound_values_and_gives_the_first_row(sql: SqlStand) -> None:
    listener = Listener()
    hostile = "x'; DROP TABLE users; --"
    result = run(sql, listener, STATEMENT, hostile)
    assert (result.ending, result.exit_code, result.rows) == ("ok", 0, 1)
    assert result.fields == {"server": hostile}
    assert sql.received[-1] == (STATEMENT, (hostile,))
    assert listener.remote == {
        "spid": "51",
        "login_time": "2026-01-02T03:04:05",
        "application": "smtui/t0ken",
    }


def test_the_login_says_who_it_is_and_hides_nothing_in_its_values(sql: SqlStand) -> None:
    run(sql, Listener(), STATEMENT, "x")
    login = sql.logins[0]
    assert (login.user, login.password) == ("smtui", PASSWORD)
    assert (login.application, login.database) == ("smtui/t0ken", "ServiceManager")


def test_values_of_every_kind_become_plain(sql: SqlStand) -> None:
    number = uuid.UUID("12345678-1234-5678-1234-567812345678")
    columns: list[tuple[str, ColumnType, SqlValue, object]] = [
        ("Number", INT, 7, 7),
        ("Yes", BIT, True, True),
        ("Ratio", FLOAT, 0.5, 0.5),
        ("Whole", decimal_column(20, 0), decimal.Decimal(123456789012), 123456789012),
        ("Part", decimal_column(20, 2), decimal.Decimal("1.25"), "1.25"),
        ("At", DATETIME, dt.datetime.fromisoformat("2024-05-06T07:08:09"), "2024-05-06T07:08:09"),
        ("Day", DATE, dt.date(2024, 5, 6), "2024-05-06"),
        ("Id", UNIQUEIDENTIFIER, number, str(number)),
        ("Raw", varbinary(20), b"\x01\xff", "0x01FF"),
        ("Long", NVARCHAR_MAX, "ü" * 9000, "ü" * 9000),
        ("", nvarchar(10), "unnamed", "unnamed"),
    ]
    sql.acts["SELECT all"] = answering(
        Rows([(name, kind) for name, kind, _, _ in columns], [tuple(value for _, _, value, _ in columns)])
    )
    fields = run(sql, Listener(), "SELECT all").fields
    expected = {name.lower() or "column_11": value for name, _, _, value in columns}
    assert fields == expected


def test_null_is_a_missing_field(sql: SqlStand) -> None:
    sql.acts["SELECT null"] = answering(Rows([("a", nvarchar(5)), ("b", INT)], [(None, 1)]))
    assert run(sql, Listener(), "SELECT null").fields == {"b": 1}


@pytest.mark.parametrize("count", [0, 1, 1234])
def test_rows_are_counted(sql: SqlStand, count: int) -> None:
    sql.acts["SELECT n"] = answering(Rows([("n", INT)], [(n,) for n in range(count)]))
    result = run(sql, Listener(), "SELECT n")
    assert (result.rows, dict(result.fields)) == (count, {"n": 0} if count else {})


def test_the_last_result_set_counts_and_messages_are_output(sql: SqlStand) -> None:
    one, two = Rows([("a", INT)], [(1,)]), Rows([("b", INT)], [(2,), (3,)])
    sql.acts["BATCH"] = answering(Info("first"), RowCount(), one, Info("second"), RowCount(3), two, Info("third"))
    listener = Listener()
    result = run(sql, listener, "BATCH")
    assert (result.rows, result.fields) == (2, {"b": 2})
    assert listener.text == "first\nsecond\nthird\n"


def test_a_restore_is_read_to_its_end_and_its_progress_is_shown(sql: SqlStand) -> None:
    seen: list[int] = []

    def restore(session: Session, _: Sequence[SqlValue]) -> object:
        for percent in (10, 50, 100):
            session.pause(0.02)
            seen.append(percent)
            yield Info(f"{percent} percent processed.", 3211)
            yield RowCount()
            yield Flush()

    sql.acts["RESTORE"] = restore
    listener = Listener()
    assert run(sql, listener, "RESTORE").ending == "ok"
    assert seen == [10, 50, 100]
    assert listener.text == "10 percent processed.\n50 percent processed.\n100 percent processed.\n"


def test_an_error_of_the_server_is_a_failure_with_its_number(sql: SqlStand) -> None:
    sql.acts["FAILS"] = answering(
        Error("Cannot open backup device 'x.bak'.", 3201), Error("terminating abnormally.", 3013)
    )
    result = run(sql, Listener(), "FAILS")
    assert (result.ending, result.exit_code) == ("failed", 1)
    assert result.fields == {"error": "Cannot open backup device 'x.bak'.", "error_number": 3201}
    assert "(error 3201)" in result.reason


def test_an_error_behind_the_first_answer_is_a_failure_too(sql: SqlStand) -> None:
    sql.acts["LATE"] = answering(Rows([("a", INT)], [(1,)]), Error("late", 50000))
    listener = Listener()
    assert run(sql, listener, "LATE").fields["error_number"] == 50000


def test_a_statement_that_is_not_simulated_says_so(sql: SqlStand) -> None:
    assert run(sql, Listener(), "SELECT nothing").not_simulated


def test_a_statement_that_the_driver_refuses_was_not_sent(sql: SqlStand) -> None:
    result = run(sql, Listener(), "SELECT 1", "one too many")
    assert result.ending == "not-started"
    assert sql.statements() == []


def test_an_answer_that_the_driver_cannot_read_is_unknown_for_the_statement_ran(sql: SqlStand) -> None:
    sql.acts["VARIANT"] = answering(Rows([("v", SQL_VARIANT)], [(7,)]))
    result = run(sql, Listener(), "VARIANT")
    assert result.ending == "unknown"
    assert "cannot be read" in result.reason


def test_a_wrong_password_is_rejected(sql: SqlStand) -> None:
    target = sql.target(password="another one")
    for result in (target.canary(), target.run(call(STATEMENT, "x"), Listener().watch())):
        assert result.ending == "rejected"
        assert "another one" not in result.reason


def test_a_database_that_cannot_be_opened_is_no_rejection(sql: SqlStand) -> None:
    sql.databases.remove("ServiceManager")
    result = run(sql, Listener(), STATEMENT, "x")
    assert result.ending == "not-started"
    assert "4060" in result.reason


def test_a_statement_that_uses_master_does_not_open_its_database(sql: SqlStand) -> None:
    sql.databases.remove("ServiceManager")
    statement = "-- restore\nUSE master; RESTORE"
    sql.acts[statement] = answering(RowCount())
    assert run(sql, Listener(), statement).ending == "ok"
    assert sql.logins[-1].database == "master"


def test_a_refused_port_is_unreachable_at_once(sql: SqlStand) -> None:
    sql.server.close()
    result = run(sql, Listener(), STATEMENT, "x")
    assert result.ending == "unreachable"
    assert "connection refused" in result.reason
    assert sql.logins == []


def test_tls_is_checked_against_the_name_whatever_the_address_is(sql: SqlStand) -> None:
    result = sql.target(fqdn="sql02.contoso.test").run(call(STATEMENT, "x"), Listener().watch())
    assert result.ending == "unreachable"
    assert "host name" in result.reason.lower() or "certificate" in result.reason.lower()
    assert sql.logins == []


def test_an_unknown_authority_is_refused_and_the_environment_is_put_back(
    sql: SqlStand, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", "/before.pem")
    assert sql.target(ca_file=None).canary().ending == "unreachable"
    assert sql.target().canary().ending == "ok"
    assert os.environ["SSL_CERT_FILE"] == "/before.pem"


def test_whoever_answers_is_believed_where_the_certificate_is_not_checked(sql: SqlStand) -> None:
    assert sql.target(ca_file=None, fqdn="sql02.contoso.test", verify=False).canary().ending == "ok"


def test_a_cut_connection_is_unknown(sql: SqlStand) -> None:
    sql.acts["CUT"] = answering(Drop())
    result = run(sql, Listener(), "CUT")
    assert result.ending == "unknown"
    assert "settle" in result.reason


def test_a_connection_that_breaks_behind_progress_is_unknown_though_the_driver_raises_nothing(sql: SqlStand) -> None:
    def restore(session: Session, _: Sequence[SqlValue]) -> object:
        for percent in (10, 20):
            yield Info(f"{percent} percent processed.", 3211)
            yield RowCount()
            yield Flush()
            session.pause(0.3)
        yield Drop()

    sql.acts["RESTORE"] = restore
    listener = Listener()
    result = run(sql, listener, "RESTORE")
    assert result.ending == "unknown"
    assert "broke" in result.reason
    assert listener.text.startswith("10 percent processed.\n")


def test_cancelling_stops_the_statement(sql: SqlStand) -> None:
    listener = Listener()
    results: list[Result] = []
    thread = running(lambda: results.append(run(sql, listener, "WAIT")))
    assert sql.began.wait(WAITED)
    listener.cancelled.set()
    thread.join(WAITED)
    assert results[0].ending == "unknown"
    assert "cancelled" in results[0].reason
    assert sql.statements() == ["WAIT"]


def test_the_deadline_stops_the_statement(sql: SqlStand) -> None:
    result = run(sql, Listener(), "WAIT", timeout=0.5)
    assert result.ending == "unknown"
    assert "time is over" in result.reason
    assert sql.statements() == ["WAIT"]


def test_cancelled_before_it_began(sql: SqlStand) -> None:
    listener = Listener()
    listener.cancelled.set()
    assert run(sql, listener, STATEMENT, "x").ending == "not-started"
    assert sql.logins == []


class _Died(Exception):
    pass


def test_an_engine_that_cannot_record_sends_nothing(sql: SqlStand) -> None:
    watch = Listener().watch()

    def broken(_: object) -> None:
        raise _Died

    watch.accepted = broken
    with pytest.raises(_Died):
        sql.target().run(call(STATEMENT, "x"), watch)
    assert sql.statements() == []


def test_settling_waits_for_a_session_that_still_runs(sql: SqlStand) -> None:
    """The link is cut without the server noticing; the statement goes on."""
    release = threading.Event()

    def goes_on(session: Session, _: Sequence[SqlValue]) -> object:
        yield Drop(unnoticed=True)
        while not release.is_set():
            session.pause(0.02)

    sql.acts["GOES ON"] = goes_on
    listener = Listener()
    assert run(sql, listener, "GOES ON").ending == "unknown"
    settlements: list[Settlement] = []
    thread = running(lambda: settlements.append(settle(sql, listener)))
    assert listener.heard.wait(WAITED)
    assert "runs GOES, 30 % done; KILL" in listener.text
    release.set()
    thread.join(WAITED)
    assert settlements[0].state == "gone"
    assert sql.statements().count("GOES ON") == 1


def test_settling_that_is_cancelled_leaves_the_session_alone(sql: SqlStand) -> None:
    thread = running(lambda: run(sql, Listener(), "WAIT"))
    assert sql.began.wait(WAITED)
    listener = Listener(remote={"application": "smtui/t0ken"})
    listener.cancelled.set()
    assert settle(sql, listener).state == "running"
    sql.server.close()
    thread.join(WAITED)


def test_settling_a_session_that_nobody_knows_is_gone_only_for_who_may_see_all(sql: SqlStand) -> None:
    listener = Listener(remote={"application": "smtui/t0ken"})
    assert settle(sql, listener).state == "gone"
    sql.sysadmin = 0
    assert settle(sql, listener).state == "unclear"


def test_settling_while_the_server_is_away_is_unclear(sql: SqlStand) -> None:
    sql.server.close()
    assert settle(sql, Listener()).state == "unclear"


def test_the_server_says_who_it_is(sql: SqlStand) -> None:
    assert sql.target().identify().name == "SQL01"


def test_a_server_that_does_not_say_who_it_is_is_an_error(sql: SqlStand) -> None:
    sql.server.close()
    with pytest.raises(TargetError, match="connection refused"):
        sql.target().identify()
