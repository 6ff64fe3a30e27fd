"""Whose password is tried where: a database that its own server reaches is tried with that server's account."""

from __future__ import annotations

from typing import Literal

import pytest

from smtui.checklist.references import Place
from smtui.engine.accounts import Accounts
from smtui.environment import Database, Environment, Server


@pytest.mark.parametrize(("via", "account"), [("odbc", "sqladmin"), ("winrm", "smadmin")])
def test_the_account_of_a_database(via: Literal["odbc", "winrm"], account: str) -> None:
    server = Server(name="SQL01", fqdn="sql01.contoso.com", roles=("sql",), credential="smadmin")
    own = None if via == "winrm" else "sqladmin"
    database = Database(role="service-manager", server="SQL01", name="ServiceManager", via=via, credential=own)
    environment = Environment(
        name="Contoso", kind="exercise", management_group="SM", servers=(server,), databases=(database,)
    )
    assert Accounts(environment).name_of(Place("database", "service-manager", "ServiceManager")) == account
