"""Which state a drill begins in: the stock of the deployment, and what a checklist's disaster made of it."""

from __future__ import annotations

import functools
import sqlite3
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from importlib import resources

import msgspec
from msgspec import Struct

STOCK = "stock"


class Beginning(Struct, frozen=True, forbid_unknown_fields=True):
    """What a drill of one checklist begins with."""

    worlds: tuple[str, ...] = ()
    """Files of the folder `worlds`, in the order in which they change the stock."""
    answers: Mapping[str, str] = {}
    """Answers to its questions, read by the command line."""


class Scenarios(Struct, frozen=True, forbid_unknown_fields=True):
    """The whole of `scenarios.toml`."""

    answers: Mapping[str, str]
    checklist: Mapping[str, Beginning]


@functools.cache
def scenarios() -> Scenarios:
    """What is shipped."""
    return msgspec.toml.decode(resources.files("smtui.drill").joinpath("scenarios.toml").read_bytes(), type=Scenarios)


def beginning(checklist: str) -> Beginning:
    """The beginning of a drill of this checklist; that of an ordinary day for one that is not listed."""
    return scenarios().checklist.get(checklist, Beginning(worlds=("healthy",)))


def shape(connection: sqlite3.Connection, world: str, now: datetime, answers: Mapping[str, str]) -> None:
    """Change a world as the file says, within the open transaction; `now` is UTC.

    A file may ask for a time (`ago(minutes)`) and for what a question was answered with (`answered(name, otherwise)`).
    """
    connection.create_function("answered", 2, answers.get)
    connection.create_function(
        "ago", 1, lambda minutes: (now - timedelta(minutes=minutes)).isoformat(timespec="seconds")
    )
    text = resources.files("smtui.drill").joinpath("worlds", f"{world}.sql").read_text("utf-8")
    for statement in statements(text):
        connection.execute(statement)


def statements(text: str) -> Iterator[str]:
    """The SQL statements of a file, one after the other."""
    statement = ""
    for line in text.splitlines(keepends=True):
        statement += line
        if sqlite3.complete_statement(statement):
            yield statement
            statement = ""
    if statement.strip():
        yield statement
