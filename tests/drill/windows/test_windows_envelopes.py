"""Bytes that are no proper requests, and the smaller actions."""

from __future__ import annotations

import contextlib
from collections.abc import Callable

import pytest
import requests
from hypothesis import example, given
from hypothesis import strategies as st
from windows_support import ACCOUNT, Stand

from smtui.drill.windows.soap import NAMES, SHELL, SOAP, Envelope, MalformedEnvelope, duration

LOGIN = (ACCOUNT.user, ACCOUNT.password)
IDENTIFY = (
    f'<s:Envelope xmlns:s="{SOAP}" xmlns:wsmid="{NAMES["wsmid"]}"><s:Header/>'
    "<s:Body><wsmid:Identify/></s:Body></s:Envelope>"
)


def _envelope(action: str, body: str = "", resource: str = f"{SHELL}/cmd") -> str:
    return (
        f'<s:Envelope xmlns:s="{SOAP}" xmlns:a="{NAMES["a"]}" xmlns:w="{NAMES["w"]}" xmlns:rsp="{SHELL}"><s:Header>'
        f"<a:Action>{action}</a:Action><a:MessageID>uuid:1</a:MessageID><w:ResourceURI>{resource}</w:ResourceURI>"
        f"</s:Header><s:Body>{body}</s:Body></s:Envelope>"
    )


@pytest.fixture
def basic_stand(make_stand: Callable[..., Stand]) -> Stand:
    return make_stand(tls=False, basic=True)


def _post(stand: Stand, body: str | bytes, path: str = "/wsman") -> requests.Response:
    url = f"http://localhost:{stand.server.port}{path}"
    return requests.post(url, data=body, auth=LOGIN, timeout=10)


def test_identify_is_answered(basic_stand: Stand) -> None:
    reply = _post(basic_stand, IDENTIFY)
    assert reply.status_code == 200
    assert "Windows Server 2022 Standard (simulated)" in reply.text


def test_an_envelope_that_is_too_long_is_not_read(basic_stand: Stand) -> None:
    with contextlib.suppress(requests.exceptions.ConnectionError):  # the host may close before all of it was sent
        assert _post(basic_stand, "x" * (600 * 1024)).status_code == 413


@pytest.mark.parametrize("body", ["not xml", "<a/>", "<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>"])
def test_what_is_no_envelope_is_a_bad_request(basic_stand: Stand, body: str) -> None:
    assert _post(basic_stand, body).status_code == 400


@pytest.mark.parametrize(
    "body",
    [
        _envelope("http://schemas.xmlsoap.org/ws/2004/09/transfer/Put"),
        _envelope(f"{SHELL}/Command"),
        _envelope(f"{SHELL}/Receive"),
        _envelope("<script>"),
        _envelope("http://schemas.xmlsoap.org/ws/2004/09/transfer/Create", resource="urn:other"),
        _envelope(f"{SHELL}/Send", '<rsp:Send><rsp:Stream CommandId="x">***</rsp:Stream></rsp:Send>'),
    ],
)
def test_what_is_not_understood_is_a_fault(basic_stand: Stand, body: str) -> None:
    reply = _post(basic_stand, body)
    assert reply.status_code in {400, 500}
    assert reply.status_code == 400 or b"WSManFault" in reply.content


def test_other_paths_are_not_found(basic_stand: Stand) -> None:
    assert _post(basic_stand, IDENTIFY, "/").status_code == 404


def test_a_body_without_a_length_is_refused(basic_stand: Stand) -> None:
    url = f"http://localhost:{basic_stand.server.port}/wsman"
    assert requests.post(url, data=iter([b"a", b"b"]), auth=LOGIN, timeout=10).status_code == 411


@given(st.binary(max_size=400))
@example(b"<!DOCTYPE x>")
def test_any_bytes_are_an_envelope_or_malformed(data: bytes) -> None:
    with contextlib.suppress(MalformedEnvelope):
        Envelope.parse(data)


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("PT20S", 20),
        ("PT60.000S", 60),
        ("PT1M", 60),
        ("P0DT0H0M5.5S", 5.5),
        ("PT2H", 7200),
        ("", 7),
        ("P", 7),
        ("20", 7),
    ],
)
def test_durations(text: str, seconds: float) -> None:
    assert duration(text, 7) == seconds
