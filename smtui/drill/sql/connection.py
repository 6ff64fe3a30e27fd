"""One connection from its first byte to its last: PRELOGIN, TLS, LOGIN7, then requests."""

from __future__ import annotations

import ssl
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from smtui.drill.sql import prelogin, tokens
from smtui.drill.sql.backend import Backend, LoginRefused
from smtui.drill.sql.channel import Channel, Disconnected
from smtui.drill.sql.login import Login, parse_login
from smtui.drill.sql.packets import DEFAULT_PACKET_SIZE, Message, PacketStream, PacketType
from smtui.drill.sql.prelogin import Encryption
from smtui.drill.sql.reader import ProtocolError
from smtui.drill.sql.replies import Info
from smtui.drill.sql.requests import parse_request
from smtui.drill.sql.responder import Responder
from smtui.drill.sql.session import Session, Sessions
from smtui.drill.sql.tokens import Change, Done, Status

_TLS_RECORD = 0x16


@dataclass(frozen=True, slots=True)
class Encrypting:
    """How a server encrypts: its answer to PRELOGIN, and the contexts for TDS 7 and for TDS 8."""

    policy: Encryption
    inside_prelogin: ssl.SSLContext | None
    strict: ssl.SSLContext | None


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What every connection of a server shares."""

    backend: Backend
    encrypting: Encrypting
    sessions: Sessions
    now: Callable[[], datetime]
    defect: Callable[[str], None]


def serve(channel: Channel, shared: Surroundings) -> None:
    """Serve one connection until it ends; nothing that arrives on it makes this raise."""
    stream = PacketStream(channel)
    session: Session | None = None
    try:
        clear_after_login = _prelogin(stream, shared)
        login = _read_login(stream)
        if clear_after_login:
            channel.stop_tls()
        session = _log_in(stream, login, shared)
        channel.wait_forever()
        _answer_requests(stream, session, shared)
    except (Disconnected, ProtocolError):
        return
    finally:
        if session is not None:
            shared.sessions.close(session)


def _prelogin(stream: PacketStream, shared: Surroundings) -> bool:
    """Agree on encryption and start it; whether it is for the login only."""
    channel, encrypting = stream.channel, shared.encrypting
    strict = channel.first_byte() == _TLS_RECORD
    if strict:
        if encrypting.strict is None:
            raise Disconnected("no certificate for TDS 8")
        channel.start_tls(encrypting.strict)
    asked = prelogin.client_encryption(_receive(stream, PacketType.PRELOGIN).payload)
    policy = encrypting.policy if encrypting.inside_prelogin is not None else Encryption.NOT_SUPPORTED
    agreed = Encryption.ON if strict else prelogin.agree(policy, asked)
    stream.send(prelogin.reply(shared.backend.version, agreed))
    if strict or agreed is Encryption.NOT_SUPPORTED or encrypting.inside_prelogin is None:
        return False
    channel.start_tls(
        encrypting.inside_prelogin,
        lambda records: stream.send(records, PacketType.PRELOGIN),
        lambda: _receive(stream, PacketType.PRELOGIN).payload,
    )
    return agreed is Encryption.OFF


def _receive(stream: PacketStream, kind: PacketType) -> Message:
    message = stream.receive()
    if message.type != kind:
        raise ProtocolError(f"a message of type {message.type} where {kind.name} is due")
    return message


def _read_login(stream: PacketStream) -> Login:
    return parse_login(_receive(stream, PacketType.LOGIN7).payload)


def _log_in(stream: PacketStream, login: Login, shared: Surroundings) -> Session:
    """Let the client in, or tell it why not and raise Disconnected."""
    backend = shared.backend
    try:
        database = backend.admit(login)
    except LoginRefused as refused:
        reply = b"".join(tokens.message(error, backend.name) for error in refused.errors)
        stream.send(reply + tokens.done(Done.BATCH, Status.ERROR))
        raise Disconnected("login refused") from refused
    session = shared.sessions.open(login, database, stream, shared.now())
    context = Info(f"Changed database context to '{database}'.", 5701, 0, 2)
    language = Info("Changed language setting to us_english.", 5703)
    stream.send(
        tokens.environment_change(Change.DATABASE, database, "master")
        + tokens.message(context, backend.name)
        + tokens.collation_change()
        + tokens.environment_change(Change.LANGUAGE, "us_english", "")
        + tokens.message(language, backend.name)
        + tokens.login_accepted(login.tds_version, backend.version)
        + tokens.environment_change(Change.PACKET_SIZE, str(login.packet_size), str(DEFAULT_PACKET_SIZE))
        + tokens.done(Done.BATCH, Status.FINAL)
    )
    stream.packet_size = login.packet_size
    return session


def _answer_requests(stream: PacketStream, session: Session, shared: Surroundings) -> None:
    """Answer until the connection ends, which raises Disconnected."""
    responder = Responder(session, shared.backend, shared.now, shared.defect)
    while True:
        message = stream.receive()
        if message.type == PacketType.ATTENTION:  # it crossed the end of the reply that it was to stop
            stream.send(tokens.done(Done.BATCH, Status.ATTENTION))
            continue
        if message.ignored:
            continue
        try:
            request = parse_request(message)
        except ProtocolError as error:
            responder.refuse(str(error))
        else:
            responder.answer(request, resets=message.resets)
