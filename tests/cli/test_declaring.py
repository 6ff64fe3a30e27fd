"""Who declared a recovery, when and what for, from the command line into the first event."""

from __future__ import annotations

from datetime import UTC, datetime

import click
import pytest
from click.testing import CliRunner

from smtui.cli.declaring import Declaration, declaring, moment, person

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
    result = CliRunner().invoke(command, options)
    assert result.exit_code == 0, result.output
    assert got == [
        Declaration(
            by="Dora Diaz",
            at=datetime(2026, 3, 1, 3, 0, tzinfo=UTC),
            objectives=("Back in 4 hours", "No mail lost"),
            people=("observer: Carl",),
            classification="internal",
        )
    ]


@pytest.mark.parametrize("text", ["yesterday", "", "2026-03-01T06:00Z", "9999-12-31T23:59:59-12:00"])
def test_a_time_that_is_none_or_still_to_come_is_refused(text: str) -> None:
    with pytest.raises(click.UsageError):
        moment(text, NOW)


@pytest.mark.parametrize("text", ["observer", "=Carl", "observer= ", "a: b=c"])
def test_a_person_has_a_role_and_a_name(text: str) -> None:
    with pytest.raises(click.UsageError):
        person(text)
