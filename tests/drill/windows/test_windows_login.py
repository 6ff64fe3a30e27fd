"""Who is let in, and who the host proves to be."""

from __future__ import annotations

import base64
import socket
import ssl
from collections.abc import Callable, Iterator

import pytest
import requests
from hypothesis import given
from hypothesis import strategies as st
from windows_support import ACCOUNT, Stand
from winrm.exceptions import InvalidCredentialsError, WinRMTransportError

from smtui.drill.accounts import write_ntlm_file
from smtui.drill.windows.authentication import Login, SealBroken


@pytest.mark.parametrize("transport", ["ntlm", "basic"])
def test_a_wrong_password_is_refused(make_stand: Callable[..., Stand], transport: str) -> None:
    stand = make_stand(basic=True)
    with pytest.raises(InvalidCredentialsError):
        stand.protocol(transport=transport, password="wrong").open_shell()
    assert len(stand.server.shells) == 0


def test_basic_is_refused_unless_allowed(stand: Stand) -> None:
    with pytest.raises(InvalidCredentialsError):
        stand.protocol(transport="basic").open_shell()


def test_a_server_of_another_name_is_not_trusted(stand: Stand) -> None:
    elsewhere = f"https://127.0.0.1:{stand.server.port}/wsman"  # the certificate says localhost
    with pytest.raises(requests.exceptions.SSLError, match="IP address mismatch"):
        stand.protocol(endpoint=elsewhere).open_shell()


def test_a_client_without_the_ca_does_not_trust_the_server(stand: Stand) -> None:
    with (
        socket.create_connection(("127.0.0.1", stand.server.port), timeout=5) as plain,
        pytest.raises(ssl.SSLCertVerificationError),
    ):
        ssl.create_default_context().wrap_socket(plain, server_hostname="localhost")


def test_messages_in_the_clear_are_refused_where_sealing_is_required(make_stand: Callable[..., Stand]) -> None:
    stand = make_stand(tls=False, basic=True, seal_required=True)
    with pytest.raises(WinRMTransportError) as refused:
        stand.protocol(transport="basic").open_shell()
    assert refused.value.code == 500


def test_sealed_messages_work_over_plain_http(make_stand: Callable[..., Stand]) -> None:
    stand = make_stand(tls=False, seal_required=True)
    ended = stand.run("service-status.ps1", {"name": "OMSDK"}, "t1")
    assert ended.fields["status"] == "Running"


def test_a_message_sealed_for_another_connection_is_refused(make_stand: Callable[..., Stand]) -> None:
    stand = make_stand(tls=False, seal_required=True)
    protocol = stand.protocol()
    shell = protocol.open_shell()
    stand.server.restart()  # drops the connection under which the client's key was agreed on
    with pytest.raises((WinRMTransportError, requests.exceptions.ConnectionError)):
        protocol.run_command(shell, "hostname")


@pytest.fixture(scope="module")
def known_account(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    path = tmp_path_factory.mktemp("login") / "accounts"
    write_ntlm_file(path, ACCOUNT)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("NTLM_USER_FILE", str(path))
        yield


@pytest.mark.usefixtures("known_account")
@given(st.text(max_size=200))
def test_any_authorization_is_judged_without_an_error(header: str) -> None:
    verdict = Login(ACCOUNT, lambda: False, basic=True).check(header)
    assert not verdict.allowed


@pytest.mark.usefixtures("known_account")
@given(st.sampled_from(["NTLM", "Negotiate"]), st.binary(max_size=200), st.booleans())
def test_any_token_is_judged_without_an_error(scheme: str, token: bytes, signature: bool) -> None:
    data = b"NTLMSSP\0" + token if signature else token
    verdict = Login(ACCOUNT, lambda: False, basic=False).check(f"{scheme} {base64.b64encode(data).decode()}")
    assert not verdict.allowed


@given(st.binary(max_size=300))
def test_any_sealed_body_without_a_login_is_broken(body: bytes) -> None:
    with pytest.raises(SealBroken):
        Login(ACCOUNT, lambda: False, basic=False).unseal(body)
