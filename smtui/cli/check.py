"""`smtui check`: whether the deployment could be recovered today."""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from datetime import datetime

    from smtui.checklist.procedure import Procedure
    from smtui.cli.deployment import Deployment
    from smtui.cli.surroundings import Surroundings
    from smtui.readiness.model import Finding, Report

NOT_READY = 6


@click.command()
@click.option("-e", "--environment", "environment", metavar="FILE", help="The deployment to look at.")
@click.option("--drill", "drill", is_flag=True, help="The simulated deployment of this machine.")
@click.option("--checklist", metavar="ID", help="Look only at what this checklist may touch.")
@click.option("--fault", "faults", multiple=True, metavar="SPEC", help="With --drill: what is not as it should be.")
@click.option("--json", "as_json", is_flag=True, help="As JSON, one object.")
def command(environment: str | None, drill: bool, checklist: str | None, faults: tuple[str, ...], as_json: bool) -> int:
    """Look, without changing anything, whether a recovery could begin now (exit code 6 when not).

    Names, ports, certificates, accounts (one try each), what PowerShell may do, clocks, restarts that are pending,
    databases and their backups, the ODBC driver, room for sessions here. What nobody can prove from here is listed to
    be looked at by hand. Fit for cron: without a terminal nothing is asked for.
    """
    from smtui.checklist.library import lay_out
    from smtui.cli.surroundings import here

    if drill == (environment is not None):
        raise click.UsageError("Say what to look at: -e FILE, or --drill.")
    if faults and not drill:
        raise click.UsageError("--fault goes with --drill.")
    around = here()
    procedure = lay_out(around.library.find(checklist), around.library) if checklist else None
    with _deployment(around, environment, faults) as deployment:
        report = _survey(around, deployment, procedure)
    if as_json:
        click.echo(json.dumps(_as_object(report), indent=2, ensure_ascii=True))
    else:
        for line in _lines(report):
            click.echo(line)
    return 0 if report.ready else NOT_READY


@contextmanager
def _deployment(around: Surroundings, environment: str | None, faults: Sequence[str]) -> Iterator[Deployment]:
    from smtui.cli.deployment import DRILL_ENVIRONMENT, Deployment, EnvironmentFile, reach
    from smtui.cli.looking import PINNED
    from smtui.cli.trusting import require_trusted_commands

    if environment is not None:
        path = Path(environment)
        file = EnvironmentFile.read(path)
        require_trusted_commands(around, file.environment, path)
        yield Deployment(file.mode, file.environment, file.environment.located(path.parent))
        return
    folder = Path(tempfile.mkdtemp(prefix="smtui-check-"))
    try:
        shutil.copyfile(DRILL_ENVIRONMENT, folder / PINNED)
        yield reach(folder, "drill", checklist="", faults=faults)
    finally:
        shutil.rmtree(folder)  # the simulated hosts end when their world is gone


def _survey(around: Surroundings, deployment: Deployment, procedure: Procedure | None) -> Report:
    from datetime import UTC, datetime

    from smtui.checklist.library import shipped_folder
    from smtui.cli.prompting import ask_password
    from smtui.readiness.network import addresses_of
    from smtui.readiness.surroundings import Around
    from smtui.readiness.survey import SCRIPTS, survey
    from smtui.secrets.credentials import Credentials
    from smtui.targets.connect import connector

    credentials = Credentials(
        deployment.reached,
        ask=ask_password,
        environ=around.environ,
        drill_accounts=deployment.accounts,
        keyring=around.keyring,
    )
    connect = connector(
        deployment.reached,
        credentials,
        odbc_libraries=around.odbc_libraries,
        odbc_driver=around.environ.get("SMTUI_ODBC_DRIVER"),
    )
    folder = shipped_folder() / "scripts"
    return survey(
        Around(
            environment=deployment.reached,
            connect=connect,
            scripts={name: (folder / name).read_text("utf-8") for name in SCRIPTS},
            resolve=addresses_of,
            now=lambda: datetime.now(UTC),
            state_home=around.state_home,
            last_exercise=_last_exercise(around, deployment.environment.name),
        ),
        procedure,
    )


def _last_exercise(around: Surroundings, environment: str) -> datetime | None:
    """When an exercise of this deployment was last completed by this user."""
    from smtui.session.events import Completed

    for session in around.store.ids():
        brief = around.store.brief(session)
        opened, last = brief.opened, brief.last
        if opened is None or last is None or opened.mode != "exercise" or opened.environment != environment:
            continue
        if isinstance(last.event, Completed):
            return last.stamp.at
    return None


def _lines(report: Report) -> Iterator[str]:
    from smtui.telling.risks import told_risks
    from smtui.text import one_line

    drill = "DRILL ON SIMULATED HOSTS: " if report.kind == "drill" else ""
    yield f"{drill}{one_line(report.environment)}, {report.at:%Y-%m-%dT%H:%M:%SZ}"
    if report.insecure:
        yield one_line(told_risks(report.insecure), 600)
    for level, title in (
        ("problem", "Not ready"),
        ("not-checked", "Not looked at, for something above is in the way"),
        ("by-hand", "Cannot be proven from here; look by hand"),
    ):
        findings = [finding for finding in report.findings if finding.level == level]
        if findings:
            yield ""
            yield f"{title}:"
            for finding in findings:
                yield from _finding_lines(finding)
    yield ""
    problems = sum(1 for finding in report.findings if finding.level == "problem")
    yield "Ready." if report.ready else f"NOT READY: {problems} {'problem' if problems == 1 else 'problems'}."


def _finding_lines(finding: Finding) -> Iterator[str]:
    from smtui.text import one_line

    yield f"  {one_line(finding.subject)}: {finding.check}: {one_line(finding.text, 400)}"
    if finding.remedy:
        yield f"      {one_line(finding.remedy, 400)}"


def _as_object(report: Report) -> dict[str, object]:
    from dataclasses import asdict

    import smtui

    return {
        "environment": report.environment,
        "kind": report.kind,
        "at": f"{report.at:%Y-%m-%dT%H:%M:%SZ}",
        "smtui": smtui.__version__,
        "ready": report.ready,
        "insecure": list(report.insecure),
        "looked_at": list(report.looked_at),
        "findings": [asdict(finding) for finding in report.findings],
    }
