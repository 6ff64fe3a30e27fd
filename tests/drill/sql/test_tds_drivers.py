"""The real drivers against a scripted server, in every mode of encryption that they have."""

from __future__ import annotations

import datetime as dt
import subprocess
import sys
import threading
from collections.abc import Iterator, Sequence
from decimal import Decimal
from uuid import UUID

import pyodbc
import pytest
from sql_support import ENDS_AFTER, Deployment, drain, error_number, wait_until

from smtui.drill.sql import columns
from smtui.drill.sql.replies import Drop, Error, Flush, Info, Reply, Result, Return, RowCount, Use
from smtui.drill.sql.session import Session
from smtui.drill.sql.values import SqlValue

Values = Sequence[SqlValue]


def echo(_: Session, values: Values) -> Iterator[Reply]:
    yield Result([("value", columns.NVARCHAR_MAX)], [(values[0],)])
    yield Return(0)


class Endless:
    """A statement that ends only from outside; it may tell of its progress first."""

    def __init__(self, *first: Reply) -> None:
        self.first = first
        self.runs = threading.Event()
        self.ended = threading.Event()
        self.changed = False

    def __call__(self, session: Session, _: Values) -> Iterator[Reply]:
        try:
            yield from self.first
            self.runs.set()
            session.pause(600)
            self.changed = True
            yield RowCount()
        finally:
            self.ended.set()


def test_values_are_bound_and_never_become_text(deployment: Deployment) -> None:
    deployment.backend.acts["EXEC p ?"] = echo
    connection = deployment.connect(Database="ServiceManager", APP="smtui/t0ken")
    cursor = connection.cursor()
    for value in ("sm02.contoso.test", None, "'; DROP TABLE x --", "日本", ""):
        assert drain(cursor.execute("EXEC p ?", value)) == [[(value,)]]
    cursor.close()
    connection.close()
    assert {text for text, _ in deployment.backend.received} == {"EXEC p @P1"}
    login = deployment.backend.logins[0]
    assert (login.application, login.database) == ("smtui/t0ken", "ServiceManager")


@pytest.mark.parametrize(
    "value",
    [
        'O\'Brien "quoted" [x] {y} ? @P1 ; -- /* GO',
        "a\0b\0",
        "\0",
        "\r\n\t\x1b[31m\x7f\x85\u2028",
        "\ufeffbom \ufffe\uffff",
        "e\u0301 \u202e right to left \u200b",
        "🧯👩\u200d🚒 \U0001d518\U0001d52b \U0010ffff",
        "x" * 4000,
        "x" * 4001,
        "é" * 9000,
        "🧯" * 5000,
        "z" * 200_000,
        "\\\\fs01\\backup\\" + "%" * 100,
    ],
    ids=lambda value: f"{len(value)} characters, {value[:6]!a}",
)
def test_hostile_values_arrive_as_data(deployment: Deployment, value: str) -> None:
    deployment.backend.acts["SELECT ?"] = echo
    with deployment.connect() as connection:
        assert drain(connection.execute("SELECT ?", value)) == [[(value,)]]
    connection.close()
    assert deployment.backend.received == [("SELECT @P1", (value,))]


def test_every_type_of_value_arrives(deployment: Deployment) -> None:
    def nothing(_: Session, __: Values) -> Iterator[Reply]:
        yield RowCount(1)

    sent = (
        7, -(2**40), True, 1.5, Decimal("-12.3400"), b"\0\xff", dt.datetime.fromisoformat("2026-01-31T23:59:59.250"),
        dt.date(2026, 2, 28), UUID("0235557c-3746-4ee1-bdae-8c899d44fa3a"),
    )  # fmt: skip
    deployment.backend.acts[f"p {', '.join('?' * len(sent))}"] = nothing
    with deployment.connect() as connection:
        assert connection.execute(f"p {', '.join('?' * len(sent))}", *sent).rowcount == 1
    connection.close()
    [(_, received)] = deployment.backend.received
    assert received[:7] == sent[:7]
    # FreeTDS sends a date as datetime.
    assert received[7] in {sent[7], dt.datetime.fromisoformat("2026-02-28")}
    assert str(received[8]).lower() == str(sent[8])


def test_every_type_of_column_is_read(deployment: Deployment) -> None:
    guid = UUID("0235557c-3746-4ee1-bdae-8c899d44fa3a")
    moment = dt.datetime.fromisoformat("2024-01-02T03:04:05")
    shown: list[tuple[str, columns.ColumnType, SqlValue]] = [
        ("tiny", columns.TINYINT, 255),
        ("small", columns.SMALLINT, -3),
        ("int", columns.INT, 7),
        ("big", columns.BIGINT, -(2**40)),
        ("bit", columns.BIT, True),
        ("float", columns.FLOAT, 1.5),
        ("decimal", columns.decimal(18, 4), Decimal("-12.3400")),
        ("datetime", columns.DATETIME, moment),
        ("datetime2", columns.DATETIME2, moment.replace(microsecond=123456)),
        ("date", columns.DATE, moment.date()),
        ("guid", columns.UNIQUEIDENTIFIER, guid),
        ("binary", columns.varbinary(20), b"\1\0\2"),
        ("binary_max", columns.VARBINARY_MAX, b"\0" * 9000),
        ("text", columns.nvarchar(20), "日本 🧯"),
        ("text_max", columns.NVARCHAR_MAX, "日本" * 5000),
    ]

    def act(_: Session, __: Values) -> Iterator[Reply]:
        kinds = [(name, kind) for name, kind, _ in shown]
        yield Result(kinds, [[value for _, _, value in shown], [None] * len(shown)])

    deployment.backend.acts["types"] = act
    with deployment.connect() as connection:
        cursor = connection.execute("types")
        assert [column[0] for column in cursor.description] == [name for name, _, _ in shown]
        full, empty = cursor.fetchall()
    connection.close()
    want = [str(value).upper() if isinstance(value, UUID) else value for _, _, value in shown]
    assert [str(value).upper() if isinstance(value, UUID) else value for value in full] == want
    assert list(empty) == [None] * len(shown)


def test_sql_variant_is_sent_as_the_drivers_want_it(deployment: Deployment) -> None:
    def act(_: Session, __: Values) -> Iterator[Reply]:
        yield Result([("value", columns.SQL_VARIANT)], [("16.0",)])

    deployment.backend.acts["variant"] = act
    with deployment.connect() as connection:
        if deployment.mode.is_microsoft:
            assert drain(connection.execute("variant")) == [[("16.0",)]]
        else:  # it knows the type but not pyodbc's way to bind it
            with pytest.raises(pyodbc.Error):
                drain(connection.execute("variant"))
    connection.close()


@pytest.mark.parametrize("call", ["{CALL dbo.p (?)}", "EXEC p @ServerName = ?", "EXEC dbo.p ?; "])
def test_other_ways_to_call_a_procedure(deployment: Deployment, call: str) -> None:
    for text in ("EXEC dbo.p ?", "EXEC p @ServerName = ?", "EXEC dbo.p ?; "):
        deployment.backend.acts[text] = echo
    with deployment.connect() as connection:
        assert drain(connection.execute(call, "SM02")) == [[("SM02",)]]
    connection.close()


def test_messages_and_results_keep_their_order(deployment: Deployment) -> None:
    def act(_: Session, __: Values) -> Iterator[Reply]:
        yield Info("first")
        yield RowCount()
        yield Result([("a", columns.INT)], [(1,), (2,)])
        yield Info("soft", 50000, 10, 2)
        yield RowCount()
        yield Result([("b", columns.INT)], [(3,)])
        yield Info("last", 2528)
        yield RowCount()

    deployment.backend.acts["batch"] = act
    with deployment.connect() as connection:
        assert drain(connection.execute("batch")) == [["first"], [(1,), (2,)], ["soft"], [(3,)], ["last"]]
    connection.close()


def test_an_error_of_a_later_result_is_raised_by_nextset(deployment: Deployment) -> None:
    def act(_: Session, __: Values) -> Iterator[Reply]:
        yield Result([("a", columns.INT)], [(1,)])
        yield Error("late", 50001, 16, 3, "p", 7)
        yield Result([("b", columns.INT)], [(2,)])

    deployment.backend.acts["late"] = act
    with deployment.connect() as connection:
        cursor = connection.execute("late")
        assert [tuple(row) for row in cursor.fetchall()] == [(1,)]
        with pytest.raises(pyodbc.Error) as raised:
            cursor.nextset()
        assert error_number(raised.value) == 50001
        cursor.close()
        with pytest.raises(pyodbc.Error):
            connection.execute("the connection still answers")
    connection.close()


def test_an_error_ends_a_procedure_call(deployment: Deployment) -> None:
    def act(_: Session, __: Values) -> Iterator[Reply]:
        yield Error("The management server is not registered.", 50000, 16, 1, "p", 12)
        yield Return(1)

    deployment.backend.acts["EXEC p ?"] = act
    with deployment.connect() as connection:
        with pytest.raises(pyodbc.Error) as raised:
            connection.execute("EXEC p ?", "ghost")
        assert error_number(raised.value) == 50000
    connection.close()


def test_what_is_not_known_is_said(deployment: Deployment) -> None:
    with deployment.connect() as connection:
        with pytest.raises(pyodbc.ProgrammingError, match="not simulated: SELECT") as raised:
            connection.execute("SELECT something ?", 1)
        assert error_number(raised.value) == 50404
    connection.close()


def test_a_wrong_password(deployment: Deployment) -> None:
    with pytest.raises(pyodbc.Error) as raised:
        deployment.connect(PWD="wrong")
    assert error_number(raised.value) == 18456


def test_an_unknown_database(deployment: Deployment) -> None:
    with pytest.raises(pyodbc.Error) as raised:
        deployment.connect(Database="nowhere")
    # FreeTDS tells the last error only.
    assert error_number(raised.value) == (4060 if deployment.mode.is_microsoft else 18456)


def test_another_database(deployment: Deployment) -> None:
    def use(_: Session, __: Values) -> Iterator[Reply]:
        yield Use("ServiceManager")
        yield RowCount()

    def name(session: Session, _: Values) -> Iterator[Reply]:
        yield Result([("", columns.nvarchar(128))], [(session.database,)])

    deployment.backend.acts |= {"USE ServiceManager": use, "DB_NAME": name}
    with deployment.connect() as connection:
        drain(connection.execute("USE ServiceManager"))
        assert connection.execute("DB_NAME").fetchval() == "ServiceManager"
    connection.close()


def test_a_query_timeout_leaves_the_connection_usable(deployment: Deployment) -> None:
    endless = Endless()
    deployment.backend.acts |= {"endless": endless, "SELECT ?": echo}
    with deployment.connect() as connection:
        connection.timeout = 1
        cursor = connection.cursor()
        with pytest.raises(pyodbc.Error) as raised:
            drain(cursor.execute("endless"))
        assert raised.value.args[0] == "HYT00"
        assert endless.ended.wait(ENDS_AFTER)
        cursor.close()
        assert connection.execute("SELECT ?", "next").fetchval() == "next"
    connection.close()
    assert not endless.changed


def test_a_cancel_leaves_the_connection_usable(deployment: Deployment) -> None:
    endless = Endless()
    deployment.backend.acts |= {"endless": endless, "SELECT ?": echo}
    raised: list[pyodbc.Error] = []

    def run() -> None:
        try:
            drain(cursor.execute("endless"))
        except pyodbc.Error as error:
            raised.append(error)

    with deployment.connect() as connection:
        cursor = connection.cursor()
        runner = threading.Thread(target=run)
        runner.start()
        assert endless.runs.wait(ENDS_AFTER)
        cursor.cancel()
        runner.join(ENDS_AFTER)
        assert not runner.is_alive()
        assert [error.args[0] for error in raised] == ["HY008"]
        cursor.close()
        assert connection.execute("SELECT ?", "next").fetchval() == "next"
    connection.close()
    assert endless.ended.is_set()
    assert not endless.changed


def test_kill_ends_a_running_statement(deployment: Deployment) -> None:
    endless = Endless()
    deployment.backend.acts["endless"] = endless
    connection = deployment.connect(APP="smtui/victim")
    raised: list[pyodbc.Error] = []

    def run() -> None:
        try:
            drain(connection.execute("endless"))
        except pyodbc.Error as error:
            raised.append(error)

    runner = threading.Thread(target=run)
    runner.start()
    assert endless.runs.wait(ENDS_AFTER)
    [session] = deployment.sessions.all()
    assert session.running is not None
    assert session.running.statement == "endless"
    assert deployment.sessions.kill(session.spid)
    runner.join(ENDS_AFTER)
    assert [error.args[0] for error in raised] == ["08S01" if deployment.mode.is_microsoft else "01000"]
    assert not endless.changed
    connection.close()


def run_and_be_killed(deployment: Deployment, statement: str, reached: threading.Event) -> None:
    """Run a statement in a process of its own, which is killed when the statement has come so far."""
    code = "import sys, pyodbc; pyodbc.connect(sys.argv[1], autocommit=True).execute(sys.argv[2]); input()"
    arguments = [sys.executable, "-c", code, deployment.connection_string(), statement]
    with subprocess.Popen(arguments, stdin=subprocess.PIPE) as client:
        try:
            assert reached.wait(ENDS_AFTER)
        finally:
            client.kill()


def test_a_statement_is_aborted_when_its_client_vanishes(deployment: Deployment) -> None:
    endless = Endless()
    deployment.backend.acts["endless"] = endless
    run_and_be_killed(deployment, "endless", endless.runs)
    assert endless.ended.wait(ENDS_AFTER)
    assert not endless.changed


PROGRESS = (Info("10 percent processed.", 3211), RowCount(), Flush())


def test_a_statement_is_aborted_when_its_results_are_left_unread(deployment: Deployment) -> None:
    if not deployment.mode.is_microsoft:
        pytest.skip("FreeTDS asks for the second answer before it gives the first")
    endless = Endless(*PROGRESS)
    deployment.backend.acts["RESTORE"] = endless
    connection = deployment.connect()
    connection.execute("RESTORE")
    connection.close()
    assert endless.ended.wait(ENDS_AFTER)
    assert not endless.changed


def test_a_link_that_breaks_behind_a_message_shows_in_the_messages_only(deployment: Deployment) -> None:
    if not deployment.mode.is_microsoft:
        pytest.skip("a trait of Microsoft's driver")

    go_on = threading.Event()

    def restore(_: Session, __: Values) -> Iterator[Reply]:
        yield from PROGRESS
        go_on.wait(ENDS_AFTER)
        yield from PROGRESS
        yield Drop()

    deployment.backend.acts["RESTORE"] = restore
    connection = deployment.connect()
    cursor = connection.execute("RESTORE")
    go_on.set()
    wait_until(lambda: deployment.server.connections == 0)
    assert cursor.nextset()
    assert "[08S01] (10054)" in [state for state, _ in cursor.messages]
    assert not cursor.nextset()
    connection.close()


def test_progress_runs_to_its_end_when_it_is_drained(deployment: Deployment) -> None:
    def restore(session: Session, _: Values) -> Iterator[Reply]:
        for percent in (10, 50, 100):
            session.pause(0.01)
            yield Info(f"{percent} percent processed.", 3211)
            yield RowCount()
            yield Flush()
        yield RowCount()

    deployment.backend.acts["RESTORE"] = restore
    with deployment.connect() as connection:
        told = [text for batch in drain(connection.execute("RESTORE")) for text in batch]
    connection.close()
    assert told == ["10 percent processed.", "50 percent processed.", "100 percent processed."]


def test_an_uninterruptible_tail_goes_on_without_its_client(deployment: Deployment) -> None:
    started, asked_to_end, ended = threading.Event(), threading.Event(), threading.Event()

    def act(session: Session, _: Values) -> Iterator[Reply]:
        started.set()
        asked_to_end.wait(ENDS_AFTER)
        session.pause(0.05, uninterruptible=True)
        ended.set()
        yield RowCount()

    deployment.backend.acts["tail"] = act
    run_and_be_killed(deployment, "tail", started)
    asked_to_end.set()
    assert ended.wait(ENDS_AFTER)


def test_a_cut_connection(deployment: Deployment) -> None:
    def crash(_: Session, __: Values) -> Iterator[Reply]:
        yield Drop()

    deployment.backend.acts["crash"] = crash
    connection = deployment.connect()
    with pytest.raises(pyodbc.Error):
        connection.execute("crash")
    connection.close()


def test_a_link_that_ends_unnoticed_leaves_the_statement_running(deployment: Deployment) -> None:
    cut, go_on, ended = threading.Event(), threading.Event(), threading.Event()

    def act(session: Session, _: Values) -> Iterator[Reply]:
        yield Drop(unnoticed=True)
        cut.set()
        go_on.wait(ENDS_AFTER)
        session.pause(0)
        ended.set()
        yield RowCount()

    deployment.backend.acts["long"] = act
    connection = deployment.connect(APP="smtui/long")
    with pytest.raises(pyodbc.Error):
        connection.execute("long")
    connection.close()
    assert cut.wait(ENDS_AFTER)
    [session] = deployment.sessions.all()
    assert session.running is not None
    go_on.set()
    assert ended.wait(ENDS_AFTER)


def test_autocommit_off_begins_a_transaction(deployment: Deployment) -> None:
    seen: list[bool] = []

    def act(session: Session, _: Values) -> Iterator[Reply]:
        seen.append(session.in_transaction)
        yield RowCount(1)

    deployment.backend.acts["UPDATE"] = act
    connection = deployment.connect(autocommit=False)
    connection.execute("UPDATE")
    connection.commit()
    connection.execute("UPDATE")
    connection.rollback()
    connection.autocommit = True
    connection.execute("UPDATE")
    connection.close()
    assert seen == [True, True, False]


def test_arrays_of_parameters(deployment: Deployment) -> None:
    def act(_: Session, __: Values) -> Iterator[Reply]:
        yield RowCount(1)

    deployment.backend.acts["INSERT ?, ?"] = act
    rows = [(number, f"row {number}") for number in range(5)]
    with deployment.connect() as connection:
        connection.cursor().executemany("INSERT ?, ?", rows)
    connection.close()
    assert [values for _, values in deployment.backend.received] == rows


def test_arrays_of_parameters_in_one_message(deployment: Deployment) -> None:
    def act(_: Session, __: Values) -> Iterator[Reply]:
        yield RowCount(1)

    deployment.backend.acts["INSERT ?"] = act
    if not deployment.mode.is_microsoft:
        pytest.skip("FreeTDS does not describe parameters, which pyodbc needs for this")
    # In a process of its own: pyodbc asks for the types of the parameters without letting other threads run.
    code = (
        "import sys, pyodbc; cursor = pyodbc.connect(sys.argv[1], autocommit=True).cursor(); "
        "cursor.fast_executemany = True; cursor.executemany('INSERT ?', [('a',), ('b',), ('c',)])"
    )
    subprocess.run([sys.executable, "-c", code, deployment.connection_string()], check=True, timeout=60)
    assert [values for _, values in deployment.backend.received] == [("a",), ("b",), ("c",)]


def test_a_hundred_connections_one_after_the_other(deployment: Deployment) -> None:
    deployment.backend.acts["SELECT ?"] = echo
    for number in range(100):
        with deployment.connect() as connection:
            assert connection.execute("SELECT ?", str(number)).fetchval() == str(number)
        connection.close()
    assert len({login.library for login in deployment.backend.logins}) == 1


def test_a_thousand_executions_on_one_connection(deployment: Deployment) -> None:
    deployment.backend.acts["SELECT ?"] = echo
    with deployment.connect() as connection:
        for number in range(1000):
            assert connection.execute("SELECT ?", str(number)).fetchval() == str(number)
    connection.close()
