"""`smtui check`: whether the deployment could be recovered today."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
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
    from smtui.cli.deployment import drill_file
    from smtui.cli.environment_file import EnvironmentFile
    from smtui.cli.prompting import ask_password
    from smtui.cli.surroundings import here
    from smtui.cli.surveying import look_over, of_file

    if drill == (environment is not None):
        raise click.UsageError("Say what to look at: -e FILE, or --drill.")
    if faults and not drill:
        raise click.UsageError("--fault goes with --drill.")
    around = here()
    procedure = lay_out(around.library.find(checklist), around.library) if checklist else None
    file = EnvironmentFile.read(Path(environment)) if environment is not None else drill_file()
    with of_file(around, file, faults) as deployment:
        report = look_over(around, deployment, procedure, ask_password)
    if as_json:
        click.echo(json.dumps(_as_object(report), indent=2, ensure_ascii=True))
    else:
        for line in _lines(report):
            click.echo(line)
    return 0 if report.ready else NOT_READY


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
