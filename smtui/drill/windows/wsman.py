"""The remote shell service of one host: what each WS-Man action does (MS-WSMV 3.1.4), and where faults strike."""

from __future__ import annotations

import base64
import codecs
import xml.etree.ElementTree as ET
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Protocol
from xml.sax.saxutils import escape, quoteattr

from smtui.drill.faults import Faults
from smtui.drill.host import SimulatedHost
from smtui.drill.windows.process import Job, Process
from smtui.drill.windows.shells import DEFAULT_IDLE, Shell, Shells
from smtui.drill.windows.soap import (
    NAMES,
    SHELL,
    Envelope,
    WsManFault,
    access_denied,
    duration,
    identify_reply,
    timed_out,
    unsupported,
)

CMD = f"{SHELL}/cmd"
_MOST_TIMEOUT = 600.0
_LONGEST_HANG = 600.0
_ENVELOPE_ROOM = 4096
"""Bytes of a Receive reply that are not output."""
_LEAST_OUTPUT = 1024


class Client(Protocol):
    """The connection on which a request came."""

    def there(self) -> bool:
        """Whether it is still open at the other end."""

    def await_gone(self, seconds: float) -> None:
        """Wait until it is not."""


class Delivery(Enum):
    """What becomes of an answer."""

    SEND = "send"
    CLOSE = "close"
    """The connection closes without it."""
    RESET = "reset"
    """The connection is reset without it."""


@dataclass(frozen=True, slots=True)
class Answer:
    """An HTTP status and a body, and whether they are sent at all."""

    status: int = 200
    body: bytes = b""
    delivery: Delivery = Delivery.SEND
    undelivered: Callable[[], None] = lambda: None
    """Called when it could not be sent."""


class RemoteShellService:
    """Answers requests for one host; used by the threads of all its connections."""

    def __init__(
        self,
        host: SimulatedHost,
        shells: Shells,
        faults: Faults,
        prepare: Callable[[str, Mapping[str, str]], Job],
        restart: Callable[[], None],
    ) -> None:
        """`prepare` reads a command line with its environment; `restart` restarts the host."""
        self._host = host
        self._shells = shells
        self._faults = faults
        self._prepare = prepare
        self._restart = restart

    def answer(self, request: Envelope, client: Client) -> Answer:
        """Do what a request asks."""
        if request.verb == "Identify":
            return Answer(body=identify_reply(self._host.identity().caption))
        actions = {
            "Create": self._create, "Get": self._get, "Delete": self._delete, "Command": self._command,
            "Send": self._send, "Signal": self._signal,
        }  # fmt: skip
        try:
            if request.resource != CMD:
                raise unsupported(f"the resource {request.resource!r}")
            if request.verb == "Receive":
                return self._receive(request, client)
            if request.verb not in actions:
                raise unsupported(f"the action {request.action!r}")
            return actions[request.verb](request)
        except WsManFault as fault:
            return Answer(500, request.fault(fault))

    def _create(self, request: Envelope) -> Answer:
        if self._faults.stands("shell-refused", self._host.name):
            raise access_denied()
        if self._faults.take("shells-full", self._host.name):
            raise self._shells.full()
        wanted = _part(request, "rsp:Shell")
        environment = {
            variable.get("Name", ""): variable.text or ""
            for variable in wanted.iterfind("rsp:Environment/rsp:Variable", NAMES)
        }
        encoding = _encoding(request.options.get("WINRS_CODEPAGE", "437"))
        idle = duration(wanted.findtext("rsp:IdleTimeOut", "", NAMES), DEFAULT_IDLE)
        shell = self._shells.create(environment, encoding, idle)
        created = (
            f"<x:ResourceCreated><a:Address>{escape(request.to)}</a:Address><a:ReferenceParameters>"
            f'<w:ResourceURI>{CMD}</w:ResourceURI><w:SelectorSet><w:Selector Name="ShellId">{shell.id}</w:Selector>'
            "</w:SelectorSet></a:ReferenceParameters></x:ResourceCreated>"
        )
        directory = wanted.findtext("rsp:WorkingDirectory", "", NAMES)
        return Answer(body=request.reply(created + _describe(shell, directory)))

    def _get(self, request: Envelope) -> Answer:
        return Answer(body=request.reply(_describe(self._shells.use(request.shell_id), "")))

    def _delete(self, request: Envelope) -> Answer:
        self._shells.delete(request.shell_id)
        return Answer(body=request.reply(""))

    def _command(self, request: Envelope) -> Answer:
        line = _part(request, "rsp:CommandLine")
        words = [line.findtext("rsp:Command", "", NAMES)]
        words += [argument.text or "" for argument in line.iterfind("rsp:Arguments", NAMES)]
        text = " ".join(words)
        shell = self._shells.use(request.shell_id)
        job = self._prepare(text, shell.environment)
        process = self._shells.start(shell.id, text, job, line.get("CommandId", ""))
        body = f"<rsp:CommandResponse><rsp:CommandId>{process.id}</rsp:CommandId></rsp:CommandResponse>"
        lost = self._faults.take("accept-lost", self._host.name) or (process.working and self._reply_lost(process))
        return Answer(body=request.reply(body), delivery=Delivery.CLOSE if lost else Delivery.SEND)

    def _send(self, request: Envelope) -> Answer:
        lost = False
        for stream in request.body.iterfind("rsp:Send/rsp:Stream", NAMES):
            process = self._shells.process(request.shell_id, stream.get("CommandId", ""))
            try:
                data = base64.b64decode(stream.text or "", validate=True)
            except ValueError as error:
                raise unsupported("input that is not base64") from error
            worked_before = process.working
            process.feed(data, end=stream.get("End", "").lower() in {"true", "1"})
            if process.working and not worked_before:
                lost = self._reply_lost(process)
        return Answer(body=request.reply("<rsp:SendResponse/>"), delivery=Delivery.CLOSE if lost else Delivery.SEND)

    def _reply_lost(self, process: Process) -> bool:
        return self._faults.take("reply-lost", self._host.name, process.subjects) is not None

    def _signal(self, request: Envelope) -> Answer:
        signal = _part(request, "rsp:Signal")
        process = self._shells.process(request.shell_id, signal.get("CommandId", ""))
        if signal.findtext("rsp:Code", "", NAMES).lower().endswith("/terminate"):
            self._shells.forget(request.shell_id, process)
        else:
            process.end()
        return Answer(body=request.reply("<rsp:SignalResponse/>"))

    def _receive(self, request: Envelope, client: Client) -> Answer:
        stream = _part(request, "rsp:Receive/rsp:DesiredStream")
        process = self._shells.process(request.shell_id, stream.get("CommandId", ""))
        seconds = min(request.timeout, _MOST_TIMEOUT)
        if not process.await_work(seconds, client.there):
            raise timed_out()
        struck = self._strike(process, client)
        if struck is not None:
            return struck
        most_output = max((request.most_bytes - _ENVELOPE_ROOM) * 3 // 4, _LEAST_OUTPUT)
        output = process.receive(seconds, most_output, client.there)
        if output is None:
            raise timed_out()
        parts = [
            f'<rsp:Stream Name="{name}" CommandId="{process.id}">{base64.b64encode(data).decode()}</rsp:Stream>'
            for name, data in output.chunks
        ]
        state = f'<rsp:CommandState CommandId="{process.id}" State="{SHELL}/CommandState'
        if output.exit_code is None:
            parts.append(f'{state}/Running"/>')
        else:
            parts += [f'<rsp:Stream Name="{name}" CommandId="{process.id}" End="true"></rsp:Stream>'
                      for name in ("stdout", "stderr")]  # fmt: skip
            parts.append(f'{state}/Done"><rsp:ExitCode>{output.exit_code}</rsp:ExitCode></rsp:CommandState>')
        body = f"<rsp:ReceiveResponse>{''.join(parts)}</rsp:ReceiveResponse>"
        return Answer(body=request.reply(body), undelivered=lambda: process.give_back(output))

    def _strike(self, process: Process, client: Client) -> Answer | None:
        """The faults that come while output is awaited; none before the work has begun."""
        if not process.working:
            return None
        where = (self._host.name, process.subjects)
        if self._faults.take("hang", *where):
            client.await_gone(_LONGEST_HANG)
            return Answer(delivery=Delivery.CLOSE)
        if self._faults.take("reset", *where):
            return Answer(delivery=Delivery.RESET)
        if self._faults.take("reboot", *where):
            self._restart()
            return Answer(delivery=Delivery.RESET)
        return None


def _part(request: Envelope, path: str) -> ET.Element:
    found = request.body.find(path, NAMES)
    if found is None:
        raise unsupported(f"a {request.verb} without {path}")
    return found


def _encoding(codepage: str) -> str:
    name = "utf-8" if codepage == "65001" else f"cp{codepage}"
    try:
        return codecs.lookup(name).name
    except LookupError:
        return "cp437"


def _describe(shell: Shell, directory: str) -> str:
    """The Shell element, in the order of recorded Windows traffic."""
    variables = "".join(
        f"<rsp:Variable Name={quoteattr(name)}>{escape(value)}</rsp:Variable>"
        for name, value in shell.environment.items()
    )
    return (
        f"<rsp:Shell><rsp:ShellId>{shell.id}</rsp:ShellId><rsp:ResourceUri>{CMD}</rsp:ResourceUri>"
        "<rsp:Owner>simulated</rsp:Owner><rsp:ClientIP>127.0.0.1</rsp:ClientIP>"
        + (f"<rsp:WorkingDirectory>{escape(directory)}</rsp:WorkingDirectory>" if directory else "")
        + (f"<rsp:Environment>{variables}</rsp:Environment>" if variables else "")
        + f"<rsp:IdleTimeOut>PT{shell.idle_timeout:.3f}S</rsp:IdleTimeOut><rsp:InputStreams>stdin</rsp:InputStreams>"
        "<rsp:OutputStreams>stdout stderr</rsp:OutputStreams><rsp:ShellRunTime>P0DT0H0M0S</rsp:ShellRunTime>"
        "<rsp:ShellInactivity>P0DT0H0M0S</rsp:ShellInactivity></rsp:Shell>"
    )
