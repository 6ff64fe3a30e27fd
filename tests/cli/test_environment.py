"""The deployment file of a session is replaced on the way: seen, founded, trusted; what is done stays done."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path

import pytest

from smtui.cli.deployment import DRILL_ENVIRONMENT
from smtui.environment.insecure import ACCEPTED

from .conftest import REHEARSED, Program
from .local_steps import ENVIRONMENT, shell, write

STOPPED = ("run", "promote-management-server", "--drill")
SERVER = '[[server]]\nname = "SM02"\nroles = ["management-server"]\nfqdn = "sm02.contoso.com"\nport = 5986\n'


@pytest.fixture
def changed(tmp_path: Path) -> Path:
    """The drill's own deployment with another path of the media."""
    path = tmp_path / "changed.toml"
    text = DRILL_ENVIRONMENT.read_text()
    line = next(line for line in text.splitlines() if line.startswith("media = "))
    path.write_text(text.replace(line, "media = '\\\\fs09\\media'"))
    return path


def test_what_changes_is_said_and_without_a_reason_nothing_is_done(smtui: Program, changed: Path) -> None:
    smtui(*STOPPED, code=3)
    session = smtui.session()
    before = smtui.journal(session)
    done = smtui("environment", session, "--replace", str(changed), code=2)
    assert r"\media\SCSM2022 -> \\fs09\media" in done.stdout
    assert "say why with --reason" in done.stderr
    assert smtui.journal(session) == before
    assert "It is the one that the session was opened with." in smtui("environment", session).stdout


def test_the_session_goes_on_with_the_new_file_and_what_is_done_stays(
    smtui: Program, changed: Path, tmp_path: Path
) -> None:
    smtui(*STOPPED, "--confirm", "baseline.announce=called", code=3)
    session = smtui.session()
    done = {item: facts for item, facts in smtui.items(session).items() if facts["status"] == "done"}
    assert done
    said = smtui("environment", session, "--replace", str(changed), "--reason", "the media moved").stdout
    assert f"go on with: smtui resume {session}" in said
    assert (smtui.sessions / session / "environment.toml").read_bytes() == changed.read_bytes()
    assert {item: smtui.items(session)[item] for item in done} == done
    assert "the media moved" in smtui("environment", session).stdout
    again = smtui("environment", session, "--replace", str(changed), "--reason", "once more", code=2)
    assert "is what the session works with already" in again.stderr
    smtui("run", "promote-management-server", "--session", session, *REHEARSED)
    bundle = tmp_path / "bundle"
    smtui("report", session, "--output", str(bundle))
    report = json.loads((bundle / "report.json").read_text())
    (deviation,) = [one for one in report["deviations"] if one["kind"] == "environment changed"]
    assert "the media moved" in deviation["what"]
    assert r"\\fs09\media" in deviation["what"]
    smtui("verify", str(bundle), code=3)
    with zipfile.ZipFile(tmp_path / "bundle.zip") as packed:
        (inside,) = [name for name in packed.namelist() if name.endswith("/environment.toml")]
        assert packed.read(inside) == changed.read_bytes()


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ('name = "Lab"', 'name = "Production"', "another deployment"),
        ('kind = "exercise"', 'kind = "recovery"', "another deployment"),
        ("[environment]", '[environment]\nstate_group = "users"', "it stays as it was"),
        ("[environment]", "[[server]]\n[environment]", "`fqdn` is missing"),
    ],
)
def test_another_deployment_and_a_broken_file_are_refused(
    smtui: Program, tmp_path: Path, old: str, new: str, words: str
) -> None:
    run = write(smtui, tmp_path, shell("exit 1"))
    smtui(*run, code=1)
    fresh = tmp_path / "fresh.toml"
    fresh.write_text(ENVIRONMENT.replace(old, new))
    refused = smtui("environment", smtui.session(), "--replace", str(fresh), "--reason", "why not", code=2)
    assert words in refused.stderr
    assert "environment-changed" not in smtui.journal(smtui.session())


def test_it_brings_no_program_that_nobody_accepted(smtui: Program, tmp_path: Path) -> None:
    smtui(*write(smtui, tmp_path, shell("exit 1")), code=1)
    fresh, ran = tmp_path / "fresh.toml", tmp_path / "ran"
    account = f'[credentials.a]\nuser = "A\\\\b"\nsources = ["command"]\ncommand = ["/usr/bin/touch", "{ran}"]\n'
    fresh.write_text(ENVIRONMENT + SERVER + 'credential = "a"\n' + account)
    session = smtui.session()
    refused = smtui("environment", session, "--replace", str(fresh), "--reason", "why not", code=2)
    assert "nobody has accepted them" in refused.stderr
    assert "environment-changed" not in smtui.journal(session)
    assert not ran.exists()


def test_it_is_not_changed_under_an_item_whose_end_is_not_known(smtui: Program, tmp_path: Path) -> None:
    process = smtui.begin(*write(smtui, tmp_path, shell("sleep 60")))
    session = smtui.wait_for('kind = "accepted"')
    fresh = tmp_path / "fresh.toml"
    fresh.write_text(ENVIRONMENT + SERVER)
    held = smtui("environment", session, "--replace", str(fresh), "--reason", "moved", code=2)
    assert "is in use: " in held.stderr
    process.kill()
    process.wait()
    refused = smtui("environment", session, "--replace", str(fresh), "--reason", "moved", code=3)
    assert "s.i1: what became of it is not known" in refused.stderr
    assert "environment-changed" not in smtui.journal(session)


def test_passwords_that_are_put_at_risk_are_told_from_then_on(smtui: Program, tmp_path: Path) -> None:
    smtui(*write(smtui, tmp_path, shell("exit 1")), code=1)
    session, fresh = smtui.session(), tmp_path / "fresh.toml"
    server = SERVER + f'verify_certificate = false\ninsecure = "{ACCEPTED}"\n'
    fresh.write_text(ENVIRONMENT + server)
    smtui("environment", session, "--replace", str(fresh), "--reason", "its certificate is lost")
    assert "SM02: its certificate is not checked" in smtui("show", session).stdout
    fresh.write_text(ENVIRONMENT + SERVER)
    smtui("environment", session, "--replace", str(fresh), "--reason", "it has one again")
    assert "not checked" not in smtui("show", session).stdout


def test_another_certificate_comes_with_it(smtui: Program, tmp_path: Path) -> None:
    smtui(*write(smtui, tmp_path, shell("exit 1")), code=1)
    session = smtui.session()
    fresh, authority = tmp_path / "fresh.toml", tmp_path / "ca" / "new.pem"
    authority.parent.mkdir()
    authority.write_text("one\n")
    fresh.write_text(ENVIRONMENT + SERVER + 'ca_file = "ca/new.pem"\n')
    said = smtui("environment", session, "--replace", str(fresh), "--reason", "new CA").stdout
    assert "server SM02 added: " in said
    assert "file ca/new.pem: new" in said
    authority.write_text("two\n")
    said = smtui("environment", session, "--replace", str(fresh), "--reason", "wrong CA").stdout
    assert "file ca/new.pem: other bytes" in said
    assert (smtui.sessions / session / "ca" / "new.pem").read_text() == "two\n"
    smtui("verify", session, code=None)
    bundle = tmp_path / "bundle"
    smtui("report", session, "--output", str(bundle))
    found = smtui("verify", str(bundle), code=None)
    assert found.returncode == 5, "it is not completed"
    assert "ca/new.pem" not in found.stdout


def test_the_mirror_gets_it_too(smtui: Program, tmp_path: Path) -> None:
    share = tmp_path / "share"
    share.mkdir()
    mirror = f'mirror = "{share}"\n'
    run = write(smtui, tmp_path, shell('test -e "$1"', tmp_path / "go"), more=mirror)
    smtui(*run, code=1)
    session = smtui.session()
    fresh = tmp_path / "fresh.toml"
    fresh.write_text(ENVIRONMENT + mirror + SERVER)
    smtui("environment", session, "--replace", str(fresh), "--reason", "moved")
    (tmp_path / "go").touch()
    smtui("run", "three", "--session", session, code=1)  # a failed item waits for a person
    copy = share / session
    assert (copy / "environment.toml").read_bytes() == fresh.read_bytes()
    assert (copy / "session.toml").read_text() == smtui.journal(session)
    assert not list(copy.rglob("*.new"))


def test_databases_by_powershell_on_their_servers_need_no_driver(smtui: Program, tmp_path: Path) -> None:
    path = tmp_path / "winrm.toml"
    by_odbc = '"\ncredential = "sqladmin"\n'
    assert DRILL_ENVIRONMENT.read_text().count(by_odbc) == 6
    path.write_text(DRILL_ENVIRONMENT.read_text().replace(by_odbc, '"\nvia = "winrm"\n'))
    smtui(*STOPPED, code=3)
    session = smtui.session()
    smtui("environment", session, "--replace", str(path), "--reason", "port 1433 is closed")
    no_driver = {"SMTUI_ODBC_DRIVER": "/no/such/driver.so"}
    smtui("run", "promote-management-server", "--session", session, *REHEARSED, **no_driver)
    assert {effect["effect"]: effect["count"] for effect in smtui.effects(session)}["workflow-server-promoted"] == 1
