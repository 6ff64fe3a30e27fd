from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from smtui.checklist.references import LOCAL, Place
from smtui.environment import Credential, Database, Environment, Server
from smtui.secrets.credentials import Credentials
from smtui.targets.base import LocalCall, Target, TargetError, Watch
from smtui.targets.connect import connector
from smtui.targets.sql_over_winrm import OwnDatabase, SqlOverWinRmTarget

ROOT = Path(__file__).parents[2]


def asked(prompt: str) -> str:
    return "correct horse"


def connect(place: Place, *, server: Server | None = None, database: Database | None = None) -> Target:
    windows = server or Server(
        name="SM02", fqdn="sm02.contoso.com", roles=("management-server",), transport="ntlm", credential="smadmin"
    )
    sql = database or Database(role="service-manager", server="SM02", name="ServiceManager", credential="smadmin")
    environment = Environment(
        name="Contoso",
        kind="exercise",
        management_group="SM",
        servers=(windows,),
        databases=(sql,),
        credentials={"smadmin": Credential(user="CONTOSO\\smadmin")},
    )
    return connector(environment, Credentials(environment, asked, {}, {}), odbc_libraries=None)(place)


SERVER = Place("server", "SM02", "SM02")
DATABASE = Place("database", "service-manager", "ServiceManager on SM02")


def test_each_place_gets_its_target() -> None:
    kinds = [type(connect(place)).__name__ for place in (SERVER, DATABASE, LOCAL)]
    assert kinds == ["WinRmTarget", "SqlTarget", "LocalTarget"]


@pytest.mark.parametrize(
    ("places", "source"),
    [({}, "(local)"), ({"instance": "SCSM"}, "(local)\\SCSM"), ({"port": 1500}, "tcp:localhost,1500")],
)
def test_a_database_by_powershell_is_reached_by_its_own_server(places: dict[str, Any], source: str) -> None:
    database = Database(role="service-manager", server="SM02", name="ServiceManager", via="winrm", **places)
    target = connect(DATABASE, database=database)
    assert isinstance(target, SqlOverWinRmTarget)
    assert target.database == OwnDatabase(source, "ServiceManager", "ServiceManager on SM02")


@pytest.mark.parametrize("place", [Place("server", "SM09", "SM09"), Place("database", "dw-staging", "dw-staging")])
def test_a_place_that_the_environment_does_not_have(place: Place) -> None:
    with pytest.raises(TargetError, match="not in the environment file"):
        connect(place)


def test_variables_that_hold_passwords_do_not_reach_local_programs() -> None:
    credential = Credential(user="a", sources=("environment",), variable="SM_PASSWORD")
    environment = Environment(name="C", kind="exercise", management_group="SM", credentials={"smadmin": credential})
    environ = {"SM_PASSWORD": "correct horse", "OTHER": "this"}
    credentials = Credentials(environment, asked, environ, {})
    target = connector(environment, credentials, odbc_libraries=None, environ=environ)(LOCAL)
    said: list[str] = []
    target.run(LocalCall(["/usr/bin/env"], "t", 20.0), Watch(accepted=lambda _: None, output=said.append))
    assert "".join(said) == "OTHER=this\n"


def test_an_account_that_cannot_be_used_is_said_with_its_place() -> None:
    server = Server(name="SM02", fqdn="sm02.contoso.com", roles=(), transport="ntlm", credential="nobody")
    with pytest.raises(TargetError, match=r"SM02: .*credentials\.nobody"):
        connect(SERVER, server=server)


def test_a_transport_that_needs_a_package_names_it() -> None:
    server = Server(name="SM02", fqdn="sm02.contoso.com", roles=(), transport="credssp", credential="smadmin")
    with pytest.raises(TargetError, match="pip install requests-credssp"):
        connect(SERVER, server=server)


def test_a_ticket_is_no_password() -> None:
    server = Server(name="SM02", fqdn="sm02.contoso.com", roles=(), transport="ntlm")
    with pytest.raises(TargetError, match="needs a password"):
        connect(SERVER, server=server)


def test_no_protocol_is_imported_before_it_is_needed() -> None:
    code = (
        "import sys, smtui.targets, smtui.targets.base, smtui.targets.connect; "
        "print(sorted({'winrm', 'pyodbc', 'requests', 'cryptography', 'spnego'} & sys.modules.keys()))"
    )
    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT, check=True)
    assert ended.stdout == "[]\n"
