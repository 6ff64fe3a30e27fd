"""Clients that others wrote, unmodified, against the simulated host."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path

import pytest
from pypsrp.client import Client
from windows_support import ACCOUNT, Stand

WAYS: dict[str, tuple[str, dict[str, bool]]] = {
    "basic over http": ("basic", {"tls": False, "basic": True}),
    "ntlm over https": ("ntlm", {"tls": True}),
    "ntlm, sealed over http": ("ntlm", {"tls": False, "seal_required": True}),
}


def _start_pywinrm_integration_tests(stand: Stand, transport: str, folder: Path) -> subprocess.Popen[str]:
    spec = find_spec("winrm")
    assert spec is not None
    assert spec.origin is not None
    tests = Path(spec.origin).parent / "tests"
    (folder / "mock.py").write_text("from unittest.mock import patch\n")  # the name by which its conftest imports it
    environ = {
        **os.environ,
        "PYTHONPATH": str(folder),
        "REQUESTS_CA_BUNDLE": str(stand.ca_file),
        "WINRM_ENDPOINT": stand.endpoint,
        "WINRM_TRANSPORT": transport,
        "WINRM_USERNAME": ACCOUNT.user,
        "WINRM_PASSWORD": ACCOUNT.password,
    }
    files = [tests / "test_integration_protocol.py", tests / "test_integration_session.py"]
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-c", os.devnull, "--rootdir", folder]
    return subprocess.Popen(
        [*command, *files], env=environ, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )


def test_pywinrm_passes_its_own_integration_tests(make_stand: Callable[..., Stand], tmp_path: Path) -> None:
    stands = {way: make_stand(way, **how) for way, (_, how) in WAYS.items()}
    started = {way: _start_pywinrm_integration_tests(stands[way], WAYS[way][0], tmp_path) for way in WAYS}
    for way, running in started.items():  # side by side, for one of them sleeps for ten seconds
        output, _ = running.communicate(timeout=120)
        assert "7 passed, 4 xfailed" in output, f"{way}: {output}"
        assert len(stands[way].server.shells) == 0, way


@pytest.mark.parametrize("auth", ["ntlm", "negotiate", "basic"])
def test_pypsrp_runs_a_command_over_tls(make_stand: Callable[..., Stand], auth: str) -> None:
    stand = make_stand(basic=True)
    with Client(
        "localhost", username=ACCOUNT.user, password=ACCOUNT.password, port=stand.server.port, auth=auth,
        cert_validation=str(stand.ca_file), no_proxy=True,
    ) as client:  # fmt: skip
        assert client.execute_cmd("hostname") == ("SM02\r\n", "", 0)
        assert client.execute_cmd("nonsense")[2] == 1
        assert client.execute_cmd("exit 3010")[2] == 3010
    assert len(stand.server.shells) == 0


def test_pypsrp_seals_its_messages_over_plain_http(make_stand: Callable[..., Stand]) -> None:
    stand = make_stand(tls=False, seal_required=True)
    with Client(
        "localhost", username=ACCOUNT.user, password=ACCOUNT.password, port=stand.server.port, auth="ntlm", ssl=False,
        encryption="always", no_proxy=True,
    ) as client:  # fmt: skip
        assert client.execute_cmd("echo %COMPUTERNAME%") == ("SM02\r\n", "", 0)
