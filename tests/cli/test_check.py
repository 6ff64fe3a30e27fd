"""Readiness from the command line."""

from __future__ import annotations

import json

from .conftest import Program

ENVIRONMENT = """
[environment]
name = "Contoso"
kind = "recovery"
management_group = "SM"

[[server]]
name = "SM02"
roles = ["management-server"]
fqdn = "sm02.contoso.invalid"
"""


def test_the_drill_is_ready_and_leaves_nothing_behind(smtui: Program) -> None:
    temporary = smtui.home / "tmp"
    temporary.mkdir()
    done = smtui("check", "--drill", TMPDIR=str(temporary))
    assert done.stdout.startswith("DRILL ON SIMULATED HOSTS")
    assert done.stdout.endswith("Ready.\n")
    assert list(temporary.iterdir()) == []
    assert not smtui.sessions.exists()


def test_a_fault_is_named_and_the_exit_code_is_six(smtui: Program) -> None:
    done = smtui("check", "--drill", "--fault", "reboot-pending:SM02", "--json", code=6)
    report = json.loads(done.stdout)
    assert report["ready"] is False
    (problem,) = [one for one in report["findings"] if one["level"] == "problem"]
    assert (problem["check"], problem["subject"]) == ("reboot-pending", "SM02")
    smtui("check", "--drill", "--checklist", "promote-management-server", "--fault", "sql-down:SQL02")


def test_no_driver_is_named(smtui: Program) -> None:
    done = smtui("check", "--drill", code=6, SMTUI_ODBC_DRIVER="/no/such/driver.so")
    assert "no-odbc-driver: the ODBC driver /no/such/driver.so is not there" in done.stdout


def test_a_real_deployment_without_dns(smtui: Program) -> None:
    path = smtui.home / "contoso.toml"
    path.write_text(ENVIRONMENT)
    done = smtui("check", "-e", str(path), code=6)
    assert "SM02: name-unresolved: sm02.contoso.invalid does not resolve" in done.stdout
    assert "no exercise was ever completed here" in done.stdout
    assert "NOT READY: 2 problems." in done.stdout


def test_it_says_what_it_needs_to_know(smtui: Program) -> None:
    assert "Say what to look at" in smtui("check", code=2).stderr
    assert "--fault goes with --drill" in smtui("check", "-e", "x", "--fault", "reset", code=2).stderr
    assert "no checklist is called" in smtui("check", "--drill", "--checklist", "nothing", code=2).stderr
    assert "is no fault" in smtui("check", "--drill", "--fault", "nonsense", code=2).stderr
