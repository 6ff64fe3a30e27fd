"""What a reply looks like on the wire, and what becomes of requests that are none."""

from __future__ import annotations

import random
import socket
import struct
import threading
from collections.abc import Iterator, Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from raw_client import ALL_HEADERS, ATTENTION, BATCH, LOGIN, PRELOGIN, RPC, RawClient, batch, login, packet, prelogin
from sql_support import MODES, Deployment, wait_until

from smtui.drill.sql import columns
from smtui.drill.sql.prelogin import Encryption, agree
from smtui.drill.sql.reader import utf16_bytes
from smtui.drill.sql.replies import Error, Info, Reply, Result, RowCount
from smtui.drill.sql.server import Certificate, SqlServer
from smtui.drill.sql.session import Session
from smtui.drill.sql.values import SqlValue

ATTENTION_ACKNOWLEDGED = struct.pack("<BHHQ", 0xFD, 0x20, 0xFD, 0)
BATCH_DONE = struct.pack("<BHHQ", 0xFD, 0, 0xFD, 0)


@pytest.fixture(scope="module")
def plain(certificate: Certificate) -> Iterator[Deployment]:
    made = Deployment(MODES[0], certificate)
    yield made
    made.server.close()
    assert made.server.connections == 0
    assert made.server.defects == []


def test_errors_carry_number_state_severity_and_line(plain: Deployment) -> None:
    def act(_: Session, __: Sequence[SqlValue]) -> Iterator[Reply]:
        yield Error("no", 50001, 14, 3, "p", 7)
        yield Info("so", 50002, 10, 4, "q", 8)

    plain.backend.acts["errors"] = act
    with RawClient(plain.server.port) as client:
        client.log_in()
        reply = client.ask("errors")
    server = b"\x07" + utf16_bytes("SQLTEST")
    error = struct.pack("<iBBH", 50001, 3, 14, 2) + utf16_bytes("no") + server + b"\1p\0" + struct.pack("<I", 7)
    info = struct.pack("<iBBH", 50002, 4, 10, 2) + utf16_bytes("so") + server + b"\1q\0" + struct.pack("<I", 8)
    assert reply == b"".join(
        [
            b"\xaa" + struct.pack("<H", len(error)) + error,
            struct.pack("<BHHQ", 0xFD, 0x03, 0xFD, 0),
            b"\xab" + struct.pack("<H", len(info)) + info,
            BATCH_DONE,
        ]
    )


def test_a_fatal_error_ends_the_connection(plain: Deployment) -> None:
    def act(_: Session, __: Sequence[SqlValue]) -> Iterator[Reply]:
        yield Error("severe", 823, 24)

    plain.backend.acts["fatal"] = act
    with RawClient(plain.server.port) as client:
        client.log_in()
        assert utf16_bytes("severe") in client.ask("fatal")
        assert client.receive() == b""


def test_a_defect_is_told_and_noted(certificate: Certificate) -> None:
    def act(_: Session, __: Sequence[SqlValue]) -> Iterator[Reply]:
        yield Result([("a", columns.INT)], [("no number",)])

    deployment = Deployment(MODES[0], certificate)
    deployment.backend.acts["defect"] = act
    with RawClient(deployment.server.port) as client:
        client.log_in()
        assert utf16_bytes("The drill has a defect") in client.ask("defect")
        assert client.receive() == b""
    assert deployment.server.defects == ["TypeError('str in a column of type int')"]
    deployment.server.close()


def test_an_attention_to_nothing_is_acknowledged(plain: Deployment) -> None:
    with RawClient(plain.server.port) as client:
        client.log_in()
        client.socket.sendall(packet(ATTENTION, b""))
        assert client.receive() == ATTENTION_ACKNOWLEDGED


def test_an_attention_that_crosses_the_reply_is_acknowledged_too(plain: Deployment) -> None:
    def act(_: Session, __: Sequence[SqlValue]) -> Iterator[Reply]:
        yield RowCount(1)

    plain.backend.acts["quick"] = act
    for _ in range(50):
        with RawClient(plain.server.port) as client:
            client.log_in()
            client.socket.sendall(packet(BATCH, batch("quick")) + packet(ATTENTION, b""))
            reply = client.receive()
            if not reply.endswith(ATTENTION_ACKNOWLEDGED):
                reply = client.receive()
            assert reply.endswith(ATTENTION_ACKNOWLEDGED)


def test_a_request_in_many_packets(plain: Deployment) -> None:
    received = len(plain.backend.received)
    text = "X" * 3000
    payload = batch(text)
    with RawClient(plain.server.port) as client:
        client.log_in()
        for start in range(0, len(payload), 7):
            last = start + 7 >= len(payload)
            client.socket.sendall(packet(BATCH, payload[start : start + 7], int(last)))
        client.receive()
    assert plain.backend.received[received:] == [(text, ())]


def test_a_request_that_its_client_breaks_off_is_forgotten(plain: Deployment) -> None:
    received = len(plain.backend.received)
    with RawClient(plain.server.port) as client:
        client.log_in()
        client.socket.sendall(packet(BATCH, ALL_HEADERS + b"D", 0) + packet(BATCH, b"", 0x03))
        client.ask("second")
    assert plain.backend.received[received:] == [("second", ())]


def test_a_pooled_connection_begins_anew(plain: Deployment) -> None:
    with RawClient(plain.server.port) as client:
        client.log_in()
        client.socket.sendall(packet(BATCH, batch("anything"), 0x09))
        assert client.receive().startswith(b"\xe3\x03\x00\x12\x00\x00")


@pytest.mark.parametrize(
    ("kind", "payload"),
    [
        (BATCH, b""),
        (BATCH, struct.pack("<I", 2)),
        (BATCH, struct.pack("<I", 0xFFFFFFFF)),
        (BATCH, ALL_HEADERS + b"odd"),
        (RPC, ALL_HEADERS + b"\xff\xff"),
        (RPC, ALL_HEADERS + struct.pack("<HHH", 0xFFFF, 10, 0)),
        (RPC, ALL_HEADERS + struct.pack("<HHH", 0xFFFF, 10, 0) + b"\0\0\xf1\0"),
        (RPC, ALL_HEADERS + struct.pack("<HHH", 0xFFFF, 13, 0) + b"\0\0\x26\x04\x04\1\0\0\0" * 3),
        (RPC, ALL_HEADERS + struct.pack("<HHH", 0xFFFF, 10, 0) + b"\0\0\x2a\x07\xff" + b"\xff" * 255),
        (RPC, ALL_HEADERS + struct.pack("<HHH", 0xFFFF, 10, 0) + b"\0\0\x2a\x07\x08" + b"\xff" * 8),
        (14, ALL_HEADERS + struct.pack("<H", 99)),
        (7, b"bulk"),
        (99, b""),
    ],
)
def test_a_malformed_request_is_refused(plain: Deployment, kind: int, payload: bytes) -> None:
    with RawClient(plain.server.port) as client:
        client.log_in()
        client.socket.sendall(packet(kind, payload))
        assert utf16_bytes("protocol stream is incorrect") in client.receive()
        assert client.receive() == b""


def test_a_request_before_the_reply_ends_the_connection(plain: Deployment) -> None:
    def act(session: Session, _: Sequence[SqlValue]) -> Iterator[Reply]:
        session.pause(600)
        yield RowCount()

    plain.backend.acts["long"] = act
    with RawClient(plain.server.port) as client:
        client.log_in()
        client.socket.sendall(packet(BATCH, batch("long")) + packet(BATCH, batch("another")))
        assert utf16_bytes("protocol stream is incorrect") in client.receive()
        assert client.receive() == b""


def test_an_unknown_handle(plain: Deployment) -> None:
    call = ALL_HEADERS + struct.pack("<HHH", 0xFFFF, 12, 0) + b"\0\0\x26\x04\x04" + struct.pack("<i", 77)
    with RawClient(plain.server.port) as client:
        client.log_in()
        client.socket.sendall(packet(RPC, call))
        assert utf16_bytes("Could not find prepared statement with handle 77.") in client.receive()


def test_too_many_connections_are_turned_away(certificate: Certificate) -> None:
    deployment = Deployment(MODES[0], certificate)
    deployment.server.close()
    counts: list[int] = []
    server = SqlServer(
        deployment.backend,
        deployment.sessions,
        lambda: pytest.fail("nobody logs in"),
        most_connections=2,
        busy=counts.append,
    )
    with RawClient(server.port) as first, RawClient(server.port) as second, RawClient(server.port) as third:
        assert third.receive() == b""
        for client in (first, second):
            client.socket.sendall(packet(PRELOGIN, prelogin()))
            assert client.receive() != b""
    wait_until(lambda: server.connections == 0)
    assert max(counts) == 2
    assert counts[-1] == 0
    server.close()


def test_closing_ends_everything(certificate: Certificate) -> None:
    before = threading.active_count()
    deployment = Deployment(MODES[0], certificate)
    clients = [RawClient(deployment.server.port) for _ in range(5)]
    for client in clients[:3]:
        client.log_in()
    deployment.server.close()
    assert threading.active_count() == before
    for client in clients:
        assert client.receive() == b""
        client.socket.close()
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", deployment.server.port), 1)


OFF, ON, NEVER, REQUIRED = Encryption


@pytest.mark.parametrize(
    ("server", "client", "agreed"),
    [
        (OFF, OFF, OFF), (OFF, ON, ON), (OFF, REQUIRED, ON), (OFF, NEVER, NEVER),
        (ON, OFF, REQUIRED), (ON, ON, ON), (ON, NEVER, REQUIRED),
        (REQUIRED, OFF, REQUIRED), (REQUIRED, REQUIRED, ON),
        (NEVER, OFF, NEVER), (NEVER, ON, NEVER), (NEVER, NEVER, NEVER),
    ],
)  # fmt: skip
def test_who_insists_on_encryption(server: Encryption, client: Encryption, agreed: Encryption) -> None:
    assert agree(server, client) is agreed


WHOLE = (packet(PRELOGIN, prelogin()), packet(LOGIN, login()), packet(BATCH, batch("SELECT 1")))


def _send_and_leave(port: int, data: bytes) -> None:
    with socket.create_connection(("127.0.0.1", port), 10) as client:
        client.settimeout(10)
        try:
            client.sendall(data)
            client.shutdown(socket.SHUT_WR)
            while client.recv(65536):
                pass
        except OSError:
            return  # the server was done with it before all had been sent


@settings(max_examples=300, deadline=None)
@given(st.binary(max_size=300))
def test_random_bytes_do_no_harm(plain: Deployment, data: bytes) -> None:
    _send_and_leave(plain.server.port, data)
    assert not plain.server.defects


@settings(max_examples=300, deadline=None)
@given(st.sampled_from([0, 1, 2]), st.binary(max_size=200), st.sampled_from([PRELOGIN, LOGIN, BATCH, RPC, 14]))
def test_random_messages_do_no_harm(plain: Deployment, good: int, payload: bytes, kind: int) -> None:
    headers = ALL_HEADERS if kind in {BATCH, RPC, 14} else b""
    _send_and_leave(plain.server.port, b"".join(WHOLE[:good]) + packet(kind, headers + payload))
    assert not plain.server.defects


@settings(max_examples=300, deadline=None)
@given(st.randoms(use_true_random=False))
def test_damaged_conversations_do_no_harm(plain: Deployment, chance: random.Random) -> None:
    data = bytearray(b"".join(WHOLE))
    for _ in range(chance.randint(1, 6)):
        data[chance.randrange(len(data))] = chance.randrange(256)
    _send_and_leave(plain.server.port, bytes(data[: chance.randint(1, len(data))]))
    assert not plain.server.defects


@pytest.fixture(scope="module")
def encrypting(certificate: Certificate) -> Iterator[Deployment]:
    made = Deployment(MODES[2], certificate)
    yield made
    wait_until(lambda: made.server.connections == 0)
    made.server.close()
    assert made.server.defects == []


@settings(max_examples=200, deadline=None)
@given(st.sampled_from([b"\x16\x03\x01", packet(PRELOGIN, prelogin(1))]), st.booleans(), st.binary(max_size=200))
def test_a_random_handshake_does_no_harm(encrypting: Deployment, first: bytes, wrapped: bool, data: bytes) -> None:
    _send_and_leave(encrypting.server.port, first + (packet(PRELOGIN, data) if wrapped else data))
    assert not encrypting.server.defects


def test_after_all_that_nothing_is_left_and_it_still_serves(plain: Deployment) -> None:
    wait_until(lambda: plain.server.connections == 0)
    wait_until(lambda: not [thread for thread in threading.enumerate() if thread.name == "sql-connection"])
    assert plain.sessions.all() == []
    with RawClient(plain.server.port) as client:
        assert b"\xad" in client.log_in()
