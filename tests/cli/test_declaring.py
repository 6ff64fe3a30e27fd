"""Who declared a recovery, when and what for, from the command line into the first event."""

from __future__ import annotations

from datetime import UTC, datetime

import click
import pytest
from click.testing import CliRunner

from smtui.cli.declaring import Declaration, declaring, moment, person, span

NOW = datetime(2026, 3, 1, 5, 0, tzinfo=UTC)


def test_the_options_become_one_declaration() -> None:
    got: list[Declaration] = []

    @click.command()
    @declaring
    def command(declaration: Declaration) -> int:
        got.append(declaration)
        return 0

    options = ["--declared-by", "Dora Diaz", "--declared-at", "2026-03-01T04:00+01:00", "--classification", "internal"]
    options += ["--objective", "Back in 4 hours", "--objective", "No mail lost", "--person", "observer=Carl"]
    options += ["--rto", "4h", "--rpo", "15 m"]
    result = CliRunner().invoke(command, options)
    assert result.exit_code == 0, result.output
    assert got == [
        Declaration(
            by="Dora Diaz",
            at=datetime(2026, 3, 1, 3, 0, tzinfo=UTC),
            objectives=("Back in 4 hours", "No mail lost"),
            people=("observer: Carl",),
            classification="internal",
            rto=14400.0,
            rpo=900.0,
        )
    ]


@pytest.mark.parametrize("text", ["yesterday", "", "2026-03-01T06:00Z", "9999-12-31T23:59:59-12:00"])
def test_a_time_that_is_none_or_still_to_come_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"write a time|still to come"):
        moment(text, NOW)


@pytest.mark.parametrize("text", ["observer", "=Carl", "observer= ", "a: b=c"])
def test_a_person_has_a_role_and_a_name(text: str) -> None:
    with pytest.raises(ValueError, match="write ROLE=NAME"):
        person(text)


@pytest.mark.parametrize("text", ["4", "4 hours", "", "0h", "-1h", "99999h"])
def test_a_span_has_a_number_and_a_unit(text: str) -> None:
    with pytest.raises(ValueError, match="write a span as"):
        span(text)


@pytest.mark.parametrize("option", ["--declared-at", "--person", "--rto", "--rpo"])
def test_what_cannot_be_read_is_said_with_its_option(option: str) -> None:
    @click.command()
    @declaring
    def command(declaration: Declaration) -> int:
        raise AssertionError(declaration)

    result = CliRunner().invoke(command, [option, "nonsense"])
    assert result.exit_code == 2
    assert f"{option} nonsense: write" in result.output
