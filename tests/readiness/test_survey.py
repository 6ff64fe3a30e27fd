from __future__ import annotations

import contextlib
import os
import re
import socket
import threading
from dataclasses import replace as changed
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from msgspec.structs import replace

from smtui.checklist.library import Library, lay_out, shipped_folder
from smtui.drill.faults import STANDING, FaultKind
from smtui.environment import Database
from smtui.readiness import machine, shares, windows
from smtui.readiness.accounts import Accounts
from smtui.readiness.certificate import _fits
from smtui.readiness.model import Finding, Report
from smtui.readiness.network import addresses_of
from smtui.readiness.surroundings import Around
from smtui.readiness.survey import used
from smtui.targets.base import Result

from .conftest import ENVIRONMENT, Simulated, Surveyor, around, with_server

ROOM = Path(__file__).parents[2] / "smtui" / "readiness"
PAGE = (Path(__file__).parents[2] / "docs" / "readiness.md").read_text("utf-8")


def problems(report: Report) -> list[tuple[str, str]]:
    return [(one.check, one.subject) for one in report.findings if one.level == "problem"]


def test_a_sound_deployment_is_ready(simulated: Simulated) -> None:
    with simulated() as survey:
        report = survey()
    assert (problems(report), report.ready) == ([], True)
    assert {one.level for one in report.findings} == {"by-hand"}
    assert len(report.looked_at) == 8 + 6 + 1


@pytest.mark.parametrize(("fault", "found"), [((), []), (("sql-down:SQL01",), [("sql-down", "SQL01")])])
def test_databases_by_powershell_need_no_driver_and_no_port_of_their_own(
    simulated: Simulated, fault: tuple[str, ...], found: list[tuple[str, str]]
) -> None:
    def over_winrm(usual: Around) -> Around:
        databases = tuple(
            replace(one, via="winrm", address=None, port=None, ca_file=None, credential=None)
            for one in usual.environment.databases
        )
        environment = replace(usual.environment, databases=databases)
        return around(environment, survey.accounts, usual.state_home, "/no/such/driver.so")

    with simulated(*fault) as survey:
        assert problems(survey(change=over_winrm)) == found


SHARE = "\\\\fs01.contoso.test\\backup\\"
PLANTED = [
    ("not-listening:SM03", "port-closed", "SM03"),
    ("certificate-expired:SM02", "certificate-expired", "SM02"),
    ("certificate-expiring:SM02", "certificate-expiring", "SM02"),
    ("certificate-other-name:SM02", "certificate-other-name", "SM02"),
    ("certificate-unknown-ca:SM02", "certificate-unknown-ca", "SM02"),
    ("login-rejected:SM02", "account-rejected", "SM02"),
    ("shell-refused:SM02", "shell-refused", "SM02"),
    ("not-administrator:SM02", "no-local-administrator", "SM02"),
    ("constrained-language:SM02", "constrained-language", "SM02"),
    ("execution-policy:SM02", "execution-policy", "SM02"),
    ("x86-powershell:SM02", "bits", "SM02"),
    ("reboot-pending:SM02", "reboot-pending", "SM02"),
    ("clock-skewed:SM02", "clock-skew", "SM02"),
    ("sql-down:SQL01", "sql-down", "SQL01"),
    ("sql-login-rejected:SQL01", "sql-account-rejected", "SQL01"),
    ("not-sysadmin:SQL01", "no-sysadmin", "SQL01"),
    ("clustered:SQL01", "cluster", "SQL01"),
    ("database-missing:SQL02:DWRepository", "database-missing", "DWRepository on SQL02"),
    ("database-offline:SQL02:DWRepository", "database-not-online", "DWRepository on SQL02"),
    ("availability-group:SQL02:DWRepository", "availability-group", "DWRepository on SQL02"),
    ("backup-missing:SQL02:DWRepository", "backup-missing", "DWRepository on SQL02"),
    ("backup-old:SQL02:DWRepository", "backup-old", "DWRepository on SQL02"),
    ("backup-gap:SQL02:DWRepository", "backup-gap", "DWRepository on SQL02"),
    ("share-unreadable:SQL01", "share-unreadable", "SQL01"),
    ("key-backup-missing:SM01", "key-backup-missing", SHARE + "BackupKey"),
    ("key-backup-old:SM01", "key-backup-old", SHARE + "BackupKey"),
    ("pack-export-missing:SM01", "pack-export-missing", SHARE + "ManagementPacks"),
    ("pack-export-old:SM01", "pack-export-old", SHARE + "ManagementPacks"),
    ("permission-script-missing:SM01", "permission-script-missing", SHARE + "PermissionScripts"),
    ("permission-script-no-logins:SM01", "permission-script-logins", SHARE + "PermissionScripts"),
    ("permission-script-drops:SM01", "permission-script-drop", SHARE + "PermissionScripts"),
    ("spn-elsewhere:SM02", "http-spn-elsewhere", "SM02"),
]


@pytest.mark.parametrize(("fault", "check", "subject"), PLANTED, ids=[one[0] for one in PLANTED])
def test_each_fault_that_is_planted_alone_is_named_alone(
    simulated: Simulated, fault: str, check: str, subject: str
) -> None:
    with simulated(fault) as survey:
        report = survey()
    if subject.endswith("BackupKey"):  # one for the management server, one for the data warehouse
        assert problems(report) == [(check, f"{SHARE}{server}Backupkey.bin") for server in ("SM", "DW")]
    else:
        assert problems(report) == [(check, subject)]
    assert not report.ready


def test_a_folder_in_which_an_instance_made_no_backup_is_left_to_a_person(simulated: Simulated) -> None:
    def change(usual: Around) -> Around:
        paths = {**usual.environment.paths, "database_backups": r"\\fs01.contoso.test\empty"}
        return changed(usual, environment=replace(usual.environment, paths=paths))

    with simulated() as survey:
        report = survey(change=change)
    found = [(one.subject, one.level) for one in report.findings if one.check == "share"]
    assert found == [("SQL01", "by-hand"), ("SQL02", "by-hand")]
    assert report.ready


def test_what_no_second_hop_reaches_is_left_to_a_person(simulated: Simulated) -> None:
    with simulated("second-hop-refused:SM01") as survey:
        report = survey()
    assert report.ready
    left = {one.check for one in report.findings if one.level == "by-hand"}
    assert left == {"key-backup", "pack-export", "permission-script", "media"}
    with simulated("directory-refused:SM02") as survey:
        kerberos = with_server(survey.environment, "SM02", transport="kerberos")
        target = around(survey.environment, survey.accounts, survey.state_home, None)
        (found,) = [one for one in windows.look(kerberos.server("SM02"), target, Accounts()) if one.check == "http-spn"]
    assert (found.subject, found.level) == ("SM02", "by-hand")


def test_every_standing_fault_is_planted() -> None:
    not_faults: set[FaultKind] = {"second-hop-refused", "directory-refused"}
    assert {fault.partition(":")[0] for fault, _, _ in PLANTED} >= STANDING - not_faults


def test_an_account_that_was_refused_is_not_tried_again(simulated: Simulated) -> None:
    with simulated("login-rejected*100", "sql-login-rejected*100") as survey:
        report = survey()
    assert sorted(check for check, _ in problems(report)) == ["account-rejected", "sql-account-rejected"]
    untried = [one for one in report.findings if one.level == "not-checked"]
    assert len(untried) == 7 + 1
    assert all("refused" in one.text for one in untried)


def test_without_a_driver_the_databases_are_named(simulated: Simulated) -> None:
    with simulated() as survey:
        report = survey(driver="/no/such/driver.so")
    assert set(problems(report)) == {("no-odbc-driver", "SQL01"), ("no-odbc-driver", "SQL02")}


def only(survey: Surveyor, environment_change: str, **fields: object) -> list[tuple[str, str]]:
    def change(usual: Around) -> Around:
        return changed(
            usual, environment=with_server(usual.environment, environment_change, **fields), resolve=addresses_of
        )

    return problems(survey(change=change))


def test_a_name_that_does_not_resolve(simulated: Simulated) -> None:
    with simulated() as survey:
        assert only(survey, "SM02", address="sm02.invalid") == [("name-unresolved", "SM02")]
        assert only(survey, "SM02", address=None, fqdn="sm02.contoso.invalid") == [("name-unresolved", "SM02")]


def test_a_host_that_does_not_answer(simulated: Simulated) -> None:
    """Nobody answers a TCP connection to the broadcast address."""
    with simulated() as survey:
        assert only(survey, "SM02", address="255.255.255.255") == [("host-down", "SM02")]


def test_a_name_that_leads_elsewhere(simulated: Simulated) -> None:
    def resolve(name: str) -> tuple[str, ...]:
        return {"127.0.0.1": ("192.0.2.7",), "sm02.contoso.test": ("192.0.2.9",)}.get(name, ("192.0.2.7",))

    with simulated() as survey:
        found = problems(survey(change=lambda usual: changed(usual, resolve=resolve)))
    assert found == [("dns-stale", "SM02")]


def test_a_ca_file_that_is_not_there(simulated: Simulated) -> None:
    with simulated() as survey:
        assert only(survey, "SM02", ca_file="/no/such/ca.pem") == [("ca-file-unusable", "SM02")]


def greet(listener: socket.socket, times: int) -> None:
    """Speak first, as no TLS server does; the first connection only knocks."""
    for _ in range(times):
        connection, _ = listener.accept()
        with connection:
            connection.sendall(b"220 welcome\r\n")
            connection.settimeout(5)
            with contextlib.suppress(OSError):
                connection.recv(1000)


def test_a_port_that_speaks_no_tls(simulated: Simulated) -> None:
    with simulated() as survey, socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=greet, args=(listener, 2))
        thread.start()
        assert only(survey, "SM02", port=listener.getsockname()[1]) == [("tls-failed", "SM02")]
        thread.join()


def test_another_host_under_the_same_name(simulated: Simulated) -> None:
    with simulated() as survey:
        other = survey.environment.server("SM03")
        found = only(survey, "SM02", address=other.address, port=other.port, fqdn=other.fqdn)
        assert found == [("other-host", "SM02")]
        assert only(survey, "SM02", port=survey.environment.server("SM03").port) == [("certificate-other-name", "SM02")]


def test_without_a_password_nothing_is_tried(simulated: Simulated) -> None:
    with simulated() as survey:
        survey.accounts = {}
        found = problems(survey())
    assert {check for check, _ in found} == {"no-password"}
    assert len(found) == 8 + 2


def this_machine(survey: Surveyor, **fields: object) -> list[str]:
    def change(usual: Around) -> Around:
        return changed(usual, **fields)

    return [check for check, subject in problems(survey(change=change)) if subject == machine.SUBJECT]


def test_room_and_owner_of_the_state_folder(simulated: Simulated, tmp_path: Path) -> None:
    with simulated() as survey:
        assert "state-folder-space" in this_machine(survey, state_home=Path("/proc/self/not/there"))
        (tmp_path / "open").mkdir()
        (tmp_path / "open").chmod(0o777)
        assert this_machine(survey, state_home=tmp_path / "open" / "later") == ["state-folder-unsafe"]
        (tmp_path / "link").symlink_to(tmp_path)
        assert this_machine(survey, state_home=tmp_path / "link") == ["state-folder-unsafe"]
        survey.environment = replace(survey.environment, state_group=str(os.getgid()))
        shared = tmp_path / "shared"
        assert this_machine(survey, shared=shared) == ["state-group"]
        shared.mkdir()
        shared.chmod(0o2770)
        assert this_machine(survey, shared=shared) == []
        assert list(shared.iterdir()) == [], "looking makes nothing"


def test_an_exercise_is_due_after_a_year(simulated: Simulated) -> None:
    with simulated() as survey:
        survey.environment = replace(survey.environment, kind="recovery")
        now = datetime.now(UTC)
        assert this_machine(survey) == ["no-exercise"]
        assert this_machine(survey, last_exercise=now - timedelta(days=366)) == ["no-exercise"]
        assert this_machine(survey, last_exercise=now - timedelta(days=360)) == []


def test_only_what_a_checklist_may_touch_is_looked_at(simulated: Simulated) -> None:
    library = Library([shipped_folder()])
    promotion = lay_out(library.find("promote-management-server"), library)
    servers, databases = used(promotion, ENVIRONMENT)
    assert {one.name for one in servers} == {"SM01", "SM02", "SM03"}
    assert [one.role for one in databases] == ["service-manager"]
    with simulated("not-listening:PORTAL01", "sql-down:SQL02") as survey:
        assert survey(promotion).ready
        assert not survey().ready


def test_what_only_a_person_can_see_is_said() -> None:
    open_database = Database(role="dw-staging", server="SQL01", name="DW", encrypt="optional")
    found = list(machine.by_hand(ENVIRONMENT, [open_database]))
    assert {one.level for one in found} == {"by-hand"}
    assert [one.check for one in found][-1:] == ["encryption"]


def test_one_refusal_is_enough_for_all_threads() -> None:
    accounts, tried = Accounts(), []

    def refused() -> Result:
        tried.append(1)
        return Result("rejected")

    assert accounts.admit("smadmin", "SM01", refused) is not None
    assert accounts.admit("smadmin", "SM02", refused) is None
    assert accounts.admit("other", "SM02", lambda: Result("ok")) is not None
    assert (len(tried), accounts.refused_at("smadmin"), accounts.refused_at("other")) == (1, "SM01", "")


@pytest.mark.parametrize(
    ("pattern", "name", "fits"),
    [
        ("SM02.contoso.test", "sm02.Contoso.test", True),
        ("*.contoso.test", "sm02.contoso.test", True),
        ("*.contoso.test", "a.b.contoso.test", False),
        ("*.contoso.test", "contoso.test", False),
        ("sm02", "sm02.contoso.test", False),
    ],
)
def test_a_star_stands_for_one_label(pattern: str, name: str, fits: bool) -> None:
    assert _fits(pattern, name) is fits


def test_every_check_is_explained() -> None:
    text = "".join(path.read_text("utf-8") for path in ROOM.glob("*.py"))
    names = set(re.findall(r'Finding\(\s*"([a-z-]+)"', text))
    names |= {f"{kept.check}-{end}" for kept in shares._KEPT.values() for end in ("missing", "old")}
    names |= {
        "permission-script-logins",
        "permission-script-drop",
        "port-closed",
        "sql-down",
        "no-odbc-driver",
        "no-password",
        *(check for check, _ in machine._BY_HAND.values()),
    }
    missing = {name for name in names if f"| `{name}` |" not in PAGE}
    assert not missing
    assert len(names) > 30


def test_a_finding_is_a_problem_unless_said_otherwise() -> None:
    at = datetime(2026, 3, 1, tzinfo=UTC)
    assert not Report("C", "recovery", at, (Finding("a", "b", "c"),)).ready
    assert Report("C", "recovery", at, (Finding("a", "b", "c", level="by-hand"),)).ready
