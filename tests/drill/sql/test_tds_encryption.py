"""Who is let in with which encryption, and what of the session it then covers."""

from __future__ import annotations

import datetime as dt
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pyodbc
import pytest
from sql_support import MODES, Deployment, Mode

from smtui.drill.certificates import Authority
from smtui.drill.sql.server import Certificate

BY_NAME = {mode.name: mode for mode in MODES}
MICROSOFT = BY_NAME["microsoft, yes"]
FREETDS = BY_NAME["freetds, require"]


@pytest.mark.parametrize(
    ("name", "encrypted"),
    [
        ("microsoft, no certificate", False),
        ("microsoft, login only", False),
        ("microsoft, yes", True),
        ("microsoft, strict", True),
        ("freetds, no certificate", False),
        ("freetds, login only", False),
        ("freetds, require", True),
    ],
)
def test_what_is_encrypted(certificate: Certificate, name: str, encrypted: bool) -> None:
    deployment = Deployment(BY_NAME[name], certificate)
    connection = deployment.connect()
    [session] = deployment.sessions.all()
    assert session.encrypted is encrypted
    connection.close()
    deployment.server.close()


@pytest.mark.parametrize("settings", ["Encrypt=yes;TrustServerCertificate=yes", "Encrypt=strict"])
def test_a_server_without_certificate_is_refused(certificate: Certificate, settings: str) -> None:
    deployment = Deployment(replace(MICROSOFT, settings=settings, served_with_certificate=False), certificate)
    with pytest.raises(pyodbc.Error) as raised:
        deployment.connect(timeout=2)
    assert raised.value.args[0] == "08001"
    assert deployment.backend.logins == []
    deployment.server.close()


def test_freetds_without_encryption_is_served_in_clear(certificate: Certificate) -> None:
    settings = FREETDS.settings.replace("require", "off")
    deployment = Deployment(replace(FREETDS, settings=settings), certificate)
    connection = deployment.connect()
    assert [session.encrypted for session in deployment.sessions.all()] == [False]
    connection.close()
    deployment.server.close()


@pytest.mark.parametrize(
    ("name", "trusted", "admitted"),
    [("sql01.contoso.test", True, True), ("sql01.contoso.test", False, False), ("evil.contoso.test", True, False)],
)
def test_microsofts_driver_checks_the_name_against_the_drills_authority(
    tmp_path: Path, name: str, trusted: bool, admitted: bool
) -> None:
    """With SSL_CERT_FILE, which the driver reads when it connects, so in a process of its own."""
    authority = Authority(tmp_path, dt.datetime.now(dt.UTC))
    files = authority.issue(["sql01.contoso.test", "sql01"])
    certificate = Certificate(files.certificate, files.key)
    mode: Mode = replace(MICROSOFT, settings=f"Encrypt=yes;HostNameInCertificate={name}")
    deployment = Deployment(mode, certificate)
    code = "import sys, pyodbc; pyodbc.connect(sys.argv[1], autocommit=True, timeout=5).close()"
    environ = {**os.environ, "SSL_CERT_FILE": str(authority.ca_file)} if trusted else dict(os.environ)
    done = subprocess.run(
        [sys.executable, "-c", code, deployment.connection_string()], env=environ, capture_output=True, text=True,
        check=False, timeout=60,
    )  # fmt: skip
    assert (done.returncode == 0) is admitted, done.stderr
    assert len(deployment.backend.logins) == int(admitted)
    deployment.server.close()
